"""Clients of subscriptions, by hand: they say exactly what is on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from socket import AF_INET, SO_RCVBUF, SOCK_STREAM, SOL_SOCKET
from socket import socket as make_socket
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.graph.asking_graphql import Answer, contact_gid
from tests.graph.listening import CHANGED, PATIENCE

_ROOM = 65_536
"""What the system takes in for a client that reads nothing; by itself it would take megabytes."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    event: str
    id: str | None
    data: Any


class EventReader:
    """Reads the events of one response."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()
        self.pings = 0

    async def next(self) -> ServerSentEvent:
        async with asyncio.timeout(PATIENCE):
            fields: dict[str, str] = {}
            async for line in self._lines:
                if line.startswith(":"):
                    self.pings += 1
                elif line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                elif fields:
                    data = fields["data"]
                    return ServerSentEvent(fields["event"], fields.get("id"), json.loads(data) if data else None)
            raise EOFError

    async def change(self) -> Answer:
        """Return the next change that is told; its id is its cursor."""
        told = await self.next()
        assert told.event == "next", told
        assert "errors" not in told.data, told
        change: Answer = told.data["data"]["contactChanged"]
        assert told.id == change["cursor"]
        return change

    async def failure(self) -> str:
        """Return the code of the error that it ends with."""
        told = await self.next()
        [error] = told.data["errors"]
        assert await self.next() == ServerSentEvent("complete", None, None)
        return str(error["extensions"]["code"])


def subscription(contact_id: str = "c1", after: str | None = None, document: str = CHANGED) -> Answer:
    return {"query": document, "variables": {"id": contact_gid(contact_id), "after": after}}


@asynccontextmanager
async def events(
    url: str, headers: Mapping[str, str], body: Answer | None = None, *, accept: str = "text/event-stream"
) -> AsyncIterator[EventReader]:
    transport = httpx.AsyncHTTPTransport(socket_options=[(SOL_SOCKET, SO_RCVBUF, _ROOM)])
    async with httpx.AsyncClient(timeout=PATIENCE, transport=transport) as client:
        request = client.stream("POST", url, json=body or subscription(), headers={"accept": accept, **headers})
        async with request as response:
            yield EventReader(response)


class Socket:
    """A WebSocket that speaks graphql-transport-ws, or whatever it is told to."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @property
    def protocol(self) -> str | None:
        return self._connection.subprotocol

    async def send(self, message: Any) -> None:
        await self._connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def next(self) -> Answer:
        async with asyncio.timeout(PATIENCE):
            text = await self._connection.recv()
        assert isinstance(text, str)
        message: Answer = json.loads(text)
        return message

    def stop_reading(self) -> None:
        self._connection.transport.pause_reading()

    def read_on(self) -> None:
        self._connection.transport.resume_reading()

    async def init(self, headers: Mapping[str, str]) -> None:
        await self.send({"type": "connection_init", "payload": {"Authorization": headers["authorization"]}})
        assert await self.next() == {"type": "connection_ack"}

    async def subscribe(self, operation_id: str = "1", body: Answer | None = None) -> None:
        await self.send({"id": operation_id, "type": "subscribe", "payload": body or subscription()})

    async def change(self, operation_id: str = "1") -> Answer:
        message = await self.next()
        assert (message["id"], message["type"]) == (operation_id, "next"), message
        assert "errors" not in message["payload"], message
        change: Answer = message["payload"]["data"]["contactChanged"]
        return change

    async def failure(self, operation_id: str = "1") -> str:
        message = await self.next()
        assert (message["id"], message["type"]) == (operation_id, "error"), message
        return str(message["payload"][0]["extensions"]["code"])

    async def closed(self, *, may_tell: bool = False) -> tuple[int, str]:
        """Return code and reason of the close, which must be the next thing to happen."""
        told = []
        async with asyncio.timeout(PATIENCE):
            with suppress(ConnectionClosed):
                while True:
                    told.append(await self._connection.recv())
        assert may_tell or not told, f"not closed, but told {told!r}"
        return self._connection.close_code or 0, self._connection.close_reason or ""


@asynccontextmanager
async def socket(url: str, *protocols: str) -> AsyncIterator[Socket]:
    parts = urlsplit(url)
    sock = make_socket(AF_INET, SOCK_STREAM)
    sock.setsockopt(SOL_SOCKET, SO_RCVBUF, _ROOM)
    sock.connect((parts.hostname, parts.port))
    offered = [Subprotocol(each) for each in protocols or ("graphql-transport-ws",)]
    address = url.replace("http://", "ws://")
    subprotocols = offered if protocols != ("",) else None
    async with connect(address, subprotocols=subprotocols, sock=sock, close_timeout=1) as connection:
        yield Socket(connection)
