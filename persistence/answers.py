"""First answers, remembered by idempotency key, so that a repeated request changes nothing."""

from __future__ import annotations

import json
from datetime import datetime

from domain.answers import RecordedAnswer
from persistence.answer_documents import contacts_of, from_success, to_success
from persistence.contacts import ContactWriter
from persistence.documents import without_none
from persistence.driver import Driver, Session
from persistence.names import ANSWERS, BY_CONTACTS


class AnswerWriter:
    """Finds and records first answers, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str, contacts: ContactWriter) -> None:
        self._answers = driver.collection(ANSWERS)
        self._session = session
        self._organization_id = organization_id
        self._contacts = contacts

    async def find(self, agent_id: str, key: str) -> RecordedAnswer | None:
        document = await self._answers.find_one({"_id": self._id(agent_id, key)}, session=self._session)
        if document is None:
            return None
        return RecordedAnswer(document["fingerprint"], to_success(document))

    async def record(self, agent_id: str, key: str, answer: RecordedAnswer, at: datetime) -> None:
        """Keep the answer, to be found by the contacts that it says something of: it goes when one of them does."""
        contacts = sorted(contacts_of(answer.success))
        for each in contacts:
            await self._contacts.hold(each)
        document = {
            "_id": self._id(agent_id, key),
            "org": self._organization_id,
            "at": at,
            "fingerprint": answer.fingerprint,
            "contacts": contacts or None,
            **from_success(answer.success, self._organization_id),
        }
        await self._answers.insert_one(without_none(document), session=self._session)

    async def share(self, contact_id: str, other_id: str, since: datetime) -> None:
        """Let what was answered of the contact since then go with the other one too: it was part of it."""
        query = {"org": self._organization_id, "contacts": contact_id, "at": {"$gte": since}}
        update = {"$addToSet": {"contacts": other_id}}
        await self._answers.update_many(query, update, session=self._session, hint=BY_CONTACTS)

    def _id(self, agent_id: str, key: str) -> str:
        # As a list, so that no two keys of two agents can meet, whatever is in them.
        return json.dumps([self._organization_id, agent_id, key])
