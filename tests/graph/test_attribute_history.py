"""The history of an attribute as a front end reads it, and what bringing a version back answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.attributes import Source
from domain.events import ContactEvent, EventKind, ValueChange
from domain.values import MultiSelectValue, TextValue
from tests.builders import MORNING, a_contact, held
from tests.conftest import Commands, World
from tests.graph.asking_graphql import MORNING_TEXT, NOW_TEXT, Answer, ask, attribute_gid, contact_gid, refused
from tests.graph.cases.selections import VALUE
from tests.graph.mutations import change, failure, unchanged
from tests.graph.test_operation_costs import commands_of

ENTRY = f"__typename version isEmpty {VALUE} provenance {{ source at agent {{ name }} }}"
HISTORY = f"""query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
  contact(id: $id) {{ attribute(key: "bio") {{ ... on Attribute {{
    history(first: $first, after: $after, last: $last, before: $before) {{
      __typename totalCount
      pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
      nodes {{ {ENTRY} }} edges {{ __typename cursor node {{ version }} }}
    }}
  }} }} }}
}}"""
BIO = {"contactId": contact_gid("c1"), "key": "bio"}


@pytest.fixture(autouse=True)
async def past(world: World) -> None:
    """A contact who began with a bio of an import's, and sizes of which one was archived since."""
    bio, sizes = held("bio", TextValue("First.")), held("sizes", MultiSelectValue(("size-x",)))
    await world.add_contacts(a_contact("c1", values=(bio, sizes)), a_contact("c2"))
    began = (ValueChange(None, bio), ValueChange(None, sizes))
    created = ContactEvent("e0", "c1", MORNING, EventKind.CONTACT_CREATED, None, None, "Jane Roe", began, Source.IMPORT)
    await world.stores().transact(lambda changes: changes.events.add(created))


async def history(world: World, **page: object) -> Answer:
    data = await ask(world, HISTORY, {"id": contact_gid("c1"), **page})
    found: Answer = data["contact"]["attribute"]["history"]
    return found


def entry(
    version: int, text: str | None, source: str = "AGENT", at: str = NOW_TEXT, agent: str | None = "Jo"
) -> Answer:
    return {
        "__typename": "AttributeHistoryEntry",
        "version": version,
        "isEmpty": text is None,
        "value": None if text is None else {"__typename": "TextValue", "text": text},
        "provenance": {"source": source, "at": at, "agent": None if agent is None else {"name": agent}},
    }


async def test_each_version_says_what_it_was_and_whose(world: World) -> None:
    await change(world, "contactAttributeSet", {**BIO, "value": {"text": "Second."}})
    await change(world, "contactAttributeClear", BIO, agent="ada", now=MORNING + timedelta(days=40_000))
    found = await history(world)
    assert (found["__typename"], found["totalCount"]) == ("AttributeHistoryConnection", 3)
    assert found["nodes"] == [
        entry(3, None, agent="Ada", at="2136-05-30T09:00:00.000Z"),
        entry(2, "Second."),
        entry(1, "First.", "IMPORT", MORNING_TEXT, None),
    ]
    assert [each["node"] for each in found["edges"]] == [{"version": each} for each in (3, 2, 1)]
    cursors = [each["cursor"] for each in found["edges"]]
    assert found["pageInfo"] == {
        "hasNextPage": False,
        "hasPreviousPage": False,
        "startCursor": cursors[0],
        "endCursor": cursors[2],
    }
    newest = await history(world, first=1)
    assert ([each["version"] for each in newest["nodes"]], newest["pageInfo"]["hasNextPage"]) == ([3], True)
    rest = await history(world, first=5, after=newest["pageInfo"]["endCursor"])
    assert [each["version"] for each in rest["nodes"]] == [2, 1]
    before = await history(world, last=1, before=cursors[2])
    assert ([each["version"] for each in before["nodes"]], before["totalCount"]) == ([2], 3)


async def test_an_attribute_that_was_never_set_has_no_past(world: World) -> None:
    query = """query ($id: ID!) { contact(id: $id) { attribute(key: "email") { ... on Attribute {
      history { totalCount nodes { version } edges { cursor } pageInfo { startCursor hasNextPage } } } } } }"""
    data = await ask(world, query, {"id": contact_gid("c1")})
    page_info = {"startCursor": None, "hasNextPage": False}
    expected = {"totalCount": 0, "nodes": [], "edges": [], "pageInfo": page_info}
    assert data["contact"]["attribute"]["history"] == expected


async def test_an_option_is_told_as_it_is_called_today(world: World) -> None:
    query = """query ($id: ID!) { node(id: $id) { ... on Attribute { history { nodes {
      value { ... on MultiSelectValue { options { id label isArchived } } } } } } } }"""
    data = await ask(world, query, {"id": attribute_gid("c1", "sizes")})
    options = [{"id": "size-x", "label": "Huge", "isArchived": True}]
    assert data["node"]["history"]["nodes"] == [{"value": {"options": options}}]


async def test_the_histories_of_a_page_of_contacts_are_one_command_and_their_counts_another(
    world: World, commands: Commands
) -> None:
    query = "{ contacts { nodes { attributes { ... on Attribute { history(first: 2) { nodes { version } %s } } } } } }"
    found = [("find", "contacts"), ("aggregate", "1")]
    assert await commands_of(world, commands, query % "", {}) == found
    assert await commands_of(world, commands, query % "totalCount", {}) == [*found, ("aggregate", "1")]


@pytest.mark.parametrize("cursor", ["", "x", "WyJub3RlIiwxNzk1NDI0NDAwMDAwLCJuMSJd"])
async def test_what_is_no_cursor_of_a_history_is_refused(world: World, cursor: str) -> None:
    mistake = await refused(world, HISTORY, {"id": contact_gid("c1"), "after": cursor})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ("contact", "attribute", "history"))


async def test_a_version_that_is_brought_back_is_the_newest(world: World) -> None:
    await change(world, "contactAttributeSet", {**BIO, "value": {"text": "Second."}})
    answer = await change(world, "contactAttributeRestore", {**BIO, "restoreVersion": 1, "version": 2}, agent="ada")
    assert answer["__typename"] == "ContactAttributeRestoreSuccess"
    expected = entry(3, "First.", agent="Ada")
    assert {name: answer["attribute"][name] for name in ("version", "isEmpty", "value", "provenance")} == {
        name: expected[name] for name in ("version", "isEmpty", "value", "provenance")
    }
    assert [each["version"] for each in (await history(world))["nodes"]] == [3, 2, 1]


async def test_a_version_that_there_is_not_and_one_that_cannot_be_are_said(world: World) -> None:
    for version in (0, 2, -1, 2**31 - 1):
        answer = await unchanged(world, "contactAttributeRestore", {**BIO, "restoreVersion": version})
        assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", "restoreVersion"])
        assert answer["message"] == "There is no such version: ask the history for those there are."
    sizes = {"contactId": contact_gid("c1"), "key": "sizes"}
    await change(world, "contactAttributeClear", sizes)
    answer = await unchanged(world, "contactAttributeRestore", {**sizes, "restoreVersion": 1})
    assert failure(answer) == ("ValidationFailed", "UNKNOWN_OPTION", ["input", "restoreVersion"])
    assert answer["message"] == (
        "Version 1 held what is not accepted any more. "
        "Choose the id of one of the options of «sizes»: size-s (Small), size-m (Medium)."
    )
