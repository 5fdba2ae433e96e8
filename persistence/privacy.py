"""Privacy: everything that is kept of one person, the receipts of erasures, and what imports know the erased by."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import cast

from pymongo import ReturnDocument, UpdateOne

from domain.deletion import DeletionPosition
from domain.ids import new_id
from domain.note_revisions import NoteRevision
from domain.notes import N
from domain.paging import Page, PageRequest
from domain.privacy import ErasureReceipt, KeptNote, PersonRecord
from domain.tombstones import Tombstones, keyed_hash
from persistence.conversation_documents import to_conversation
from persistence.conversation_note_documents import CONVERSATION_NOTE
from persistence.deletion_documents import deletion_place
from persistence.derived import WITHOUT_WORDS
from persistence.documents import to_contact
from persistence.driver import Document, Driver, Session
from persistence.event_documents import to_event
from persistence.names import (
    BY_CONTACT,
    BY_HASH,
    BY_MERGED_ID,
    BY_ORGANIZATION,
    BY_OWN_ID,
    BY_PLACE,
    CONTACTS,
    CONVERSATION_NOTE_REVISIONS,
    CONVERSATIONS,
    EVENTS,
    NEWEST_FIRST,
    OF_CONTACT,
    RECEIPTS,
    REVISIONS,
    SECRETS,
    TOMBSTONES,
)
from persistence.note_documents import CONTACT_NOTE, NoteKind, not_past, to_revision
from persistence.pages import Lists
from persistence.privacy_documents import from_receipt, to_kept_note, to_receipt

_RECEIPTS = Lists(RECEIPTS, "org", deletion_place, to_receipt)
_SECRET_BYTES = 32


class PrivacyStore:
    """Reads the receipts of one organization, and everything about one of its contacts."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._receipts = driver.collection(RECEIPTS)
        self._organization_id = organization_id

    async def receipts(self, request: PageRequest[DeletionPosition]) -> Page[ErasureReceipt]:
        """Return a page of the receipts, newest first."""
        org = self._organization_id
        return (await _RECEIPTS.pages(self._driver, {}, [org], request))[org]

    async def receipt(self, receipt_id: str) -> ErasureReceipt | None:
        query = {"org": self._organization_id, "_id": receipt_id}
        document = await self._receipts.find_one(query, hint=BY_OWN_ID)
        return None if document is None else to_receipt(document)

    async def count(self) -> int:
        """Return how many receipts there are."""
        return await self._receipts.count_documents({"org": self._organization_id}, hint=BY_PLACE)

    async def person(self, contact_id: str, at: datetime) -> PersonRecord | None:
        """Return everything that is kept of the contact, as of one moment; None where there is no such contact.

        All but the first answers to idempotency keys, which repeat parts of it for a day, and deleted notes that are
        past their date at the moment `at`.
        """
        return await self._driver.transaction(lambda session: self._person(session, contact_id, at))

    async def _person(self, session: Session, contact_id: str, at: datetime) -> PersonRecord | None:
        org = self._organization_id
        contacts = self._driver.collection(CONTACTS)
        query = {"org": org, "_id": contact_id}
        document = await contacts.find_one(query, WITHOUT_WORDS, session=session, hint=BY_ORGANIZATION)
        if document is None:
            # The id of a contact that became part of another names that one.
            query = {"org": org, "mergedIds": contact_id}
            document = await contacts.find_one(query, WITHOUT_WORDS, session=session, hint=BY_MERGED_ID)
        if document is None:
            return None
        about = {"org": org, "contact": document["_id"]}
        kept_about = {**about, **not_past(at)}
        notes = await self._kept_notes(session, CONTACT_NOTE, kept_about, NEWEST_FIRST)
        revisions = await self._earlier(session, REVISIONS, kept_about)
        events = self._driver.collection(EVENTS).find(about, session=session).sort("place", 1).hint(BY_CONTACT)
        happened = tuple(map(to_event, await events.to_list(None)))
        wrote = self._driver.collection(CONVERSATIONS).find(about, session=session).sort("place", 1).hint(BY_CONTACT)
        conversations = tuple(map(to_conversation, await wrote.to_list(None)))
        return PersonRecord(
            to_contact(document),
            notes,
            revisions,
            happened,
            conversations,
            await self._kept_notes(session, CONVERSATION_NOTE, kept_about, OF_CONTACT),
            await self._earlier(session, CONVERSATION_NOTE_REVISIONS, kept_about),
        )

    async def _kept_notes(
        self, session: Session, kind: NoteKind[N], query: Document, index: str
    ) -> tuple[KeptNote[N], ...]:
        found = await self._driver.collection(kind.collection).find(query, session=session).hint(index).to_list(None)
        kept = [to_kept_note(each, kind) for each in found]
        return tuple(sorted(kept, key=lambda each: (each.note.created_at, each.note.id)))

    async def _earlier(self, session: Session, collection: str, query: Document) -> tuple[NoteRevision, ...]:
        found = await self._driver.collection(collection).find(query, session=session).hint(OF_CONTACT).to_list(None)
        return tuple(sorted(map(to_revision, found), key=lambda each: (each.note_id, each.version)))


class PrivacyWriter:
    """Keeps receipts and tombstones, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._driver = driver
        self._tombstones = driver.collection(TOMBSTONES)
        self._secrets = driver.collection(SECRETS)
        self._session = session
        self._organization_id = organization_id

    async def add(self, receipt: ErasureReceipt) -> None:
        await self._driver.collection(RECEIPTS).insert_one(from_receipt(receipt), session=self._session)

    async def entomb(self, traces: Collection[str], at: datetime) -> None:
        """Remember the traces of an erased person, by hashes under a secret that the organization has for it."""
        if not traces:
            return
        secret = await self._secret()
        writes = [
            UpdateOne(
                {"org": self._organization_id, "hash": keyed_hash(secret, each)},
                {"$set": {"at": at}, "$setOnInsert": {"_id": new_id()}},
                upsert=True,
                hint=BY_HASH,
            )
            for each in sorted(traces)
        ]
        await self._tombstones.bulk_write(writes, session=self._session)

    async def tombstones(self, traces: Iterable[str]) -> Tombstones:
        """Return which of the traces are of erased people. They are not looked at where nobody ever was."""
        kept = await self._secrets.find_one(self._own(), session=self._session, hint=BY_ORGANIZATION)
        by_hash = {} if kept is None else {keyed_hash(kept["secret"], each): each for each in traces}
        if not by_hash:
            return Tombstones()
        query = {"org": self._organization_id, "hash": {"$in": list(by_hash)}}
        found = await self._tombstones.find(query, session=self._session).hint(BY_HASH).to_list(None)
        return Tombstones({by_hash[each["hash"]]: each["at"] for each in found})

    async def _secret(self) -> bytes:
        """Return the organization's secret, made when it is first needed."""
        found = await self._secrets.find_one_and_update(
            self._own(),
            {"$setOnInsert": {"secret": secrets.token_bytes(_SECRET_BYTES)}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=self._session,
            hint=BY_ORGANIZATION,
        )
        return bytes(cast("Document", found)["secret"])

    def _own(self) -> Document:
        return {"org": self._organization_id, "_id": self._organization_id}
