"""The stored shape of a contact note."""

from __future__ import annotations

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
    )
