"""Conversation notes: what agents tell each other about one conversation. They are never mixed with contact notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.conversations import Conversation
from domain.deleted_notes import DeletedNote
from domain.notes import Note


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationNote(Note):
    conversation_id: str
    """On which it hangs. Its contact is the conversation's: it goes where the conversation goes."""


@dataclass(frozen=True, slots=True)
class ConversationNoteAdded:
    note: ConversationNote
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class ConversationNoteEdited:
    note: ConversationNote


@dataclass(frozen=True, slots=True)
class ConversationNoteDeleted:
    note: ConversationNote
    """As it was."""
    conversation: Conversation
    restorable_until: datetime


@dataclass(frozen=True, slots=True)
class ConversationNoteRestored:
    note: ConversationNote
    conversation: Conversation


@dataclass(frozen=True, slots=True)
class StaleConversationNote:
    """The caller saw an older version. Nothing was changed; this is the note now."""

    current: ConversationNote


@dataclass(frozen=True, slots=True)
class StaleDeletedConversationNote:
    """The caller saw an older version, and by now the note is deleted in another one. Nothing was changed."""

    current: DeletedNote[ConversationNote]
