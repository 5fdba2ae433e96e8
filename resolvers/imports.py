"""Importing contacts from a table: batch by batch, each one written whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

from domain import clock
from domain.agents import Directory
from domain.attributes import Source
from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.events import ContactEvent, EventKind, State, ValueChange, creation_values
from domain.identity_changes import identity_events
from domain.ids import new_id
from domain.import_mappings import ImportMapping
from domain.import_merge import Imported, KnownContacts, any_id, merged
from domain.import_values import UniqueValues, in_one_step
from domain.imports import RAGGED, Rejected, Row, row_of
from domain.tombstones import Tombstones, traces_of_row
from persistence.derived import unique_key
from persistence.stores import Changes, Stores

BATCH = 500
"""Rows in one transaction. With what happened to each these are a thousand documents, more than which MongoDB advises
against; each transaction waits for a disk, so that few large ones are faster."""


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """`line` is the row's first line in the file, counted from 1; None for cells that do not fit the header."""

    line: int
    cells: Mapping[str, str] | None
    raw: tuple[str, ...] = ()
    """The cells as they stand in the file, to be given back where the row is rejected."""


@dataclass(frozen=True, slots=True)
class Remark:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of the rows: each is counted once."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: tuple[Remark, ...] = ()
    """One for each reason, in the order of the lines."""
    remarks: tuple[Remark, ...] = ()
    """What an imported row says that was not taken over, and why."""

    @property
    def rejected_rows(self) -> int:
        return len({each.line for each in self.rejected})

    @property
    def rows(self) -> int:
        return self.created + self.updated + self.unchanged + self.rejected_rows

    def __add__(self, other: ImportReport) -> ImportReport:
        return ImportReport(
            self.created + other.created,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
            self.remarks + other.remarks,
        )


@dataclass(frozen=True, slots=True)
class Import:
    """One run: what goes where, and how."""

    stores: Stores
    directory: Directory
    mapping: ImportMapping
    is_dry_run: bool = False
    clock: Callable[[], datetime] = field(default=clock.now)
    make_id: Callable[[Row], str] = field(default=any_id)
    run_key: str | None = None
    """Names this run of this table, to be taken up again where it was broken off; None where that is not wanted."""

    async def resumes_behind(self) -> int:
        """Return the line up to which a run of this key has come; 0 where there is none."""
        key = self.run_key
        return 0 if key is None else await self.stores.transact(lambda changes: changes.imports.run_line(key))

    reader: Executor | None = None
    """Reads the rows of the next batch while the database writes this one; threads of the process where it is None."""
    may_bring_back: bool = False
    """Whether also those are imported who were erased at their request."""

    async def run(self, rows: Iterable[NumberedRow]) -> AsyncIterator[ImportReport]:
        """Import the rows; yields the report of each batch once it is written.

        Running it again with the same rows changes nothing. A dry run reports the same without writing.
        The next batch is read while the database writes this one.
        """
        remaining = iter(rows)
        batch, reported = await self._next(remaining), 0
        while batch:
            report, following = await asyncio.gather(
                self._batch(batch, reported), self._next(remaining), return_exceptions=True
            )
            if isinstance(report, BaseException):
                raise report
            yield report
            # By now its reader has seen to what the report says.
            reported = batch[-1][0]
            if isinstance(following, BaseException):
                raise following
            batch = following
        if self.run_key is not None and not self.is_dry_run:
            key = self.run_key
            await self.stores.transact(lambda changes: changes.imports.end_run(key))

    async def _next(self, remaining: Iterator[NumberedRow]) -> list[tuple[int, Row | Rejected]]:
        numbered = await asyncio.to_thread(lambda: list(islice(remaining, BATCH)))
        read = partial(_read, self.mapping, self.directory.definitions, self.directory.organization.region)
        found = await asyncio.get_running_loop().run_in_executor(self.reader, read, [each.cells for each in numbered])
        return [(each.line, row) for each, row in zip(numbered, found, strict=True)]

    async def _batch(self, batch: Sequence[tuple[int, Row | Rejected]], reported: int) -> ImportReport:
        rejected = [(line, row) for line, row in batch if isinstance(row, Rejected)]
        accepted = [(line, row) for line, row in batch if isinstance(row, Row)]

        async def work(changes: Changes) -> list[tuple[int, Imported | Rejected]]:
            outcome = await self._write(changes, accepted)
            if self.run_key is not None and not self.is_dry_run:
                # Not this batch's own line: what the report says of it has reached nobody yet.
                await changes.imports.keep_run(self.run_key, reported, self.clock())
            return outcome

        return _report([*rejected, *await self.stores.transact(work)])

    async def _write(self, changes: Changes, rows: Sequence[tuple[int, Row]]) -> list[tuple[int, Imported | Rejected]]:
        identities = {each.identity.key for _, row in rows for each in row.identities}
        import_keys = {row.import_key for _, row in rows if row.import_key is not None}
        ids = {row.contact_id for _, row in rows if row.contact_id is not None}
        unique = await _unique_values(changes)
        names = {each for _, row in rows for each in unique.names(row.values)}
        found = await changes.imports.find(identities, import_keys, ids)
        holders = await changes.imports.holders(names) if names else []
        known, now = KnownContacts.of({each.id: each for each in (*holders, *found)}.values(), unique), self.clock()
        refuse = (await self._tombstones(changes, rows)).refuse
        outcome = [(line, merged(row, known, self.mapping, now, self.make_id, refuse)) for line, row in rows]
        if not self.is_dry_run:
            done = [each for _, each in outcome if isinstance(each, Imported) and each.after != each.before]
            await _put(changes, done, {each.id: each for each in found}, now, self.mapping.source)
        return outcome

    async def _tombstones(self, changes: Changes, rows: Sequence[tuple[int, Row]]) -> Tombstones:
        if self.may_bring_back:
            return Tombstones()
        return await changes.privacy.tombstones(trace for _, row in rows for trace in traces_of_row(row).all())


def _read(
    mapping: ImportMapping,
    definitions: Sequence[AttributeDefinition],
    region: str,
    rows: Sequence[Mapping[str, str] | None],
) -> list[Row | Rejected]:
    """Read the rows. Of plain values alone, so that another process can do it."""
    return [RAGGED if each is None else row_of(mapping, each, definitions, region) for each in rows]


async def _unique_values(changes: Changes) -> UniqueValues:
    labels = {each.id: each.label for each in await changes.definitions.deriving() if each.rules.is_unique}
    return UniqueValues(labels, unique_key)


async def _put(
    changes: Changes, done: Sequence[Imported], before: Mapping[str, Contact], now: datetime, source: Source
) -> None:
    # Two rows about one contact: what counts is what the last one made of it.
    after = {each.after.id: in_one_step(before.get(each.after.id), each.after) for each in done}
    created = [each for each in after.values() if each.id not in before]
    changed = [each for each in after.values() if each.id in before]
    events = [_created(each, now, source) for each in created]
    for contact in changed:
        events += _changed(before[contact.id], contact, now, source)
    await changes.imports.put(created, changed, events)


def _created(contact: Contact, now: datetime, source: Source) -> ContactEvent:
    began_with = creation_values(contact.values)
    kind = EventKind.CONTACT_CREATED
    return ContactEvent(new_id(), contact.id, now, kind, None, None, contact.name, began_with, source)


def _changed(before: Contact, after: Contact, now: datetime, source: Source) -> Iterator[ContactEvent]:
    def event(kind: EventKind, was: State, became: State, *values: ValueChange) -> ContactEvent:
        return ContactEvent(new_id(), after.id, now, kind, None, was, became, values, source)

    if after.name != before.name:
        yield event(EventKind.CONTACT_RENAMED, before.name, after.name)
    for kind, was, became in identity_events(before.identities, after.identities):
        yield event(kind, was, became)
    if values := _value_changes(before, after):
        yield event(EventKind.VALUES_CHANGED, None, None, *values)


def _value_changes(before: Contact, after: Contact) -> tuple[ValueChange, ...]:
    pairs = [(before.held(each.definition_id), each) for each in after.values]
    return tuple(ValueChange(was, held) for was, held in pairs if was != held)


def _report(outcome: Sequence[tuple[int, Imported | Rejected]]) -> ImportReport:
    done = [each for _, each in outcome if isinstance(each, Imported)]
    created = sum(each.before is None for each in done)
    updated = sum(each.before is not None and each.after != each.before for each in done)
    rejected = [Remark(line, reason) for line, each in outcome if isinstance(each, Rejected) for reason in each.reasons]
    remarks = [Remark(line, text) for line, each in outcome if isinstance(each, Imported) for text in each.remarks]
    return ImportReport(
        created,
        updated,
        len(done) - created - updated,
        tuple(sorted(rejected, key=lambda each: each.line)),
        tuple(remarks),
    )
