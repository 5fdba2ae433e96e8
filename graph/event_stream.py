"""Answers as server-sent events: graphql-sse in its distinct connections mode, one operation a connection."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types import ExecutionResult

from domain.live import Ending
from graph.http_response import encode, result_body
from graph.live_errors import Ended
from graph.live_limits import Connections, LiveLimits
from graph.negotiation import EVENT_STREAM
from graph.sessions import Session
from resolvers.live import Live

_COMPLETE: Final = b"event: complete\ndata:\n\n"
_PING: Final = b": ping\n\n"

Results = AsyncGenerator[Any, None]


class EventStream(Response):
    """Streams the results until there are no more, nobody reads them, or the session is over."""

    media_type = EVENT_STREAM

    def __init__(
        self, results: Results, session: Session, live: Live | None, limits: LiveLimits, connections: Connections
    ) -> None:
        super().__init__()
        # What lies between must neither keep it nor wait for more of it.
        self.headers.update({"cache-control": "no-store, no-transform", "x-accel-buffering": "no"})
        del self.headers["content-length"]
        self._results, self._session, self._live = results, session, live
        self._limits, self._connections = limits, connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._connections.one_more():
            await self._serve(receive, send)

    async def _serve(self, receive: Receive, send: Send) -> None:
        telling = asyncio.create_task(self._tell(send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (telling, leaving):
                each.cancel()
            await asyncio.wait({telling, leaving})
        if not telling.cancelled():
            # What failed is the caller's to report.
            telling.result()

    async def _tell(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        over = asyncio.create_task(self._session.over())
        try:
            async with aclosing(self._results):
                async for result in self._until(over, send):
                    await self._write(send, _event(result, None if self._live is None else self._live.event_id))
            await self._write(send, _COMPLETE, is_last=True)
        finally:
            over.cancel()
            await asyncio.wait({over})

    async def _until(self, over: asyncio.Task[Ending], send: Send) -> Results:
        """Yield the results; where the session is over before there are no more, one that says so as the last."""
        while True:
            step = asyncio.create_task(_step(self._results))
            try:
                while not await self._happened(step, over):
                    await self._write(send, _PING)
                # Who may ask no more is told nothing more.
                result = ExecutionResult(data=None, errors=[Ended(over.result())]) if over.done() else step.result()
            finally:
                step.cancel()
                await asyncio.wait({step})
            if result is not None:
                yield result
            if result is None or over.done():
                return

    async def _happened(self, *tasks: asyncio.Task[Any]) -> bool:
        done, _ = await asyncio.wait(tasks, timeout=self._limits.ping_seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)

    async def _write(self, send: Send, text: bytes, *, is_last: bool = False) -> None:
        async with asyncio.timeout(self._limits.send_seconds):
            await send({"type": "http.response.body", "body": text, "more_body": not is_last})


async def _step(results: Results) -> ExecutionResult | None:
    return await anext(results, None)


def _event(result: ExecutionResult, event_id: str | None) -> bytes:
    place = "" if event_id is None else f"id: {event_id}\n"
    return f"event: next\n{place}data: ".encode() + encode(result_body(result)) + b"\n\n"


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
