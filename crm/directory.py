"""The customer list as a CRM: for companies without one, and for trying the panel out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol, assert_never

from domain.crm import (
    CrmFailed,
    CrmRecord,
    FailureReason,
    FieldWrite,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
    RecordWritten,
    WriteAnswer,
    WriteConflict,
)
from domain.crm_directory import answers, query_keys, with_fields

MOST_READ = 2_000
"""Records that are read for one look-up: more have in common what they are looked up by than anybody can tell apart."""


class DirectoryRecords(Protocol):
    """The records of one organization's customer list, wherever they are kept."""

    async def by_keys(self, keys: Collection[str], most: int) -> Sequence[CrmRecord]:
        """Return the records that have one of the keys, at most so many; which ones of more is not said."""

    async def by_ids(self, ids: Collection[str]) -> Mapping[str, CrmRecord]: ...

    async def count(self) -> int: ...

    async def write(self, write: FieldWrite, region: str) -> RecordWritten | WriteConflict | RecordMissing:
        """Set fields of a record, unless one of them was changed meanwhile."""


class DirectoryConnector:
    """Looks people up in the customer list of one organization; a `crm.connector.Connector`.

    An outage of what keeps the list is the product's own, and no answer of the CRM: it is not caught here.
    """

    def __init__(self, records: DirectoryRecords, region: str, most_read: int = MOST_READ) -> None:
        """Take the list of an organization.

        Args:
            records: of its customer list.
            region: ISO 3166 country that a phone number without a prefix is read in.
            most_read: records that one look-up may read.
        """
        self._records = records
        self._region = region
        self._most_read = most_read

    async def look_up(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        keys = {key for each in queries for key in query_keys(each, self._region)}
        records = await self._records.by_keys(keys, self._most_read + 1)
        if len(records) <= self._most_read:
            return [_told(each, wanted) for each in answers(queries, records, self._region)]
        if len(queries) == 1:
            return [_too_common(queries[0], self._most_read)]
        # Somebody is looked up by what too many have in common: the others are found all the same.
        middle = len(queries) // 2
        return [*await self.look_up(queries[:middle], wanted), *await self.look_up(queries[middle:], wanted)]

    async def read(self, record_ids: Sequence[str], wanted: Collection[str]) -> Mapping[str, CrmRecord] | CrmFailed:
        found = await self._records.by_ids(record_ids)
        return {record_id: with_fields(each, wanted) for record_id, each in found.items()}

    async def write(self, write: FieldWrite) -> WriteAnswer:
        return await self._records.write(write, self._region)

    async def check(self) -> CrmFailed | None:
        if await self._records.count():
            return None
        told = "The customer list is empty, so that nobody is found: import one with `contact-graph crm import`."
        return CrmFailed(FailureReason.REFUSED, told)

    async def close(self) -> None:
        """Nothing is open: who gave the records closes them."""


def _told(answer: RecordFound | RecordMissing | RecordsAmbiguous, wanted: Collection[str]) -> LookUpAnswer:
    match answer:
        case RecordFound(record):
            return RecordFound(with_fields(record, wanted))
        case RecordsAmbiguous(candidates):
            return RecordsAmbiguous(tuple(with_fields(each, wanted) for each in candidates))
        case RecordMissing():
            return answer
        case _:
            assert_never(answer)


def _too_common(query: LookUpQuery, most: int) -> CrmFailed:
    aliases = ", ".join(sorted(query.fields))
    told = (
        f"More than {most:,} records of the customer list agree in one of {aliases}: use attributes for the look-up "
        "that few have in common."
    )
    return CrmFailed(FailureReason.REFUSED, told)
