"""A deleted contact in the log of whom it was merged with and parted from: nothing of it is left, and all else is."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.contacts import ContactValidation, LookUpOutcome
from domain.events import ContactEvent, EventKind, MergedContact, State, ValueChange
from domain.parting import partings
from domain.values import TextValue
from persistence import parting
from persistence.deletion import finish_deletions
from persistence.driver import Document, Session
from persistence.names import DELETED_CONTACTS, EVENTS, MERGES
from persistence.parting import _Log
from tests.builders import MORNING, a_contact, held
from tests.conftest import World
from tests.erasing import a_deletion, traces_in_database
from tests.happening import add_events
from tests.merging import add_merged

OTHER = MergedContact("m1", "c1", "Zebulon")
MINE, CITY, FAX = held("bio", TextValue("mine")), held("city", TextValue("Cairo")), held("fax", TextValue("+999"))
NEWS = replace(CITY, value=TextValue("Oslo"), version=2)
WAS, FOUND = ContactValidation(LookUpOutcome.NEVER_ASKED), ContactValidation(LookUpOutcome.FOUND, MORNING, "r-777")
TRACES = ("Zebulon", "Cairo", "Oslo", "+999", "r-777")


def event(
    at: int, kind: EventKind, before: State = None, after: State = None, *values: ValueChange, of: str = "c2"
) -> ContactEvent:
    return ContactEvent(f"{of}-{at:02}", of, MORNING + timedelta(minutes=at), kind, "jo", before, after, values)


def changed(at: int, *values: ValueChange, of: str = "c2") -> ContactEvent:
    return event(at, EventKind.VALUES_CHANGED, None, None, *values, of=of)


MERGED = event(10, EventKind.CONTACTS_MERGED, None, OTHER, ValueChange(None, CITY), ValueChange(None, FAX))
EMPTIED = ValueChange(NEWS, replace(CITY, value=None, version=3))
PARTED = event(20, EventKind.CONTACTS_UNMERGED, OTHER, None, EMPTIED)
OF_BOTH = [
    event(11, EventKind.CONTACT_RENAMED, "Zebulon", "Jo"),
    changed(12, ValueChange(CITY, NEWS)),
    changed(13, ValueChange(CITY, NEWS), ValueChange(None, MINE)),
    changed(14, ValueChange(FAX, replace(FAX, value=TextValue("mine"), version=2))),
    event(15, EventKind.LOOKED_UP, WAS, FOUND),
    event(16, EventKind.VIP_CLEARED),
]
LEFT = [
    replace(OF_BOTH[0], before=None),
    replace(OF_BOTH[2], values=(ValueChange(None, MINE),)),
    replace(OF_BOTH[3], values=(replace(OF_BOTH[3].values[0], before=None),)),
    replace(OF_BOTH[4], before=None, after=None),
    OF_BOTH[5],
]
OUTSIDE = [changed(9, ValueChange(None, MINE)), changed(21, ValueChange(MINE, replace(MINE, version=2)))]


async def fill(world: World) -> None:
    """Ottoline's log, in which Zebulon is whom she was taken for, and what is left of him: an event of his own."""
    his = [replace(PARTED, id="c1-20", contact_id="c1", before=MergedContact("m1", "c2", "Ottoline"), values=())]
    await add_events(world, MERGED, PARTED, *OF_BOTH, *OUTSIDE, *his)


async def delete(world: World, deleted_id: str = "c1") -> None:
    entry = a_deletion(f"x-{deleted_id}", deleted_id=deleted_id)
    await world.stores().transact(lambda changes: changes.deletions.delete(entry))


async def events(world: World) -> list[Document]:
    return (await world.snapshot())[EVENTS]


async def as_stored(world: World, expected: Sequence[ContactEvent]) -> list[Document]:
    """Return the events as they would be stored if nothing else had ever happened."""
    kept = await events(world)
    await world.driver.collection(EVENTS).delete_many({})
    await add_events(world, *expected)
    found = await events(world)
    await world.driver.collection(EVENTS).delete_many({})
    await world.driver.collection(EVENTS).insert_many(kept)
    return found


@pytest.mark.parametrize("batch", [1, 2, 3, 500])
async def test_what_is_the_survivors_own_is_left(world: World, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    monkeypatch.setattr(parting, "BATCH", batch)
    await fill(world)
    assert {("contactEvents", each) for each in TRACES} == await traces_in_database(world, TRACES)
    await delete(world)
    await world.stores().deletions.finish()
    left = await events(world)
    assert left == await as_stored(world, [*LEFT, *OUTSIDE])
    assert await traces_in_database(world, TRACES) == set()
    # Who it was is forgotten by now: nothing can be done twice.
    await world.driver.collection(DELETED_CONTACTS).update_many({}, {"$set": {"isUnfinished": True}})
    await world.stores().deletions.finish()
    assert await events(world) == left


async def test_who_comes_after_somebody_else_has_done_it_all_changes_nothing(world: World) -> None:
    await fill(world)
    before = await world.snapshot()
    [parted] = partings([MERGED, PARTED])
    done = replace(parted, ended_by="removed meanwhile")
    await _Log(world.driver, "acme", done, frozenset()).write_anew()
    assert await world.snapshot() == before
    await _Log(world.driver, "acme", parted, frozenset()).write_anew()
    assert await world.snapshot() != before


async def test_two_may_finish_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parting, "BATCH", 1)
    await fill(world)
    await delete(world)
    await asyncio.gather(*(world.stores().deletions.finish() for _ in range(3)))
    assert await events(world) == await as_stored(world, [*LEFT, *OUTSIDE])


@pytest.mark.parametrize("deleted_id", ["c2", "c3", "nobody"])
async def test_who_parted_from_nobody_leaves_all_of_it(world: World, deleted_id: str) -> None:
    """Where the survivor is deleted, its log goes whole, and in the other's there is nothing of it but the undoing."""
    await fill(world)
    before = await events(world)
    await delete(world, deleted_id)
    await world.stores().deletions.finish()
    gone = ("c2", "c1-20") if deleted_id == "c2" else ("none",)
    assert await events(world) == [each for each in before if not each["_id"].startswith(gone)]


async def test_another_organizations_log_is_its_own(world: World) -> None:
    await fill(world)
    before = await events(world)
    await world.stores("other").transact(lambda changes: changes.deletions.delete(a_deletion("y", deleted_id="c1")))
    await world.stores("other").deletions.finish()
    assert await events(world) == before


@pytest.mark.parametrize("after", range(1, 10))
async def test_what_was_cut_off_anywhere_ends_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Between any two of the transactions, and within each."""
    await fill(world)
    await delete(world)
    written, batches = parting._Log._write, 0

    async def cut(self: Any, session: Session, documents: Sequence[Document]) -> None:
        nonlocal batches
        batches += 1
        await written(self, session, documents)
        if batches == after:
            raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(parting, "BATCH", 1)
        broken.setattr(parting._Log, "_write", cut)
        with pytest.raises(ConnectionError):
            await world.stores().deletions.finish()
    # How to find the rest is still known.
    assert {"c2-10", "c2-20"} < {each["_id"] for each in await events(world)}
    await finish_deletions(world.driver)
    assert await events(world) == await as_stored(world, [*LEFT, *OUTSIDE])


async def test_a_log_is_found_with_whom_it_has_become_part_of(world: World) -> None:
    """And what happened to that one at the time is not the other's."""
    await fill(world)
    his = [changed(12, ValueChange(CITY, replace(MINE, definition_id="d-city")), of="c3")]
    named = [event(13, EventKind.CONTACT_RENAMED, "Zebulon", "Jim", of="c3")]
    await add_events(world, *his, *named)
    await world.add_contacts(a_contact("c3"))
    await add_merged(world, "c3", a_contact("c2"), merge_id="m3")
    own = [each for each in await events(world) if each["_id"].startswith("c3")]
    await delete(world)
    await world.stores().deletions.finish()
    found = {each["_id"]: each for each in await events(world) if len(each["_id"]) < 6}
    assert [each for each in found.values() if each["_id"].startswith("c3")] == own
    expected = await as_stored(world, [replace(each, contact_id="c3") for each in [*LEFT, *OUTSIDE]])
    marked = [{**each, "mergedFrom": ["m3"]} for each in expected]
    assert [each for each in found.values() if each["_id"].startswith("c2")] == marked


async def test_a_merge_that_stands_is_left_as_it_is(world: World) -> None:
    """Whoever is deleted was merged with somebody before, and parted; somebody else is still part of that one."""
    await world.add_contacts(a_contact("c2"))
    await add_merged(world, "c2", a_contact("c4", values=(CITY,)), at=MORNING + timedelta(minutes=10))
    other = MergedContact("m5", "c5", "Otto")
    began = event(30, EventKind.CONTACTS_MERGED, None, other, ValueChange(None, FAX))
    ended = event(40, EventKind.CONTACTS_UNMERGED, other, None, ValueChange(FAX, replace(FAX, value=None)))
    since = [changed(each, ValueChange(CITY, NEWS)) for each in (15, 35, 45)]
    await add_events(world, began, ended, *since)
    before = await world.snapshot()
    await delete(world, "c5")
    await world.stores().deletions.finish()
    after = await world.snapshot()
    assert after[EVENTS] == [each for each in before[EVENTS] if each["_id"] not in {"c2-30", "c2-40"}]
    assert after[MERGES] == before[MERGES] != []
