"""The stored shapes of a contact note, of a deleted one, and of the versions before."""

from __future__ import annotations

from datetime import datetime

from domain.deleted_notes import DeletedNote, DeletedNotePosition
from domain.deleted_notes import position as deleted_position
from domain.events import NoteVersion
from domain.note_revisions import NoteRevision, RevisionPosition, revision_of
from domain.notes import ContactNote, NotePosition, position
from persistence.documents import without_none
from persistence.driver import Document


def from_note(note: ContactNote, organization_id: str) -> Document:
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
            "mergedFrom": list(note.merged_from) or None,
            "restored": note.restored_at,
            "restorer": note.restored_by_id,
        }
    )


def place(position: NotePosition) -> Document:
    return {"created": position.created_at, "id": position.id}


def to_note(document: Document) -> ContactNote:
    return ContactNote(
        id=document["_id"],
        contact_id=document["contact"],
        version=document["version"],
        body=document["body"],
        author_id=document["author"],
        created_at=document["created"],
        edited_at=document.get("edited"),
        edited_by_id=document.get("editor"),
        merged_from=tuple(document.get("mergedFrom", ())),
        restored_at=document.get("restored"),
        restored_by_id=document.get("restorer"),
    )


def from_deleted(deleted: DeletedNote, organization_id: str) -> Document:
    return {
        **from_note(deleted.note, organization_id),
        "isLive": False,
        # Its place is among the deleted notes now; the one among the others comes back with it.
        "place": deleted_place(deleted_position(deleted)),
        "deleted": deleted.deleted_at,
        "deleter": deleted.deleted_by_id,
        "purge": deleted.restorable_until,
    }


def deleted_place(position: DeletedNotePosition) -> Document:
    return {"deleted": position.deleted_at, "id": position.id}


def to_deleted(document: Document) -> DeletedNote:
    return DeletedNote(to_note(document), document["deleted"], document["deleter"], document["purge"])


def from_revision(note: ContactNote, organization_id: str) -> Document:
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
