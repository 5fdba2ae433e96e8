"""Importing a customer list from a table: batch by batch, and what the list has no more at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from domain import clock
from domain.crm import CrmRecord
from domain.crm_directory_rows import ListColumns, record_of_row
from domain.crm_directory_writes import ListChanges
from domain.imports import RAGGED, Rejected
from persistence.stores import Stores
from resolvers.imports import BATCH, NumberedRow, Remark


@dataclass(frozen=True, slots=True)
class ListReport:
    """What became of the rows: each is counted once."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: tuple[Remark, ...] = ()
    """One for each reason, in the order of the lines."""

    @property
    def rejected_rows(self) -> int:
        return len({each.line for each in self.rejected})

    @property
    def rows(self) -> int:
        return self.new + self.changed + self.unchanged + self.rejected_rows

    def __add__(self, other: ListReport) -> ListReport:
        return ListReport(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
        )


@dataclass(frozen=True, slots=True)
class ListImport:
    """One run over one table."""

    stores: Stores
    columns: ListColumns
    region: str
    """ISO 3166 country that phone numbers without a prefix are read in."""
    clock: Callable[[], datetime] = field(default=clock.now)
    _lines: dict[str, int] = field(default_factory=dict)
    """By record id, where it stood first."""

    async def run(self, rows: Iterable[NumberedRow]) -> AsyncIterator[ListReport]:
        """Import the rows; yields the report of each batch once it is written.

        Running it again with the same rows changes nothing: that is how it is taken up where it was broken off.
        """
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH)):
            yield await self._batch(batch)

    async def remove_absent(self) -> int:
        """Remove the records of which the rows said nothing; returns how many there were."""
        return await self.stores.crm_records.remove_absent(self._lines)

    async def _batch(self, batch: Sequence[NumberedRow]) -> ListReport:
        told: list[CrmRecord] = []
        rejected: list[Remark] = []
        for row in batch:
            record = self._record(row)
            if isinstance(record, Rejected):
                rejected += [Remark(row.line, each) for each in record.reasons]
            else:
                told.append(record)
        changes = await self._put(told) if told else ListChanges()
        return ListReport(changes.new, changes.changed, changes.unchanged, tuple(rejected))

    async def _put(self, told: Sequence[CrmRecord]) -> ListChanges:
        at = self.clock()
        return await self.stores.transact(lambda changes: changes.crm_records.put_many(told, self.region, at))

    def _record(self, row: NumberedRow) -> CrmRecord | Rejected:
        if row.cells is None:
            return RAGGED
        record = record_of_row(self.columns, row.cells)
        if isinstance(record, Rejected):
            return record
        first = self._lines.setdefault(record.id, row.line)
        if first != row.line:
            return Rejected((f"{self.columns.record_id}: {record.id} stands in line {first} already.",))
        return record
