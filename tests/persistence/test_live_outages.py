"""Listening while the database goes away and comes back: nothing is missed; where something is lost, that is told."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from pymongo import MongoClient
from pymongo.uri_parser import parse_uri

import persistence.driver
from domain.live import Cursor, Ending, Notice
from persistence import live, live_rewind
from persistence.driver import Driver, DriverName, connect
from persistence.live import Hub
from persistence.mongod import installed_mongod
from tests.conftest import World
from tests.graph.listening import following
from tests.persistence.listening import PATIENCE, TOPIC, happen, told
from tests.persistence.proxy import Proxy

pytestmark = pytest.mark.usefixtures("forgotten_sockets")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistence.driver, "_PATIENCE_MS", 300)
    monkeypatch.setattr(live, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(live_rewind, "_PAUSE_SECONDS", 0.01)


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


async def warned(caplog: pytest.LogCaptureFixture, beginning: str) -> None:
    """Return once a warning was logged that begins so."""
    async with asyncio.timeout(PATIENCE):
        # Nobody can be asked to say so: the log is all there is to see of it.
        while not any(each.getMessage().startswith(beginning) for each in caplog.records):  # noqa: ASYNC110 - a log gives no sign
            await asyncio.sleep(0.01)


async def test_what_happens_during_an_outage_is_told_after_it(
    world: World, proxy: Proxy, behind: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(behind) as hub, hub.listen([TOPIC]) as subscription:
        await happen(world.driver, "e1")
        assert await told(subscription, 1) == ["e1"]
        await proxy.shut()
        for each in ("e2", "e3"):
            await happen(world.driver, each)
        await warned(caplog, "The change stream ended")
        await proxy.open()
        await happen(world.driver, "e4")
        assert await told(subscription, 3) == ["e2", "e3", "e4"]


async def test_what_was_missed_is_read_as_soon_as_it_can_be(
    world: World, proxy: Proxy, behind: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    async with following(behind) as hub:
        async with hub.listen([TOPIC]) as subscription:
            place = subscription.position
            for each in ("e1", "e2", "e3"):
                await happen(world.driver, each)
            assert await told(subscription, 3) == ["e1", "e2", "e3"]
        await proxy.shut()
        async with hub.listen([TOPIC], place) as subscription:
            reading = asyncio.create_task(told(subscription, 3))
            await warned(caplog, "What listeners have missed could not be read")
            await proxy.open()
            assert await reading == ["e1", "e2", "e3"]


async def test_a_place_that_is_lost_meanwhile_is_told_and_listening_begins_anew(
    world: World, proxy: Proxy, behind: Driver, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "contact_graph.live"):
        async with following(behind) as hub:
            async with hub.listen([TOPIC]) as subscription:
                await happen(world.driver, "e0")
                notice = await asyncio.wait_for(subscription.next(), PATIENCE)
                assert isinstance(notice, Notice)
                await proxy.shut()
                await warned(caplog, "The change stream ended")
                # As when the outage had lasted longer than the database's log reaches back.
                hub._position = Cursor(f"82{1:08X}{notice.cursor[10:]}")
                await proxy.open()
                assert await asyncio.wait_for(subscription.next(), 20) is Ending.HISTORY_LOST
                assert await subscription.next() is Ending.HISTORY_LOST
            async with asyncio.timeout(20), hub.listen([TOPIC]) as subscription:
                await happen(world.driver, "e1")
                assert await told(subscription, 1) == ["e1"]


async def test_news_that_cannot_be_read_are_a_gap_that_is_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.CRITICAL, "contact_graph.live"):
        async with following(world.driver) as hub:
            async with hub.listen([TOPIC]) as subscription:
                place = subscription.position
                await world.driver.collection("contactEvents").insert_one({"_id": "e1", "org": "acme"})
                assert await asyncio.wait_for(subscription.next(), 20) is Ending.HISTORY_LOST
            async with hub.listen([TOPIC], place) as subscription:
                assert await asyncio.wait_for(subscription.next(), 20) is Ending.HISTORY_LOST
            async with hub.listen([TOPIC]) as subscription:
                await happen(world.driver, "e2")
                assert await told(subscription, 1) == ["e2"]


class OwnMongod:
    """A replica set of one, at an address that stays when it is killed."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"mongodb://127.0.0.1:{self.port}/?directConnection=true"

    def start(self) -> None:
        options = ["--replSet=rs", f"--port={self.port}", f"--dbpath={self._folder}", "--bind_ip=127.0.0.1"]
        command = [str(installed_mongod()), *options, "--wiredTigerCacheSizeGB=0.25", "--quiet"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def initiate(self) -> None:
        with MongoClient[dict[str, Any]](self.uri) as client:
            members = [{"_id": 0, "host": f"127.0.0.1:{self.port}"}]
            client.admin.command("replSetInitiate", {"_id": "rs", "members": members})
        self.wait()

    def wait(self) -> None:
        with MongoClient[dict[str, Any]](self.uri) as client:
            while not client.admin.command("hello")["isWritablePrimary"]:
                pass

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[OwnMongod]:
    made = OwnMongod(tmp_path)
    made.start()
    made.initiate()
    yield made
    made.kill()


async def test_a_mongod_that_is_killed_and_started_again_goes_on(mongod: OwnMongod, driver_name: DriverName) -> None:
    driver = connect(mongod.uri, "live", driver=driver_name)
    try:
        async with following(driver) as hub, hub.listen([TOPIC]) as subscription:
            await happen(driver, "e1")
            await happen(driver, "e2")
            assert await told(subscription, 1) == ["e1"]
            mongod.kill()
            mongod.start()
            await asyncio.to_thread(mongod.wait)
            await happen(driver, "e3")
            assert await told(subscription, 2) == ["e2", "e3"]
            assert isinstance(hub, Hub)
    finally:
        await driver.close()
