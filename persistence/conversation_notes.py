"""Conversation notes: as contact notes are kept, on conversations and in collections of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.conversation_notes import ConversationNote
from persistence.conversation_note_documents import CONVERSATION_NOTE
from persistence.driver import Document, Driver, Session
from persistence.names import (
    BY_CONTACT,
    CONVERSATION_NOTE_REVISIONS,
    CONVERSATIONS,
    OF_CONVERSATION,
    OF_NOTE,
)
from persistence.notes import NoteStore, NoteWriter


class ConversationNoteStore(NoteStore[ConversationNote]):
    """Reads the conversation notes of one organization."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        super().__init__(driver, organization_id, CONVERSATION_NOTE)

    async def counts(self, conversation_ids: Sequence[str]) -> Mapping[str, int]:
        """Return how many notes each conversation has."""
        condition = {"org": self._organization_id, "isLive": True}
        return await self._lists.counts(self._driver, condition, conversation_ids)


class ConversationNoteWriter(NoteWriter[ConversationNote]):
    """Changes conversation notes, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        super().__init__(driver, session, organization_id, CONVERSATION_NOTE)
        self._conversations = driver.collection(CONVERSATIONS)
        self._revisions = driver.collection(CONVERSATION_NOTE_REVISIONS)

    async def follow(self, contact_id: str) -> None:
        """Hand the contact every note, with its past, of the conversations that are the contact's by now."""
        org, session, own_id = self._organization_id, self._session, {"_id": 1}
        theirs = self._conversations.find({"org": org, "contact": contact_id}, own_id, session=session).hint(BY_CONTACT)
        conversations = [each["_id"] for each in await theirs.to_list(None)]
        if not conversations:
            return
        # Live or not: the index is by both.
        query: Document = {"org": org, "conversation": {"$in": conversations}, "isLive": {"$in": [True, False]}}
        notes = await self._notes.find(query, own_id, session=session).hint(OF_CONVERSATION).to_list(None)
        to_whom = {"$set": {"contact": contact_id}}
        await self._notes.update_many(query, to_whom, session=session, hint=OF_CONVERSATION)
        earlier: Document = {"org": org, "note": {"$in": [each["_id"] for each in notes]}}
        await self._revisions.update_many(earlier, to_whom, session=session, hint=OF_NOTE)
