"""Contacts: one document each, which carries the identities, values, VIP and validation that the panel shows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from pymongo import ReturnDocument

from domain.contacts import Contact, IdentityKey
from domain.definitions import DuplicateValues
from domain.values import Value
from persistence.crm_tasks import CrmTaskWriter
from persistence.definitions import DefinitionWriter
from persistence.derived import WITHOUT_WORDS, contact_document, unique_key
from persistence.documents import identity_key, to_contact
from persistence.driver import Document, Driver, Session
from persistence.names import BY_IDENTITY, BY_MERGED_ID, BY_ORGANIZATION, BY_UNIQUE, BY_VALUE, CONTACTS
from persistence.queues import QueueWriter
from persistence.value_documents import to_value

_VALUES_AT_ONCE = 1_000


class ContactStore:
    """Reads the contacts of one organization that are known by name; `finding` looks for others."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._contacts = driver.collection(CONTACTS)
        self._organization_id = organization_id

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        """Return the contacts; by the id of one that was merged away, the one that it became."""
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}}
        documents = await self._contacts.find(query, WITHOUT_WORDS).hint(BY_ORGANIZATION).to_list(None)
        found = {each["_id"]: to_contact(each) for each in documents}
        absent = [each for each in ids if each not in found]
        return {**found, **await self._by_merged_ids(absent)} if absent else found

    async def _by_merged_ids(self, ids: Sequence[str]) -> Mapping[str, Contact]:
        query = {"org": self._organization_id, "mergedIds": {"$in": list(ids)}}
        documents = await self._contacts.find(query, WITHOUT_WORDS).hint(BY_MERGED_ID).to_list(None)
        named = {old: survivor for survivor in map(to_contact, documents) for old in survivor.merged_ids}
        return {each: named[each] for each in ids if each in named}

    async def by_identities(self, keys: Sequence[IdentityKey]) -> Mapping[IdentityKey, Contact]:
        wanted = [identity_key(each) for each in keys]
        query = {"org": self._organization_id, "identities.key": {"$in": wanted}}
        documents = await self._contacts.find(query, WITHOUT_WORDS).hint(BY_IDENTITY).to_list(None)
        return {identity.key: contact for contact in map(to_contact, documents) for identity in contact.identities}

    async def behind(self, contact_id: str | None, size: int) -> Sequence[Contact]:
        """Return the next contacts by id, from the first where it is None: how all of them are walked through."""
        beyond = {} if contact_id is None else {"_id": {"$gt": contact_id}}
        found = self._contacts.find({"org": self._organization_id, **beyond}, WITHOUT_WORDS).sort("_id", 1).limit(size)
        return [to_contact(each) for each in await found.hint(BY_ORGANIZATION).to_list(None)]

    async def values_of(self, definition_id: str) -> AsyncIterator[Value]:
        """Yield what contacts hold for the definition, in no order: read as it is asked for, however many there are."""
        query = {"org": self._organization_id, "values.d": definition_id}
        only = {"_id": 0, "values": {"$elemMatch": {"d": definition_id}}}
        async for each in self._contacts.find(query, only, batch_size=_VALUES_AT_ONCE).hint(BY_VALUE):
            if "v" in each["values"][0]:
                yield to_value(each["values"][0]["v"])

    async def duplicates(self, definition_id: str) -> DuplicateValues | None:
        """Return how many values of the definition several contacts hold, or None where all are different."""
        query = {"org": self._organization_id, "values.d": definition_id}
        stages: list[Document] = [
            {"$match": query},
            {"$unwind": "$values"},
            {"$match": {"values.d": definition_id, "values.k": {"$exists": True}}},
            {"$group": {"_id": "$values.k", "times": {"$sum": 1}, "some": {"$minN": {"n": 2, "input": "$_id"}}}},
            {"$match": {"times": {"$gt": 1}}},
            {"$sort": {"_id": 1}},
            {"$group": {"_id": None, "values": {"$sum": 1}, "some": {"$first": "$some"}}},
        ]
        found = await self._driver.aggregate(CONTACTS, stages, hint=BY_VALUE)
        return DuplicateValues(found[0]["values"], tuple(found[0]["some"])) if found else None


class ContactWriter:
    """Changes contacts, within one transaction."""

    def __init__(
        self,
        driver: Driver,
        session: Session,
        organization_id: str,
        definitions: DefinitionWriter,
        queue: QueueWriter,
        crm: CrmTaskWriter,
    ) -> None:
        self._contacts = driver.collection(CONTACTS)
        self._session = session
        self._organization_id = organization_id
        self._definitions = definitions
        self._queue = queue
        self._crm = crm
        self._written: set[str] = set()

    async def find(self, contact_id: str) -> Contact | None:
        """Return the contact; by the id of one that was merged away, the one that it became."""
        for query, index in self._names(contact_id):
            document = await self._contacts.find_one(query, WITHOUT_WORDS, session=self._session, hint=index)
            if document is not None:
                return to_contact(document)
        return None

    def _names(self, contact_id: str) -> tuple[tuple[Document, str], ...]:
        """Return the two ways in which an id can name a contact, the usual one first, each with its index."""
        org = self._organization_id
        return ({"org": org, "_id": contact_id}, BY_ORGANIZATION), ({"org": org, "mergedIds": contact_id}, BY_MERGED_ID)

    async def holders_of_values(self, values: Mapping[str, Value]) -> Mapping[str, Contact]:
        """Return, by definition id, who holds each of the values that only one contact may hold.

        Values of definitions that are not unique are passed over.
        """
        unique = {each.id for each in await self._definitions.deriving() if each.rules.is_unique}
        wanted = {unique_key(each, value): each for each, value in values.items() if each in unique}
        if not wanted:
            return {}
        query = {"org": self._organization_id, "unique": {"$in": list(wanted)}}
        documents = await self._contacts.find(query, WITHOUT_WORDS, session=self._session).hint(BY_UNIQUE).to_list(None)
        return {
            wanted[key]: to_contact(document) for document in documents for key in document["unique"] if key in wanted
        }

    async def holders_of_identities(self, keys: Sequence[IdentityKey]) -> Mapping[IdentityKey, Contact]:
        """Return who has each of the identities; one that nobody has is absent."""
        if not keys:
            return {}
        query = {"org": self._organization_id, "identities.key": {"$in": [identity_key(each) for each in keys]}}
        found = self._contacts.find(query, WITHOUT_WORDS, session=self._session).hint(BY_IDENTITY)
        holders = [to_contact(each) for each in await found.to_list(None)]
        return {each.key: holder for holder in holders for each in holder.identities if each.key in keys}

    async def count_notes(self, contact_id: str, *, more: int) -> Contact | None:
        """Add to the number of notes; returns the contact after it, or None where there is none.

        Writing to the contact, and not only reading it, is what keeps a note from being added to a contact that
        another transaction deletes in the same moment. An id that was merged away names the contact that it became:
        what is written goes by the id of the contact that is returned.
        """
        for query, index in self._names(contact_id):
            document = await self._contacts.find_one_and_update(
                query,
                {"$inc": {"noteCount": more}},
                projection=WITHOUT_WORDS,
                return_document=ReturnDocument.AFTER,
                session=self._session,
                hint=index,
            )
            if document is not None:
                self._written.add(document["_id"])
                return to_contact(document)
        return None

    async def hold(self, contact_id: str) -> bool:
        """See to it that nobody deletes the contact while this transaction lasts; returns whether it is there.

        Whatever is written about a contact without a change of its document holds it. By writing to it, as reading
        does not do: who deletes the contact in the same moment then either sees what was written, or ends this
        transaction, which runs again and finds nobody.
        """
        if contact_id in self._written:
            return True
        query = {"org": self._organization_id, "_id": contact_id}
        # Not part of the contact: whoever writes it whole leaves it out.
        done = await self._contacts.update_one(
            query, {"$inc": {"holds": 1}}, session=self._session, hint=BY_ORGANIZATION
        )
        if not done.matched_count:
            return False
        self._written.add(contact_id)
        return True

    async def insert(self, contact: Contact) -> None:
        """Keep a new contact. One of whose identities or unique values is taken ends the transaction."""
        self._written.add(contact.id)
        await self._contacts.insert_one(await self._document(contact), session=self._session)
        await self._crm.follow([contact])

    async def put(self, contact: Contact) -> None:
        """Keep a contact, found before in this transaction, as it is given.

        Written whole, so that what indexes hold of it can never differ from what it says. Nothing is lost by it:
        whoever changed the contact since this transaction found it ends the transaction, which then runs again.
        Its conversations take the places in the queue that follow from it, and the CRM is asked and told what it does.
        """
        query = {"org": self._organization_id, "_id": contact.id}
        self._written.add(contact.id)
        document = await self._document(contact)
        done = await self._contacts.replace_one(query, document, session=self._session, hint=BY_ORGANIZATION)
        if not done.matched_count:
            # Not another writer: that one would have ended the transaction.
            raise LookupError(f"The contact {contact.id} was found and then not found in one transaction")
        await self._queue.follow([contact])
        await self._crm.follow([contact])

    async def _document(self, contact: Contact) -> Document:
        return contact_document(contact, self._organization_id, await self._definitions.deriving())
