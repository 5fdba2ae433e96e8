"""Listening at moments that seldom come: each is made to come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from pymongo.errors import CursorNotFound

from domain.live import Cursor, Ending, contact_topic
from persistence.directory_cache import DirectoryCache
from persistence.live import Hub
from persistence.live_subscriptions import Subscription
from tests.conftest import World
from tests.graph.listening import following
from tests.persistence.listening import TOPIC, happen, told

ELSEWHERE = contact_topic("other", "c1")


@pytest_asyncio.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    async with following(world.driver) as hub:
        yield hub


async def behind(world: World, hub: Hub) -> Cursor:
    """Return a place since which nothing has happened but in another organization."""
    async with hub.listen([ELSEWHERE]) as subscription:
        place = subscription.position
        entry = {"_id": "e0", "org": "other", "contact": "c1", "kind": "CONTACT_RENAMED"}
        await world.driver.collection("contactEvents").insert_one(entry)
        assert await told(subscription, 1) == ["e0"]
    return place


async def test_where_nothing_was_missed_what_happens_is_told(world: World, hub: Hub) -> None:
    place = await behind(world, hub)
    async with hub.listen([TOPIC], place) as subscription:
        hearing = asyncio.create_task(told(subscription, 1))
        await asyncio.sleep(0.2)
        await happen(world.driver, "e1")
        assert await hearing == ["e1"]


async def test_for_one_who_has_gone_nothing_is_read(world: World, hub: Hub) -> None:
    place = await behind(world, hub)
    async with hub.listen([TOPIC], place) as subscription:
        hearing = asyncio.create_task(subscription.next())
        await asyncio.sleep(0)
    reading = hub._rewinder._reading
    assert reading is not None
    await reading
    assert subscription.is_behind
    hearing.cancel()


async def test_a_place_that_is_lost_keeps_nobody_else_from_going_on(world: World, hub: Hub) -> None:
    place, lost = await behind(world, hub), Cursor("8200000001" + "00" * 40)
    await happen(world.driver, "e1")
    async with (
        hub.listen([TOPIC], place) as one,
        hub.listen([TOPIC], lost) as nowhere,
        hub.listen([TOPIC], place) as other,
    ):
        # All three are read for at once.
        heard = tuple(await asyncio.gather(told(one, 1), nowhere.next(), told(other, 1)))
        assert heard == (["e1"], Ending.HISTORY_LOST, ["e1"])
        await happen(world.driver, "e2")
        assert (await told(one, 1), await told(other, 1)) == (["e2"], ["e2"])


async def test_what_the_database_gives_up_in_between_is_read_again(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = await behind(world, hub)
    missed, asked = hub._rewinder._missed, 0

    async def once_lost(waiting: Sequence[Subscription]) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise CursorNotFound("gone", 43)
        return await missed(waiting)

    monkeypatch.setattr(hub._rewinder, "_missed", once_lost)
    async with hub.listen([TOPIC], place) as subscription:
        hearing = asyncio.create_task(told(subscription, 1))
        await happen(world.driver, "e1")
        assert await hearing == ["e1"]
    assert asked == 2


async def test_one_who_is_not_behind_catches_up_with_nothing(world: World, hub: Hub) -> None:
    async with hub.listen([TOPIC]) as subscription:
        subscription.catch_up([], subscription.position)
        await happen(world.driver, "e1")
        assert await told(subscription, 1) == ["e1"]


class Nowhere:
    """A change stream that has neither begun nor a place."""

    resume_token = None

    async def try_next(self) -> None: ...


async def test_nobody_listens_before_there_is_a_place(world: World) -> None:
    hub = Hub(world.driver)
    await hub._step(Nowhere())
    assert not hub._is_placed.is_set()


async def test_only_who_watches_an_organization_hears_that_its_directory_may_have_changed(world: World) -> None:
    cache, heard = DirectoryCache(world.driver), list[str]()
    with cache.watching("acme", lambda: heard.append("acme")), cache.watching("other", lambda: heard.append("other")):
        cache.forget("acme")
    cache.forget("acme")
    assert heard == ["acme"]
