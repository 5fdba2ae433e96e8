"""Repetitions that meet: of two processes, of requests that are cut off, and of a first answer not yet written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from pymongo.errors import OperationFailure

from domain.notes import NoteAdded
from domain.outcomes import KeyReused
from persistence.driver import Driver, DriverName, connect
from persistence.stores import Changes, Stores
from resolvers import notes
from resolvers.context import Context
from resolvers.idempotency import once
from tests.builders import a_contact, a_note
from tests.conftest import Commands, EmptyDatabase, World
from tests.resolvers.changing import NOW, asker, stored


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(a_contact("c1"))
    return world


@pytest.fixture
async def elsewhere(world: World, mongodb_uri: str, test_database: EmptyDatabase) -> AsyncIterator[Driver]:
    """Another process: a client of its own on the same database, and of the other library."""
    driver = connect(mongodb_uri, test_database.name, driver=DriverName.MOTOR)
    try:
        yield driver
    finally:
        await driver.close()


async def add(context: Context, body: str = "Once", key: str = "k") -> object:
    return await notes.add(context, contact_id="c1", body=body, idempotency_key=key)


async def there_is_one(world: World, answer: object) -> None:
    """One note, counted and logged once, with one answer: the one that was given."""
    assert isinstance(answer, NoteAdded)
    snapshot = await world.snapshot()
    assert [each["_id"] for each in snapshot["contactNotes"]] == [answer.note.id]
    assert await stored(world) == replace(answer.contact, note_count=1)
    [event], [recorded] = snapshot["contactEvents"], snapshot["idempotentAnswers"]
    assert event["after"] == {"note": answer.note.id, "version": 1}
    assert (recorded["_id"], recorded["note"]["_id"]) == ('["acme", "jo", "k"]', answer.note.id)
    # Whoever repeats it from now on is told the same.
    assert await add(await asker(world)) == answer


async def test_a_hundred_repetitions_in_two_processes_make_one_note(seeded: World, elsewhere: Driver) -> None:
    here = await asker(seeded)
    there = replace(here, stores=Stores.of(elsewhere, "acme"))
    answers = await asyncio.gather(*(add(each) for each in [here, there] * 50))
    assert answers == [answers[0]] * 100
    await there_is_one(seeded, answers[0])


async def test_of_two_inputs_with_one_key_one_is_made(seeded: World, elsewhere: Driver) -> None:
    here = await asker(seeded)
    there = replace(here, stores=Stores.of(elsewhere, "acme"))
    wanted = ["Once", "Twice"] * 20
    answers = await asyncio.gather(*(add([here, there][at % 3 % 2], body) for at, body in enumerate(wanted)))
    made = next(each for each in answers if isinstance(each, NoteAdded))
    expected = [made if body == made.note.body else KeyReused() for body in wanted]
    assert answers == expected
    assert [each["_id"] for each in (await seeded.snapshot())["contactNotes"]] == [made.note.id]


class BrokenError(Exception):
    """Something that no mutation expects."""


@dataclass(slots=True)
class Breaking:
    """A clock that fails the second time it is asked: after the note was written, before the answer is."""

    asked: int = 0

    def __call__(self) -> datetime:
        self.asked += 1
        if self.asked == 2:
            raise BrokenError
        return NOW


async def test_repetitions_that_break_or_are_cut_off_change_nothing(seeded: World, elsewhere: Driver) -> None:
    here = await asker(seeded)
    there = replace(here, stores=Stores.of(elsewhere, "acme"))
    tasks: list[asyncio.Task[object]] = []
    for number in range(60):
        context = [here, there][number % 2]
        tasks.append(asyncio.create_task(add(replace(context, clock=Breaking()) if number % 3 == 0 else context)))
    # Those who lose patience do so at any moment of their requests: each a turn of the event loop later.
    for each in tasks[1::6]:
        await asyncio.sleep(0)
        each.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    answers = [each for each in ends if not isinstance(each, BaseException)]
    broken = {type(each) for each in ends if isinstance(each, BaseException)}
    assert broken <= {BrokenError, asyncio.CancelledError}
    assert len(answers) >= 20
    assert answers == [answers[0]] * len(answers)
    await there_is_one(seeded, answers[0])


async def test_transactions_that_the_server_kills_change_nothing(seeded: World, commands: Commands) -> None:
    """As when a server is restarted, or an operator kills what takes too long."""
    context = await asker(seeded)
    commands.clear()
    tasks = [asyncio.create_task(add(context)) for _ in range(40)]
    killed = 0
    while not all(each.done() for each in tasks):
        await asyncio.wait(tasks, timeout=0.005, return_when=asyncio.FIRST_COMPLETED)
        # Every other one of those who are writing just now.
        writing = [each.command["lsid"] for each in commands.sent if each.command_name in {"findAndModify", "insert"}]
        commands.clear()
        if killed < 30 and (victims := writing[::2]):
            await seeded.driver.command("killSessions", victims)
            killed += len(victims)
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    answers = [each for each in ends if not isinstance(each, BaseException)]
    assert killed > 0
    assert all(isinstance(each, OperationFailure) for each in ends if isinstance(each, BaseException))
    again = await add(context)
    assert answers == [again] * len(answers)
    await there_is_one(seeded, again)


@dataclass(slots=True)
class Slow:
    """A change that waits, when all of it is written, until it may go on."""

    written: asyncio.Event
    may_go_on: asyncio.Event
    failure: Exception | None = None
    runs: int = 0

    async def __call__(self, changes: Changes) -> NoteAdded:
        self.runs += 1
        contact = await changes.contacts.count_notes("c1", more=1)
        assert contact is not None
        note = a_note("c1", "Slow", id="slow")
        await changes.notes.add(note)
        self.written.set()
        await self.may_go_on.wait()
        if self.failure is not None:
            raise self.failure
        return NoteAdded(note, contact)


@dataclass(slots=True)
class Second:
    """The same change by the repetition; says when another one was in its way."""

    stood_aside: asyncio.Event
    runs: int = 0

    async def __call__(self, changes: Changes) -> NoteAdded:
        self.runs += 1
        if self.runs == 2:
            self.stood_aside.set()
        contact = await changes.contacts.count_notes("c1", more=1)
        assert contact is not None
        note = a_note("c1", "Second", id="second")
        await changes.notes.add(note)
        return NoteAdded(note, contact)


async def met(context: Context, slow: Slow, second: Second, request: tuple[object, ...]) -> tuple[object, object]:
    """Let a repetition come while the first answer is being written; returns how both end."""
    first = asyncio.create_task(once(context, "k", ("add", 1), slow))
    await slow.written.wait()
    repetition = asyncio.create_task(once(context, "k", request, second))
    await second.stood_aside.wait()
    assert not repetition.done()
    slow.may_go_on.set()
    return await asyncio.gather(first, repetition, return_exceptions=True)


async def test_a_repetition_waits_for_an_answer_that_is_being_written(seeded: World) -> None:
    slow, second = Slow(asyncio.Event(), asyncio.Event()), Second(asyncio.Event())
    first, repeated = await met(await asker(seeded), slow, second, ("add", 1))
    assert isinstance(first, NoteAdded)
    assert (first.note.id, repeated) == ("slow", first)
    assert [each["_id"] for each in (await seeded.snapshot())["contactNotes"]] == ["slow"]
    assert slow.runs == 1


async def test_a_repetition_does_the_work_where_the_first_one_fails_after_all(seeded: World) -> None:
    slow, second = Slow(asyncio.Event(), asyncio.Event(), BrokenError()), Second(asyncio.Event())
    first, repeated = await met(await asker(seeded), slow, second, ("add", 1))
    assert isinstance(first, BrokenError)
    assert isinstance(repeated, NoteAdded)
    assert (repeated.note.id, repeated.contact.note_count) == ("second", 1)
    assert [each["_id"] for each in (await seeded.snapshot())["contactNotes"]] == ["second"]


async def test_another_input_is_refused_once_the_first_answer_is_written(seeded: World) -> None:
    slow, second = Slow(asyncio.Event(), asyncio.Event()), Second(asyncio.Event())
    first, other = await met(await asker(seeded), slow, second, ("add", 2))
    assert isinstance(first, NoteAdded)
    assert other == KeyReused()
    assert [each["_id"] for each in (await seeded.snapshot())["contactNotes"]] == ["slow"]
