"""Contact notes."""

from __future__ import annotations

from tests.graph.asking_graphql import contact_gid, note_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CONTACT, NOTE
from tests.graph.cases.tenancy import Case, constant, mutation, of_list, their_contact, their_note

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
        selection=f"deletedNoteId contact {{ {CONTACT} }}",
        missing=("noteId", "ContactNote"),
        current="ContactNote",
        capability="WRITE_NOTES",
    ),
]

TENANCY: dict[str, Case] = {
    "Contact.notes(after)": of_list("notes", "after", "note", 0),
    "Contact.notes(before)": of_list("notes", "before", "note", 0),
    "contactNoteAdd.contactId": mutation("contactNoteAdd", contactId=their_contact, body=constant("x")),
    "contactNoteEdit.noteId": mutation("contactNoteEdit", noteId=their_note, body=constant("Mine now.")),
    "contactNoteDelete.noteId": mutation("contactNoteDelete", noteId=their_note),
}
NAMES_NOTHING = {"contactNoteAdd.body", "contactNoteEdit.body"}
