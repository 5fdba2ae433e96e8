"""Conversation notes over the API: on their conversation alone, and at a constant cost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.notes import NOTE_RETENTION
from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.builders import MORNING, a_contact, a_conversation, a_conversation_note, a_note
from tests.conftest import Commands, World
from tests.graph.asking_graphql import NOW, NOW_TEXT, Answer, ask, contact_gid, note_gid, refused
from tests.graph.cases.conversation_notes import delete_note
from tests.graph.cases.selections import DELETED_CONVERSATION_NOTE
from tests.graph.mutations import failure
from tests.graph.test_operation_costs import commands_of

V1 = encode_id("Conversation", "v1")
QUEUE = """query ($first: Int, $notes: Int) { queue(first: $first) { nodes {
  id contact { name notes(first: 3) { nodes { body } } } notes(first: $notes) { nodes { body author { name } } }
} } }"""
BOTH = """query ($id: ID!) { contact(id: $id) {
  version notes { totalCount nodes { body } } deletedNotes { totalCount }
  timeline { totalCount }
  conversations { nodes { notes { totalCount nodes { id body } } } }
} }"""


@pytest.fixture
async def filled(world: World) -> World:
    """A contact with a note and, on their conversation, two more."""
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(a_note("c1", "On the contact.", id="n1"))
    await world.add_conversations(a_conversation("c1", "v1"), a_conversation("c1", "v2"))
    await world.add_conversation_notes(
        a_conversation_note("v1", "First.", id="k1"),
        a_conversation_note("v1", "Second.", id="k2", created_at=MORNING + timedelta(minutes=1)),
        a_conversation_note("v2", "Elsewhere.", id="k3"),
    )
    return world


async def change(world: World, name: str, given: Answer) -> Answer:
    inputs = f"{name[0].upper()}{name[1:]}"
    query = f"""mutation ($input: {inputs}Input!) {{ {name}(input: $input) {{
      __typename ... on UserError {{ code message path }}
    }} }}"""
    found: Answer = (await ask(world, query, {"input": given}))[name]
    return found


def bodies(connection: Answer) -> list[str]:
    return [each["body"] for each in connection["nodes"]]


async def test_a_page_of_them_is_newest_first_and_leads_on_to_the_next(filled: World) -> None:
    query = """query ($id: ID!, $after: String) { node(id: $id) { ... on Conversation {
      notes(first: 1, after: $after) { totalCount nodes { body } pageInfo { hasNextPage hasPreviousPage endCursor } }
    } } }"""
    first = (await ask(filled, query, {"id": V1}))["node"]["notes"]
    end = first["pageInfo"].pop("endCursor")
    assert first == {
        "totalCount": 2,
        "nodes": [{"body": "Second."}],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False},
    }
    second = (await ask(filled, query, {"id": V1, "after": end}))["node"]["notes"]
    assert (bodies(second), second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (
        ["First."],
        False,
        True,
    )


async def test_neither_kind_is_ever_among_the_other(filled: World) -> None:
    before = (await ask(filled, BOTH, {"id": contact_gid("c1")}))["contact"]
    assert (before["notes"]["totalCount"], bodies(before["notes"])) == (1, ["On the contact."])
    on_conversations = [sorted(bodies(each["notes"])) for each in before["conversations"]["nodes"]]
    assert sorted(on_conversations) == [["Elsewhere."], ["First.", "Second."]]
    for name, given in (
        ("conversationNoteAdd", {"conversationId": V1, "body": "Third."}),
        ("conversationNoteEdit", {"noteId": encode_id("ConversationNote", "k1"), "body": "Other."}),
        ("conversationNoteDelete", {"noteId": encode_id("ConversationNote", "k2")}),
    ):
        assert (await change(filled, name, given))["__typename"] == f"{name[0].upper()}{name[1:]}Success"
    after = (await ask(filled, BOTH, {"id": contact_gid("c1")}))["contact"]
    # Of the contact's, nothing has changed: neither their version, nor their number of notes, nor their timeline.
    assert {**after, "conversations": before["conversations"]} == before
    assert (await change(filled, "contactNoteAdd", {"contactId": contact_gid("c1"), "body": "x"}))[
        "__typename"
    ] == "ContactNoteAddSuccess"
    last = (await ask(filled, BOTH, {"id": contact_gid("c1")}))["contact"]
    assert last["conversations"] == after["conversations"]
    assert last["notes"]["totalCount"] == 2


@pytest.mark.parametrize("verb", ["Edit", "Delete", "Restore"])
async def test_the_id_of_the_one_kind_is_none_of_the_other(filled: World, verb: str) -> None:
    more = {"body": "x"} if verb == "Edit" else {}
    before = await filled.snapshot()
    for name, own, others in (
        (f"conversationNote{verb}", "ConversationNote", note_gid("n1")),
        (f"contactNote{verb}", "ContactNote", encode_id("ConversationNote", "k1")),
    ):
        wrong = await change(filled, name, {"noteId": others, **more})
        assert failure(wrong) == ("ValidationFailed", "NOT_AN_ID", ["input", "noteId"])
        # The same, made up to look like one of the type.
        local = "n1" if own == "ConversationNote" else "k1"
        forged = await change(filled, name, {"noteId": encode_id(own, local), **more})
        assert failure(forged) == ("NotFound", "NOT_FOUND", ["input", "noteId"])
    assert await filled.snapshot() == before


async def test_no_node_is_found_by_the_id_of_the_other_kind(filled: World) -> None:
    ids = [
        encode_id(kind, local_id)
        for kind, local_id in (
            ("ConversationNote", "n1"),
            ("ContactNote", "k1"),
            ("DeletedContactNote", "k1"),
            ("DeletedConversationNote", "k1"),
        )
    ]
    assert await ask(filled, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ids}) == {"nodes": [None] * 4}


@pytest.mark.parametrize("waiting", [1, 50])
@pytest.mark.parametrize("notes_each", [0, 1, 40])
async def test_the_queue_with_notes_takes_four_commands(
    world: World, commands: Commands, waiting: int, notes_each: int
) -> None:
    """One more than without: whatever waits, and whatever was written on it."""
    await world.add_contacts(*(a_contact(f"c{each}", note_count=1) for each in range(10)))
    await world.add_notes(*(a_note(f"c{each}") for each in range(10)))
    await world.add_conversations(*(a_conversation(f"c{each % 10}", f"v{each}") for each in range(waiting)))
    written = [
        a_conversation_note(f"v{each}", contact_id=f"c{each % 10}")
        for each in range(waiting)
        for _ in range(notes_each)
    ]
    if written:
        await world.add_conversation_notes(*written)
    sent = await commands_of(world, commands, QUEUE, {"first": 50, "notes": 3})
    assert sorted(sent) == [
        ("aggregate", "1"),
        ("aggregate", "1"),
        ("find", "contacts"),
        ("find", "conversations"),
    ]


DELETED = f"""query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {{
  node(id: $id) {{ ... on Conversation {{ deletedNotes(first: $first, after: $after, last: $last, before: $before) {{
    totalCount nodes {{ {DELETED_CONVERSATION_NOTE} }} edges {{ cursor node {{ id }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }} }} }} }}"""


async def deleted(world: World, *, now: datetime = NOW, **given: object) -> Answer:
    found: Answer = (await ask(world, DELETED, {"id": V1, **given}, now=now))["node"]["deletedNotes"]
    return found


async def test_a_deleted_note_is_told_until_it_is_restored(filled: World) -> None:
    nothing = await deleted(filled)
    assert (nothing["totalCount"], nothing["nodes"], nothing["edges"]) == (0, [], [])
    k1 = encode_id("ConversationNote", "k1")
    await change(filled, "conversationNoteEdit", {"noteId": k1, "body": "Edited."})
    await change(filled, "conversationNoteDelete", {"noteId": k1})
    await change(filled, "conversationNoteDelete", {"noteId": encode_id("ConversationNote", "k3")})
    found = await deleted(filled)
    assert found["totalCount"] == 1
    assert found["nodes"] == [
        {
            "id": encode_id("DeletedConversationNote", "k1"),
            "noteId": k1,
            "version": 2,
            "body": "Edited.",
            "author": {"name": "Jo"},
            "createdAt": "2026-11-23T09:00:00.000Z",
            "isEdited": True,
            "editedAt": NOW_TEXT,
            "editedBy": {"name": "Jo"},
            "deletedAt": NOW_TEXT,
            "deletedBy": {"name": "Jo"},
            "restorableUntil": "2099-12-23T12:00:00.000Z",
        }
    ]
    assert (await deleted(filled, now=NOW + NOTE_RETENTION))["nodes"] == []
    await change(filled, "conversationNoteRestore", {"noteId": found["nodes"][0]["noteId"], "version": 2})
    assert (await deleted(filled))["nodes"] == []


async def test_the_last_deleted_is_told_first_in_pages(filled: World) -> None:
    ids = ["k1", "k2", "k4", "k5"]
    await filled.add_conversation_notes(*(a_conversation_note("v1", id=each) for each in ids[2:]))
    for number, each in enumerate(ids):
        # Two of a moment.
        at = NOW + timedelta(seconds=number // 2)
        query = "mutation ($id: ID!) { conversationNoteDelete(input: {noteId: $id}) { __typename } }"
        await ask(filled, query, {"id": encode_id("ConversationNote", each)}, now=at)
    in_order = [encode_id("ConversationNote", each) for each in ("k5", "k4", "k2", "k1")]
    first = await deleted(filled, first=3)
    rest = await deleted(filled, first=3, after=first["pageInfo"]["endCursor"])
    assert [each["noteId"] for each in [*first["nodes"], *rest["nodes"]]] == in_order
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    back = await deleted(filled, last=2, before=rest["pageInfo"]["startCursor"])
    assert [each["noteId"] for each in back["nodes"]] == in_order[1:3]
    mistake = await refused(filled, DELETED, {"id": V1, "first": 1, "after": encode_cursor("note", 1, "k1")})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ("node", "deletedNotes"))


@pytest.mark.parametrize("waiting", [1, 20])
async def test_what_was_deleted_of_many_conversations_takes_two_commands(
    world: World, commands: Commands, waiting: int
) -> None:
    await world.add_contacts(a_contact("c1"))
    for each in range(waiting):
        await world.add_conversations(a_conversation("c1", f"v{each}"))
        await delete_note(world, "acme", "c1", f"v{each}", f"k{each}")
    query = f"""query ($first: Int) {{ queue(first: $first) {{ nodes {{
      deletedNotes(first: 3) {{ totalCount nodes {{ {DELETED_CONVERSATION_NOTE} }} }}
    }} }} }}"""
    sent = await commands_of(world, commands, query, {"first": 50})
    assert sorted(sent) == [("aggregate", "1"), ("aggregate", "1"), ("find", "conversations")]


async def test_a_success_carries_the_note_whole_with_its_place(filled: World) -> None:
    query = """mutation ($input: ConversationNoteAddInput!) { conversationNoteAdd(input: $input) {
      ... on ConversationNoteAddSuccess {
        noteEdge { cursor node { version body author { name } createdAt isEdited editedAt editedBy { name } } }
        conversation { id version notes { totalCount nodes { body } } }
      }
    } }"""
    given = {"input": {"conversationId": V1, "body": "Third.\r\nLine."}}
    added = (await ask(filled, query, given))["conversationNoteAdd"]
    assert added["noteEdge"]["node"] == {
        "version": 1,
        "body": "Third.\nLine.",
        "author": {"name": "Jo"},
        "createdAt": NOW_TEXT,
        "isEdited": False,
        "editedAt": None,
        "editedBy": None,
    }
    expected = {"totalCount": 3, "nodes": [{"body": "Third.\nLine."}, {"body": "Second."}, {"body": "First."}]}
    assert added["conversation"] == {"id": V1, "version": 1, "notes": expected}
