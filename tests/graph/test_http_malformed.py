"""Requests that are no GraphQL requests, and those which only look so."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.graph.serving import GRAPHQL, JSON, client_of, code_of, tiny_endpoint

ENDPOINT = tiny_endpoint()
POST = {"content-type": JSON}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(ENDPOINT) as signed_in:
        yield signed_in


MALFORMED: dict[str, bytes] = {
    "a string": b'"hello"',
    "a number": b"1",
    "null": b"null",
    "a list": b'[{"query":"{hello}"}]',
    "invalid UTF-8": b'{"query":"{hello(name:\\"\xff\\")}"}',
    "JSON nested 100,000 deep": b'{"query":"{hello}","variables":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "objects nested 2,000 deep": b'{"query":"{hello}","variables":' + b'{"a":' * 2000 + b"1" + b"}" * 2001,
    "a lone surrogate": b'{"query":"{hello}","variables":{"n":"\\ud800"}}',
    "NaN": b'{"query":"{hello}","variables":{"n":NaN}}',
    "Infinity": b'{"query":"{hello}","variables":{"n":Infinity}}',
    "a number beyond a double": b'{"query":"{hello}","variables":{"n":1e999}}',
    "an integer of 5,000 digits": b'{"query":"{hello}","variables":{"n":' + b"9" * 5000 + b"}}",
    "a byte order mark": b"\xef\xbb\xbf" + b'{"query":"{hello}"}',
    "nothing": b"",
    "broken JSON": b'{"query":',
    "two values": b'{"query":"{hello}"}{}',
    "no query": b"{}",
    "a misspelt query": b'{"qeury":"{hello}"}',
    "a null query": b'{"query":null}',
    "an empty query": b'{"query":""}',
    "a query that is no string": b'{"query":{"a":1}}',
    "a list of variables": b'{"query":"{hello}","variables":[7]}',
    "a string of variables": b'{"query":"{hello}","variables":"{}"}',
    "a list of extensions": b'{"query":"{hello}","extensions":[]}',
    "an operation name that is no string": b'{"query":"{hello}","operationName":7}',
}


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
async def test_an_ill_formed_request_is_400(body: bytes, accept: str, client: httpx.AsyncClient) -> None:
    response = await client.post("", content=body, headers=POST | {"accept": accept})
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("parameter", ["variables", "extensions"])
@pytest.mark.parametrize("value", ["{", "[1]", "7", '"a"', "NaN", '"\\ud800"', "\u00ff"])
async def test_an_ill_formed_parameter_of_get_is_400(parameter: str, value: str, client: httpx.AsyncClient) -> None:
    response = await client.get("", params={"query": "{hello}", parameter: value})
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "body",
    [
        {"operationName": ""},
        {"operationName": None},
        {"variables": None},
        {"variables": {"unused": 1}},
        {"extensions": None},
        {"extensions": {"a": 1}},
        {"surplus": 1},
    ],
    ids=str,
)
async def test_what_may_be_absent_may_be_empty(body: dict[str, Any], client: httpx.AsyncClient) -> None:
    response = await client.post("", json={"query": "{hello}"} | body)
    assert (response.status_code, response.json()) == (200, {"data": {"hello": "hello world"}})


@pytest.mark.parametrize(
    "parameters",
    [{}, {"operationName": ""}, {"variables": ""}, {"variables": "null"}, {"variables": "{}"}, {"extensions": ""}],
    ids=str,
)
async def test_what_may_be_absent_may_be_empty_in_get(parameters: dict[str, str], client: httpx.AsyncClient) -> None:
    response = await client.get("", params={"query": "{hello}"} | parameters)
    assert (response.status_code, response.json()) == (200, {"data": {"hello": "hello world"}})
