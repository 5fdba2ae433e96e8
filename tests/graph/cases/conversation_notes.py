"""Conversation notes."""

from __future__ import annotations

from domain.notes import NOTE_RETENTION
from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.builders import a_conversation, a_conversation_note, a_deleted_note
from tests.conftest import World
from tests.graph.asking_graphql import NOW
from tests.graph.cases.case import MutationCase
from tests.graph.cases.conversations import their_conversation
from tests.graph.cases.selections import CONVERSATION, CONVERSATION_NOTE
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation

N1 = encode_id("ConversationNote", "k1")


async def with_a_note(world: World, organization: str) -> None:
    await world.add_conversations(a_conversation("c1", "v1"), organization_id=organization)
    await world.add_conversation_notes(a_conversation_note(id="k1"), organization_id=organization)


async def with_an_edited_one(world: World, organization: str) -> None:
    await with_a_note(world, organization)
    earlier = a_conversation_note(body="Wants it blue.", id="k1", version=0)
    await world.stores(organization).transact(lambda changes: changes.conversation_note_revisions.keep(earlier))


async def with_a_deleted_one(world: World, organization: str) -> None:
    await world.add_conversations(a_conversation("c1", "v1"), organization_id=organization)
    await delete_note(world, organization, "c1", "v1", "k2")


async def delete_note(world: World, organization: str, contact_id: str, conversation_id: str, note_id: str) -> None:
    """Add a note and delete it, to be restored at any time of the tests."""
    body = f"Deleted of {organization}"
    note = a_conversation_note(conversation_id, body, contact_id=contact_id, id=note_id)
    await world.add_conversation_notes(note, organization_id=organization)
    deleted = a_deleted_note(note, agent_id=note.author_id, until=NOW + NOTE_RETENTION)
    await world.stores(organization).transact(lambda changes: changes.conversation_notes.delete(deleted))


CASES = [
    MutationCase(
        name="conversationNoteAdd",
        good={"conversationId": encode_id("Conversation", "v1"), "body": "Call back."},
        other={"body": "Call back!"},
        selection=f"noteEdge {{ cursor node {{ {CONVERSATION_NOTE} }} }} conversation {{ {CONVERSATION} }}",
        missing=("conversationId", "Conversation"),
        current=None,
        capability="WRITE_NOTES",
        prepare=with_a_note,
        events=0,
    ),
    MutationCase(
        name="conversationNoteEdit",
        good={"noteId": N1, "body": "Asks for another one."},
        other={"body": "Asks for both."},
        selection=f"note {{ {CONVERSATION_NOTE} }}",
        missing=("noteId", "ConversationNote"),
        current="ConversationNote",
        capability="WRITE_NOTES",
        prepare=with_a_note,
        events=0,
    ),
    MutationCase(
        name="conversationNoteRevert",
        good={"noteId": N1, "restoreVersion": 0},
        other={"restoreVersion": 1},
        selection=f"note {{ {CONVERSATION_NOTE} revisions {{ totalCount nodes {{ version body }} }} }}",
        missing=("noteId", "ConversationNote"),
        current="ConversationNote",
        capability="WRITE_NOTES",
        prepare=with_an_edited_one,
        events=0,
    ),
    MutationCase(
        name="conversationNoteDelete",
        good={"noteId": N1},
        other={"version": 1},
        selection=f"deletedNoteId restorableUntil conversation {{ {CONVERSATION} }}",
        missing=("noteId", "ConversationNote"),
        current="ConversationNote",
        capability="WRITE_NOTES",
        prepare=with_a_note,
        events=0,
        late="NotFound",
    ),
    MutationCase(
        name="conversationNoteRestore",
        good={"noteId": encode_id("ConversationNote", "k2")},
        other={"version": 1},
        selection=f"noteEdge {{ cursor node {{ {CONVERSATION_NOTE} }} }} conversation {{ {CONVERSATION} }}",
        missing=("noteId", "ConversationNote"),
        current="DeletedConversationNote",
        capability="WRITE_NOTES",
        prepare=with_a_deleted_one,
        events=0,
    ),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    org, contact_id = tenant.organization, tenant.contact()
    note = a_conversation_note(f"{org}-v", f"Of {org}", contact_id=contact_id, id=f"{org}-k")
    await world.add_conversation_notes(note, organization_id=org)
    await delete_note(world, org, contact_id, f"{org}-v", f"{org}-k-gone")


def their_note(_me: Tenant, them: Tenant) -> str:
    return gid("ConversationNote", f"{them.organization}-k")


def of_notes(argument: str, field: str = "notes", kind: str = "note") -> Case:
    query = f"""query ($id: ID!, $at: String) {{ node(id: $id) {{ ... on Conversation {{
      {field}({argument}: $at) {{ totalCount nodes {{ body }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }} }} }}"""
    at = encode_cursor(kind, 0, "x")
    return lambda _, them: (query, {"id": gid("Conversation", f"{them.organization}-v"), "at": at})


def of_revisions(argument: str) -> Case:
    query = f"""query ($id: ID!, $at: String) {{ node(id: $id) {{ ... on ConversationNote {{
      revisions({argument}: $at) {{ totalCount nodes {{ body }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }} }} }}"""
    at = encode_cursor("revision", 1)
    return lambda _, them: (query, {"id": gid("ConversationNote", f"{them.organization}-k"), "at": at})


TENANCY: dict[str, Case] = {
    "ConversationNote.revisions(after)": of_revisions("after"),
    "ConversationNote.revisions(before)": of_revisions("before"),
    "conversationNoteRevert.noteId": mutation("conversationNoteRevert", noteId=their_note, restoreVersion=constant(0)),
    "Conversation.notes(after)": of_notes("after"),
    "Conversation.notes(before)": of_notes("before"),
    "Conversation.deletedNotes(after)": of_notes("after", "deletedNotes", "deletedNote"),
    "Conversation.deletedNotes(before)": of_notes("before", "deletedNotes", "deletedNote"),
    "conversationNoteAdd.conversationId": mutation(
        "conversationNoteAdd", conversationId=their_conversation, body=constant("x")
    ),
    "conversationNoteEdit.noteId": mutation("conversationNoteEdit", noteId=their_note, body=constant("Mine now.")),
    "conversationNoteDelete.noteId": mutation("conversationNoteDelete", noteId=their_note),
    "conversationNoteRestore.noteId": mutation(
        "conversationNoteRestore", noteId=lambda _, them: gid("ConversationNote", f"{them.organization}-k-gone")
    ),
}
NAMES_NOTHING = {"conversationNoteAdd.body", "conversationNoteEdit.body"}
