"""What is to be done at the CRM: entered with what makes it necessary, and one process's at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from pymongo.monitoring import CommandSucceededEvent

from domain import clock
from domain.attributes import SyncState
from domain.contacts import Contact, ContactValidation, LookUpOutcome, Network
from domain.crm_settings import CrmSettings, DirectoryConnection
from domain.crm_tasks import CrmSweep, CrmTask
from domain.values import SelectValue
from persistence.crm_tasks import LEASE, CrmTaskStore
from persistence.names import CRM_TASKS, ORGANIZATIONS
from persistence.stores import Changes
from tests.builders import MORNING, a_contact, an_identity, held
from tests.conftest import Commands, EmptyDatabase, World

ALIASES = ((Network.TWITTER, "twitter_id"),)
AUTOMATIC = CrmSettings(1, DirectoryConnection(), ALIASES, is_automatic=True)
ASKED_FOR = replace(AUTOMATIC, is_automatic=False)
PENDING = (held("segment", SelectValue("size-s"), sync=SyncState.PENDING),)
KNOWN = ContactValidation(LookUpOutcome.FOUND, MORNING, "r-1")
ASKABLE = a_contact("c1", identities=(an_identity("1"),))
WAITING = a_contact("c1", values=PENDING, validation=KNOWN)


def soon() -> datetime:
    """Return when all is due that was entered up to now, by the database's clock."""
    return clock.now() + timedelta(seconds=5)


def within(world: World, work: Callable[[Changes], Awaitable[object]], organization_id: str = "acme") -> Any:
    return world.stores(organization_id).transact(work)


async def connect(world: World, settings: CrmSettings = AUTOMATIC, organization_id: str = "acme") -> None:
    await within(world, lambda changes: changes.crm_settings.put(settings), organization_id)


async def insert(world: World, *contacts: Contact, organization_id: str = "acme") -> None:
    async def work(changes: Changes) -> None:
        for each in contacts:
            await changes.contacts.insert(each)

    await within(world, work, organization_id)


async def put(world: World, contact: Contact) -> None:
    await within(world, lambda changes: changes.contacts.put(contact))


async def entries(world: World) -> dict[str, dict[str, Any]]:
    return {each["_id"]: each for each in (await world.snapshot())[CRM_TASKS]}


async def entry(world: World, contact_id: str = "c1") -> dict[str, Any]:
    return (await entries(world))[contact_id]


def tasks(world: World) -> CrmTaskStore:
    return CrmTaskStore(world.driver)


async def take(world: World, *, at: datetime | None = None, size: int = 10) -> Sequence[CrmTask]:
    return await tasks(world).take(at or soon(), size)


# Entered with what makes it necessary


async def test_a_contact_who_can_be_asked_for_is_entered_in_the_transaction_that_makes_it(world: World) -> None:
    await connect(world)

    async def fails(changes: Changes) -> None:
        await changes.contacts.insert(ASKABLE)
        raise RuntimeError("Broken off.")

    before = await world.snapshot()
    with pytest.raises(RuntimeError, match="Broken off"):
        await within(world, fails)
    assert await world.snapshot() == before
    began = clock.now()
    await insert(world, ASKABLE)
    made = await entry(world)
    assert set(made) == {"_id", "org", "asked", "lookUpDue", "due"}
    assert made["org"] == "acme"
    assert began - timedelta(seconds=1) <= made["lookUpDue"] == made["due"] <= soon()
    [task] = await take(world)
    assert task == CrmTask("acme", "c1", made["asked"], True, False, 0, task.taker, made["lookUpDue"])


@pytest.mark.parametrize("way", ["insert", "put", "import new", "import changed"])
async def test_whatever_writes_a_contact_enters_what_follows(world: World, way: str) -> None:
    await connect(world)
    if way in {"put", "import changed"}:
        await insert(world, a_contact("c1"))
        assert await entries(world) == {}
    match way:
        case "insert":
            await insert(world, ASKABLE)
        case "put":
            await put(world, ASKABLE)
        case "import new":
            await within(world, lambda changes: changes.imports.put([ASKABLE], []))
        case _:
            await within(world, lambda changes: changes.imports.put([], [ASKABLE]))
    assert set(await entries(world)) == {"c1"}


@pytest.mark.parametrize(
    ("settings", "contact", "due"),
    [
        (None, ASKABLE, None),
        (None, WAITING, None),
        (CrmSettings(1, None, ALIASES, is_automatic=True), ASKABLE, None),
        (AUTOMATIC, a_contact("c1"), None),
        (AUTOMATIC, a_contact("c1", values=PENDING), None),
        (ASKED_FOR, ASKABLE, None),
        (ASKED_FOR, WAITING, {"writeDue"}),
        (AUTOMATIC, WAITING, {"writeDue", "lookUpDue"}),
        (AUTOMATIC, replace(WAITING, values=()), {"lookUpDue"}),
    ],
)
async def test_there_is_an_entry_only_where_a_crm_is_connected_and_something_is_to_be_done(
    world: World, settings: CrmSettings | None, contact: Contact, due: set[str] | None
) -> None:
    if settings is not None:
        await connect(world, settings)
    await insert(world, contact)
    found = await entries(world)
    assert [{"lookUpDue", "writeDue"} & set(each) for each in found.values()] == ([] if due is None else [due])
    assert len(await take(world)) == len(found)


async def test_a_change_of_something_else_asks_for_nothing_and_takes_nothing_away(world: World) -> None:
    await connect(world)
    await insert(world, ASKABLE)
    before = await entry(world)
    await put(world, replace(ASKABLE, name="Another"))
    assert await entry(world) == before
    await within(world, lambda changes: changes.crm.look_up_at("c1", MORNING + timedelta(days=9_999), 3))
    scheduled = await entry(world)
    await put(world, replace(ASKABLE, name="A third"))
    assert await entry(world) == scheduled
    await put(world, replace(ASKABLE, identities=(an_identity("2"),)))
    other = await entry(world)
    assert other["asked"] != before["asked"]
    assert other["lookUpDue"] == other["due"] <= soon()


async def test_nothing_is_due_any_more_once_nothing_is_known(world: World) -> None:
    await connect(world)
    await insert(world, replace(WAITING, identities=(an_identity("1"),)))
    await put(world, a_contact("c1"))
    assert await entry(world) == {"_id": "c1", "org": "acme"}
    assert await take(world) == ()


async def test_what_somebody_asked_for_is_kept_by_a_change_where_nothing_is_asked_by_itself(world: World) -> None:
    await connect(world, ASKED_FOR)
    await insert(world, ASKABLE)
    await within(world, lambda changes: changes.crm.ask_again(["c1"]))
    before = await entry(world)
    await put(world, replace(ASKABLE, name="Another"))
    assert await entry(world) == before
    assert before["lookUpDue"] == before["due"]


async def test_a_write_that_waits_is_not_hurried_by_another_edit(world: World) -> None:
    await connect(world, ASKED_FOR)
    await insert(world, WAITING)
    later = clock.now() + timedelta(hours=1)
    await within(world, lambda changes: changes.crm.write_at("c1", later, 2))
    await put(world, replace(WAITING, name="Another"))
    assert await entry(world) == {"_id": "c1", "org": "acme", "writeDue": later, "due": later, "attempts": 2}
    await within(world, lambda changes: changes.crm.write_at("c1", None, 0))
    assert await entry(world) == {"_id": "c1", "org": "acme", "attempts": 0}


# One process's at a time


async def test_of_several_that_take_at_once_one_gets_each(world: World) -> None:
    await connect(world)
    contacts = [a_contact(f"c{each}", identities=(an_identity(str(each)),)) for each in range(20)]
    await insert(world, *contacts)
    now = soon()
    taken = await asyncio.gather(*(tasks(world).take(now, 8) for _ in range(6)))
    ids = [each.contact_id for some in taken for each in some]
    assert len(ids) == len(set(ids)) >= 8
    while some := await tasks(world).take(now, 8):
        ids += [each.contact_id for each in some]
    assert sorted(ids) == sorted(each.id for each in contacts)
    assert all(len({each.taker for each in some}) <= 1 for some in taken)


async def test_one_that_another_took_since_it_was_seen_is_left_to_them(
    world: World, commands: Commands, test_database: EmptyDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await connect(world)
    await insert(world, ASKABLE)
    now, entered = soon(), test_database.client[test_database.name][CRM_TASKS]
    theirs = {"taker": "another", "leased": now + LEASE, "due": now + LEASE}

    def taken(event: CommandSucceededEvent) -> None:
        if event.command_name == "find":
            entered.update_one({"_id": "c1"}, {"$set": theirs})

    with monkeypatch.context() as patched:
        patched.setattr(commands, "succeeded", taken)
        assert list(await tasks(world).take(now, 10)) == []
    assert theirs.items() <= (await entry(world)).items()


async def _look_up_at(contact_id: str, at: datetime, changes: Changes) -> None:
    await changes.crm.look_up_at(contact_id, at, 0)


async def test_what_has_been_due_for_longest_is_taken_first(world: World) -> None:
    await connect(world)
    for number in range(3):
        await insert(world, a_contact(f"c{number}", identities=(an_identity(str(number)),)))
    for number, minutes in enumerate((2, 1, 3)):
        at = MORNING + timedelta(minutes=minutes)
        await within(world, partial(_look_up_at, f"c{number}", at))
    assert await tasks(world).take(MORNING, 10) == ()
    assert {each.contact_id for each in await tasks(world).take(MORNING + timedelta(minutes=9), 2)} == {"c0", "c1"}
    assert [each.contact_id for each in await tasks(world).take(MORNING + timedelta(minutes=9), 2)] == ["c2"]


async def test_one_that_is_taken_is_nobody_elses_until_the_lease_runs_out(world: World) -> None:
    await connect(world)
    await insert(world, ASKABLE)
    now = soon()
    [first] = await tasks(world).take(now, 10)
    assert await tasks(world).take(now + LEASE - timedelta(milliseconds=1), 10) == ()
    [second] = await tasks(world).take(now + LEASE, 10)
    assert second == replace(first, taker=second.taker)
    assert second.taker != first.taker
    # The first one is late: it has nothing to give back, and nothing to remove.
    held_by_second = await entry(world)
    await tasks(world).give_back([first])
    await tasks(world).drop([first])
    assert await entry(world) == held_by_second
    await tasks(world).give_back([second])
    [third] = await tasks(world).take(now, 10)
    await tasks(world).drop([third])
    assert await entries(world) == {}


async def test_what_becomes_due_while_it_is_taken_is_done_afterwards_and_never_at_the_same_time(world: World) -> None:
    await connect(world, ASKED_FOR)
    await insert(world, WAITING)
    now = soon()
    [task] = await tasks(world).take(now, 10)
    await within(world, lambda changes: changes.crm.ask_again(["c1"]))
    await put(world, replace(WAITING, name="Another"))
    await within(world, lambda changes: changes.crm.write_at("c1", now, 1))
    assert await tasks(world).take(now + timedelta(seconds=1), 10) == ()
    await tasks(world).give_back([task])
    [again] = await tasks(world).take(now, 10)
    assert (again.is_look_up_due, again.is_write_due, again.attempts) == (True, True, 1)


async def test_what_is_given_back_and_not_done_is_due_as_it_was(world: World) -> None:
    await connect(world)
    await insert(world, ASKABLE)
    before = await entry(world)
    await tasks(world).give_back(await take(world))
    assert await entry(world) == before
    done = await take(world)
    await within(world, lambda changes: changes.crm.look_up_at("c1", None, 0))
    await tasks(world).give_back(done)
    assert await entry(world) == {"_id": "c1", "org": "acme", "asked": before["asked"], "attempts": 0}


async def test_only_what_is_due_by_then_is_said_to_be(world: World) -> None:
    await connect(world)
    await insert(world, WAITING)
    later = clock.now() + timedelta(hours=1)
    await within(world, lambda changes: changes.crm.look_up_at("c1", later, 4))
    [task] = await take(world)
    assert (task.is_look_up_due, task.is_write_due, task.attempts, task.look_up_due) == (False, True, 4, later)
    await tasks(world).give_back([task])
    await within(world, lambda changes: changes.crm.write_at("c1", later + timedelta(hours=1), 5))
    assert await take(world) == ()
    [task] = await take(world, at=later)
    assert (task.is_look_up_due, task.is_write_due, task.attempts) == (True, False, 5)


async def test_it_is_known_whether_a_look_up_was_entered_since(world: World) -> None:
    await connect(world)
    await insert(world, ASKABLE)
    [task] = await take(world)

    async def is_unchanged() -> bool:
        found: bool = await within(world, lambda changes: changes.crm.is_unchanged(task))
        return found

    await put(world, replace(ASKABLE, name="Another"))
    assert await is_unchanged()
    # By the database's clock, in milliseconds.
    await asyncio.sleep(0.002)
    await within(world, lambda changes: changes.crm.ask_again(["c1"]))
    assert not await is_unchanged()
    [task] = await take(world, at=soon() + 2 * LEASE)
    assert await is_unchanged()
    await put(world, replace(ASKABLE, identities=(an_identity("2"),)))
    assert not await is_unchanged()
    await within(world, lambda changes: changes.crm.forget("c1"))
    assert not await is_unchanged()
    assert await entries(world) == {}


async def test_nothing_is_changed_of_another_organizations(world: World) -> None:
    await connect(world)
    await insert(world, ASKABLE)
    before = await entries(world)

    async def work(changes: Changes) -> None:
        await changes.crm.look_up_at("c1", MORNING, 9)
        await changes.crm.write_at("c1", MORNING, 9)
        await changes.crm.forget("c1")

    await within(world, work, "other")
    assert await entries(world) == before


# Asked for by somebody


async def test_contacts_are_asked_for_again_at_once_and_found_by_their_records(world: World) -> None:
    await connect(world, ASKED_FOR)
    await connect(world, ASKED_FOR, "other")
    known = [a_contact(f"c{n}", validation=replace(KNOWN, record_id=f"r-{n % 2}")) for n in range(3)]
    await insert(world, *known, a_contact("c9"))
    await insert(world, a_contact("x1", validation=KNOWN), organization_id="other")
    ids = await within(world, lambda changes: changes.crm.ids_by_records(["r-0", "r-none"]))
    assert sorted(ids) == ["c0", "c2"]
    assert await within(world, lambda changes: changes.crm.ids_by_records(["r-1"])) == ["c1"]
    await within(world, lambda changes: changes.crm.ask_again([]))
    await within(world, lambda changes: changes.crm.follow([]))
    assert await entries(world) == {}
    await within(world, lambda changes: changes.crm.ask_again(ids))
    found = await take(world)
    assert sorted(each.contact_id for each in found) == ["c0", "c2"]
    assert all(each.is_look_up_due and not each.is_write_due and each.asked is None for each in found)


# A walk through all contacts


async def test_a_walk_begins_with_new_settings_goes_on_where_it_was_and_is_done_twice(world: World) -> None:
    assert await tasks(world).sweeps(soon()) == []
    await connect(world)
    [first] = await tasks(world).sweeps(soon())
    assert first == CrmSweep("acme", first.begins_at, None, is_last=False)
    assert await tasks(world).sweeps(first.begins_at - timedelta(milliseconds=1)) == []
    await tasks(world).keep_sweep(first, "c5")
    assert await tasks(world).sweeps(soon()) == [replace(first, behind="c5")]
    await tasks(world).end_sweep(first)
    # Transactions of before the change have ended by then.
    assert await tasks(world).sweeps(first.begins_at + timedelta(seconds=119)) == []
    at = first.begins_at + timedelta(minutes=2)
    [last] = await tasks(world).sweeps(at)
    assert last == CrmSweep("acme", at, None, is_last=True)
    await tasks(world).end_sweep(last)
    assert await tasks(world).sweeps(at + timedelta(days=1)) == []
    [acme] = [each for each in (await world.snapshot())[ORGANIZATIONS] if each["_id"] == "acme"]
    assert not {"crmSweep", "crmSweepBehind", "crmSweepIsLast"} & set(acme)


async def test_a_walk_that_was_asked_to_begin_anew_is_kept_and_ended_by_no_older_one(world: World) -> None:
    await connect(world)
    [older] = await tasks(world).sweeps(soon())
    await tasks(world).keep_sweep(older, "c5")
    await asyncio.sleep(0.002)
    await within(world, lambda changes: changes.crm_settings.sweep())
    [newer] = await tasks(world).sweeps(soon())
    assert (newer.behind, newer.is_last, newer.begins_at > older.begins_at) == (None, False, True)
    await tasks(world).keep_sweep(older, "c9")
    await tasks(world).end_sweep(older)
    await tasks(world).end_sweep(replace(older, is_last=True))
    assert await tasks(world).sweeps(soon()) == [newer]
