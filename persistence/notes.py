"""Notes of either kind: the newest of many owners in one command, however many each has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Generic

from domain.deleted_notes import DeletedNote, DeletedNotePosition
from domain.notes import N, NotePosition
from domain.paging import Page, PageRequest
from persistence.driver import Document, Driver, Session
from persistence.names import BY_ID
from persistence.note_documents import NoteKind, deleted_place, not_past, place
from persistence.pages import Lists


class NoteStore(Generic[N]):
    """Reads the notes of one kind of one organization. Their owners are what they hang on."""

    def __init__(self, driver: Driver, organization_id: str, kind: NoteKind[N]) -> None:
        self._driver = driver
        self._kind = kind
        self._notes = driver.collection(kind.collection)
        self._lists = Lists(kind.collection, kind.owner, place, kind.read)
        self._deleted_lists = Lists(kind.collection, kind.owner, deleted_place, kind.read_deleted)
        self._organization_id = organization_id

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, N]:
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}, "isLive": True}
        documents = await self._notes.find(query).hint(BY_ID).to_list(None)
        return {each["_id"]: self._kind.read(each) for each in documents}

    async def pages(self, owner_ids: Sequence[str], request: PageRequest[NotePosition]) -> Mapping[str, Page[N]]:
        """Return the same page of each owner's notes, newest first, in one command."""
        condition = {"org": self._organization_id, "isLive": True}
        return await self._lists.pages(self._driver, condition, owner_ids, request)

    async def kept_by_ids(self, ids: Sequence[str], at: datetime) -> Mapping[str, N]:
        """Return the notes, also deleted ones that can be restored at the moment `at`."""
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}, **not_past(at)}
        documents = await self._notes.find(query).hint(BY_ID).to_list(None)
        return {each["_id"]: self._kind.read(each) for each in documents}

    async def deleted_by_ids(self, ids: Sequence[str], at: datetime) -> Mapping[str, DeletedNote[N]]:
        """Return the deleted notes among them that can be restored at the moment `at`."""
        query = {**_restorable(self._organization_id, at), "_id": {"$in": list(ids)}}
        documents = await self._notes.find(query).hint(BY_ID).to_list(None)
        return {each["_id"]: self._kind.read_deleted(each) for each in documents}

    async def deleted_pages(
        self, owner_ids: Sequence[str], request: PageRequest[DeletedNotePosition], at: datetime
    ) -> Mapping[str, Page[DeletedNote[N]]]:
        """Return the same page of each owner's restorable notes, the last deleted first, in one command."""
        condition = _restorable(self._organization_id, at)
        return await self._deleted_lists.pages(self._driver, condition, owner_ids, request)

    async def deleted_counts(self, owner_ids: Sequence[str], at: datetime) -> Mapping[str, int]:
        """Return how many restorable notes each owner has."""
        condition = _restorable(self._organization_id, at)
        return await self._deleted_lists.counts(self._driver, condition, owner_ids)


class NoteWriter(Generic[N]):
    """Changes notes of one kind, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str, kind: NoteKind[N]) -> None:
        self._kind = kind
        self._notes = driver.collection(kind.collection)
        self._session = session
        self._organization_id = organization_id

    async def find(self, note_id: str) -> N | None:
        document = await self._notes.find_one(self._live(note_id), session=self._session, hint=BY_ID)
        return None if document is None else self._kind.read(document)

    async def add(self, note: N) -> None:
        await self._notes.insert_one(self._kind.write(note, self._organization_id), session=self._session)

    async def put(self, note: N) -> None:
        """Keep the note, found before in this transaction, as it is given."""
        document = self._kind.write(note, self._organization_id)
        await self._notes.replace_one(self._live(note.id), document, session=self._session, hint=BY_ID)

    async def find_deleted(self, note_id: str, at: datetime) -> DeletedNote[N] | None:
        """Return the note where it is deleted and can be restored at the moment `at`."""
        query = {**_restorable(self._organization_id, at), "_id": note_id}
        document = await self._notes.find_one(query, session=self._session, hint=BY_ID)
        return None if document is None else self._kind.read_deleted(document)

    async def delete(self, deleted: DeletedNote[N]) -> None:
        """Take the note out of sight. It is kept, to be restored until MongoDB removes it."""
        document = self._kind.write_deleted(deleted, self._organization_id)
        await self._notes.replace_one(self._live(deleted.note.id), document, session=self._session, hint=BY_ID)

    async def restore(self, note: N) -> None:
        """Keep the note, found deleted before in this transaction, as it is given, and bring it back into sight."""
        document = self._kind.write(note, self._organization_id)
        query = {"org": self._organization_id, "_id": note.id, "isLive": False}
        await self._notes.replace_one(query, document, session=self._session, hint=BY_ID)

    def _live(self, note_id: str) -> Document:
        return {"org": self._organization_id, "_id": note_id, "isLive": True}


def _restorable(organization_id: str, at: datetime) -> Document:
    return {"org": organization_id, "isLive": False, "purge": {"$gt": at}}
