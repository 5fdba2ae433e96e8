"""The stored shape of the answers that are remembered: one pair of functions for each kind of success."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.answers import Success
from domain.attributes import AttributeChanged
from domain.contacts import ContactChanged
from domain.merging import ContactsMerged
from domain.notes import NoteAdded, NoteDeleted, NoteEdited
from domain.unmerging import ContactsUnmerged
from persistence.documents import from_contact, to_contact
from persistence.driver import Document
from persistence.merge_documents import from_merge, from_moves, from_preview, to_merge, to_moves, to_preview
from persistence.note_documents import from_note, to_note


@dataclass(frozen=True, slots=True)
class Codec:
    write: Callable[[Any, str], Document]
    """Takes the success and the organization's id."""
    read: Callable[[Document], Success]


def _note(success: NoteEdited, org: str) -> Document:
    return {"note": from_note(success.note, org)}


def _note_of_contact(success: NoteAdded | NoteDeleted, org: str) -> Document:
    return {"note": from_note(success.note, org), "contact": from_contact(success.contact, org)}


def _contact(success: ContactChanged, org: str) -> Document:
    return {"contact": from_contact(success.contact, org)}


def _attribute(success: AttributeChanged, org: str) -> Document:
    return {"contact": from_contact(success.contact, org), "definition": success.definition_id}


def _merged(success: ContactsMerged, org: str) -> Document:
    return {
        "contact": from_contact(success.contact, org),
        "merge": from_merge(success.merge, org),
        "preview": from_preview(success.preview),
    }


def _to_merged(document: Document) -> ContactsMerged:
    contact, merge = to_contact(document["contact"]), to_merge(document["merge"])
    return ContactsMerged(contact, merge, to_preview(document["preview"]))


def _unmerged(success: ContactsUnmerged, org: str) -> Document:
    return {
        "contact": from_contact(success.contact, org),
        "other": from_contact(success.other, org),
        "merge": from_merge(success.merge, org),
        "moves": from_moves(success.moves),
    }


def _to_unmerged(document: Document) -> ContactsUnmerged:
    contact, other = to_contact(document["contact"]), to_contact(document["other"])
    return ContactsUnmerged(contact, other, to_merge(document["merge"]), to_moves(document["moves"]))


CODECS: Mapping[type[Success], Codec] = {
    NoteAdded: Codec(_note_of_contact, lambda d: NoteAdded(to_note(d["note"]), to_contact(d["contact"]))),
    NoteEdited: Codec(_note, lambda d: NoteEdited(to_note(d["note"]))),
    NoteDeleted: Codec(_note_of_contact, lambda d: NoteDeleted(to_note(d["note"]), to_contact(d["contact"]))),
    ContactChanged: Codec(_contact, lambda d: ContactChanged(to_contact(d["contact"]))),
    AttributeChanged: Codec(_attribute, lambda d: AttributeChanged(to_contact(d["contact"]), d["definition"])),
    ContactsMerged: Codec(_merged, _to_merged),
    ContactsUnmerged: Codec(_unmerged, _to_unmerged),
}
_BY_NAME: Mapping[str, Codec] = {each.__name__: codec for each, codec in CODECS.items()}


def from_success(success: Success, organization_id: str) -> Document:
    return {"kind": type(success).__name__, **CODECS[type(success)].write(success, organization_id)}


def to_success(document: Document) -> Success:
    codec = _BY_NAME.get(document["kind"])
    if codec is None:
        raise ValueError(f"A recorded answer of a kind that this version does not know: {document['kind']}")
    return codec.read(document)
