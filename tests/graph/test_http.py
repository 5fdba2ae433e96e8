"""What the endpoint answers: one test for each row of what is to hold, then what holds for all requests."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.graph.serving import GRAPHQL, JSON, client_of, code_of, tiny_endpoint

ENDPOINT = tiny_endpoint()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(ENDPOINT) as signed_in:
        yield signed_in


@pytest.fixture
async def old_client() -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(ENDPOINT, accept=JSON) as signed_in:
        yield signed_in


SYNTAX, VALIDATION = {"query": "{"}, {"query": "{ nope }"}
COERCION = {"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": 7}}
REQUEST_ERRORS: dict[str, tuple[dict[str, Any], int, str]] = {
    "syntax": (SYNTAX, 400, "GRAPHQL_PARSE_FAILED"),
    "validation": (VALIDATION, 422, "GRAPHQL_VALIDATION_FAILED"),
    "coercion": (COERCION, 422, "BAD_USER_INPUT"),
    "a missing variable": ({"query": COERCION["query"]}, 422, "BAD_USER_INPUT"),
    "an integer beyond 64 bits": (
        {"query": "query ($n: Int) { authors(first: $n) { nodes { name } } }", "variables": {"n": 2**64 - 1}},
        422,
        "BAD_USER_INPUT",
    ),
    "an unknown operation": (
        {"query": "query A { hello }", "operationName": "B"},
        422,
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "two operations and no name": (
        {"query": "query A { hello } query B { hello }"},
        422,
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "two operations and an empty name": (
        {"query": "query A { hello } query B { hello }", "operationName": ""},
        422,
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "no operation": ({"query": "fragment F on Query { hello }"}, 422, "OPERATION_RESOLUTION_FAILURE"),
    "a schema": ({"query": "type Query { hello: String }"}, 422, "OPERATION_RESOLUTION_FAILURE"),
    "too complex": ({"query": "{" + "author{friends{nodes{" * 5 + "name" + "}}}" * 5 + "}"}, 422, ""),
    "too many tokens": ({"query": "{" + " hello" * 2000 + "}"}, 422, "OPERATION_TOO_COMPLEX"),
    "too deep for the parser": ({"query": "{a" * 500 + "}" * 500}, 400, "GRAPHQL_PARSE_FAILED"),
    "defer, which is off": ({"query": "{ ... @defer { hello } }"}, 422, "GRAPHQL_VALIDATION_FAILED"),
    "a null for @oneOf": (
        {"query": "query ($w: Which!) { which(which: $w) }", "variables": {"w": {"name": None}}},
        422,
        "BAD_USER_INPUT",
    ),
}


@pytest.mark.parametrize(("body", "status", "code"), REQUEST_ERRORS.values(), ids=REQUEST_ERRORS.keys())
async def test_a_request_error(body: dict[str, Any], status: int, code: str, client: httpx.AsyncClient) -> None:
    new = await client.post("", json=body)
    assert (new.status_code, code_of(new)) == (status, code or code_of(new))
    assert "data" not in new.json()
    assert new.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"

    old = await client.post("", json=body, headers={"accept": JSON})
    assert (old.status_code, code_of(old)) == (200, code_of(new))
    assert "data" not in old.json()
    assert old.headers["content-type"] == f"{JSON}; charset=utf-8"


async def test_of_two_operations_the_named_one_runs(client: httpx.AsyncClient) -> None:
    body = {"query": "query A { hello } query B { caller }", "operationName": "B"}
    assert (await client.post("", json=body)).json() == {"data": {"caller": "Ada"}}


async def test_partial_success_is_294_for_who_knows_it(
    client: httpx.AsyncClient, old_client: httpx.AsyncClient
) -> None:
    new = await client.post("", json={"query": "{ hello fail }"})
    assert (new.status_code, code_of(new)) == (294, "INTERNAL_SERVER_ERROR")
    assert new.json()["data"] == {"hello": "hello world", "fail": None}
    old = await old_client.post("", json={"query": "{ hello fail }"})
    assert (old.status_code, old.json()["data"]) == (200, {"hello": "hello world", "fail": None})


async def test_a_null_that_travelled_to_the_top_is_still_an_answer(client: httpx.AsyncClient) -> None:
    response = await client.post("", json={"query": "{ broken { never } }"})
    assert (response.status_code, response.json()["data"]) == (294, None)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY"])
async def test_other_methods_are_405(method: str, client: httpx.AsyncClient) -> None:
    response = await client.request(method, "", params={"query": "{hello}"})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")
    assert response.headers["content-type"] == f"{GRAPHQL}; charset=utf-8"
    # An answer to HEAD has no body.
    assert response.content == b"" if method == "HEAD" else code_of(response) == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("accept", [GRAPHQL, JSON, "*/*"])
async def test_a_mutation_by_get_is_405(accept: str, client: httpx.AsyncClient) -> None:
    query = 'mutation { rename(name: "x") { name } }'
    response = await client.get("", params={"query": query}, headers={"accept": accept})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert code_of(response) == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_subscription_is_refused_in_words(method: str, accept: str, client: httpx.AsyncClient) -> None:
    query, headers = {"query": "subscription { count }"}, {"accept": accept}
    response = (
        await client.get("", params=query, headers=headers)
        if method == "GET"
        else await client.post("", json=query, headers=headers)
    )
    assert (response.status_code, code_of(response)) == (400, "BAD_REQUEST")
    assert "subscription" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "x-application/jsonx",
        "application/jsonx",
        "application/json; charset=utf-16",
        "text/json",
    ],
)
async def test_another_content_type_is_415(content_type: str | None, client: httpx.AsyncClient) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    response = await client.post("", content=b'{"query":"{hello}"}', headers=headers)
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_compressed_body_is_415(client: httpx.AsyncClient) -> None:
    response = await client.post("", content=b"x", headers={"content-type": JSON} | {"content-encoding": "gzip"})
    assert (response.status_code, code_of(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json", 'Application/JSON; Charset="UTF-8"'])
async def test_json_in_utf8_is_taken(content_type: str, client: httpx.AsyncClient) -> None:
    body = '{"query":"{hello(name:\\"Zoë 🐝\\")}"}'.encode()
    response = await client.post("", content=body, headers={"content-type": content_type})
    assert response.json() == {"data": {"hello": "hello Zoë 🐝"}}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("accept", ["text/plain", "text/event-stream", "application/json;q=0", "text/css, image/*"])
async def test_nothing_acceptable_is_406(accept: str, method: str, client: httpx.AsyncClient) -> None:
    response = await client.request(
        method, "", params={"query": "{hello}"}, json={"query": "{hello}"}, headers={"accept": accept}
    )
    assert (response.status_code, code_of(response)) == (406, "NOT_ACCEPTABLE")


async def test_an_event_stream_that_is_refused_is_not_sent(client: httpx.AsyncClient) -> None:
    accept = {"accept": "application/json, text/event-stream;q=0"}
    response = await client.post("", json={"query": "{hello}"}, headers=accept)
    assert (response.status_code, response.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")


async def test_without_accept_the_answer_is_json() -> None:
    async with client_of(ENDPOINT, accept=None) as client:
        response = await client.post("", json=SYNTAX)
    assert (response.status_code, response.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")


async def test_what_orjson_cannot_write_is_written_all_the_same(client: httpx.AsyncClient) -> None:
    response = await client.post("", json={"query": "{ oddText }"})
    assert (response.status_code, response.content) == (200, b'{"data":{"oddText":"half a pair: \\ud83d"}}')
