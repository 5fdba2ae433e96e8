"""The versions that notes had before: each kept in the transaction that made the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.events import NoteVersion
from domain.note_revisions import NoteRevision, RevisionPosition
from domain.notes import Note
from domain.paging import Page, PageRequest
from persistence.driver import Driver, Session
from persistence.names import BY_OWN_ID, OF_NOTE
from persistence.note_documents import from_revision, not_past, revision_id, revision_place, to_revision
from persistence.pages import Lists


class RevisionStore:
    """Reads the earlier versions of the notes of one kind of one organization, newest first."""

    def __init__(self, driver: Driver, organization_id: str, collection: str) -> None:
        self._driver = driver
        self._revisions = driver.collection(collection)
        self._lists = Lists(collection, "note", revision_place, to_revision)
        self._organization_id = organization_id

    async def by_versions(self, keys: Sequence[NoteVersion], at: datetime) -> Mapping[NoteVersion, NoteRevision]:
        """Return those that are kept; of a deleted note's, those that are not past their date at the moment `at`."""
        wanted = [revision_id(each) for each in keys]
        query = {"org": self._organization_id, "_id": {"$in": wanted}, **not_past(at)}
        documents = await self._revisions.find(query).hint(BY_OWN_ID).to_list(None)
        return {each.key: each for each in map(to_revision, documents)}

    async def pages(
        self, note_ids: Sequence[str], request: PageRequest[RevisionPosition]
    ) -> Mapping[str, Page[NoteRevision]]:
        """Return the same page of each live note's earlier versions, newest first, in one command."""
        return await self._lists.pages(self._driver, {"org": self._organization_id}, note_ids, request)

    async def counts(self, note_ids: Sequence[str]) -> Mapping[str, int]:
        """Return how many earlier versions each of the live notes has."""
        return await self._lists.counts(self._driver, {"org": self._organization_id}, note_ids)


class RevisionWriter:
    """Keeps versions of notes of one kind, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str, collection: str) -> None:
        self._revisions = driver.collection(collection)
        self._session = session
        self._organization_id = organization_id

    async def find(self, key: NoteVersion) -> NoteRevision | None:
        """Return the version of a live note."""
        query = {"org": self._organization_id, "_id": revision_id(key)}
        document = await self._revisions.find_one(query, session=self._session, hint=BY_OWN_ID)
        return None if document is None else to_revision(document)

    async def keep(self, note: Note) -> None:
        """Keep the version that the note is in: the next one is about to take its place."""
        await self._revisions.insert_one(from_revision(note, self._organization_id), session=self._session)

    async def expire(self, note_id: str, at: datetime | None) -> None:
        """Let MongoDB remove the note's versions from that moment on; None lets them stay."""
        update = {"$unset": {"purge": True}} if at is None else {"$set": {"purge": at}}
        query = {"org": self._organization_id, "note": note_id}
        await self._revisions.update_many(query, update, session=self._session, hint=OF_NOTE)
