"""The process that sees to the exchange is killed, wherever it is: each edit is applied once, and none is lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

import pytest_asyncio

from crm.demo_crm import WRITE
from crm.demo_faults import Switches
from domain import clock
from domain.attributes import SyncState
from domain.contacts import LookUpOutcome
from domain.values import TextValue
from persistence.driver import Driver
from tests.conftest import EmptyDatabase
from tests.crm.serving import ID, MARIA, RunningCrm, running_demo_crm
from tests.graph.processes import environment
from tests.resolvers.exchanging import Shop, a_caller, running_shop

LEASE = 30
"""Longer than any test takes: nobody follows one that was killed before the test has the clock go on."""
NAMES = range(6)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served() -> AsyncIterator[RunningCrm]:
    async with running_demo_crm() as running:
        yield running


@dataclass(slots=True)
class Office:
    """The shop, and processes of its own that see to its exchange."""

    shop: Shop
    uri: str
    database: str
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @contextmanager
    def process(self, lease: float = LEASE) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "tests.resolvers.crm_process", self.uri, self.database, str(lease)]
        with subprocess.Popen(command, env=environment()) as process:
            try:
                yield process
            finally:
                process.kill()

    @property
    def crm(self) -> RunningCrm:
        return self.shop.crm

    async def prepare(self, *contact_ids: str) -> None:
        """Have contacts who were found, as of now."""
        records = [{**MARIA, ID: f"N{each}", "phone": f"202-555-01{each:02}"} for each in NAMES]
        self.crm.crm.records.records[:] = records
        self.shop.clock.moment = clock.now()
        await self.shop.connect()
        await self.shop.insert(*(a_caller(each, f"+120255501{int(each[1:]):02}") for each in contact_ids))
        self.shop.clock.moment = clock.now()
        await self.shop.settle()
        self.crm.crm.requests.clear()

    async def follow(self) -> None:
        """Be the next process, once the lease has run out."""
        self.crm.crm.switches = Switches()
        self.shop.clock.moment = clock.now()
        # As long as it has not, nobody else touches them.
        assert await self.shop.worker().run() == 0
        self.shop.clock.advance(seconds=LEASE + 1)
        await self.shop.settle()


async def reached(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - another process gives no sign
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def office(
    driver: Driver, served: RunningCrm, mongodb_uri: str, test_database: EmptyDatabase
) -> AsyncIterator[Office]:
    async with running_shop(driver, served) as shop:
        yield Office(shop, mongodb_uri, test_database.name)


async def in_sync(office: Office, contact_id: str, **texts: str) -> None:
    """Show that both hold the same, and that the CRM was written it once."""
    record = office.crm.held(f"N{contact_id[1:]}")
    for key, text in texts.items():
        assert await office.shop.standing(key, contact_id) == (TextValue(text), SyncState.IN_SYNC)
        assert record[key] == text
    keys = office.shop.keys()
    assert len(keys) == len(set(keys))


async def test_before_the_crm_has_done_what_it_was_asked_to(office: Office) -> None:
    await office.prepare("c0")
    first = await office.shop.edit("party", "Independent", "c0")
    second = await office.shop.edit("state", "OR", "c0")
    office.crm.crm.switches = Switches(is_hanging=True)
    with office.process() as process:
        await reached(lambda: office.crm.asked(WRITE) == 1)
        process.kill()
    assert office.shop.written() == []
    assert await office.shop.standing("party", "c0") == (first.value, SyncState.PENDING)
    await office.follow()
    assert office.shop.keys() == [f"c0:d-party:{first.version}", f"c0:d-state:{second.version}"]
    await in_sync(office, "c0", party="Independent", state="OR")


async def test_after_the_crm_has_done_it_and_before_that_is_kept(office: Office) -> None:
    await office.prepare("c0")
    first = await office.shop.edit("party", "Independent", "c0")
    await office.shop.edit("state", "OR", "c0")
    # It does what it was asked to when the caller is gone.
    office.crm.crm.switches = Switches(slow_seconds=20)
    with office.process() as process:
        await reached(lambda: office.crm.asked(WRITE) == 1)
        process.kill()
    await reached(lambda: len(office.shop.written()) == 1)
    assert await office.shop.standing("party", "c0") == (first.value, SyncState.PENDING)
    # And meanwhile somebody goes on.
    await office.shop.edit("party", "Green", "c0")
    await office.follow()
    assert [values for _, values in office.shop.written()] == [
        {"party": "Independent"},
        {"state": "OR"},
        {"party": "Green"},
    ]
    await in_sync(office, "c0", party="Green", state="OR")


async def test_the_same_write_is_repeated_with_its_key_and_done_once(office: Office) -> None:
    await office.prepare("c0")
    made = await office.shop.edit("party", "Independent", "c0")
    office.crm.crm.switches = Switches(slow_seconds=20)
    with office.process() as process:
        await reached(lambda: office.crm.asked(WRITE) == 1)
        process.kill()
    await reached(lambda: len(office.shop.written()) == 1)
    await office.follow()
    assert (office.crm.asked(WRITE), office.shop.keys()) == (2, [f"c0:d-party:{made.version}"])
    await in_sync(office, "c0", party="Independent")
    # Nor does the timeline tell anything twice.
    assert [each.after.value for each in await office.shop.history("party", "c0")] == [
        TextValue("Democrat"),
        TextValue("Independent"),
    ]


async def test_somebody_changes_it_there_between_the_kill_and_the_next_process(office: Office) -> None:
    await office.prepare("c0")
    await office.shop.edit("party", "Independent", "c0")
    office.crm.crm.switches = Switches(slow_seconds=20)
    with office.process() as process:
        await reached(lambda: office.crm.asked(WRITE) == 1)
        process.kill()
    await reached(lambda: len(office.shop.written()) == 1)
    office.crm.crm.records.change("N0", {"party": "Green"})
    await office.follow()
    # Ours was there, and theirs came after it.
    office.shop.clock.advance(days=1)
    await office.shop.settle()
    assert office.crm.held("N0")["party"] == "Green"
    assert await office.shop.standing("party", "c0") == (TextValue("Green"), SyncState.IN_SYNC)
    values = [each.after.value for each in await office.shop.history("party", "c0")]
    assert values == [TextValue("Democrat"), TextValue("Independent"), TextValue("Green")]


async def test_after_that_is_kept_and_before_it_is_given_back(office: Office) -> None:
    await office.prepare("c0", "c1")
    await office.shop.edit("party", "Independent", "c0")
    office.crm.crm.switches = Switches(slow_seconds=0.2, lasts=1)
    with office.process() as process:
        await reached(lambda: office.crm.asked(WRITE) == 1)
        # The next one hangs, so that neither is given back.
        second = await office.shop.edit("state", "OR", "c0")
        office.crm.crm.switches = Switches(is_hanging=True)
        await reached(lambda: office.crm.asked(WRITE) == 2)
        process.kill()
    assert await office.shop.standing("party", "c0") == (TextValue("Independent"), SyncState.IN_SYNC)
    assert await office.shop.standing("state", "c0") == (second.value, SyncState.PENDING)
    assert "leased" in (await office.shop.entries())["c0"]
    await office.follow()
    # What was done is not done again.
    assert [values for _, values in office.shop.written()] == [{"party": "Independent"}, {"state": "OR"}]
    assert office.crm.asked(WRITE) == 3
    await in_sync(office, "c0", party="Independent", state="OR")


async def test_in_the_middle_of_a_look_up(office: Office) -> None:
    await office.prepare()
    await office.shop.insert(a_caller("c0", "+12025550100"), a_caller("c1", "+12025550101"))
    before = [await office.shop.contact(each) for each in ("c0", "c1")]
    office.crm.crm.switches = Switches(is_hanging=True)
    with office.process() as process:
        await reached(lambda: office.crm.asked() == 1)
        process.kill()
    assert [await office.shop.contact(each) for each in ("c0", "c1")] == before
    await office.follow()
    for each in ("c0", "c1"):
        validation = (await office.shop.contact(each)).validation
        assert (validation.outcome, validation.record_id) == (LookUpOutcome.FOUND, f"N{each[1:]}")
        assert await office.shop.standing("state", each) == (TextValue("WA"), SyncState.IN_SYNC)


async def test_processes_are_killed_under_load_and_others_go_on(office: Office) -> None:
    contact_ids = [f"c{each}" for each in NAMES]
    await office.prepare(*contact_ids)
    office.crm.crm.switches = Switches(slow_seconds=0.03)
    edits = 4
    with ExitStack() as stack:
        first, _ = (stack.enter_context(office.process(lease=1.5)) for _ in range(2))
        for number in range(edits):
            for each in contact_ids:
                await office.shop.edit("party", f"Party {number}", each)
                await office.shop.edit("state", f"State {number}", each)
            if number == 1:
                await reached(lambda: len(office.shop.written()) >= 3)
                first.kill()
                stack.enter_context(office.process(lease=1.5))
        async with asyncio.timeout(30):
            while await _waiting(office, contact_ids):  # noqa: ASYNC110 - another process gives no sign
                await asyncio.sleep(0.05)
    for each in contact_ids:
        await in_sync(office, each, party=f"Party {edits - 1}", state=f"State {edits - 1}")
        own = [values for record_id, values in office.shop.written() if record_id == f"N{each[1:]}"]
        for key in ("party", "state"):
            numbers = [str(values[key])[-1] for values in own if key in values]
            # In the order of the edits; one that was overtaken by the next need not be written.
            assert numbers == sorted(set(numbers))
            history = [change.after.value for change in await office.shop.history(key, each)]
            told = {TextValue(f"{key.title()} {number}") for number in range(edits)}
            assert told <= set(history)


async def _waiting(office: Office, contact_ids: list[str]) -> bool:
    found = await office.shop.stores.contacts.by_ids(contact_ids)
    states = [held.sync.state for each in found.values() for held in each.values if held.sync is not None]
    assert SyncState.CONFLICT not in states
    return SyncState.PENDING in states
