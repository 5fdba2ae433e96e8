"""Conversation notes over the API: on their conversation alone, and at a constant cost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_conversation, a_conversation_note, a_note
from tests.conftest import Commands, World
from tests.graph.asking_graphql import NOW_TEXT, Answer, ask, contact_gid, note_gid
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
