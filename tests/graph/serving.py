"""The tiny schema behind an endpoint: called in the process, or over real HTTP on a loopback port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import uvicorn
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message

from graph.authentication import Unauthenticated, bearer_token
from graph.http_endpoint import GraphQLEndpoint
from tests.graph.tiny import tiny_schema

TOKEN = "the-one-token"
AUTHORIZATION = {"authorization": f"Bearer {TOKEN}"}
GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


async def authenticate(request: Request) -> str | Unauthenticated:
    token = bearer_token(request.headers)
    if isinstance(token, Unauthenticated):
        return token
    return "Ada" if token == TOKEN else Unauthenticated("Wrong token.")


def tiny_endpoint(*, max_body_bytes: int = 1_000_000) -> GraphQLEndpoint[str]:
    return GraphQLEndpoint(
        tiny_schema(),
        authenticate=authenticate,
        ide=lambda: HTMLResponse("<title>the IDE</title>"),
        max_body_bytes=max_body_bytes,
    )


def client_of(app: ASGIApp, *, accept: str | None = GRAPHQL) -> httpx.AsyncClient:
    """A client which is signed in and, unless told otherwise, up to date with the specification."""
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://tiny/graphql", headers=AUTHORIZATION
    )
    del client.headers["accept"]
    if accept is not None:
        client.headers["accept"] = accept
    return client


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


async def call(
    app: ASGIApp,
    method: str,
    headers: Iterable[tuple[bytes, bytes]],
    chunks: Iterable[bytes] = (b"",),
    query_string: bytes = b"",
) -> Answer:
    """Calls an ASGI application with any bytes at all, which an HTTP client would refuse to send."""
    incoming: list[Message] = [{"type": "http.request", "body": c, "more_body": True} for c in chunks]
    incoming.append({"type": "http.request", "body": b"", "more_body": False})
    arriving, sent = iter(incoming), list[Message]()

    async def receive() -> Message:
        return next(arriving, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": "/graphql",
        "query_string": query_string,
        "headers": [(name.lower(), value) for name, value in headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
    }
    await app(scope, receive, send)
    if not sent:
        return Answer(0, {}, b"")
    fields = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], fields, b"".join(m.get("body", b"") for m in sent[1:]))


class _QuietServer(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The test runner's signals stay its own."""
        yield


@asynccontextmanager
async def running(app: ASGIApp, **options: Any) -> AsyncIterator[int]:
    """Serves over real HTTP while the block runs; gives the port."""
    given: dict[str, Any] = {"lifespan": "off", "ws": "none", **options}
    config = uvicorn.Config(app, log_config=None, access_log=False, **given)
    server = _QuietServer(config)
    # The socket listens before the server does, so that nobody has to wait for it.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # asyncio does that for the sockets which it opens itself; without it, each answer waits for 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            await task


def code_of(response: httpx.Response | Answer) -> str:
    """The code of the first error; fails where the answer is not of the form every error has."""
    body = orjson.loads(response.content if isinstance(response, httpx.Response) else response.body)
    first = body["errors"][0]
    assert isinstance(first["message"], str)
    assert first["message"]
    return str(first["extensions"]["code"])
