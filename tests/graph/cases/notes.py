"""Contact notes."""

from __future__ import annotations

from dataclasses import replace

from domain.notes import NOTE_RETENTION
from graph.paging import encode_cursor
from tests.builders import a_deleted_note, a_note
from tests.conftest import World
from tests.graph.asking_graphql import NOW, contact_gid, note_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CONTACT, NOTE
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation, of_list, their_contact, their_note


async def with_an_earlier_version(world: World, organization: str) -> None:
    """Make up a version before the first one, so that the note is in the version that the tests expect."""
    before = replace(a_note("c1", "Prefers nights.", id="n1"), version=0)
    await world.stores(organization).transact(lambda changes: changes.revisions.keep(before))


async def with_a_deleted_note(world: World, organization: str) -> None:
    await delete_note(world, organization, "c1", "n2")


async def delete_note(world: World, organization: str, contact_id: str, note_id: str) -> None:
    """Add a note and delete it, to be restored at any time of the tests."""
    note = a_note(contact_id, f"Deleted of {organization}", id=note_id)
    await world.add_notes(note, organization_id=organization)
    deleted = a_deleted_note(note, agent_id=note.author_id, until=NOW + NOTE_RETENTION)
    await world.stores(organization).transact(lambda changes: changes.notes.delete(deleted))


CASES = [
    MutationCase(
        name="contactNoteAdd",
        good={"contactId": contact_gid("c1"), "body": "Call back."},
        other={"body": "Call back!"},
        selection=f"noteEdge {{ cursor node {{ {NOTE} }} }} contact {{ {CONTACT} }}",
        missing=("contactId", "Contact"),
        current=None,
        capability="WRITE_NOTES",
    ),
    MutationCase(
        name="contactNoteEdit",
        good={"noteId": note_gid("n1"), "body": "Prefers evenings."},
        other={"body": "Prefers noon."},
        selection=f"note {{ {NOTE} }}",
        missing=("noteId", "ContactNote"),
        current="ContactNote",
        capability="WRITE_NOTES",
    ),
    MutationCase(
        name="contactNoteDelete",
        good={"noteId": note_gid("n1")},
        other={"version": 1},
        selection=f"deletedNoteId restorableUntil contact {{ {CONTACT} }}",
        missing=("noteId", "ContactNote"),
        current="ContactNote",
        capability="WRITE_NOTES",
        late="NotFound",
    ),
    MutationCase(
        name="contactNoteRevert",
        good={"noteId": note_gid("n1"), "restoreVersion": 0},
        other={"version": 1},
        selection=f"note {{ {NOTE} }}",
        missing=("noteId", "ContactNote"),
        current="ContactNote",
        capability="WRITE_NOTES",
        prepare=with_an_earlier_version,
    ),
    MutationCase(
        name="contactNoteRestore",
        good={"noteId": note_gid("n2")},
        other={"version": 1},
        selection=f"noteEdge {{ cursor node {{ {NOTE} }} }} contact {{ {CONTACT} }}",
        missing=("noteId", "ContactNote"),
        current="DeletedContactNote",
        capability="WRITE_NOTES",
        prepare=with_a_deleted_note,
    ),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    await delete_note(world, tenant.organization, tenant.contact(), f"{tenant.organization}-gone")


def of_revisions(argument: str) -> Case:
    query = f"""query ($id: ID!, $at: String) {{ node(id: $id) {{ ... on ContactNote {{
      revisions({argument}: $at) {{ totalCount nodes {{ body }} pageInfo {{ hasNextPage hasPreviousPage }} }}
    }} }} }}"""
    at = encode_cursor("revision", 9)
    return lambda _, them: (query, {"id": gid("ContactNote", f"{them.organization}-n"), "at": at})


def their_deleted_note(_me: Tenant, them: Tenant) -> str:
    return gid("ContactNote", f"{them.organization}-gone")


TENANCY: dict[str, Case] = {
    "Contact.notes(after)": of_list("notes", "after", "note", 0),
    "Contact.notes(before)": of_list("notes", "before", "note", 0),
    "Contact.deletedNotes(after)": of_list("deletedNotes", "after", "deletedNote", 4_102_444_800_000),
    "Contact.deletedNotes(before)": of_list("deletedNotes", "before", "deletedNote", 4_102_444_800_000),
    "ContactNote.revisions(after)": of_revisions("after"),
    "ContactNote.revisions(before)": of_revisions("before"),
    "contactNoteAdd.contactId": mutation("contactNoteAdd", contactId=their_contact, body=constant("x")),
    "contactNoteEdit.noteId": mutation("contactNoteEdit", noteId=their_note, body=constant("Mine now.")),
    "contactNoteDelete.noteId": mutation("contactNoteDelete", noteId=their_note),
    "contactNoteRevert.noteId": mutation("contactNoteRevert", noteId=their_note, restoreVersion=constant(1)),
    "contactNoteRestore.noteId": mutation("contactNoteRestore", noteId=their_deleted_note),
}
NAMES_NOTHING = {"contactNoteAdd.body", "contactNoteEdit.body"}
