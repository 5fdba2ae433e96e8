"""Upkeep: after a definition asks for it, indexes hold of every contact what they are to hold."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest
from pymongo.errors import AutoReconnect

from domain.definition_patches import DefinitionPatch, RulesPatch
from domain.values import NumberValue, TextValue
from persistence.derived import contact_document
from persistence.driver import Document
from persistence.names import CONTACTS
from persistence.organizations import OrganizationStore, PendingDefinition
from resolvers import upkeep
from resolvers.upkeep import Upkeep
from tests.builders import a_contact, held
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.defining import admin, kept, update

UNIQUE = DefinitionPatch(rules=RulesPatch(is_unique=True))


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "BATCH", 2)


def the_upkeep(world: World) -> Upkeep:
    """Return that of a new process."""
    return Upkeep(OrganizationStore(world.driver), world.stores)


async def contacts(world: World) -> dict[str, Document]:
    return {each["_id"]: each for each in (await world.snapshot())[CONTACTS]}


async def derived(world: World) -> dict[str, Document]:
    """Return what every contact's document is to be, by the definition of now."""
    found = await world.stores().contacts.by_ids(list(await contacts(world)))
    definition = await kept(world)
    return {each: contact_document(contact, "acme", [definition]) for each, contact in found.items()}


async def seven(world: World) -> None:
    """Make contacts of which five hold a value; two hold another or none any more."""
    rank, no_bio = held("rank", TextValue("x")), held("bio", None)
    some = [a_contact(f"c{n}", values=(held("bio", TextValue(f"Bio {n}")), rank)) for n in range(5)]
    await world.add_contacts(*some, a_contact("c5", values=(rank,)), a_contact("c6", values=(no_bio,)))


@pytest.mark.parametrize("patch", [UNIQUE, DefinitionPatch(is_searchable=True)], ids=["unique", "searchable"])
async def test_every_contact_that_holds_a_value_is_brought_up_to_date_and_back(
    world: World, patch: DefinitionPatch
) -> None:
    await seven(world)
    before = await contacts(world)
    await update(await admin(world), patch)
    assert await contacts(world) == before
    expected = await derived(world)
    assert [each for each in before if before[each] != expected[each]] == ["c0", "c1", "c2", "c3", "c4"]
    await the_upkeep(world).run()
    assert await contacts(world) == expected
    assert await OrganizationStore(world.driver).pending() == []
    back = DefinitionPatch(rules=RulesPatch(is_unique=False), is_searchable=False)
    await update(await admin(world), back)
    await the_upkeep(world).run()
    assert await contacts(world) == before
    # Once done it is done.
    assert await OrganizationStore(world.driver).pending() == []
    everything = await world.snapshot()
    await the_upkeep(world).run()
    assert await world.snapshot() == everything


async def test_upkeep_that_was_broken_off_goes_on_from_where_it_came_to(world: World) -> None:
    await seven(world)
    await update(await admin(world), UNIQUE)
    before, expected = await contacts(world), await derived(world)
    [pending] = await OrganizationStore(world.driver).pending()
    working = the_upkeep(world).work(pending)
    assert await anext(working) == replace(pending, behind="c1")
    await working.aclose()
    done = {each: expected[each] if each in {"c0", "c1"} else before[each] for each in before}
    assert await contacts(world) == done
    # The next process neither reads nor writes those again: to see it, one of them is put back.
    await world.driver.collection(CONTACTS).replace_one({"_id": "c0"}, before["c0"])
    assert await OrganizationStore(world.driver).pending() == [replace(pending, behind="c1")]
    await the_upkeep(world).run()
    assert await contacts(world) == {**expected, "c0": before["c0"]}
    assert await OrganizationStore(world.driver).pending() == []


async def test_several_processes_at_once_come_to_the_same(world: World) -> None:
    await seven(world)
    await update(await admin(world), UNIQUE)
    expected = await derived(world)
    await asyncio.gather(*(the_upkeep(world).run() for _ in range(3)))
    assert await contacts(world) == expected
    assert await OrganizationStore(world.driver).pending() == []


async def test_what_is_asked_for_while_it_is_at_work_is_begun_anew(world: World) -> None:
    await seven(world)
    await update(await admin(world), UNIQUE)
    [pending] = await OrganizationStore(world.driver).pending()
    working = the_upkeep(world).work(pending)
    await anext(working)
    await update(await admin(world), DefinitionPatch(is_searchable=True))
    async for _ in working:
        pass
    anew = PendingDefinition("acme", "d-bio", "bio", 3, None)
    assert await OrganizationStore(world.driver).pending() == [anew]
    await the_upkeep(world).run()
    assert await contacts(world) == await derived(world)


async def test_a_contact_that_holds_what_must_be_anothers_is_left_as_it_is_and_named(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """A value that was set in the same moment in which the attribute became unique."""
    await seven(world)
    await update(await admin(world), UNIQUE)
    await world.driver.collection(CONTACTS).delete_one({"_id": "c3"})
    twin = contact_document(a_contact("c3", values=(held("bio", TextValue("BIO 2")),)), "acme", [])
    await world.driver.collection(CONTACTS).insert_one(twin)
    expected = await derived(world)
    with caplog.at_level(logging.WARNING):
        await the_upkeep(world).run()
    assert await contacts(world) == {**expected, "c3": twin}
    assert caplog.messages == ["The contact c3 holds a value of «bio» that is another's alone"]
    assert await OrganizationStore(world.driver).pending() == []


async def test_upkeep_touches_its_own_organization_alone(world: World) -> None:
    theirs = a_contact("x1", values=(replace(held("bio", TextValue("Same")), definition_id="other-d-bio"),))
    await world.add_contacts(theirs, organization_id="other")
    await world.add_contacts(a_contact("c1", values=(held("bio", TextValue("Same")), held("rank", NumberValue(1)))))
    before = await contacts(world)
    await update(await admin(world), UNIQUE)
    await update(await asker(world, "eve", "other"), UNIQUE, "other-d-bio")
    assert len(await OrganizationStore(world.driver).pending()) == 2
    await the_upkeep(world).run()
    after = await contacts(world)
    assert [after[each]["unique"] for each in ("c1", "x1")] == [["d-bio:same"], ["other-d-bio:same"]]
    assert [{**after[each], "unique": None} for each in after] == [{**before[each], "unique": None} for each in before]


async def test_whoever_pokes_it_has_it_done_and_no_failure_ends_it(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runs = 0
    done = asyncio.Event()
    problems = [AutoReconnect("away"), ValueError("wrong")]

    async def run(_upkeep: Upkeep) -> None:
        nonlocal runs
        runs += 1
        done.set()
        if problems:
            raise problems.pop(0)

    async def next_run() -> None:
        async with asyncio.timeout(10):
            await done.wait()
        done.clear()

    monkeypatch.setattr(Upkeep, "run", run)
    # Nobody waits so long: it is the poking that does it.
    monkeypatch.setattr(upkeep, "_PAUSE_SECONDS", 3_600)
    following = the_upkeep(world)
    task = asyncio.create_task(following.follow())
    await next_run()
    for _ in range(2):
        following.poked.set()
        await next_run()
    assert (runs, task.done()) == (3, False)
    assert caplog.messages == [
        "The upkeep was broken off, and is tried again: away",
        "The upkeep failed, and is tried again",
    ]
    monkeypatch.setattr(upkeep, "_PAUSE_SECONDS", 0.001)
    following.poked.set()
    for _ in range(3):
        await next_run()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
