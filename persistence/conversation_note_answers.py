"""The stored shapes of what the mutations of conversation notes answered."""

from __future__ import annotations

from domain.conversation_notes import (
    ConversationNoteAdded,
    ConversationNoteDeleted,
    ConversationNoteEdited,
    ConversationNoteRestored,
)
from persistence.conversation_documents import from_conversation, to_conversation
from persistence.conversation_note_documents import from_conversation_note, to_conversation_note
from persistence.driver import Document

WithConversation = ConversationNoteAdded | ConversationNoteDeleted | ConversationNoteRestored


def from_edited(success: ConversationNoteEdited, org: str) -> Document:
    return {"note": from_conversation_note(success.note, org)}


def to_edited(document: Document) -> ConversationNoteEdited:
    return ConversationNoteEdited(to_conversation_note(document["note"]))


def from_listed(success: WithConversation, org: str) -> Document:
    note = from_conversation_note(success.note, org)
    return {"note": note, "conversation": from_conversation(success.conversation, org)}


def to_added(document: Document) -> ConversationNoteAdded:
    return ConversationNoteAdded(to_conversation_note(document["note"]), to_conversation(document["conversation"]))


def to_restored(document: Document) -> ConversationNoteRestored:
    return ConversationNoteRestored(to_conversation_note(document["note"]), to_conversation(document["conversation"]))


def from_deleted(success: ConversationNoteDeleted, org: str) -> Document:
    return {**from_listed(success, org), "until": success.restorable_until}


def to_deleted(document: Document) -> ConversationNoteDeleted:
    note, conversation = to_conversation_note(document["note"]), to_conversation(document["conversation"])
    return ConversationNoteDeleted(note, conversation, document["until"])
