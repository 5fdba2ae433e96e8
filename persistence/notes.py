"""Contact notes: the newest of many contacts in one command, whatever each contact holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.deleted_notes import DeletedNote, DeletedNotePosition
from domain.notes import ContactNote, NotePosition
from domain.paging import Page, PageRequest
from persistence.driver import Document, Driver, Session
from persistence.names import BY_ID, NOTES
from persistence.note_documents import (
    deleted_place,
    from_deleted,
    from_note,
    not_past,
    place,
    to_deleted,
    to_note,
)
from persistence.pages import Lists

_NOTES_OF_CONTACT = Lists(NOTES, "contact", place, to_note)
_DELETED_NOTES_OF_CONTACT = Lists(NOTES, "contact", deleted_place, to_deleted)


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

    async def kept_by_ids(self, ids: Sequence[str], at: datetime) -> Mapping[str, ContactNote]:
        """Return the notes, also deleted ones that can be restored at the moment `at`."""
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}, **not_past(at)}
        documents = await self._notes.find(query).hint(BY_ID).to_list(None)
        return {each["_id"]: to_note(each) for each in documents}

    async def deleted_by_ids(self, ids: Sequence[str], at: datetime) -> Mapping[str, DeletedNote]:
        """Return the deleted notes among them that can be restored at the moment `at`."""
        query = {**_restorable(self._organization_id, at), "_id": {"$in": list(ids)}}
        documents = await self._notes.find(query).hint(BY_ID).to_list(None)
        return {each["_id"]: to_deleted(each) for each in documents}

    async def deleted_pages(
        self, contact_ids: Sequence[str], request: PageRequest[DeletedNotePosition], at: datetime
    ) -> Mapping[str, Page[DeletedNote]]:
        """Return the same page of each contact's restorable notes, the last deleted first, in one command."""
        condition = _restorable(self._organization_id, at)
        return await _DELETED_NOTES_OF_CONTACT.pages(self._driver, condition, contact_ids, request)

    async def deleted_counts(self, contact_ids: Sequence[str], at: datetime) -> Mapping[str, int]:
        """Return how many restorable notes each contact has."""
        condition = _restorable(self._organization_id, at)
        return await _DELETED_NOTES_OF_CONTACT.counts(self._driver, condition, contact_ids)


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

    async def find_deleted(self, note_id: str, at: datetime) -> DeletedNote | None:
        """Return the note where it is deleted and can be restored at the moment `at`."""
        query = {**_restorable(self._organization_id, at), "_id": note_id}
        document = await self._notes.find_one(query, session=self._session, hint=BY_ID)
        return None if document is None else to_deleted(document)

    async def delete(self, deleted: DeletedNote) -> None:
        """Take the note out of sight. It is kept, to be restored until MongoDB removes it."""
        document = from_deleted(deleted, self._organization_id)
        await self._notes.replace_one(self._live(deleted.note.id), document, session=self._session, hint=BY_ID)

    async def restore(self, note: ContactNote) -> None:
        """Keep the note, found deleted before in this transaction, as it is given, and bring it back into sight."""
        document = from_note(note, self._organization_id)
        query = {"org": self._organization_id, "_id": note.id, "isLive": False}
        await self._notes.replace_one(query, document, session=self._session, hint=BY_ID)

    def _live(self, note_id: str) -> Document:
        return {"org": self._organization_id, "_id": note_id, "isLive": True}


def _restorable(organization_id: str, at: datetime) -> Document:
    return {"org": organization_id, "isLive": False, "purge": {"$gt": at}}
