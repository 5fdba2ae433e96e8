"""What is decided before an operation runs, size, caller and page, and what no request may do."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Message
from strawberry.extensions import SchemaExtension

from graph.authentication import Unauthenticated
from graph.extensions import schema_extensions
from graph.http_endpoint import GraphQLEndpoint
from tests.graph.serving import AUTHORIZATION, GRAPHQL, JSON, authenticate, call, client_of, code_of, tiny_endpoint
from tests.graph.tiny import tiny_schema

ENDPOINT = tiny_endpoint()
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SIGNED_IN = [(name.encode(), value.encode()) for name, value in AUTHORIZATION.items()]
POST = [(b"content-type", JSON.encode()), (b"accept", GRAPHQL.encode())]


async def test_a_body_at_the_limit_is_read_and_one_beyond_is_413() -> None:
    body = b'{"query":"{hello}"}'
    async with client_of(tiny_endpoint(max_body_bytes=len(body))) as client:
        headers = {"content-type": JSON}
        assert (await client.post("", content=body, headers=headers)).status_code == 200
        response = await client.post("", content=body + b" ", headers=headers)
    assert (response.status_code, code_of(response)) == (413, "REQUEST_TOO_LARGE")


async def test_a_body_is_counted_while_it_arrives() -> None:
    read = 0

    def chunks() -> Any:
        nonlocal read
        for _ in range(1000):
            read += 1
            yield b"x" * 100

    answer = await call(tiny_endpoint(max_body_bytes=1000), "POST", SIGNED_IN + POST, chunks())
    assert (answer.status, code_of(answer)) == (413, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (b"1001", 413),
        (b"9" * 5000, 413),
        (b"1000", 200),
        (b"abc", 200),
        (b"", 200),
        (b"-1", 200),
        ("²".encode("latin-1"), 200),
    ],
)
async def test_an_announced_length_is_believed_when_it_is_a_number(length: bytes, status: int) -> None:
    headers = [*SIGNED_IN, *POST, (b"content-length", length)]
    answer = await call(tiny_endpoint(max_body_bytes=1000), "POST", headers, [b'{"query":"{hello}"}'])
    assert answer.status == status


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer no"}, {"authorization": "Basic YTpi"}])
@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_an_unknown_caller_is_401(headers: dict[str, str], accept: str) -> None:
    async with client_of(ENDPOINT, accept=accept) as client:
        del client.headers["authorization"]
        response = await client.post("", json={"query": "{hello}"}, headers=headers)
    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"


async def test_the_caller_is_known_before_the_body_is_read() -> None:
    async def receive() -> Message:
        raise AssertionError("the body was asked for")

    sent = list[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": POST}
    await ENDPOINT(scope, receive, send)
    assert sent[0]["status"] == 401


async def test_an_outage_while_authenticating_is_503_and_masked(caplog: pytest.LogCaptureFixture) -> None:
    async def database_is_down(_: Request) -> str | Unauthenticated:
        raise ConnectionError("mongodb://root:hunter2@db")

    async with client_of(GraphQLEndpoint(tiny_schema(), authenticate=database_is_down)) as client:
        response = await client.post("", json={"query": "{hello}"})
    assert (response.status_code, code_of(response)) == (503, "SERVICE_UNAVAILABLE")
    assert int(response.headers["retry-after"]) > 0
    assert "hunter2" not in response.text
    (record,) = [r for r in caplog.records if r.name == "contact_graph.graphql"]
    assert record.levelno == logging.ERROR
    assert response.json()["errors"][0]["extensions"]["id"] in record.getMessage()
    assert record.exc_info


async def test_a_bug_in_the_endpoint_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    endpoint = GraphQLEndpoint(tiny_schema(), authenticate=authenticate, ide=lambda: HTMLResponse(str(1 / 0)))
    async with client_of(endpoint, accept=BROWSER) as client:
        response = await client.get("")
    assert (response.status_code, code_of(response)) == (500, "INTERNAL_SERVER_ERROR")
    assert response.json()["errors"][0]["extensions"]["id"] in caplog.text
    assert "division" not in response.text


class Faulty(SchemaExtension):
    def on_parse(self) -> Iterator[None]:
        raise RuntimeError("hunter2")
        yield


class Talkative(SchemaExtension):
    def get_results(self) -> dict[str, Any]:
        return {"took": 3}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_a_bug_before_the_operation_runs_is_masked(accept: str) -> None:
    schema = tiny_schema([*schema_extensions(), Faulty])
    async with client_of(GraphQLEndpoint(schema, authenticate=authenticate), accept=accept) as client:
        response = await client.post("", json={"query": "{hello}"})
    assert (response.status_code, code_of(response)) == (500, "INTERNAL_SERVER_ERROR")
    assert response.json().keys() == {"errors"}


async def test_what_an_extension_adds_is_sent() -> None:
    schema = tiny_schema([*schema_extensions(), Talkative])
    async with client_of(GraphQLEndpoint(schema, authenticate=authenticate)) as client:
        response = await client.post("", json={"query": "{hello}"})
    assert response.json() == {"data": {"hello": "hello world"}, "extensions": {"took": 3}}


async def test_a_browser_gets_the_page_without_a_token() -> None:
    async with client_of(ENDPOINT, accept=BROWSER) as client:
        del client.headers["authorization"]
        response = await client.get("")
        assert (response.status_code, response.text) == (200, "<title>the IDE</title>")
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert (await client.get("", params={"query": "{hello}"})).status_code == 401
        assert (await client.post("", json={})).status_code == 401


async def test_who_does_not_name_html_gets_no_page() -> None:
    async with client_of(ENDPOINT, accept="*/*") as client:
        response = await client.get("")
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


async def test_without_a_page_a_browser_is_told_so() -> None:
    async with client_of(GraphQLEndpoint(tiny_schema(), authenticate=authenticate), accept="text/html") as client:
        response = await client.get("")
    assert (response.status_code, code_of(response)) == (406, "NOT_ACCEPTABLE")


async def test_a_web_socket_is_refused_before_it_opens() -> None:
    sent = list[Message]()

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await ENDPOINT({"type": "websocket", "path": "/", "headers": []}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_a_client_that_left_gets_nothing_and_nobody_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        raise OSError("the connection is closed")

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": SIGNED_IN + POST}
    await ENDPOINT(scope, receive, send)
    await ENDPOINT(scope | {"method": "GET", "query_string": b"query={hello}"}, receive, send)
    assert not caplog.records


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
documents = st.sampled_from(
    ["{hello}", "{ fail }", "query A{hello} query B{hello}", "query($n:ID!,$e:Even){echo(of:$n,even:$e)}", "{"]
) | st.text('{}()$:!@."\\a1 #\n', max_size=40)
requests = st.fixed_dictionaries(
    {},
    optional={
        "query": documents | json_values,
        "operationName": st.sampled_from(["", "A", "B"]) | json_values,
        "variables": st.dictionaries(st.sampled_from(["n", "e", "x"]), json_values, max_size=3) | json_values,
        "extensions": json_values,
    },
)
names = st.sampled_from(
    [b"accept", b"content-type", b"content-length", b"content-encoding", b"authorization", b"cookie", b"host"]
)
values = st.binary(max_size=30) | st.sampled_from([JSON.encode(), GRAPHQL.encode(), b"*/*;q=0", b"text/html", b"utf-8"])


def tolerable(status: int) -> bool:
    return 200 <= status < 500


@given(body=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-16")))
async def test_random_bytes_are_never_a_500(body: bytes) -> None:
    assert tolerable((await call(ENDPOINT, "POST", SIGNED_IN + POST, [body])).status)


@given(request=requests | json_values)
async def test_random_json_is_never_a_500(request: object) -> None:
    answer = await call(ENDPOINT, "POST", SIGNED_IN + POST, [json.dumps(request).encode()])
    assert tolerable(answer.status)
    body = orjson.loads(answer.body)
    assert all("code" in error["extensions"] for error in body.get("errors", ()))


@settings(max_examples=200)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "x"]),
    headers=st.lists(st.tuples(names | st.binary(max_size=8), values), max_size=6),
    query_string=st.binary(max_size=60),
    signed_in=st.booleans(),
)
async def test_random_headers_are_never_a_500(
    method: str, headers: list[tuple[bytes, bytes]], query_string: bytes, signed_in: bool
) -> None:
    everything = [*(SIGNED_IN if signed_in else ()), *headers]
    answer = await call(ENDPOINT, method, everything, [b'{"query":"{hello}"}'], query_string)
    assert tolerable(answer.status)
