"""Bytes on a socket, as no HTTP client would send them, against a real server."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from tests.graph.serving import GRAPHQL, JSON, TOKEN, running, tiny_endpoint

HEAD = f"POST /graphql HTTP/1.1\r\nHost: tiny\r\nAuthorization: Bearer {TOKEN}\r\nAccept: {GRAPHQL}\r\n"
BODY = b'{"query":"{hello}"}'


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with running(tiny_endpoint(max_body_bytes=10_000)) as listening:
        yield listening


async def _sent(port: int, *parts: bytes) -> bytes:
    """What the server says to these bytes, up to the end of the connection or of its patience."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01)
        async with asyncio.timeout(5):
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            return head + await reader.readexactly(length)
    finally:
        writer.close()


def _post(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in (f"Content-Type: {JSON}", *headers))
    return f"{HEAD}{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def test_a_plain_request(port: int) -> None:
    answer = await _sent(port, _post(BODY))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b'{"data":{"hello":"hello world"}}')


async def test_a_partial_success_has_a_status_line_of_its_own(port: int) -> None:
    assert (await _sent(port, _post(b'{"query":"{hello fail}"}'))).startswith(b"HTTP/1.1 294 ")


async def test_a_body_in_chunks(port: int) -> None:
    head = f"{HEAD}Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    answer = await _sent(port, head, _chunk(BODY[:7]), _chunk(BODY[7:]), b"0\r\n\r\n")
    assert answer.endswith(b'{"data":{"hello":"hello world"}}')


async def test_an_endless_body_in_chunks_is_413_before_its_end(port: int) -> None:
    head = f"{HEAD}Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    answer = await _sent(port, head, *[_chunk(b"x" * 3000)] * 4)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"code":"REQUEST_TOO_LARGE"' in answer


async def test_a_length_beyond_the_limit_is_413_before_the_body(port: int) -> None:
    head = f"{HEAD}Content-Type: {JSON}\r\nContent-Length: 10001\r\n\r\n".encode()
    assert (await _sent(port, head)).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "body", [b'{"query":"\xff"}', b"\x00" * 10, b"\xff\xfe" + BODY.decode().encode("utf-16-le"), b"[" * 9999]
)
async def test_bytes_which_are_no_json_are_400(body: bytes, port: int) -> None:
    answer = await _sent(port, _post(body))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'"code":"BAD_REQUEST"' in answer


async def test_bytes_in_headers_which_are_no_ascii(port: int) -> None:
    request = HEAD.encode().replace(b"Accept: ", b"X: \xff\xe9\r\nAccept: \xff, ")
    body = f"Content-Type: {JSON}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode() + BODY
    assert (await _sent(port, request + body)).startswith(b"HTTP/1.1 200 ")


async def test_bytes_in_a_query_string_which_are_no_utf8(port: int) -> None:
    request = HEAD.replace("POST /graphql", "GET /graphql?query=%FF%C3{hello}&variables=%ED%A0%80").encode()
    assert (await _sent(port, request + b"\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_head_has_no_body(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD.replace("POST", "HEAD").encode() + b"Connection: close\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"allow: GET, POST\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "request_bytes",
    [
        _post(BODY)[:-5],
        f"{HEAD}Content-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + _chunk(b"{"),
        _post(b'{"query":"{slow(seconds:0.1)}"}'),
    ],
    ids=["within the body", "between chunks", "while it runs"],
)
async def test_a_client_that_leaves_is_no_error(
    request_bytes: bytes, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_bytes)
    await writer.drain()
    await asyncio.sleep(0.02)
    writer.transport.abort()
    await asyncio.sleep(0.15)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert (await _sent(port, _post(BODY))).startswith(b"HTTP/1.1 200 ")
