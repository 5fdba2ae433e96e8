"""Who sees to the exchange: several processes at once, walks through all contacts, and nothing that ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from pymongo.errors import AutoReconnect

from crm.demo_crm import WRITE
from crm.demo_faults import Switches
from domain import clock
from domain.agents import Plan
from domain.attributes import SyncState
from domain.contacts import Contact, ContactCreated, LookUpOutcome, Network
from domain.crm_tasks import CrmTask
from domain.identities import GivenIdentity
from domain.import_mappings import AttributeColumn, IdentityColumns
from domain.values import TextValue
from persistence.driver import Driver
from persistence.names import CRM_TASKS, ORGANIZATIONS
from resolvers import contact_creation, crm_worker
from resolvers.contact_creation import GivenContact
from resolvers.crm_exchange import Exchange
from resolvers.crm_worker import CrmWorker
from resolvers.imports import Import, NumberedRow
from tests.builders import an_organization
from tests.crm.serving import ID, MARIA, RunningCrm, happened, running_demo_crm
from tests.resolvers.exchanging import DEFINITIONS, Shop, a_caller, running_shop
from tests.resolvers.importing import MAPPING

INDEPENDENT = TextValue("Independent")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def served() -> AsyncIterator[RunningCrm]:
    async with running_demo_crm() as running:
        yield running


@pytest_asyncio.fixture
async def shop(driver: Driver, served: RunningCrm) -> AsyncIterator[Shop]:
    async with running_shop(driver, served, total_seconds=4.0) as made:
        yield made


async def outcomes(shop: Shop, *contact_ids: str) -> list[LookUpOutcome]:
    found = await shop.stores.contacts.by_ids(contact_ids)
    return [found[each].validation.outcome for each in contact_ids]


FOUND, NEVER = LookUpOutcome.FOUND, LookUpOutcome.NEVER_ASKED


async def test_who_is_there_already_is_entered_when_a_crm_is_connected_and_broken_off_walks_go_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm_worker, "BATCH", 2)
    numbers = [f"+1202555010{each}" for each in range(5)]
    contacts = [a_caller(f"c{each}", number) for each, number in enumerate(numbers)]
    await shop.world.add_contacts(*contacts, organization_id="shop")
    await shop.connect()
    worker, sent = shop.worker(), 0

    async def broken_off(*given: object) -> None:
        nonlocal sent
        sent += 1
        raise AutoReconnect("away")

    keep = type(worker.tasks).keep_sweep
    monkeypatch.setattr(type(worker.tasks), "keep_sweep", broken_off)
    with pytest.raises(AutoReconnect):
        await worker.run()
    monkeypatch.setattr(type(worker.tasks), "keep_sweep", keep)
    assert (sent, set(await shop.entries())) == (1, {"c0", "c1"})
    # Another process goes on, and nobody is entered twice.
    await shop.settle()
    assert set(await shop.entries()) == {each.id for each in contacts}
    assert await outcomes(shop, *(each.id for each in contacts)) == [LookUpOutcome.NOT_FOUND] * 5
    assert shop.crm.asked() == 1
    # The second walk, for transactions of before, changes nothing.
    entries = await shop.entries()
    assert await shop.worker().run() == 0
    assert await shop.entries() == entries
    assert await shop.worker().tasks.sweeps(shop.clock()) == []


async def test_a_walk_goes_on_behind_whom_it_had_come_to(shop: Shop) -> None:
    await shop.world.add_contacts(a_caller("c1"), a_caller("c2", "+12022243244"), organization_id="shop")
    await shop.connect()
    worker = shop.worker()
    [sweep] = await worker.tasks.sweeps(shop.clock())
    await worker.tasks.keep_sweep(sweep, "c1")
    await worker._sweep((await worker.tasks.sweeps(shop.clock()))[0])
    assert set(await shop.entries()) == {"c2"}


@pytest.mark.parametrize("way", ["created", "imported", "changed by an import"])
async def test_whoever_comes_to_be_known_is_looked_up(shop: Shop, way: str) -> None:
    aliases = ((Network.TWITTER, "name"),)
    await shop.connect(identity_aliases=aliases)
    shop.crm.held("C000127")["name"] = "1001"
    context = await shop.context()
    if way == "created":
        made = await contact_creation.create(
            context, GivenContact("Maria", identities=(GivenIdentity(Network.TWITTER, "1001"),)), idempotency_key=None
        )
        assert isinstance(made, ContactCreated)
    else:
        columns = IdentityColumns(Network.TWITTER, "Twitter", "Twitter")
        mapping = replace(MAPPING, identities=(columns,), attributes={"state": AttributeColumn("Bio")})
        row = {"Name": "Maria", "Twitter": "", "Key": "k", "Bio": "OR", "Followers": ""}
        rows = [row, {**row, "Twitter": "1001"}]
        for each in rows if way == "changed by an import" else rows[1:]:
            run = Import(shop.stores, context.directory, mapping, clock=shop.clock)
            [report] = [each async for each in run.run([NumberedRow(2, each)])]
            assert report.created + report.updated == 1
            assert len(await shop.entries()) == (1 if each["Twitter"] else 0)
    await shop.settle()
    [entry] = (await shop.entries()).values()
    contact = await shop.contact(entry["_id"])
    assert (contact.validation.outcome, contact.validation.record_id) == (FOUND, "C000127")
    # The source of truth is the CRM.
    state = contact.held("d-state")
    assert state is not None
    assert (state.value, state.sync and state.sync.state) == (TextValue("WA"), SyncState.IN_SYNC)


async def test_a_plan_without_crm_asks_nothing_and_one_with_it_goes_on(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller())
    await shop.settle()
    await shop.edit("party", "Independent")
    await shop.world.add_organization(an_organization("shop", plan=Plan.BUSINESS), [], [])
    before = await shop.contact()
    shop.clock.advance(days=1)
    await shop.settle()
    assert (await shop.contact(), await shop.entries()) == (before, {})
    assert (shop.crm.asked(), shop.crm.asked(WRITE)) == (1, 0)
    await shop.world.add_organization(an_organization("shop"), [], [])
    await shop.settle()
    assert await shop.standing("party") == (INDEPENDENT, SyncState.IN_SYNC)
    assert shop.crm.asked() == 2


async def test_an_organization_that_is_gone_leaves_nothing_to_do(shop: Shop) -> None:
    tasks = shop.world.driver.collection(CRM_TASKS)
    await tasks.insert_one({"_id": "x", "org": "gone", "lookUpDue": clock.now(), "due": clock.now()})
    assert await shop.settle() == 1
    assert await tasks.count_documents({}) == 0


async def test_a_crm_that_hangs_keeps_nobody_elses_waiting(shop: Shop) -> None:
    await shop.connect()
    theirs = [replace(each, id=f"far-{each.id}") for each in DEFINITIONS]
    await shop.world.add_organization(an_organization("far"), [], theirs)
    far = shop.world.stores("far")
    async with running_demo_crm() as crm:
        settings = replace((await shop.context()).directory.crm, connection=crm.connection)
        await far.transact(lambda changes: changes.crm_settings.put(settings))
        await shop.insert(a_caller())
        identified = a_caller("f1")
        identified = replace(
            identified, values=tuple(replace(each, definition_id="far-d-phone") for each in identified.values)
        )
        await far.transact(lambda changes: changes.contacts.insert(identified))
        shop.crm.crm.switches = Switches(is_hanging=True)
        running = asyncio.create_task(shop.worker().run())
        async with asyncio.timeout(3.8):
            while (await far.contacts.by_ids(["f1"]))["f1"].validation.outcome is not FOUND:  # noqa: ASYNC110 - nobody says
                await asyncio.sleep(0.01)
        assert (running.done(), await outcomes(shop, "c1")) == (False, [NEVER])
        shop.crm.crm.switches = Switches()
        assert await running == 2
        assert await outcomes(shop, "c1") == [LookUpOutcome.FAILED]
        # Before the server ends.
        await shop.connections.close()
        await shop.client.close()


async def test_who_takes_longer_than_the_lease_lets_others_go_on(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller())
    before = await shop.contact()
    shop.crm.crm.switches = Switches(is_hanging=True)
    with pytest.raises(TimeoutError):
        await shop.worker(timedelta(seconds=0.3)).run()
    # Before the lease has run out, and not after it.
    entry = (await shop.entries())["c1"]
    assert ("leased" in entry, entry["due"] <= shop.clock(), await shop.contact()) == (False, True, before)
    shop.crm.crm.switches = Switches()
    await shop.settle()
    assert await outcomes(shop, "c1") == [FOUND]


async def test_several_processes_at_once_ask_for_each_contact_and_write_each_value_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm_worker, "AT_ONCE", 3)
    names = range(12)
    shop.crm.crm.records.records[:] = [{**MARIA, ID: f"N{n}", "phone": f"202-555-01{n:02}"} for n in names]
    await shop.connect()
    await shop.insert(*(a_caller(f"c{n}", f"+120255501{n:02}") for n in names))

    async def work() -> None:
        worker = shop.worker()
        while await worker.run():
            pass

    await asyncio.gather(*(work() for _ in range(4)))
    # Those who find nothing left go; whoever came to late is done by one more.
    await work()
    assert sum(len(each) for each in shop.crm.crm.looked_up if isinstance(each, list)) == 12
    made = [await shop.edit("party", f"Party {n}", f"c{n}") for n in names]
    made += [await shop.edit("state", f"State {n}", f"c{n}") for n in names]
    await asyncio.gather(*(work() for _ in range(4)))
    await work()
    assert shop.crm.asked(WRITE) == len(shop.written()) == 24
    for n in names:
        own = [values for record_id, values in shop.written() if record_id == f"N{n}"]
        assert own == [{"party": f"Party {n}"}, {"state": f"State {n}"}]


async def test_a_contact_is_no_others_while_it_is_written_slowly(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller())
    await shop.settle()
    await shop.edit("party", "Independent")
    shop.crm.crm.switches = Switches(slow_seconds=0.3, lasts=1)
    running = asyncio.create_task(shop.worker().run())
    await happened(lambda: shop.crm.asked(WRITE) == 1)
    await shop.edit("state", "OR")
    # Whatever becomes due meanwhile.
    assert await shop.worker().run() == 0
    assert await running == 1
    assert [values for _, values in shop.written()] == [{"party": "Independent"}, {"state": "OR"}]


async def test_what_goes_wrong_with_one_contact_keeps_no_other_and_nobody_goes_on_after_the_end(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.connect()
    await shop.insert(a_caller("c1"), a_caller("c2", "+12022243244"), a_caller("c3", "+12022245141"))
    keep, write = Exchange._keep, Exchange.write

    async def keep_others(self: Exchange, task: CrmTask, *given: Any) -> None:
        if task.contact_id == "c1":
            raise AutoReconnect("away")
        await keep(self, task, *given)

    async def write_others(self: Exchange, task: CrmTask, contact: Contact | None) -> None:
        if task.contact_id == "c1":
            raise AutoReconnect("away")
        await write(self, task, contact)

    monkeypatch.setattr(Exchange, "_keep", keep_others)
    with pytest.raises(AutoReconnect):
        await shop.worker().run()
    monkeypatch.setattr(Exchange, "_keep", keep)
    assert await outcomes(shop, "c1", "c2", "c3") == [NEVER, FOUND, FOUND]
    await shop.settle()
    for each in ("c1", "c2", "c3"):
        await shop.edit("party", "Green", each)
    monkeypatch.setattr(Exchange, "write", write_others)
    shop.crm.crm.switches = Switches(slow_seconds=0.1)
    with pytest.raises(AutoReconnect):
        await shop.worker().run()
    # All had ended when they were given back.
    assert [await shop.standing("party", each) for each in ("c2", "c3")] == [
        (TextValue("Green"), SyncState.IN_SYNC)
    ] * 2
    assert all("leased" not in each for each in (await shop.entries()).values())
    monkeypatch.setattr(Exchange, "write", write)
    await shop.settle()
    assert await shop.standing("party") == (TextValue("Green"), SyncState.IN_SYNC)


async def test_whoever_pokes_it_has_it_done_and_no_failure_ends_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await shop.connect()
    runs, done = 0, asyncio.Event()
    problems = [AutoReconnect("away"), ValueError("wrong")]
    real = CrmWorker.run

    async def run(worker: CrmWorker) -> int:
        nonlocal runs
        if problems:
            runs += 1
            done.set()
            raise problems.pop(0)
        count = await real(worker)
        if not count:
            runs += 1
            done.set()
        return count

    async def next_run() -> None:
        async with asyncio.timeout(10):
            await done.wait()
        done.clear()

    monkeypatch.setattr(CrmWorker, "run", run)
    # Nobody waits so long: it is the poking that does it.
    monkeypatch.setattr(crm_worker, "_PAUSE_SECONDS", 3_600)
    worker = shop.worker()
    task = asyncio.create_task(worker.follow())
    await next_run()
    worker.poked.set()
    await next_run()
    await shop.insert(a_caller())
    worker.poked.set()
    await next_run()
    assert (runs, task.done(), await outcomes(shop, "c1")) == (3, False, [FOUND])
    assert caplog.messages == [
        "The exchange with the CRMs was broken off, and is tried again: away",
        "The exchange with the CRMs failed, and is tried again",
    ]
    monkeypatch.setattr(crm_worker, "_PAUSE_SECONDS", 0.001)
    worker.poked.set()
    for _ in range(3):
        await next_run()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


async def test_what_goes_wrong_for_one_organization_keeps_the_others_going_and_is_told(shop: Shop) -> None:
    await shop.connect()
    await shop.insert(a_caller())
    tasks = shop.world.driver.collection(CRM_TASKS)
    await tasks.insert_one({"_id": "x", "org": "broken", "lookUpDue": clock.now(), "due": clock.now()})
    broken = {"kind": "TELEX"}
    await shop.world.add_organization(an_organization("broken"), [], [])
    settings = {"version": 1, "connection": broken, "identityAliases": [], "isAutomatic": True, "refreshSeconds": 9}
    organizations = shop.world.driver.collection(ORGANIZATIONS)
    await organizations.update_one({"_id": "broken"}, {"$set": {"crm": settings}})
    with pytest.raises(ValueError, match="TELEX"):
        await shop.worker().run()
    assert await outcomes(shop, "c1") == [FOUND]
