"""The change stream goes away: nothing is answered from a memory that nobody keeps right."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient
from pymongo.uri_parser import parse_uri

import persistence.driver
from persistence import directory_cache
from persistence.directory_cache import DirectoryCache
from persistence.driver import Document, Driver, DriverName, connect
from persistence.names import ORGANIZATIONS
from persistence.organizations import OrganizationStore
from tests.builders import an_organization
from tests.conftest import Commands, World
from tests.persistence.caching import PATIENCE, READ, following, got, reads, renamed, until
from tests.persistence.proxy import Proxy

pytestmark = pytest.mark.usefixtures("forgotten_sockets")

WARNING = "The change stream ended; directories are read anew until it is back"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistence.driver, "_PATIENCE_MS", 300)
    monkeypatch.setattr(directory_cache, "_PAUSE_SECONDS", 0.01)


@pytest_asyncio.fixture
async def proxy(mongodb_uri: str) -> AsyncIterator[Proxy]:
    [(_, port)] = parse_uri(mongodb_uri)["nodelist"]
    made = Proxy(port)
    await made.open()
    yield made
    await made.shut()


@pytest_asyncio.fixture
async def behind(proxy: Proxy, world: World, driver_name: DriverName) -> AsyncIterator[Driver]:
    """The same database as the world's, through the door."""
    uri = f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true"
    opened = connect(uri, world.driver.collection("x").database.name, driver=driver_name)
    yield opened
    if driver_name is DriverName.MOTOR:
        # It closes without letting this loop, which the door needs, have a turn.
        await proxy.shut()
    await opened.close()


async def cleared(cache: DirectoryCache) -> None:
    async def holds() -> bool:
        return not cache.is_followed.is_set()

    await until(holds)


async def test_a_change_made_during_an_outage_is_seen_after_it(
    world: World, proxy: Proxy, behind: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    cache = DirectoryCache(behind)
    with caplog.at_level(logging.WARNING, "contact_graph.directory"):
        async with following(cache):
            assert (await got(cache)).organization.name == "Acme Ltd"
            await proxy.shut()
            await cleared(cache)
            await renamed(world, "Meanwhile")
            await proxy.open()
            async with asyncio.timeout(PATIENCE):
                await cache.is_followed.wait()
            assert (await got(cache)).organization.name == "Meanwhile"
            await renamed(world, "After")

            async def holds() -> bool:
                return (await got(cache)).organization.name == "After"

            await until(holds)
    assert any(each.getMessage().startswith(WARNING) for each in caplog.records)


async def test_once_nobody_follows_nothing_is_kept(world: World, commands: Commands) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        await got(cache)
    assert not cache.is_followed.is_set()
    commands.clear()
    for name in ("One", "Two"):
        await renamed(world, name)
        assert (await got(cache)).organization.name == name
    assert reads(commands) == READ * 2


async def test_a_server_that_is_not_there_is_asked_for_again_and_again(
    driver_name: DriverName, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = connect("mongodb://127.0.0.1:1/?directConnection=true", "unused", driver=driver_name)
    cache = DirectoryCache(nowhere)
    with caplog.at_level(logging.WARNING, "contact_graph.directory"):
        task = asyncio.create_task(cache.follow())

        async def holds() -> bool:
            return len(caplog.records) >= 2

        await until(holds)
        assert not cache.is_followed.is_set()
        assert not task.done()
        task.cancel()
        await asyncio.wait({task})
    await nowhere.close()


async def test_a_killed_cursor_is_taken_up_where_it_was(world: World, mongodb_uri: str) -> None:
    cache = DirectoryCache(world.driver)
    database = world.driver.collection("x").database.name

    async def open_cursors(operator: AsyncMongoClient[Document]) -> set[int]:
        stages: list[Document] = [
            {"$currentOp": {"idleCursors": True}},
            {"$match": {"ns": {"$regex": f"^{database}\\."}}},
        ]
        found = await (await operator.admin.aggregate(stages)).to_list()
        return {each["cursor"]["cursorId"] for each in found if "cursor" in each}

    async with AsyncMongoClient[Document](mongodb_uri) as operator, AsyncExitStack() as stack:
        # Those of tests before this one may still be there.
        before = await open_cursors(operator)
        await stack.enter_async_context(following(cache))
        await got(cache)
        ids = list(await open_cursors(operator) - before)
        assert len(ids) == 1
        await operator[database].command("killCursors", "$cmd.aggregate", cursors=ids)
        await renamed(world, "After")

        async def holds() -> bool:
            return (await got(cache)).organization.name == "After"

        await until(holds)


async def test_a_stream_that_ends_with_its_database_is_opened_anew(world: World) -> None:
    cache = DirectoryCache(world.driver)
    async with following(cache):
        await got(cache)
        await world.driver.drop()

        async def gone() -> bool:
            return await cache.get("acme") is None

        await until(gone)
        await OrganizationStore(world.driver).put(an_organization("acme"), [], [])

        async def back() -> bool:
            return await cache.get("acme") is not None and cache.is_followed.is_set()

        await until(back)
        await world.driver.collection(ORGANIZATIONS).update_one({}, {"$set": {"name": "Later"}})

        async def holds() -> bool:
            return (await got(cache)).organization.name == "Later"

        await until(holds)
