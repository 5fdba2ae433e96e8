"""The past of notes: every version that a note had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.events import NoteVersion
from domain.notes import N, Note


@dataclass(frozen=True, slots=True)
class NoteRevision:
    """One version of a note: what it said, and who made it say so."""

    note_id: str
    contact_id: str
    version: int
    body: str
    agent_id: str
    """Who wrote the version; who restored the note, where that is what made the version."""
    at: datetime

    @property
    def key(self) -> NoteVersion:
        return NoteVersion(self.note_id, self.version)


@dataclass(frozen=True, slots=True)
class RevisionPosition:
    """A place among the versions of one note: the newest first."""

    version: int


def revision_of(note: Note) -> NoteRevision:
    """Return the version that the note is in."""
    agent_id, at = note.author_id, note.created_at
    if note.edited_at is not None and note.edited_by_id is not None:
        agent_id, at = note.edited_by_id, note.edited_at
    if note.restored_at is not None and note.restored_by_id is not None:
        agent_id, at = note.restored_by_id, note.restored_at
    return NoteRevision(note.id, note.contact_id, note.version, note.body, agent_id, at)


def edited(note: N, body: str, *, agent_id: str, at: datetime) -> N:
    """Return the version that follows with another body. The author stays."""
    return replace(
        note,
        version=note.version + 1,
        body=body,
        edited_at=at,
        edited_by_id=agent_id,
        restored_at=None,
        restored_by_id=None,
    )


def restored(note: N, *, agent_id: str, at: datetime) -> N:
    """Return the version that follows by bringing back the deleted note: it says the same, in the same place.

    It is a version of its own so that whoever stated the one that was deleted does not delete it again unseen.
    """
    return replace(note, version=note.version + 1, restored_at=at, restored_by_id=agent_id)
