"""Importing contacts: a batch of rows is found and written in a few commands, and how far a run has come is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from pymongo import InsertOne, ReplaceOne

from domain.contacts import Contact, IdentityKey
from domain.events import ContactEvent
from persistence.crm_tasks import CrmTaskWriter
from persistence.definitions import DefinitionWriter
from persistence.derived import WITHOUT_WORDS, contact_document
from persistence.documents import identity_key, to_contact
from persistence.driver import Document, Driver, Session
from persistence.event_documents import from_event
from persistence.names import BY_IDENTITY, BY_IMPORT_KEY, BY_ORGANIZATION, BY_UNIQUE, CONTACTS, EVENTS, IMPORT_RUNS
from persistence.queues import QueueWriter

T = TypeVar("T")
Operations = list[InsertOne[Document] | ReplaceOne[Document]]
Part = tuple[str, Callable[[], Operations]]
"""A collection, and what makes of some of the contacts or events how they are written into it."""

_AT_ONCE = 125
"""Contacts or events in one part."""


class ImportWriter:
    """Finds and writes the contacts of a batch, within one transaction."""

    def __init__(
        self,
        driver: Driver,
        session: Session,
        organization_id: str,
        definitions: DefinitionWriter,
        queue: QueueWriter,
        crm: CrmTaskWriter,
    ) -> None:
        self._driver = driver
        self._contacts = driver.collection(CONTACTS)
        self._session = session
        self._organization_id = organization_id
        self._definitions = definitions
        self._queue = queue
        self._crm = crm
        self._runs = driver.collection(IMPORT_RUNS)

    async def find(
        self, identities: Collection[IdentityKey], import_keys: Collection[str], ids: Collection[str] = ()
    ) -> list[Contact]:
        """Return the contacts that have one of the identities, import keys or ids."""
        by_identity = {"identities.key": {"$in": [identity_key(each) for each in identities]}}
        by_key = {"importKey": {"$in": list(import_keys)}}
        documents = [*await self._find(by_identity, BY_IDENTITY), *await self._find(by_key, BY_IMPORT_KEY)]
        if ids:
            documents += await self._find({"_id": {"$in": list(ids)}}, BY_ORGANIZATION)
        return [to_contact(each) for each in {each["_id"]: each for each in documents}.values()]

    async def by_ids(self, ids: Collection[str]) -> list[Contact]:
        return [to_contact(each) for each in await self._find({"_id": {"$in": list(ids)}}, BY_ORGANIZATION)]

    async def holders(self, unique_keys: Collection[str]) -> list[Contact]:
        """Return the contacts that hold one of the values of unique attributes, as `unique_key` names them."""
        documents = await self._find({"unique": {"$in": list(unique_keys)}}, BY_UNIQUE)
        return [to_contact(each) for each in documents]

    async def _find(self, condition: Document, index: str) -> list[Document]:
        query = {"org": self._organization_id, **condition}
        return await self._contacts.find(query, WITHOUT_WORDS, session=self._session).hint(index).to_list(None)

    async def put(
        self, created: Collection[Contact], changed: Collection[Contact], events: Collection[ContactEvent] = ()
    ) -> None:
        """Write the contacts whole, and what happened to them. The changed ones were found in this transaction."""
        if not created and not changed:
            return
        org, deriving = self._organization_id, await self._definitions.deriving()

        def insert(contact: Contact) -> InsertOne[Document]:
            return InsertOne(contact_document(contact, org, deriving))

        def replace(contact: Contact) -> ReplaceOne[Document]:
            document = contact_document(contact, org, deriving)
            return ReplaceOne({"org": org, "_id": contact.id}, document, hint=BY_ORGANIZATION)

        def log(event: ContactEvent) -> InsertOne[Document]:
            return InsertOne(from_event(event, org))

        await self._write(
            [
                *_parts(CONTACTS, insert, list(created)),
                *_parts(CONTACTS, replace, list(changed)),
                *_parts(EVENTS, log, list(events)),
            ]
        )
        if changed:
            await self._queue.follow(changed)
        await self._crm.follow([*created, *changed])

    async def _write(self, parts: Sequence[Part]) -> None:
        """Write one part after the other, each made while the database writes the one before: either takes as long."""
        (collection, make), *following = parts
        ready = make()
        for next_collection, make_next in following:
            _, made = await asyncio.gather(self._write_part(collection, ready), asyncio.to_thread(make_next))
            collection, ready = next_collection, made
        await self._write_part(collection, ready)

    async def _write_part(self, collection: str, operations: Operations) -> None:
        await self._driver.collection(collection).bulk_write(operations, session=self._session)

    async def derive_again(self, ids: Collection[str]) -> None:
        """Write contacts as they are, with what indexes hold of them as the definitions want it by now."""
        await self.put([], await self.by_ids(ids))

    async def run_line(self, key: str) -> int:
        """Return the line up to which the run has come; 0 where none of that key was broken off."""
        document = await self._runs.find_one({"_id": self._run_id(key)}, session=self._session)
        return 0 if document is None else int(document["line"])

    async def keep_run(self, key: str, line: int, at: datetime) -> None:
        """Keep that the run has come up to the line."""
        place = {"line": line, "at": at}
        await self._runs.update_one({"_id": self._run_id(key)}, {"$set": place}, upsert=True, session=self._session)

    async def end_run(self, key: str) -> None:
        await self._runs.delete_one({"_id": self._run_id(key)}, session=self._session)

    def _run_id(self, key: str) -> str:
        return f"{self._organization_id}:{key}"


def _parts(
    collection: str, make: Callable[[T], InsertOne[Document] | ReplaceOne[Document]], things: Sequence[T]
) -> Iterator[Part]:
    for at in range(0, len(things), _AT_ONCE):
        yield collection, partial(_made, make, things[at : at + _AT_ONCE])


def _made(make: Callable[[T], InsertOne[Document] | ReplaceOne[Document]], things: Sequence[T]) -> Operations:
    return [make(each) for each in things]
