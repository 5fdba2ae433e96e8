"""The contract of every CRM: what the product asks of one, and no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from domain.crm import CrmFailed, CrmRecord, FieldWrite, LookUpAnswer, LookUpQuery, WriteAnswer


class Connector(Protocol):
    """One organization's connection to its CRM. It may be used by many at once.

    A CRM that is slow, down or wrong is an answer, not an exception: each call ends within its time with CrmFailed.
    """

    async def look_up(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        """Find the record of each person: as many answers as queries, in their order.

        In as few requests as the CRM allows.

        Args:
            queries: what is known of each person; at most 100.
            wanted: aliases of the fields to tell of a record.
        """

    async def read(self, record_ids: Sequence[str], wanted: Collection[str]) -> Mapping[str, CrmRecord] | CrmFailed:
        """Return the records by id; one that is not there any more is absent.

        Args:
            record_ids: at most 100.
            wanted: aliases of the fields to tell of a record.
        """

    async def write(self, write: FieldWrite) -> WriteAnswer:
        """Set fields of a record, unless one of them was changed meanwhile: at most once for a key, where it can."""

    async def check(self) -> CrmFailed | None:
        """Try whether the CRM can be asked with these settings; returns what is wrong, in words for an admin."""

    async def close(self) -> None:
        """Close what is open."""
