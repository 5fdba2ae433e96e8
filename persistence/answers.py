"""First answers, remembered by idempotency key, so that a repeated request changes nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import assert_never

from domain.answers import RecordedAnswer, Success
from domain.attributes import AttributeChanged
from domain.contacts import ContactChanged
from domain.notes import NoteAdded, NoteDeleted, NoteEdited
from persistence.documents import from_contact, to_contact
from persistence.driver import Document, Driver, Session
from persistence.indexes import ANSWERS
from persistence.note_documents import from_note, to_note


class AnswerWriter:
    """Finds and records first answers, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._answers = driver.collection(ANSWERS)
        self._session = session
        self._organization_id = organization_id

    async def find(self, agent_id: str, key: str) -> RecordedAnswer | None:
        document = await self._answers.find_one({"_id": self._id(agent_id, key)}, session=self._session)
        if document is None:
            return None
        return RecordedAnswer(document["fingerprint"], _to_success(document))

    async def record(self, agent_id: str, key: str, answer: RecordedAnswer, at: datetime) -> None:
        document = {
            "_id": self._id(agent_id, key),
            "at": at,
            "fingerprint": answer.fingerprint,
            **_from_success(answer.success, self._organization_id),
        }
        await self._answers.insert_one(document, session=self._session)

    def _id(self, agent_id: str, key: str) -> str:
        # As a list, so that no two keys of two agents can meet, whatever is in them.
        return json.dumps([self._organization_id, agent_id, key])


def _from_success(success: Success, organization_id: str) -> Document:
    match success:
        case NoteAdded(note, contact) | NoteDeleted(note, contact):
            return {
                "kind": type(success).__name__,
                "note": from_note(note, organization_id),
                "contact": from_contact(contact, organization_id),
            }
        case NoteEdited(note):
            return {"kind": "NoteEdited", "note": from_note(note, organization_id)}
        case ContactChanged(contact):
            return {"kind": "ContactChanged", "contact": from_contact(contact, organization_id)}
        case AttributeChanged(contact, definition_id):
            return {
                "kind": "AttributeChanged",
                "contact": from_contact(contact, organization_id),
                "definition": definition_id,
            }
        case _:
            assert_never(success)


def _to_success(document: Document) -> Success:
    match document["kind"]:
        case "NoteAdded":
            return NoteAdded(to_note(document["note"]), to_contact(document["contact"]))
        case "NoteDeleted":
            return NoteDeleted(to_note(document["note"]), to_contact(document["contact"]))
        case "NoteEdited":
            return NoteEdited(to_note(document["note"]))
        case "ContactChanged":
            return ContactChanged(to_contact(document["contact"]))
        case "AttributeChanged":
            return AttributeChanged(to_contact(document["contact"]), document["definition"])
        case unknown:
            raise ValueError(f"A recorded answer of a kind that this version does not know: {unknown}")
