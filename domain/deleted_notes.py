"""Deleted notes: out of sight, and to be restored until their retention ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from domain.notes import ContactNote, N


@dataclass(frozen=True, slots=True)
class DeletedNote(Generic[N]):
    note: N
    """As it was when it was deleted."""
    deleted_at: datetime
    deleted_by_id: str
    restorable_until: datetime
    """From then on there is no such note."""


@dataclass(frozen=True, slots=True)
class DeletedNotePosition:
    """A place in the order of the deleted notes of one contact or conversation: the last deleted first, then by id."""

    deleted_at: datetime
    id: str


def position(deleted: DeletedNote[N]) -> DeletedNotePosition:
    return DeletedNotePosition(deleted.deleted_at, deleted.note.id)


@dataclass(frozen=True, slots=True)
class StaleDeletedNote:
    """The caller saw an older version, and by now the note is deleted in another one. Nothing was changed."""

    current: DeletedNote[ContactNote]
