"""The stored shape of the answers that are remembered: one pair of functions for each kind of success."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.answers import Success
from domain.attributes import AttributeChanged
from domain.contacts import ContactChanged
from domain.definitions import DefinitionChanged, DefinitionImpact, DefinitionsReordered
from domain.notes import NoteAdded, NoteDeleted, NoteEdited
from persistence.definition_documents import from_definition, to_definition
from persistence.documents import from_contact, to_contact
from persistence.driver import Document
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


def _definition(success: DefinitionChanged, org: str) -> Document:
    impact = success.impact
    counts = [impact.values_held, impact.values_broken, impact.values_with_archived_options]
    return {"definition": from_definition(success.definition, org), "impact": counts}


def _definitions(success: DefinitionsReordered, org: str) -> Document:
    return {"definitions": [from_definition(each, org) for each in success.definitions]}


CODECS: Mapping[type[Success], Codec] = {
    NoteAdded: Codec(_note_of_contact, lambda d: NoteAdded(to_note(d["note"]), to_contact(d["contact"]))),
    NoteEdited: Codec(_note, lambda d: NoteEdited(to_note(d["note"]))),
    NoteDeleted: Codec(_note_of_contact, lambda d: NoteDeleted(to_note(d["note"]), to_contact(d["contact"]))),
    ContactChanged: Codec(_contact, lambda d: ContactChanged(to_contact(d["contact"]))),
    AttributeChanged: Codec(_attribute, lambda d: AttributeChanged(to_contact(d["contact"]), d["definition"])),
    DefinitionChanged: Codec(
        _definition, lambda d: DefinitionChanged(to_definition(d["definition"]), DefinitionImpact(*d["impact"]))
    ),
    DefinitionsReordered: Codec(
        _definitions, lambda d: DefinitionsReordered(tuple(to_definition(each) for each in d["definitions"]))
    ),
}
_BY_NAME: Mapping[str, Codec] = {each.__name__: codec for each, codec in CODECS.items()}


def from_success(success: Success, organization_id: str) -> Document:
    return {"kind": type(success).__name__, **CODECS[type(success)].write(success, organization_id)}


def to_success(document: Document) -> Success:
    codec = _BY_NAME.get(document["kind"])
    if codec is None:
        raise ValueError(f"A recorded answer of a kind that this version does not know: {document['kind']}")
    return codec.read(document)
