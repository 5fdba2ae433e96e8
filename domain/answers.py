"""What a change answers when it happened, and how that answer is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from domain.attributes import AttributeChanged
from domain.contacts import ContactChanged
from domain.definitions import DefinitionChanged, DefinitionsReordered
from domain.notes import NoteAdded, NoteDeleted, NoteEdited

Success = (
    NoteAdded | NoteEdited | NoteDeleted | ContactChanged | AttributeChanged | DefinitionChanged | DefinitionsReordered
)


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """The first answer to an idempotency key, and the fingerprint of the input that it answered."""

    fingerprint: str
    success: Success
