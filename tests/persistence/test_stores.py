"""The one door through which an organization is changed: whole, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.events import ContactEvent, EventKind
from persistence.names import CONTACTS, EVENTS, NOTES
from persistence.stores import Changes, Stores
from tests.builders import MORNING, a_contact, a_note, an_identity
from tests.conftest import World

EVENT = ContactEvent("e1", "c1", MORNING, EventKind.NOTE_ADDED, "jo")


def test_the_stores_are_bound_to_one_organization(world: World) -> None:
    stores = Stores.of(world.driver, "acme")
    assert (stores.driver, stores.organization_id) == (world.driver, "acme")


async def test_everything_within_one_transaction_is_kept_together(world: World) -> None:
    await world.add_contacts(a_contact("c1"))

    async def work(changes: Changes) -> str:
        await changes.contacts.count_notes("c1", more=1)
        await changes.notes.add(a_note("c1", id="n1"))
        await changes.events.add(EVENT)
        return "done"

    assert await world.stores().transact(work) == "done"
    after = await world.snapshot()
    assert [len(after[name]) for name in (CONTACTS, NOTES, EVENTS)] == [1, 1, 1]
    assert after[CONTACTS][0]["noteCount"] == 1


async def test_a_transaction_that_fails_at_its_end_leaves_nothing(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    before = await world.snapshot()

    async def work(changes: Changes) -> None:
        await changes.contacts.count_notes("c1", more=1)
        await changes.notes.add(a_note("c1", id="n1"))
        await changes.events.add(EVENT)
        raise RuntimeError("at the end")

    with pytest.raises(RuntimeError, match="at the end"):
        await world.stores().transact(work)
    assert await world.snapshot() == before


async def test_a_duplicate_is_tried_once_more_for_the_other_may_be_seen_by_then(world: World) -> None:
    await world.add_notes(a_note("c1", id="n1"))
    runs = 0

    async def work(changes: Changes) -> str:
        nonlocal runs
        runs += 1
        if runs == 2:
            await world.driver.collection(NOTES).delete_one({"_id": "n1"})
        await changes.notes.add(a_note("c2", id="n1"))
        return "done"

    assert await world.stores().transact(work) == "done"
    assert runs == 2
    assert [each["contact"] for each in (await world.snapshot())[NOTES]] == ["c2"]


async def test_a_duplicate_within_a_batch_is_tried_once_more(world: World) -> None:
    taken = a_contact("c1", identities=(an_identity("1"),))
    await world.add_contacts(taken)
    runs = 0

    async def work(changes: Changes) -> str:
        nonlocal runs
        runs += 1
        if runs == 1:
            await changes.imports.put([replace(taken, id="c2")], [])
        return "done"

    assert await world.stores().transact(work) == "done"
    assert runs == 2
    assert [each["_id"] for each in (await world.snapshot())[CONTACTS]] == ["c1"]


async def test_a_duplicate_that_stays_is_an_error_and_leaves_nothing(world: World) -> None:
    await world.add_contacts(a_contact("c1", identities=(an_identity("1"),)))
    await world.add_notes(a_note("c1", id="n1"))
    before = await world.snapshot()

    async def one(changes: Changes) -> None:
        await changes.contacts.count_notes("c1", more=1)
        await changes.notes.add(a_note("c2", id="n1"))

    async def many(changes: Changes) -> None:
        await changes.contacts.count_notes("c1", more=1)
        await changes.imports.put([a_contact("c2", identities=(an_identity("1"),))], [])

    with pytest.raises(DuplicateKeyError):
        await world.stores().transact(one)
    with pytest.raises(BulkWriteError):
        await world.stores().transact(many)
    assert await world.snapshot() == before


async def test_another_problem_with_a_batch_is_not_tried_again(world: World) -> None:
    database = world.driver.collection(CONTACTS).database
    await database.command("collMod", CONTACTS, validator={"name": {"$ne": "Refused"}})
    runs = 0

    async def work(changes: Changes) -> None:
        nonlocal runs
        runs += 1
        await changes.imports.put([a_contact("c1", name="Refused")], [])

    with pytest.raises(BulkWriteError, match="Document failed validation"):
        await world.stores().transact(work)
    assert runs == 1
