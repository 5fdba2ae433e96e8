"""Importing contacts batch by batch: each one written whole or not at all, and nobody twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from pymongo.errors import BulkWriteError

from domain import clock
from persistence.names import EVENTS
from resolvers import imports
from resolvers.imports import BATCH, Import, ImportReport, NumberedRow, Remark
from tests.builders import a_contact
from tests.conftest import Commands, World
from tests.resolvers.importing import MAPPING, an_import, everyone, imported, row


def people(count: int) -> list[NumberedRow]:
    return [row(each + 2, f"Person {each:04}", f"p{each}", bio="hi") for each in range(count)]


async def test_a_dry_run_reports_the_same_and_writes_nothing(world: World) -> None:
    rows = [*people(3), NumberedRow(9, None)]
    await imported(world, rows[:1])
    before = await world.snapshot()
    foretold = await imported(world, rows, is_dry_run=True)
    assert await world.snapshot() == before
    assert foretold == await imported(world, rows)
    [report] = foretold
    assert (report.created, report.unchanged, len(report.rejected)) == (2, 1, 1)


async def test_rows_are_written_batch_by_batch(world: World, commands: Commands) -> None:
    assert BATCH == 500
    run = await an_import(world)
    commands.clear()
    reports = [each async for each in run.run(people(BATCH * 2 + 1))]
    assert reports == [ImportReport(created=BATCH), ImportReport(created=BATCH), ImportReport(created=1)]
    # The contacts of a batch in four parts, and what happened to them in four.
    whole = [*["find"] * 4, *["insert"] * 8, "find", "commitTransaction"]
    assert commands.names() == [*whole, *whole, *["find"] * 4, *["insert"] * 2, "find", "commitTransaction"]
    assert len(await everyone(world)) == BATCH * 2 + 1


async def test_a_batch_is_written_while_the_next_one_is_read_and_no_more(world: World) -> None:
    read: list[int] = []

    def rows() -> Iterator[NumberedRow]:
        for each in people(BATCH * 2 + 1):
            read.append(each.line)
            yield each

    reports = (await an_import(world)).run(rows())
    assert await anext(reports) == ImportReport(created=BATCH)
    assert len(read) == BATCH * 2
    assert len(await everyone(world)) == BATCH
    assert await anext(reports) == ImportReport(created=BATCH)
    assert len(read) == BATCH * 2 + 1
    assert len(await everyone(world)) == BATCH * 2


async def test_rows_that_cannot_be_read_leave_those_before_them_written(world: World) -> None:
    def rows() -> Iterator[NumberedRow]:
        yield from people(BATCH)
        raise ValueError("planted")

    reports = (await an_import(world)).run(rows())
    assert await anext(reports) == ImportReport(created=BATCH)
    with pytest.raises(ValueError, match="planted"):
        await anext(reports)
    assert len(await everyone(world)) == BATCH


async def test_a_run_is_kept_up_to_what_was_told_and_forgotten_at_its_end(world: World) -> None:
    run = replace(await an_import(world), run_key="k")
    assert await run.resumes_behind() == 0
    reports = run.run(people(BATCH * 2 + 1))
    lines = []
    async for _ in reports:
        lines.append(await run.resumes_behind())
    # Kept with the batch that follows it: by then the report has been heard.
    assert lines == [0, BATCH + 1, BATCH * 2 + 1]
    assert await run.resumes_behind() == 0
    assert await replace(run, run_key=None).resumes_behind() == 0


async def test_no_rows_are_no_batch(world: World, commands: Commands) -> None:
    run = await an_import(world)
    commands.clear()
    assert [each async for each in run.run([])] == []
    assert commands.names() == []


async def test_a_batch_that_fails_at_its_last_write_leaves_nothing_and_those_before_it_stay(world: World) -> None:
    # The batch's last write is the log. That of the second batch breaks what is planted here.
    await world.driver.collection(EVENTS).create_index("contact", unique=True, name="planted")
    existing = a_contact("c1", name="Old", import_key=None)
    await imported(world, [row(2, "Jane", "jane", bio="one")])
    await world.add_contacts(existing)
    reports = (await an_import(world)).run(
        [*people(BATCH), row(999, "New", "new"), row(1000, "Jane", "jane", bio="two")]
    )
    assert await anext(reports) == ImportReport(created=BATCH)
    before = await world.snapshot()
    with pytest.raises(BulkWriteError, match="planted"):
        await anext(reports)
    assert await world.snapshot() == before


async def test_the_same_rows_imported_twice_at_once_duplicate_nobody(world: World) -> None:
    rows = [*people(20), *(row(each, f"Key {each}", key=f"k{each}") for each in range(100, 120))]
    results = await asyncio.gather(*(imported(world, rows) for _ in range(4)))
    reports = [report for result in results for report in result]
    assert sum(each.created for each in reports) == 40
    assert sum(each.unchanged for each in reports) == 120
    assert len(await everyone(world)) == 40
    assert len((await world.snapshot())[EVENTS]) == 40


async def test_imports_of_overlapping_rows_in_other_orders_duplicate_nobody(world: World) -> None:
    rows = people(60)
    parts = [rows[:40], rows[20:], rows[::-1], rows[::2]]
    results = await asyncio.gather(*(imported(world, each) for each in parts))
    reports = [report for result in results for report in result]
    assert sum(each.created for each in reports) == 60
    assert sum(each.created + each.unchanged for each in reports) == sum(map(len, parts))
    assert [each.name for each in await everyone(world)] == [f"Person {each:04}" for each in range(60)]


async def test_an_import_uses_the_domains_clock_unless_told_otherwise(world: World) -> None:
    run = Import(world.stores(), (await world.context()).directory, MAPPING)
    assert run.clock is clock.now
    assert run.is_dry_run is False


def test_reports_add_up() -> None:
    one = ImportReport(1, 2, 3, (Remark(2, "a"),), (Remark(3, "b"),))
    two = ImportReport(10, 20, 30, (Remark(4, "c"),), (Remark(5, "d"),))
    both = ImportReport(11, 22, 33, (Remark(2, "a"), Remark(4, "c")), (Remark(3, "b"), Remark(5, "d")))
    assert one + two == both
    assert one + imports.ImportReport() == one
