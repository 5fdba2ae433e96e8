"""The log of what happened to each contact: written in the transaction of the change itself."""

from __future__ import annotations

from typing import assert_never

from domain.attributes import HeldValue
from domain.events import ContactEvent, State
from domain.notes import ContactNote
from domain.vip import VipStatus
from persistence.documents import from_held, from_vip, without_none
from persistence.driver import Document, Driver, Session
from persistence.indexes import EVENTS
from persistence.note_documents import from_note


class EventWriter:
    """Adds to the log, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._events = driver.collection(EVENTS)
        self._session = session
        self._organization_id = organization_id

    async def add(self, *events: ContactEvent) -> None:
        documents = [self._document(each) for each in events]
        await self._events.insert_many(documents, session=self._session)

    def _document(self, event: ContactEvent) -> Document:
        return without_none(
            {
                "_id": event.id,
                "org": self._organization_id,
                "contact": event.contact_id,
                "at": event.at,
                "kind": event.kind.value,
                "agent": event.agent_id,
                "before": self._state(event.before),
                "after": self._state(event.after),
            }
        )

    def _state(self, state: State) -> Document | None:
        match state:
            case None:
                return None
            case HeldValue():
                return from_held(state)
            case ContactNote():
                return from_note(state, self._organization_id)
            case VipStatus():
                return from_vip(state)
            case _:
                assert_never(state)
