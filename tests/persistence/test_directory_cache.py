"""Directories held in the process: right at every moment, and few commands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from domain.agents import Plan
from persistence import directory_cache
from persistence.directory_cache import DirectoryCache
from persistence.names import AGENTS, DEFINITIONS, ORGANIZATIONS
from persistence.organizations import OrganizationStore
from tests.builders import a_definition, an_agent, an_organization
from tests.conftest import Commands, World
from tests.persistence.caching import READ, following, got, reads, renamed, until


async def test_before_the_stream_is_open_every_answer_is_read_anew(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    assert (await got(cache)).organization.name == "Acme Ltd"
    assert reads(commands) == READ
    await renamed(world, "New")
    assert (await got(cache)).organization.name == "New"
    assert reads(commands) == READ
    assert await cache.get("nobody") is None


async def test_once_read_it_is_answered_from_memory(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        expected = await OrganizationStore(world.driver).directory("acme")
        commands.clear()
        assert await got(cache) == expected
        assert reads(commands) == READ
        assert await got(cache) == expected
        assert reads(commands) == []


async def test_many_who_ask_at_once_share_one_reading(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        commands.clear()
        answers = await asyncio.gather(*(got(cache) for _ in range(50)))
        assert reads(commands) == READ
        assert all(each is answers[0] for each in answers)


async def test_one_who_goes_away_does_not_take_the_answer_from_the_others(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        commands.clear()
        impatient, patient = asyncio.create_task(got(cache)), asyncio.create_task(got(cache))
        await asyncio.sleep(0)
        impatient.cancel()
        assert (await patient).organization.id == "acme"
        assert impatient.cancelled()
        assert (await got(cache)).organization.id == "acme"
        assert reads(commands) == READ


async def test_what_is_not_there_is_asked_for_again(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        commands.clear()
        assert [await cache.get("late"), await cache.get("late")] == [None, None]
        assert reads(commands) == READ * 2
        await renamed(world, "Late", "late")
        assert (await got(cache, "late")).organization.name == "Late"


async def rename(world: World) -> None:
    await renamed(world, "New")


async def add_agent(world: World) -> None:
    await OrganizationStore(world.driver).put(an_organization(), [an_agent("new")], [])


async def add_definition(world: World) -> None:
    await OrganizationStore(world.driver).put(an_organization(), [], [a_definition("new")])


async def update_plan(world: World) -> None:
    await world.driver.collection(ORGANIZATIONS).update_one({"_id": "acme"}, {"$set": {"plan": "TEAM"}})


async def update_agent(world: World) -> None:
    await world.driver.collection(AGENTS).update_one({"agent": "jo"}, {"$set": {"isActive": False}})


async def delete_agent(world: World) -> None:
    await world.driver.collection(AGENTS).delete_one({"agent": "gone"})


async def delete_definition(world: World) -> None:
    await world.driver.collection(DEFINITIONS).delete_one({"_id": "d-bio"})


async def drop_definitions(world: World) -> None:
    await world.driver.collection(DEFINITIONS).drop()


CHANGES = [
    *(rename, add_agent, add_definition, update_plan),
    *(update_agent, delete_agent, delete_definition, drop_definitions),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
async def test_a_change_by_another_process_is_seen(world: World, change: Callable[[World], Awaitable[None]]) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        before = await got(cache)
        await change(world)
        expected = await OrganizationStore(world.driver).directory("acme")
        assert expected != before

        async def holds() -> bool:
            return await got(cache) == expected

        await until(holds)


async def test_how_far_upkeep_has_come_makes_nobody_read_anew(world: World, commands: Commands) -> None:
    """It says so every few contacts: a large organization's upkeep would keep all directories out of memory."""
    organizations = OrganizationStore(world.driver)
    definition = a_definition("bio")
    await world.stores().transact(lambda changes: changes.definitions.put(definition, is_pending=True))
    [pending] = await organizations.pending()
    cache = DirectoryCache(world.driver)
    async with following(cache):
        await got(cache)
        await organizations.keep_pending(replace(pending, behind="c1"))
        assert await organizations.pending() == [replace(pending, behind="c1")]

        async def is_seen() -> bool:
            return (await got(cache, "other")).organization.name == "Later"

        # Changes come in their order: once the later one has, so has the progress.
        await renamed(world, "Later", "other")
        await until(is_seen)
        commands.clear()
        await got(cache)
        assert reads(commands) == []


async def test_an_organization_that_was_deleted_is_gone(world: World) -> None:
    cache = DirectoryCache(world.driver)
    for remove in (
        lambda: world.driver.collection(ORGANIZATIONS).delete_one({"_id": "acme"}),
        lambda: world.driver.collection(ORGANIZATIONS).drop(),
    ):
        await renamed(world, "Acme Ltd")
        async with following(cache):
            await got(cache)
            await remove()

            async def holds() -> bool:
                return await cache.get("acme") is None

            await until(holds)


async def test_a_change_of_one_organization_leaves_what_is_held_of_another(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        theirs = await got(cache, "other")
        await got(cache)
        await OrganizationStore(world.driver).put(an_organization("acme", plan=Plan.TEAM), [an_agent("new")], [])

        async def holds() -> bool:
            return "new" in (await got(cache)).agents and (await got(cache)).organization.plan is Plan.TEAM

        await until(holds)
        commands.clear()
        assert await got(cache, "other") is theirs
        assert reads(commands) == []


async def test_ones_own_change_is_seen_at_once(world: World) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        for name in ("One", "Two", "Three", "Four"):
            await renamed(world, name)
            cache.forget("acme")
            assert (await got(cache)).organization.name == name


async def test_forgetting_what_is_not_held_is_no_error(world: World) -> None:
    DirectoryCache(world.driver).forget("nobody")


async def test_a_reading_under_way_while_it_is_forgotten_is_not_kept(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        commands.clear()
        asking = asyncio.create_task(got(cache))
        await asyncio.sleep(0)
        cache.forget("acme")
        again = asyncio.create_task(got(cache))
        await asyncio.gather(asking, again)
        assert reads(commands) == READ * 2
        # The second reading began after the change: it is kept.
        assert await got(cache) is again.result()
        assert reads(commands) == []


async def test_a_reading_that_failed_is_not_kept(world: World) -> None:
    cache = DirectoryCache(world.driver)
    # Without a stream nothing but the next question mends it.
    cache.is_followed.set()
    organizations = world.driver.collection(ORGANIZATIONS)
    await organizations.update_one({"_id": "acme"}, {"$set": {"plan": "UNHEARD_OF"}})
    with pytest.raises(ValueError, match="'UNHEARD_OF' is not a valid Plan"):
        await cache.get("acme")
    await organizations.update_one({"_id": "acme"}, {"$set": {"plan": "TEAM"}})
    assert (await got(cache)).organization.plan is Plan.TEAM


async def test_what_was_asked_for_longest_ago_is_let_go(
    world: World, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert directory_cache._MOST == 1_000
    monkeypatch.setattr(directory_cache, "_MOST", 2)
    await renamed(world, "Third", "third")
    cache = DirectoryCache(world.driver)
    async with following(cache):
        for organization_id in ("acme", "other", "acme", "third"):
            await got(cache, organization_id)
        commands.clear()
        for organization_id in ("acme", "third"):
            await got(cache, organization_id)
        assert reads(commands) == []
        await got(cache, "other")
        assert reads(commands) == READ
