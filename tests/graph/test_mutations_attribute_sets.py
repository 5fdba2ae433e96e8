"""Setting several attributes together, and values that only one contact may hold: what a front end is answered."""

from __future__ import annotations

from typing import Any

import pytest

from domain.definitions import ValueRules
from domain.values import TextValue
from tests.builders import a_contact, a_definition, an_organization, held
from tests.conftest import World
from tests.graph.asking_graphql import NOW_TEXT, Answer, ask, attribute_gid, contact_gid, refused
from tests.graph.cases.selections import LINE
from tests.graph.mutations import change, failure, unchanged

ERRORS = f"""... on UserError {{ __typename code message path }}
  ... on AttributeLocked {{ reason }}
  ... on Conflict {{ current {{ __typename id {LINE} }} }}
  ... on ValueTaken {{ contact {{ id name }} }}"""
SET = f"""mutation ($input: ContactAttributesSetInput!) {{ contactAttributesSet(input: $input) {{
  ... on UserError {{ __typename code message path }}
  ... on ContactAttributesSetSuccess {{ attributes {{ ... on Attribute {{ key version isEmpty }} }} contact {{ id }} }}
  ... on ValuesRefused {{ errors {{ {ERRORS} }} }}
}} }}"""
CONTACT_ID = contact_gid("c1")
TAKEN = {"message": "Another contact has this value: Bob.", "contact": {"id": contact_gid("c2"), "name": "Bob"}}


@pytest.fixture(autouse=True)
async def contacts(world: World) -> None:
    """Jane with a bio, and Bob with a card that is his alone."""
    card = a_definition("card", position=30, rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization("acme"), [], [card])
    jane = a_contact("c1", values=(held("bio", TextValue("Old."), version=3),))
    await world.add_contacts(jane, a_contact("c2", name="Bob", values=(held("card", TextValue("A-1")),)))


async def set_values(world: World, *values: Answer, **more: Any) -> Answer:
    given = {"input": {"contactId": CONTACT_ID, "values": list(values), **more}}
    answer: Answer = (await ask(world, SET, given))["contactAttributesSet"]
    return answer


async def test_a_form_is_kept_whole_and_answers_with_what_it_changed(world: World) -> None:
    answer = await set_values(
        world,
        {"key": "newsletter", "value": {"boolean": False}, "version": 0},
        {"key": "bio", "value": None, "version": 3},
        {"key": "email", "value": None},
        {"key": "sizes", "value": {"multiSelect": []}},
        {"key": "followers", "value": {"number": 0}},
    )
    assert answer == {
        "attributes": [
            {"key": "newsletter", "version": 1, "isEmpty": False},
            {"key": "bio", "version": 4, "isEmpty": True},
            {"key": "sizes", "version": 1, "isEmpty": False},
            {"key": "followers", "version": 1, "isEmpty": False},
        ],
        "contact": {"id": CONTACT_ID},
    }


def error(kind: str, code: str, *path: str, **more: Any) -> Answer:
    return {"__typename": kind, "code": code, "path": ["input", "values", *path], **more}


async def test_a_form_is_refused_whole_with_each_error_at_its_place(world: World) -> None:
    before = await world.snapshot()
    answer = await set_values(
        world,
        {"key": "followers", "value": {"number": 5}},
        {"key": "bio", "value": {"text": "Mine."}, "version": 2},
        {"key": "rank", "value": {"text": "A"}},
        {"key": "shoe", "value": {"text": "A"}},
        {"key": "card", "value": {"text": "a-1"}},
        {"key": "email", "value": {"email": "nobody"}},
        {"key": "followers", "value": {"number": 6}},
        {"key": "phone"},
    )
    errors = answer.pop("errors")
    message = "7 of the values were refused, so that none was set: see what is wrong with each."
    assert answer == {**error("ValuesRefused", "VALUES_REFUSED"), "message": message}
    email = errors[4].pop("message")
    assert email.startswith("Give an e-mail address such as name@example.com: ")
    current = errors[0]["current"]
    assert (current["id"], current["version"], current["value"]["text"]) == (attribute_gid("c1", "bio"), 3, "Old.")
    conflict = "It was changed since you read it: look at the current state and repeat your change with its version."
    locked = "The admins closed this attribute to agents: ask one of them."
    absent = "There is no such attribute: ask `attributeDefinitions` for those there are."
    assert errors == [
        error("Conflict", "CONFLICT", "1", "version", message=conflict, current=current),
        error("AttributeLocked", "ATTRIBUTE_LOCKED", "2", "key", message=locked, reason="ROLE"),
        error("NotFound", "NOT_FOUND", "3", "key", message=absent),
        error("ValueTaken", "VALUE_TAKEN", "4", "value", **TAKEN),
        error("ValidationFailed", "NOT_AN_EMAIL", "5", "value"),
        error("ValidationFailed", "REPEATED_KEY", "6", "key", message="Give «followers» once."),
        error("ValidationFailed", "BLANK", "7", "value", message="Give a value, or null to empty the attribute."),
    ]
    assert await world.snapshot() == before


async def test_one_error_is_told_as_one(world: World) -> None:
    answer = await set_values(world, {"key": "bio", "value": {"number": 1}})
    assert answer["message"] == "One of the values was refused, so that none was set: see what is wrong with each."


async def test_how_many_is_bounded(world: World) -> None:
    for values, code in (([], "BLANK"), ([{"key": "bio", "value": None}] * 51, "TOO_MANY")):
        answer = await unchanged(world, "contactAttributesSet", {"contactId": CONTACT_ID, "values": values})
        assert failure(answer) == ("ValidationFailed", code, ["input", "values"])


async def test_two_members_of_a_value_are_refused_by_graphql_itself(world: World) -> None:
    both = {"key": "bio", "value": {"text": "x", "number": 1}}
    mistake = await refused(world, SET, {"input": {"contactId": CONTACT_ID, "values": [both]}})
    assert mistake.code == "BAD_USER_INPUT"


@pytest.mark.parametrize("name", ["contactAttributeSet", "contactAttributeRestore"])
async def test_a_value_that_is_anothers_is_refused_with_who_holds_it(world: World, name: str) -> None:
    given: Answer = {"contactId": CONTACT_ID, "key": "card", "value": {"text": "a-1"}}
    if name == "contactAttributeRestore":
        # Jane held it before Bob did.
        bob: Answer = {"contactId": contact_gid("c2"), "key": "card"}
        await change(world, "contactAttributeClear", bob)
        await change(world, "contactAttributeSet", given)
        await change(world, "contactAttributeClear", {"contactId": CONTACT_ID, "key": "card"})
        await change(world, "contactAttributeSet", {**bob, "value": {"text": "A-1"}})
        given = {"contactId": CONTACT_ID, "key": "card", "restoreVersion": 1}
    before = await world.snapshot()
    query = f"""mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{ {ERRORS} }} }}"""
    argument = "restoreVersion" if name == "contactAttributeRestore" else "value"
    assert (await ask(world, query, {"input": given}))[name] == {
        "__typename": "ValueTaken",
        "code": "VALUE_TAKEN",
        "path": ["input", argument],
        **TAKEN,
    }
    assert await world.snapshot() == before


async def test_the_next_mutation_of_the_document_sees_the_form(world: World) -> None:
    document = """mutation ($id: ID!) {
      contactAttributesSet(input: {contactId: $id, values: [{key: "bio", value: {text: "New."}}]}) { __typename }
      contactNoteAdd(input: {contactId: $id, body: "x"}) { ... on ContactNoteAddSuccess { contact {
        updatedAt attribute(key: "bio") { ... on Attribute { version history { totalCount nodes { version } } } }
      } } }
    }"""
    data = await ask(world, document, {"id": CONTACT_ID})
    bio = {"version": 4, "history": {"totalCount": 1, "nodes": [{"version": 4}]}}
    assert data["contactNoteAdd"]["contact"] == {"updatedAt": NOW_TEXT, "attribute": bio}
