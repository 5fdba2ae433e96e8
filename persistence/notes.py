"""Contact notes: the newest of many contacts in one command, whatever each contact holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.notes import ContactNote, NotePosition
from domain.paging import Page, PageRequest
from persistence.driver import Document, Driver, Session
from persistence.indexes import BY_ID, NOTES
from persistence.note_documents import from_note, place, to_note
from persistence.pages import Lists

_NOTES_OF_CONTACT = Lists(NOTES, "contact", place, to_note)


class NoteStore:
    """Reads the contact notes of one organization."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._notes = driver.collection(NOTES)
        self._organization_id = organization_id

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, ContactNote]:
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}, "isLive": True}
        documents = await self._notes.find(query).hint(BY_ID).to_list(None)
        return {each["_id"]: to_note(each) for each in documents}

    async def pages(
        self, contact_ids: Sequence[str], request: PageRequest[NotePosition]
    ) -> Mapping[str, Page[ContactNote]]:
        """Return the same page of each contact's notes, newest first, in one command."""
        condition = {"org": self._organization_id, "isLive": True}
        return await _NOTES_OF_CONTACT.pages(self._driver, condition, contact_ids, request)


class NoteWriter:
    """Changes contact notes, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._notes = driver.collection(NOTES)
        self._session = session
        self._organization_id = organization_id

    async def find(self, note_id: str) -> ContactNote | None:
        document = await self._notes.find_one(self._live(note_id), session=self._session, hint=BY_ID)
        return None if document is None else to_note(document)

    async def add(self, note: ContactNote) -> None:
        await self._notes.insert_one(from_note(note, self._organization_id), session=self._session)

    async def put(self, note: ContactNote) -> None:
        """Keep the note, found before in this transaction, as it is given."""
        document = from_note(note, self._organization_id)
        await self._notes.replace_one(self._live(note.id), document, session=self._session, hint=BY_ID)

    async def delete(self, note_id: str, *, agent_id: str, at: datetime) -> None:
        """Take the note out of sight. It is kept, to be restored."""
        gone = {"$set": {"isLive": False, "deleted": at, "deleter": agent_id}}
        await self._notes.update_one(self._live(note_id), gone, session=self._session, hint=BY_ID)

    def _live(self, note_id: str) -> Document:
        return {"org": self._organization_id, "_id": note_id, "isLive": True}
