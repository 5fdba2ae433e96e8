"""Notes: shared by all agents, newest first, editable by any of them. What all share, and those on contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from domain.contacts import Contact
from domain.outcomes import Invalid
from domain.text import clean

LONGEST_NOTE = 2_000
"""Unicode code points after NFC normalisation with line ends as LF."""

NOTE_RETENTION = timedelta(days=30)
"""How long a deleted note can be restored, where the operator does not say otherwise."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a note has, whatever it hangs on."""

    id: str
    contact_id: str
    """With whom it goes."""
    version: int
    body: str
    author_id: str
    created_at: datetime
    edited_at: datetime | None = None
    edited_by_id: str | None = None
    restored_at: datetime | None = None
    """Where this version is what came of restoring a deleted note."""
    restored_by_id: str | None = None


N = TypeVar("N", bound=Note)
"""Notes of one kind."""


@dataclass(frozen=True, slots=True)
class ContactNote(Note):
    merged_from: tuple[str, ...] = ()
    """Ids of the merges that brought it to its contact, the last one last."""


def note_body(text: str) -> str | Invalid:
    """Return the body as it is kept: 1 to 2,000 code points, with something to see in it."""
    body = clean(text, longest=LONGEST_NOTE)
    return body.at("input", "body") if isinstance(body, Invalid) else body


@dataclass(frozen=True, slots=True)
class NotePosition:
    """A place in the order of the notes of one contact or conversation: newest first, then by id."""

    created_at: datetime
    id: str


def position(note: Note) -> NotePosition:
    return NotePosition(note.created_at, note.id)


@dataclass(frozen=True, slots=True)
class NoteAdded:
    note: ContactNote
    contact: Contact
    """As it is with the note."""


@dataclass(frozen=True, slots=True)
class NoteEdited:
    note: ContactNote


@dataclass(frozen=True, slots=True)
class NoteDeleted:
    note: ContactNote
    """As it was."""
    contact: Contact
    """As it is without the note."""
    restorable_until: datetime


@dataclass(frozen=True, slots=True)
class NoteRestored:
    note: ContactNote
    contact: Contact
    """As it is with the note."""


@dataclass(frozen=True, slots=True)
class StaleNote:
    """The caller saw an older version. Nothing was changed; this is the note now."""

    current: ContactNote
