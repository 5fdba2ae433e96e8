"""Contact notes as they are read: newest first, signed, and each by its id."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import MORNING, a_contact, a_note
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, ask, contact_gid, note_gid

NOTES = "query ($id: ID!) { contact(id: $id) { notes { %s } } }"
WHOLE = """
  totalCount
  pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }
  edges { __typename cursor node {
    __typename id version body createdAt isEdited editedAt
    author { __typename id name } editedBy { id name } contact { __typename id name }
  } }
"""
CURSOR = "WyJub3RlIiwxNzk1NDI0NDAwMDAwLCJuMSJd"


async def test_a_note_is_whole(world: World) -> None:
    await world.add_contacts(a_contact("c1", note_count=1))
    evening = MORNING + timedelta(hours=9, milliseconds=7)
    note = a_note("c1", "Line one\nLine two — ☎️ 👩‍👧", id="n1", version=3)
    await world.add_notes(replace(note, edited_at=evening, edited_by_id="ada"))
    data = await ask(world, NOTES % WHOLE, {"id": contact_gid("c1")})
    assert data["contact"]["notes"] == {
        "totalCount": 1,
        "pageInfo": {
            "__typename": "PageInfo",
            "hasNextPage": False,
            "hasPreviousPage": False,
            "startCursor": CURSOR,
            "endCursor": CURSOR,
        },
        "edges": [
            {
                "__typename": "ContactNoteEdge",
                "cursor": CURSOR,
                "node": {
                    "__typename": "ContactNote",
                    "id": note_gid("n1"),
                    "version": 3,
                    "body": "Line one\nLine two — ☎️ 👩‍👧",
                    "createdAt": MORNING_TEXT,
                    "isEdited": True,
                    "editedAt": "2026-11-23T18:00:00.007Z",
                    "author": {"__typename": "Agent", "id": "QWdlbnQ6am8", "name": "Jo"},
                    "editedBy": {"id": "QWdlbnQ6YWRh", "name": "Ada"},
                    "contact": {"__typename": "Contact", "id": contact_gid("c1"), "name": "Jane Roe"},
                },
            }
        ],
    }


async def test_a_note_that_was_never_edited_says_so(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(a_note("c1"))
    data = await ask(world, NOTES % "nodes { version isEdited editedAt editedBy { id } }", {"id": contact_gid("c1")})
    expected = {"version": 1, "isEdited": False, "editedAt": None, "editedBy": None}
    assert data["contact"]["notes"]["nodes"] == [expected]


async def test_notes_are_newest_first_and_by_id_where_they_are_of_one_moment(world: World) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    moments = {"n1": 5, "n2": 1, "n3": 9, "n4": 5, "n5": 5}
    made = [a_note("c1", id=each, created_at=MORNING + timedelta(hours=hour)) for each, hour in moments.items()]
    await world.add_notes(*made, a_note("c2", id="n6"))
    data = await ask(world, NOTES % "nodes { id } edges { node { id } }", {"id": contact_gid("c1")})
    in_order = [{"id": note_gid(each)} for each in ("n3", "n5", "n4", "n1", "n2")]
    assert data["contact"]["notes"] == {"nodes": in_order, "edges": [{"node": each} for each in in_order]}


async def test_the_total_is_of_all_notes_and_not_of_the_page(world: World) -> None:
    await world.add_contacts(a_contact("c1", note_count=3))
    await world.add_notes(*(a_note("c1") for _ in range(3)))
    query = "query ($id: ID!) { contact(id: $id) { notes(first: 1) { totalCount nodes { version } } } }"
    data = await ask(world, query, {"id": contact_gid("c1")})
    assert data["contact"]["notes"] == {"totalCount": 3, "nodes": [{"version": 1}]}


async def test_authors_who_left_or_are_unknown_still_sign(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    authors = {"n1": "gone", "n2": "lost", "n3": "mo"}
    await world.add_notes(*(a_note("c1", id=each, author_id=author) for each, author in authors.items()))
    data = await ask(world, NOTES % "nodes { author { name isActive } }", {"id": contact_gid("c1")})
    former = {"name": "Former agent", "isActive": False}
    assert [each["author"] for each in data["contact"]["notes"]["nodes"]] == [
        former,
        former,
        {"name": "Gone", "isActive": False},
    ]


async def test_the_same_notes_are_told_from_wherever_they_are_asked(world: World) -> None:
    """A contact's page, the page of another of its aliases, and the note's own contact's page."""
    await world.add_contacts(a_contact("c1", note_count=2))
    await world.add_notes(a_note("c1", "one", id="n1"), a_note("c1", "two", id="n2"))
    query = """query ($contact: ID!, $note: ID!) {
      contact(id: $contact) { newest: notes(first: 1) { nodes { body } } oldest: notes(last: 1) { nodes { body } } }
      node(id: $note) { ... on ContactNote { contact { notes { totalCount nodes { body } } } } }
    }"""
    assert await ask(world, query, {"contact": contact_gid("c1"), "note": note_gid("n1")}) == {
        "contact": {"newest": {"nodes": [{"body": "two"}]}, "oldest": {"nodes": [{"body": "one"}]}},
        "node": {"contact": {"notes": {"totalCount": 2, "nodes": [{"body": "two"}, {"body": "one"}]}}},
    }


async def test_a_note_whose_contact_is_not_there_any_more_is_not_there_either(world: World) -> None:
    await world.add_notes(a_note("c-gone", id="n1"))
    query = "query ($id: ID!) { node(id: $id) { ... on ContactNote { body contact { id } } } }"
    assert await ask(world, query, {"id": note_gid("n1")}) == {"node": None}


async def test_a_note_that_is_edited_while_its_contact_is_deleted_has_no_contact(world: World) -> None:
    await world.add_notes(a_note("c-gone", id="n1"))
    query = """mutation ($input: ContactNoteEditInput!) { contactNoteEdit(input: $input) {
      __typename ... on Conflict { current { ... on ContactNote { body contact { id } } } }
    } }"""
    given = {"noteId": note_gid("n1"), "body": "Prefers mornings."}
    # What it is compared with is read before the contact is.
    data = await ask(world, query, {"input": {**given, "version": 7}})
    current = {"body": "Prefers mornings.", "contact": None}
    assert data == {"contactNoteEdit": {"__typename": "Conflict", "current": current}}
    for body in ("Prefers mornings.", "Prefers evenings."):
        data = await ask(world, query, {"input": {**given, "body": body}})
        assert data == {"contactNoteEdit": {"__typename": "NotFound"}}
