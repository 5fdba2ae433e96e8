"""What notes said before: earlier versions and deleted notes, as they are read and brought back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.builders import MORNING, a_contact, a_note
from tests.conftest import Commands, World
from tests.graph.asking_graphql import MORNING_TEXT, NOW, NOW_TEXT, Answer, ask, contact_gid, note_gid, refused
from tests.graph.cases.selections import DELETED_NOTE, NOTE
from tests.graph.mutations import change, failure, unchanged

CONTACT_ID, NOTE_ID = contact_gid("c1"), note_gid("n1")
UNTIL = NOW + timedelta(days=30)
UNTIL_TEXT = "2099-12-23T12:00:00.000Z"
REVISION = "__typename id noteId version body writtenAt writtenBy { __typename name }"
REVISIONS = f"""query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
  node(id: $id) {{ ... on ContactNote {{ revisions(first: $first, after: $after, last: $last, before: $before) {{
    totalCount nodes {{ {REVISION} }} edges {{ cursor node {{ id }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }} }} }}
}}"""
DELETED = f"""query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
  contact(id: $id) {{ deletedNotes(first: $first, after: $after, last: $last, before: $before) {{
    totalCount nodes {{ {DELETED_NOTE} }} edges {{ cursor node {{ id }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }} }}
}}"""


@pytest.fixture(autouse=True)
async def contact(world: World) -> None:
    """A contact with a note by Ada, which Jo has edited twice."""
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(a_note("c1", "One.", id="n1", author_id="ada"))
    for body in ("Two.", "Three."):
        await change(world, "contactNoteEdit", {"noteId": NOTE_ID, "body": body})


def a_revision(version: int, body: str, by: str = "Jo", at: str = NOW_TEXT) -> Answer:
    return {
        "__typename": "ContactNoteRevision",
        "id": encode_id("ContactNoteRevision", f"n1:{version}"),
        "noteId": NOTE_ID,
        "version": version,
        "body": body,
        "writtenAt": at,
        "writtenBy": {"__typename": "Agent", "name": by},
    }


def the_note(**more: Any) -> Answer:
    return {
        "id": NOTE_ID,
        "version": 3,
        "body": "Three.",
        "author": {"name": "Ada"},
        "createdAt": MORNING_TEXT,
        "isEdited": True,
        "editedAt": NOW_TEXT,
        "editedBy": {"name": "Jo"},
        "contact": {"id": CONTACT_ID},
        **more,
    }


def a_deleted(note_id: str = "n1", **more: Any) -> Answer:
    note = the_note()
    del note["contact"]
    return {
        **note,
        "id": encode_id("DeletedContactNote", note_id),
        "noteId": note_gid(note_id),
        "deletedAt": NOW_TEXT,
        "deletedBy": {"name": "Jo"},
        "restorableUntil": UNTIL_TEXT,
        **more,
    }


async def revisions(world: World, **given: Any) -> Answer:
    found: Answer = (await ask(world, REVISIONS, {"id": NOTE_ID, **given}))["node"]["revisions"]
    return found


async def deleted(world: World, *, now: Any = NOW, **given: Any) -> Answer:
    found: Answer = (await ask(world, DELETED, {"id": CONTACT_ID, **given}, now=now))["contact"]["deletedNotes"]
    return found


async def test_the_earlier_versions_are_told_newest_first(world: World) -> None:
    two, one = a_revision(2, "Two."), a_revision(1, "One.", "Ada", MORNING_TEXT)
    found = await revisions(world)
    assert (found["totalCount"], found["nodes"]) == (2, [two, one])
    assert [each["node"]["id"] for each in found["edges"]] == [two["id"], one["id"]]
    first = await revisions(world, first=1)
    assert first["nodes"] == [two]
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": "WyJyZXZpc2lvbiIsMl0",
        "endCursor": "WyJyZXZpc2lvbiIsMl0",
    }
    rest = await revisions(world, first=5, after=first["pageInfo"]["endCursor"])
    assert (rest["nodes"], rest["pageInfo"]["hasPreviousPage"]) == ([one], True)
    back = await revisions(world, last=5, before=rest["pageInfo"]["startCursor"])
    assert (back["nodes"], back["pageInfo"]["hasNextPage"]) == ([two], True)


async def test_a_version_is_found_by_its_id_also_the_current_one(world: World) -> None:
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on ContactNoteRevision {{ {REVISION} }} }} }}"
    expected = [a_revision(1, "One.", "Ada", MORNING_TEXT), a_revision(3, "Three."), a_revision(2, "Two.")]
    given = {"ids": [each["id"] for each in expected]}
    assert await ask(world, query, given) == {"nodes": expected}
    await change(world, "contactNoteDelete", {"noteId": NOTE_ID})
    assert await ask(world, query, given) == {"nodes": expected}
    assert await ask(world, query, given, now=UNTIL) == {"nodes": [None] * 3}


async def test_a_note_goes_back_to_an_earlier_version(world: World) -> None:
    given = {"noteId": NOTE_ID, "restoreVersion": 1, "version": 3}
    later = NOW + timedelta(minutes=1)
    answer = await change(world, "contactNoteRevert", given, agent="ada", now=later)
    reverted = the_note(version=4, body="One.", editedAt="2099-11-23T12:01:00.000Z", editedBy={"name": "Ada"})
    assert answer == {"__typename": "ContactNoteRevertSuccess", "note": reverted}
    assert [(each["version"], each["body"]) for each in (await revisions(world))["nodes"]] == [
        (3, "Three."),
        (2, "Two."),
        (1, "One."),
    ]


@pytest.mark.parametrize("version", [0, -1, 4, 2**31 - 1])
async def test_a_version_that_there_is_not_is_not_found(world: World, version: int) -> None:
    answer = await unchanged(world, "contactNoteRevert", {"noteId": NOTE_ID, "restoreVersion": version})
    assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", "restoreVersion"])
    assert answer["message"] == "There is no such version: ask the history for those there are."


async def test_a_deleted_note_is_told_and_restored(world: World) -> None:
    assert await deleted(world) == {
        "totalCount": 0,
        "nodes": [],
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }
    gone = await change(world, "contactNoteDelete", {"noteId": NOTE_ID})
    assert (gone["deletedNoteId"], gone["restorableUntil"]) == (NOTE_ID, UNTIL_TEXT)
    found = await deleted(world)
    assert (found["totalCount"], found["nodes"]) == (1, [a_deleted()])
    given = {"noteId": found["nodes"][0]["noteId"], "version": 3}
    answer = await change(world, "contactNoteRestore", given, agent="ada")
    assert answer["__typename"] == "ContactNoteRestoreSuccess"
    assert answer["noteEdge"]["node"] == the_note(version=4)
    assert answer["contact"]["notes"] == {"totalCount": 1, "nodes": [{"body": "Three."}]}
    query = f"query ($id: ID!) {{ contact(id: $id) {{ notes {{ edges {{ cursor node {{ {NOTE} }} }} }} }} }}"
    listed = (await ask(world, query, {"id": CONTACT_ID}))["contact"]["notes"]["edges"]
    assert listed == [answer["noteEdge"]]
    assert (await deleted(world))["nodes"] == []
    assert [(each["version"], each["writtenBy"]["name"]) for each in (await revisions(world))["nodes"]] == [
        (3, "Jo"),
        (2, "Jo"),
        (1, "Ada"),
    ]


async def test_the_last_deleted_is_told_first_in_pages(world: World) -> None:
    ids = ["n1", "n2", "n3", "n4"]
    await world.add_notes(*(a_note("c1", id=each, created_at=MORNING) for each in ids[1:]))
    for number, each in enumerate(ids):
        at = NOW + timedelta(seconds=number // 2)
        await change(world, "contactNoteDelete", {"noteId": note_gid(each)}, now=at)
    in_order = [note_gid(each) for each in ("n4", "n3", "n2", "n1")]
    first = await deleted(world, first=3)
    rest = await deleted(world, first=3, after=first["pageInfo"]["endCursor"])
    assert [each["noteId"] for each in [*first["nodes"], *rest["nodes"]]] == in_order
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    back = await deleted(world, last=2, before=rest["pageInfo"]["startCursor"])
    assert [each["noteId"] for each in back["nodes"]] == in_order[1:3]
    assert (back["pageInfo"]["hasPreviousPage"], back["pageInfo"]["hasNextPage"]) == (True, True)


async def test_from_its_date_on_a_deleted_note_is_not_there(world: World) -> None:
    await change(world, "contactNoteDelete", {"noteId": NOTE_ID})
    just_before = UNTIL - timedelta(milliseconds=1)
    assert (await deleted(world, now=just_before))["totalCount"] == 1
    gone = await deleted(world, now=UNTIL)
    assert (gone["totalCount"], gone["nodes"]) == (0, [])
    by_id = {"id": encode_id("DeletedContactNote", "n1")}
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on DeletedContactNote {{ {DELETED_NOTE} }} }} }}"
    assert await ask(world, query, by_id, now=just_before) == {"node": a_deleted()}
    assert await ask(world, query, by_id, now=UNTIL) == {"node": None}
    answer = await unchanged(world, "contactNoteRestore", {"noteId": NOTE_ID}, now=UNTIL)
    assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", "noteId"])
    assert (await change(world, "contactNoteRestore", {"noteId": NOTE_ID}, now=just_before))["noteEdge"]


async def test_a_stale_restoration_is_answered_with_what_there_is(world: World) -> None:
    """The deleted note where it is deleted in another version, the note where it is back already."""
    await change(world, "contactNoteDelete", {"noteId": NOTE_ID})
    answer = await unchanged(world, "contactNoteRestore", {"noteId": NOTE_ID, "version": 2})
    assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
    assert answer["current"] == {"__typename": "DeletedContactNote", **a_deleted()}
    await change(world, "contactNoteRestore", {"noteId": NOTE_ID, "version": 3})
    answer = await unchanged(world, "contactNoteRestore", {"noteId": NOTE_ID, "version": 3})
    assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
    assert answer["current"] == {"__typename": "ContactNote", **the_note(version=4)}
    same = await unchanged(world, "contactNoteRestore", {"noteId": NOTE_ID, "version": 4})
    assert same["noteEdge"]["node"] == the_note(version=4)


NO_CURSORS = [
    *("", "nonsense", encode_cursor("note", 1, "n1"), encode_cursor("revision", "2"), encode_cursor("revision", -1)),
    *(encode_cursor("revision", 2**63), encode_cursor("deletedNote", 10**30, "n1"), encode_cursor("deletedNote", 1)),
]


@pytest.mark.parametrize("cursor", NO_CURSORS)
async def test_a_cursor_of_another_list_is_refused(world: World, cursor: str) -> None:
    for document, path in ((REVISIONS, ("node", "revisions")), (DELETED, ("contact", "deletedNotes"))):
        given = {"id": NOTE_ID if document is REVISIONS else CONTACT_ID, "first": 1, "after": cursor}
        mistake = await refused(world, document, given)
        assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", path)


async def test_the_past_of_all_notes_of_all_contacts_takes_a_fixed_number_of_commands(
    world: World, commands: Commands
) -> None:
    for number in range(2, 9):
        await world.add_contacts(a_contact(f"c{number}", note_count=1))
        await world.add_notes(a_note(f"c{number}", id=f"n{number}"))
    query = f"""{{ contacts {{ nodes {{
      notes {{ nodes {{ revisions(first: 2) {{ totalCount nodes {{ {REVISION} }} }} }} }}
      deletedNotes(first: 2) {{ totalCount nodes {{ {DELETED_NOTE} }} }}
    }} }} }}"""
    commands.clear()
    await ask(world, query)
    # After those for who asks: contacts; notes; deleted notes and their counts; versions and their counts.
    assert commands.names()[5:] == ["find", *["aggregate"] * 5]
