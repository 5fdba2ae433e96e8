"""Whatever is sent to the whole application, it answers: never with a failure of its own, nor with another's data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import a_contact, an_identity
from tests.conftest import World
from tests.graph.apps import bearer
from tests.graph.conftest import App

# The examples only read, or write where nothing is: one database serves them all.
bounded = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["Q29udGFjdDox", "Q29udGFjdDo=", "QWdlbnQ6am8", "WyJuIiwxXQ", "\x00", "%", "eyJ", "2026-11-23", "+1 202 555 0143"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
BODIES = st.fixed_dictionaries(
    {}, optional={"query": VALUES, "variables": VALUES, "operationName": VALUES, "extensions": VALUES, "id": VALUES}
)

OPERATIONS = [
    "query ($a: ID!) { node(id: $a) { id __typename } contact(id: $a) { name } }",
    "query ($a: [ID!]!) { nodes(ids: $a) { id } }",
    "query ($a: String, $b: Int) { contacts(first: $b, after: $a) { nodes { id } pageInfo { endCursor } } }",
    "query ($a: String, $b: Int) { contacts(last: $b, before: $a) { nodes { id } totalCount } }",
    "query ($a: String!) { contactByIdentity(network: TWITTER, externalId: $a) { name } }",
    'query ($a: String, $b: Int) { contactByIdentity(network: TWITTER, externalId: "1001") '
    "{ notes(first: $b, after: $a) { nodes { body } } attribute(key: $a) { __typename } } }",
    "mutation ($a: ContactNoteAddInput!) { contactNoteAdd(input: $a) { __typename } }",
    "mutation ($a: ContactAttributeSetInput!) { contactAttributeSet(input: $a) { __typename } }",
    "mutation ($a: ContactVipSetInput!) { contactVipSet(input: $a) { __typename } }",
]
INPUTS = st.fixed_dictionaries(
    {"contactId": TEXTS},
    optional={
        "body": TEXTS,
        "key": st.sampled_from(["bio", "phone", "none"]) | TEXTS,
        "value": st.dictionaries(st.sampled_from(["text", "number", "date", "select"]), VALUES, max_size=2),
        "version": st.integers() | st.none(),
        "expiresAt": TEXTS,
        "reason": TEXTS,
        "idempotencyKey": TEXTS,
    },
)


async def send(app: App, content: bytes, content_type: str, accept: str) -> tuple[int, dict[str, Any]]:
    headers = {**bearer(), "content-type": content_type, "accept": accept}
    answer = await app.client.post("/graphql", content=content, headers=headers)
    body: dict[str, Any] = answer.json()
    return answer.status_code, body


def is_well_answered(status: int, body: dict[str, Any]) -> bool:
    """Tell whether it is an answer to a request, and each error one that its sender can do something about."""
    errors = body.get("errors", [])
    codes = {each["extensions"]["code"] for each in errors}
    return status < 500 and "INTERNAL_SERVER_ERROR" not in codes and ("data" in body or bool(errors))


@pytest.fixture
async def one_contact(world: World) -> None:
    await world.add_contacts(a_contact(identities=(an_identity(),)))


@bounded
@given(
    content=st.binary(max_size=80) | BODIES.map(lambda body: json.dumps(body).encode()),
    content_type=st.sampled_from(["application/json", "application/json; charset=utf-8", "text/plain", "", "x"]),
    accept=st.sampled_from(["application/json", "application/graphql-response+json", "*/*", "text/html", ";"]),
)
async def test_any_body_is_answered(content: bytes, content_type: str, accept: str, app: App) -> None:
    status, body = await send(app, content, content_type, accept)
    assert is_well_answered(status, body), (status, body)


@bounded
@given(
    operation=st.sampled_from(OPERATIONS),
    variables=st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES | INPUTS | st.lists(TEXTS, max_size=4))
    | st.fixed_dictionaries({"a": TEXTS | INPUTS, "b": st.integers(-3, 103)}),
)
async def test_any_variables_are_answered_and_write_nothing(
    operation: str, variables: dict[str, Any], app: App, world: World, one_contact: None
) -> None:
    before = await world.snapshot()
    content = json.dumps({"query": operation, "variables": variables}).encode()
    status, body = await send(app, content, "application/json", "application/graphql-response+json")
    assert is_well_answered(status, body), (status, body)
    after = await world.snapshot()
    # A mutation that named nobody here may remember its answer, for its key to be repeated.
    del before["idempotentAnswers"], after["idempotentAnswers"]
    assert after == before


FIELDS = (
    "viewer name id nodes contacts contact attributes value text definition notes edges node pageInfo __typename "
    "__schema types fields email organization nope"
)
NAMES = st.sampled_from(FIELDS.split())
SELECTIONS = st.recursive(
    NAMES | st.just("... on Contact { id }") | st.just("...F"),
    lambda inner: (
        st.tuples(NAMES, st.sampled_from(["", "(first: 2)", '(id: "x")', "(first: -1)"]), inner).map(
            lambda parts: f"{parts[0]}{parts[1]} {{ {parts[2]} }}"
        )
        | st.lists(inner, min_size=1, max_size=3).map(" ".join)
    ),
    max_leaves=8,
)


@bounded
@given(selection=SELECTIONS, start=st.sampled_from(["", "query", "mutation", "subscription", "query Q($v: Int = 3)"]))
async def test_any_document_is_answered(selection: str, start: str, app: App) -> None:
    document = f"{start} {{ {selection} }} fragment F on Query {{ viewer {{ name }} }}"
    content = json.dumps({"query": document}).encode()
    status, body = await send(app, content, "application/json", "application/graphql-response+json")
    assert is_well_answered(status, body), (document, status, body)
