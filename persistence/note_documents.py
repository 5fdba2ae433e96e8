"""The stored shapes of a note, of a deleted one, and of the versions before; and where those on contacts are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from domain.deleted_notes import DeletedNote, DeletedNotePosition
from domain.deleted_notes import position as deleted_position
from domain.events import NoteVersion
from domain.note_revisions import NoteRevision, RevisionPosition, revision_of
from domain.notes import ContactNote, N, Note, NotePosition, position
from persistence.documents import without_none
from persistence.driver import Document
from persistence.names import NOTES, REVISIONS


@dataclass(frozen=True, slots=True)
class NoteKind(Generic[N]):
    """Where notes of one kind are kept, and how: none is ever found among those of another kind."""

    collection: str
    revisions: str
    """The collection of their earlier versions."""
    owner: str
    """The field that says whose list a note is in."""
    write: Callable[[N, str], Document]
    """Takes the note and the organization's id."""
    read: Callable[[Document], N]

    def write_deleted(self, deleted: DeletedNote[N], organization_id: str) -> Document:
        return {
            **self.write(deleted.note, organization_id),
            "isLive": False,
            # Its place is among the deleted notes now; the one among the others comes back with it.
            "place": deleted_place(deleted_position(deleted)),
            "deleted": deleted.deleted_at,
            "deleter": deleted.deleted_by_id,
            "purge": deleted.restorable_until,
        }

    def read_deleted(self, document: Document) -> DeletedNote[N]:
        return DeletedNote(self.read(document), document["deleted"], document["deleter"], document["purge"])


def from_any_note(note: Note, organization_id: str) -> Document:
    """Return what is stored of a note of every kind."""
    return without_none(
        {
            "_id": note.id,
            "org": organization_id,
            "contact": note.contact_id,
            "isLive": True,
            "version": note.version,
            "body": note.body,
            "author": note.author_id,
            "created": note.created_at,
            "place": place(position(note)),
            "edited": note.edited_at,
            "editor": note.edited_by_id,
            "restored": note.restored_at,
            "restorer": note.restored_by_id,
        }
    )


def from_note(note: ContactNote, organization_id: str) -> Document:
    document = from_any_note(note, organization_id)
    return {**document, "mergedFrom": list(note.merged_from)} if note.merged_from else document


def place(position: NotePosition) -> Document:
    return {"created": position.created_at, "id": position.id}


def of_any_note(document: Document) -> dict[str, Any]:
    """Return what is read of a note of every kind, by the names of its fields."""
    return {
        "id": document["_id"],
        "contact_id": document["contact"],
        "version": document["version"],
        "body": document["body"],
        "author_id": document["author"],
        "created_at": document["created"],
        "edited_at": document.get("edited"),
        "edited_by_id": document.get("editor"),
        "restored_at": document.get("restored"),
        "restored_by_id": document.get("restorer"),
    }


def to_note(document: Document) -> ContactNote:
    return ContactNote(**of_any_note(document), merged_from=tuple(document.get("mergedFrom", ())))


CONTACT_NOTE = NoteKind(NOTES, REVISIONS, "contact", from_note, to_note)
"""What agents write about a contact."""
from_deleted, to_deleted = CONTACT_NOTE.write_deleted, CONTACT_NOTE.read_deleted


def deleted_place(position: DeletedNotePosition) -> Document:
    return {"deleted": position.deleted_at, "id": position.id}


def from_revision(note: Note, organization_id: str) -> Document:
    """Return the version that the note is in, as it is kept when the next one is made."""
    revision = revision_of(note)
    return {
        "_id": revision_id(revision.key),
        "org": organization_id,
        "contact": revision.contact_id,
        "note": revision.note_id,
        "place": revision_place(RevisionPosition(revision.version)),
        "body": revision.body,
        "agent": revision.agent_id,
        "at": revision.at,
    }


def revision_id(key: NoteVersion) -> str:
    return f"{key.note_id}:{key.version}"


def revision_place(position: RevisionPosition) -> Document:
    return {"version": position.version}


def to_revision(document: Document) -> NoteRevision:
    return NoteRevision(
        note_id=document["note"],
        contact_id=document["contact"],
        version=document["place"]["version"],
        body=document["body"],
        agent_id=document["agent"],
        at=document["at"],
    )


def not_past(at: datetime) -> Document:
    """Spell that the date after which a thing is removed is not past, or that it has none.

    MongoDB removes what is past its date once a minute: until it came by, nobody must see it.
    """
    return {"purge": {"$not": {"$lte": at}}}
