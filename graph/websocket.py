"""GraphQL over a WebSocket: the protocol graphql-transport-ws.

Strawberry runs the operations; its own handler of the protocol is not used. It closes the whole connection for a syntax
error in one operation, fails on messages of unexpected types, keeps one context, and so what was loaded, for as long as
the connection lasts, and has no place to end it when a token expires.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final, assert_never

from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.schema import BaseSchema

from graph.authentication import Unauthenticated
from graph.http_response import encode
from graph.live_errors import Ended
from graph.live_limits import Connections, LiveLimits
from graph.masking import report
from graph.sessions import Session
from graph.websocket_messages import Complete, Init, Malformed, Message, Ping, Pong, Subscribe, read_message
from graph.websocket_operations import NobodyReads, Operations

PROTOCOL: Final = "graphql-transport-ws"
_LONGEST_REASON_BYTES: Final = 123


class _Closing(Exception):  # noqa: N818 - no failure of ours
    """The connection is to be closed; the codes are the protocol's."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Connection:
    """One WebSocket, from its handshake to its end."""

    def __init__(
        self,
        websocket: WebSocket,
        schema: BaseSchema,
        sign_in: Callable[[Mapping[str, str]], Awaitable[Session | Unauthenticated]],
        limits: LiveLimits,
    ) -> None:
        self._websocket, self._sign_in, self._limits = websocket, sign_in, limits
        self._operations = Operations(schema, self._send, most=limits.operations)
        self._sending = asyncio.Lock()
        self._given_up = asyncio.Event()

    async def serve(self, connections: Connections) -> None:
        """Serve it until either side closes it."""
        is_known = PROTOCOL in self._websocket.scope["subprotocols"]
        with suppress(WebSocketDisconnect, NobodyReads):
            await self._websocket.accept(PROTOCOL if is_known else None)
            if not is_known:
                await self._close(4406, f"Subprotocol not acceptable: ask for {PROTOCOL}")
            elif connections.is_full:
                await self._close(1013, "Too many clients listen to this process: try again")
            else:
                with connections.one_more():
                    await self._serve()

    async def _serve(self) -> None:
        try:
            session = await self._signed_in()
            await self._send({"type": "connection_ack"})
            tasks = {
                asyncio.create_task(each)
                for each in (self._listen(session), self._end_when_over(session), self._given_up.wait())
            }
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in tasks:
                    each.cancel()
                await asyncio.wait(tasks)
            for each in done:
                each.result()
        except _Closing as closing:
            await self._operations.stop()
            await self._close(closing.code, closing.reason)
        finally:
            await self._operations.stop()

    async def _listen(self, session: Session) -> None:
        while True:
            await self._handle(await self._receive(), session)

    async def _signed_in(self) -> Session:
        try:
            async with asyncio.timeout(self._limits.init_seconds):
                authorization = await self._initialised()
        except TimeoutError:
            raise _Closing(4408, "Connection initialisation timeout") from None
        headers = {name: value for name, value in self._websocket.headers.items() if name != "authorization"}
        if authorization is not None:
            headers["authorization"] = authorization
        try:
            session = await self._sign_in(headers)
        except Exception as error:
            report(error, "authentication")
            raise _Closing(1013, "The service is not available at the moment: try again shortly") from None
        if isinstance(session, Unauthenticated):
            raise _Closing(4403, session.message)
        return session

    async def _initialised(self) -> str | None:
        while True:
            message = await self._receive()
            match message:
                case Init(authorization):
                    return authorization
                case Subscribe():
                    raise _Closing(4401, "Unauthorized")
                case Ping(payload):
                    await self._pong(payload)
                case Pong() | Complete():
                    pass
                case _:
                    assert_never(message)

    async def _handle(self, message: Message, session: Session) -> None:
        match message:
            case Init():
                raise _Closing(4429, "Too many initialisation requests")
            case Ping(payload):
                await self._pong(payload)
            case Pong():
                pass
            case Subscribe(operation_id, parameters):
                if not await self._operations.begin(operation_id, parameters, session):
                    raise _Closing(4409, f"Subscriber for {operation_id} already exists")
            case Complete(operation_id):
                self._operations.complete(operation_id)
            case _:
                assert_never(message)

    async def _end_when_over(self, session: Session) -> None:
        ending = await session.over()
        await self._operations.end(Ended(ending))
        await self._close(4403, ending.value)

    async def _receive(self) -> Message:
        received = await self._websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1005))
        text = received.get("text")
        if text is None:
            raise _Closing(4400, "A message must be text.")
        if len(text) > self._limits.message_bytes or len(text.encode()) > self._limits.message_bytes:
            raise _Closing(1009, f"A message may have {self._limits.message_bytes} bytes.")
        message = read_message(text)
        if isinstance(message, Malformed):
            raise _Closing(4400, message.reason)
        return message

    async def _pong(self, payload: dict[str, Any] | None) -> None:
        await self._send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})

    async def _send(self, message: dict[str, Any]) -> None:
        text = encode(message).decode()
        try:
            # One at a time: no other waits in the server's memory while nobody reads.
            async with asyncio.timeout(self._limits.send_seconds), self._sending:
                await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
            # A RuntimeError is what a server raises where the connection was closed meanwhile.
            self._given_up.set()
            raise NobodyReads from None

    async def _close(self, code: int, reason: str) -> None:
        cut = reason.encode()[:_LONGEST_REASON_BYTES].decode(errors="ignore")
        with suppress(RuntimeError, TimeoutError):
            # A RuntimeError where it was closed already.
            async with asyncio.timeout(self._limits.send_seconds):
                await self._websocket.close(code, cut)
