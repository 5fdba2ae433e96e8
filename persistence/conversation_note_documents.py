"""The stored shape of a conversation note, and where those are kept."""

from __future__ import annotations

from domain.conversation_notes import ConversationNote
from persistence.driver import Document
from persistence.names import CONVERSATION_NOTE_REVISIONS, CONVERSATION_NOTES
from persistence.note_documents import NoteKind, from_any_note, of_any_note


def from_conversation_note(note: ConversationNote, organization_id: str) -> Document:
    return {**from_any_note(note, organization_id), "conversation": note.conversation_id}


def to_conversation_note(document: Document) -> ConversationNote:
    return ConversationNote(**of_any_note(document), conversation_id=document["conversation"])


CONVERSATION_NOTE = NoteKind(
    CONVERSATION_NOTES,
    CONVERSATION_NOTE_REVISIONS,
    "conversation",
    from_conversation_note,
    to_conversation_note,
)
"""What agents write on a conversation."""
