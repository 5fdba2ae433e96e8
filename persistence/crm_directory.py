"""The customer lists that were imported from files: a document a record."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from pymongo import InsertOne, ReplaceOne

from domain import clock
from domain.crm import CrmRecord, FieldWrite, RecordMissing, RecordWritten, WriteConflict
from domain.crm_directory import record_keys
from domain.crm_directory_writes import ListChanges, is_told, told_over, written
from persistence.documents import without_none
from persistence.driver import Document, Driver, Session
from persistence.names import BY_KEYS, BY_ORGANIZATION, CRM_RECORDS
from persistence.value_documents import from_field, to_field

_AT_ONCE = 1_000
"""Records removed in one command."""


class CrmRecordStore:
    """Finds the records of one organization's customer list, and writes single ones."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._records = driver.collection(CRM_RECORDS)
        self._organization_id = organization_id

    async def by_keys(self, keys: Collection[str], most: int) -> Sequence[CrmRecord]:
        """Return the records that have one of the keys, at most so many; which ones of more is not said."""
        query = {"org": self._organization_id, "keys": {"$in": list(keys)}}
        return [_to_record(each) for each in await self._records.find(query).hint(BY_KEYS).limit(most).to_list(None)]

    async def by_ids(self, ids: Collection[str]) -> Mapping[str, CrmRecord]:
        documents = await self._records.find(_of_ids(self._organization_id, ids)).hint(BY_ORGANIZATION).to_list(None)
        return {each["record"]: _to_record(each) for each in documents}

    async def count(self) -> int:
        return await self._records.count_documents({"org": self._organization_id}, hint=BY_ORGANIZATION)

    async def write(self, write: FieldWrite, region: str) -> RecordWritten | WriteConflict | RecordMissing:
        """Set fields of a record, unless one of them was changed meanwhile.

        Args:
            write: what to set, and what the record is expected to hold.
            region: ISO 3166 country that a phone number without a prefix is read in.
        """
        query = {"org": self._organization_id, "_id": _id(self._organization_id, write.record_id)}
        while (document := await self._records.find_one(query, hint=BY_ORGANIZATION)) is not None:
            after = written(_to_record(document), write, region)
            if not isinstance(after, CrmRecord):
                return after
            after, version = replace(after, updated_at=clock.now()), document["version"]
            changed = _from_record(after, self._organization_id, region, version + 1)
            done = await self._records.replace_one({**query, "version": version}, changed, hint=BY_ORGANIZATION)
            if done.matched_count:
                return RecordWritten(after)
            # Another one was faster: what it wrote may be expected, or in the way.
        return RecordMissing()

    async def remove_absent(self, present: Collection[str]) -> int:
        """Remove the records of all other ids; returns how many there were."""
        org = self._organization_id
        kept = {_id(org, each) for each in present}
        # Ids alone, which the index holds.
        found = self._records.find({"org": org}, {"_id": True}).hint(BY_ORGANIZATION)
        absent = iter([each["_id"] async for each in found if each["_id"] not in kept])
        removed = 0
        while batch := list(islice(absent, _AT_ONCE)):
            query = {"org": org, "_id": {"$in": batch}}
            removed += (await self._records.delete_many(query, hint=BY_ORGANIZATION)).deleted_count
        return removed


class CrmRecordWriter:
    """Tells a customer list many records, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._records = driver.collection(CRM_RECORDS)
        self._session = session
        self._organization_id = organization_id

    async def put_many(self, told: Sequence[CrmRecord], region: str, at: datetime) -> ListChanges:
        """Keep the records; those that say what is kept already are not written.

        Args:
            told: each of another id.
            region: ISO 3166 country that phone numbers without a prefix are read in.
            at: the time.
        """
        org = self._organization_id
        found = self._records.find(_of_ids(org, [each.id for each in told]), session=self._session)
        held = {each["record"]: each for each in await found.hint(BY_ORGANIZATION).to_list(None)}
        inserted = [
            InsertOne(_from_record(replace(each, updated_at=at), org, region, 1))
            for each in told
            if each.id not in held
        ]
        replaced = list(_replaced(held, told, org, region, at))
        if inserted or replaced:
            await self._records.bulk_write([*inserted, *replaced], session=self._session)
        return ListChanges(len(inserted), len(replaced), len(told) - len(inserted) - len(replaced))


def _replaced(
    held: Mapping[str, Document], told: Sequence[CrmRecord], org: str, region: str, at: datetime
) -> Iterator[ReplaceOne[Document]]:
    for each in told:
        if each.id not in held:
            continue
        before = _to_record(held[each.id])
        after = replace(told_over(before, each), updated_at=at)
        document = _from_record(after, org, region, held[each.id]["version"] + 1)
        # Keys too: the same text is another phone number where the organization moved to another region.
        if not is_told(before, after) or document["keys"] != held[each.id]["keys"]:
            yield ReplaceOne({"org": org, "_id": document["_id"]}, document, hint=BY_ORGANIZATION)


def _id(org: str, record_id: str) -> str:
    # As a list, so that no two records of two organizations can meet, whatever is in their ids.
    return json.dumps([org, record_id])


def _of_ids(org: str, ids: Collection[str]) -> Document:
    return {"org": org, "_id": {"$in": [_id(org, each) for each in ids]}}


def _from_record(record: CrmRecord, org: str, region: str, version: int) -> Document:
    document = {
        "_id": _id(org, record.id),
        "org": org,
        "record": record.id,
        "version": version,
        "name": record.name,
        "url": record.url,
        # A list: an alias, which comes from outside, never names a field.
        "fields": [{"alias": alias, "value": from_field(field)} for alias, field in record.fields.items()],
        "keys": sorted(record_keys(record, region)),
        "updated": record.updated_at,
    }
    return without_none(document)


def _to_record(document: Document) -> CrmRecord:
    fields = {each["alias"]: to_field(each["value"]) for each in document["fields"]}
    return CrmRecord(document["record"], fields, document.get("name"), document.get("url"), document["updated"])
