"""Conversations: one document each, with its place in the queue and among those of its contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.contacts import IdentityKey
from domain.conversations import Conversation, ConversationPosition
from domain.paging import Page, PageRequest
from persistence.conversation_documents import from_conversation, place, to_conversation
from persistence.documents import identity_key
from persistence.driver import Document, Driver, Session
from persistence.names import BY_CONTACT, BY_EXTERNAL_ID, BY_OWN_ID, CONVERSATIONS
from persistence.pages import Lists

_CONVERSATIONS_OF_CONTACT = Lists(CONVERSATIONS, "contact", place, to_conversation)


class ConversationStore:
    """Reads the conversations of one organization; `queue` lists those that wait."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._conversations = driver.collection(CONVERSATIONS)
        self._organization_id = organization_id

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, Conversation]:
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}}
        documents = await self._conversations.find(query).hint(BY_OWN_ID).to_list(None)
        return {each["_id"]: to_conversation(each) for each in documents}

    async def by_external_id(self, external_id: str) -> Conversation | None:
        query = {"org": self._organization_id, "external": external_id}
        document = await self._conversations.find_one(query, hint=BY_EXTERNAL_ID)
        return None if document is None else to_conversation(document)

    async def pages(
        self, contact_ids: Sequence[str], request: PageRequest[ConversationPosition]
    ) -> Mapping[str, Page[Conversation]]:
        """Return the same page of each contact's conversations, the last active first, in one command."""
        condition = {"org": self._organization_id}
        return await _CONVERSATIONS_OF_CONTACT.pages(self._driver, condition, contact_ids, request)

    async def counts(self, contact_ids: Sequence[str]) -> Mapping[str, int]:
        """Return how many conversations each contact has."""
        condition = {"org": self._organization_id}
        return await _CONVERSATIONS_OF_CONTACT.counts(self._driver, condition, contact_ids)


class ConversationWriter:
    """Changes conversations, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._conversations = driver.collection(CONVERSATIONS)
        self._session = session
        self._organization_id = organization_id

    async def find(self, conversation_id: str) -> Conversation | None:
        return await self._find({"org": self._organization_id, "_id": conversation_id}, BY_OWN_ID)

    async def find_by_external_id(self, external_id: str) -> Conversation | None:
        return await self._find({"org": self._organization_id, "external": external_id}, BY_EXTERNAL_ID)

    async def _find(self, query: Document, index: str) -> Conversation | None:
        document = await self._conversations.find_one(query, session=self._session, hint=index)
        return None if document is None else to_conversation(document)

    async def insert(self, conversation: Conversation) -> None:
        """Keep a new one. One whose external id is taken ends the transaction."""
        document = from_conversation(conversation, self._organization_id)
        await self._conversations.insert_one(document, session=self._session)

    async def hand_over(self, from_id: str, to_id: str, identities: Sequence[IdentityKey]) -> None:
        """Make those conversations of the one contact that were written from the identities the other one's."""
        query = {
            "org": self._organization_id,
            "contact": from_id,
            "identity": {"$in": [identity_key(each) for each in identities]},
        }
        to_whom = {"$set": {"contact": to_id}}
        await self._conversations.update_many(query, to_whom, session=self._session, hint=BY_CONTACT)

    async def remove(self, conversation_id: str) -> None:
        query = {"org": self._organization_id, "_id": conversation_id}
        await self._conversations.delete_one(query, session=self._session, hint=BY_OWN_ID)

    async def put(self, conversation: Conversation) -> None:
        """Keep the conversation, found before in this transaction, as it is given."""
        query = {"org": self._organization_id, "_id": conversation.id}
        document = from_conversation(conversation, self._organization_id)
        await self._conversations.replace_one(query, document, session=self._session, hint=BY_OWN_ID)
