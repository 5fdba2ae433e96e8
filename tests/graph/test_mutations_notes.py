"""The mutations of notes: how each can end, and that the next question sees what was done."""

from __future__ import annotations

from typing import Any

import pytest

from graph.nodes import encode_id
from tests.builders import a_contact, a_note
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, NOW_TEXT, Answer, absent_id, ask, contact_gid, note_gid
from tests.graph.cases.selections import CONTACT, NOTE
from tests.graph.mutations import change, failure, unchanged

CONTACT_ID, NOTE_ID = contact_gid("c1"), note_gid("n1")
NOT_IDS = ["", "c1", "n1", "!", encode_id("CustomAttribute", "c1:bio"), encode_id("Agent", "jo"), "Q29udGFjdDo"]


@pytest.fixture(autouse=True)
async def contact(world: World) -> None:
    """A contact with one note, by Ada."""
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(a_note("c1", "Prefers mornings.", id="n1", author_id="ada"))


def the_contact(*bodies: str) -> Answer:
    return {
        "id": CONTACT_ID,
        "version": 1,
        "name": "Jane Roe",
        "updatedAt": MORNING_TEXT,
        "vip": None,
        "notes": {"totalCount": len(bodies), "nodes": [{"body": each} for each in bodies]},
    }


def the_note(**more: Any) -> Answer:
    return {
        "id": NOTE_ID,
        "version": 1,
        "body": "Prefers mornings.",
        "author": {"name": "Ada"},
        "createdAt": MORNING_TEXT,
        "isEdited": False,
        "editedAt": None,
        "editedBy": None,
        "contact": {"id": CONTACT_ID},
        **more,
    }


EDITED = {"version": 2, "body": "Prefers evenings.", "isEdited": True, "editedAt": NOW_TEXT, "editedBy": {"name": "Jo"}}


async def test_an_added_note_is_answered_with_its_edge_and_the_contact_as_they_are_now(world: World) -> None:
    answer = await change(world, "contactNoteAdd", {"contactId": CONTACT_ID, "body": "Call back."})
    edge = answer.pop("noteEdge")
    note = edge.pop("node")
    assert answer == {
        "__typename": "ContactNoteAddSuccess",
        "contact": the_contact("Call back.", "Prefers mornings."),
    }
    assert note == the_note(id=note["id"], body="Call back.", author={"name": "Jo"}, createdAt=NOW_TEXT)
    listed = await ask(
        world,
        f"query ($id: ID!) {{ contact(id: $id) {{ notes {{ edges {{ cursor node {{ {NOTE} }} }} }} }} }}",
        {"id": CONTACT_ID},
    )
    assert listed["contact"]["notes"]["edges"][0] == {**edge, "node": note}


async def test_an_edited_note_keeps_its_author_and_says_who_edited_it(world: World) -> None:
    given = {"noteId": NOTE_ID, "body": "Prefers evenings.", "version": 1}
    answer = await change(world, "contactNoteEdit", given)
    assert answer == {"__typename": "ContactNoteEditSuccess", "note": the_note(**EDITED)}
    read = await ask(
        world, f"query ($id: ID!) {{ node(id: $id) {{ ... on ContactNote {{ {NOTE} }} }} }}", {"id": NOTE_ID}
    )
    assert read == {"node": the_note(**EDITED)}


async def test_a_deleted_note_is_gone_for_everyone(world: World) -> None:
    answer = await change(world, "contactNoteDelete", {"noteId": NOTE_ID, "version": 1})
    assert answer == {
        "__typename": "ContactNoteDeleteSuccess",
        "deletedNoteId": NOTE_ID,
        "restorableUntil": "2099-12-23T12:00:00.000Z",
        "contact": the_contact(),
    }
    query = f"query ($id: ID!, $note: ID!) {{ contact(id: $id) {{ {CONTACT} }} node(id: $note) {{ id }} }}"
    data = await ask(world, query, {"id": CONTACT_ID, "note": NOTE_ID}, agent="ada")
    assert data == {"contact": the_contact(), "node": None}
    for name, more in (("contactNoteEdit", {"body": "x"}), ("contactNoteDelete", {})):
        again = await unchanged(world, name, {"noteId": NOTE_ID, **more})
        assert failure(again) == ("NotFound", "NOT_FOUND", ["input", "noteId"])


async def test_an_edit_that_changes_nothing_writes_nothing(world: World) -> None:
    answer = await unchanged(world, "contactNoteEdit", {"noteId": NOTE_ID, "body": "Prefers mornings."})
    assert answer == {"__typename": "ContactNoteEditSuccess", "note": the_note()}


@pytest.mark.parametrize(
    ("name", "given", "argument"),
    [
        ("contactNoteAdd", {"contactId": contact_gid(absent_id()), "body": "x"}, "contactId"),
        ("contactNoteEdit", {"noteId": note_gid(absent_id()), "body": "x"}, "noteId"),
        ("contactNoteDelete", {"noteId": note_gid(absent_id())}, "noteId"),
    ],
)
async def test_what_is_not_there_is_not_found(world: World, name: str, given: Answer, argument: str) -> None:
    answer = await unchanged(world, name, given)
    assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", argument])
    thing = "contact" if argument == "contactId" else "note"
    assert answer["message"] == f"There is no such {thing}: it may have been deleted."


@pytest.mark.parametrize("not_an_id", NOT_IDS)
async def test_what_is_no_id_of_the_type_is_refused(world: World, not_an_id: str) -> None:
    for name, given, argument, wanted in (
        ("contactNoteAdd", {"contactId": not_an_id, "body": "x"}, "contactId", "Contact"),
        ("contactNoteEdit", {"noteId": not_an_id, "body": "x"}, "noteId", "ContactNote"),
        ("contactNoteDelete", {"noteId": not_an_id}, "noteId", "ContactNote"),
    ):
        answer = await unchanged(world, name, given)
        assert failure(answer) == ("ValidationFailed", "NOT_AN_ID", ["input", argument])
        assert answer["message"] == f"Give the id of a {wanted}, as an answer gave it to you."


async def test_the_id_of_a_note_is_none_of_a_contact_and_the_reverse(world: World) -> None:
    added = await unchanged(world, "contactNoteAdd", {"contactId": NOTE_ID, "body": "x"})
    assert failure(added) == ("ValidationFailed", "NOT_AN_ID", ["input", "contactId"])
    deleted = await unchanged(world, "contactNoteDelete", {"noteId": CONTACT_ID})
    assert failure(deleted) == ("ValidationFailed", "NOT_AN_ID", ["input", "noteId"])


@pytest.mark.parametrize("version", [0, 1, 3, -1, 2**31 - 1])
async def test_a_stale_version_is_answered_with_the_note_as_it_is_now(world: World, version: int) -> None:
    await change(world, "contactNoteEdit", {"noteId": NOTE_ID, "body": "Prefers evenings."})
    for name, given in (("contactNoteEdit", {"body": "Mine."}), ("contactNoteDelete", {})):
        answer = await unchanged(world, name, {"noteId": NOTE_ID, "version": version, **given}, agent="ada")
        assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
        assert answer["current"] == {"__typename": "ContactNote", **the_note(**EDITED)}


@pytest.mark.parametrize("version", [{}, {"version": None}, {"version": 2}])
async def test_without_a_version_or_with_the_current_one_the_edit_is_made(world: World, version: Answer) -> None:
    await change(world, "contactNoteEdit", {"noteId": NOTE_ID, "body": "Prefers evenings."})
    answer = await change(world, "contactNoteEdit", {"noteId": NOTE_ID, "body": "Mine.", **version})
    assert (answer["note"]["version"], answer["note"]["body"]) == (3, "Mine.")


BODIES: list[tuple[str, str | None]] = [
    ("", "BLANK"),
    (" \t\r\n\u00a0\u200b\u2800", "BLANK"),
    ("a\x00", "FORBIDDEN_CHARACTER"),
    ("a\x1b[31m", "FORBIDDEN_CHARACTER"),
    ("x" * 2_000, None),
    ("x" * 2_001, "TOO_LONG"),
    ("😀" * 2_000, None),
    ("😀" * 2_001, "TOO_LONG"),
    # Two code points that are one when normalised, and line ends of two that are one.
    ("e\u0301" * 2_000, None),
    ("e\u0301" * 2_001, "TOO_LONG"),
    ("x\r\n" * 1_000, None),
    ("x\r\n" * 1_000 + "x", "TOO_LONG"),
    # A family of five code points is five characters.
    ("👨‍👩‍👧" * 400, None),
    ("👨‍👩‍👧" * 400 + "x", "TOO_LONG"),
    ("x", None),
]


async def test_a_body_has_one_to_two_thousand_characters_in_both_mutations(world: World) -> None:
    for body, code in BODIES:
        for name, given in (("contactNoteAdd", {"contactId": CONTACT_ID}), ("contactNoteEdit", {"noteId": NOTE_ID})):
            if code is None:
                answer = await change(world, name, {**given, "body": body})
                assert answer["__typename"] == f"{name[0].upper()}{name[1:]}Success"
                note = answer["note"] if name == "contactNoteEdit" else answer["noteEdge"]["node"]
                assert note["body"] == body.replace("\r\n", "\n").replace("e\u0301", "\u00e9")
            else:
                answer = await unchanged(world, name, {**given, "body": body})
                assert failure(answer) == ("ValidationFailed", code, ["input", "body"])


async def test_how_much_too_long_it_is_is_said(world: World) -> None:
    answer = await unchanged(world, "contactNoteAdd", {"contactId": CONTACT_ID, "body": "😀" * 2_012})
    assert answer["message"] == "Shorten the text by 12: at most 2000 characters are kept."


async def test_two_mutations_of_one_document_happen_in_order_and_see_each_other(world: World) -> None:
    document = f"""mutation ($contact: ID!, $note: ID!) {{
      first: contactNoteAdd(input: {{contactId: $contact, body: "One."}}) {{
        ... on ContactNoteAddSuccess {{ contact {{ {CONTACT} }} }} }}
      edit: contactNoteEdit(input: {{noteId: $note, body: "Edited."}}) {{
        ... on ContactNoteEditSuccess {{ note {{ contact {{ {CONTACT} }} }} }} }}
      gone: contactNoteDelete(input: {{noteId: $note}}) {{
        ... on ContactNoteDeleteSuccess {{ contact {{ {CONTACT} }} }} }}
      late: contactNoteEdit(input: {{noteId: $note, body: "Late."}}) {{ __typename }}
    }}"""
    assert await ask(world, document, {"contact": CONTACT_ID, "note": NOTE_ID}) == {
        "first": {"contact": the_contact("One.", "Prefers mornings.")},
        "edit": {"note": {"contact": the_contact("One.", "Edited.")}},
        "gone": {"contact": the_contact("One.")},
        "late": {"__typename": "NotFound"},
    }
