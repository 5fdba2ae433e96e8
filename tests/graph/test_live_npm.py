"""Subscriptions before the clients that front ends use, across a kill and a restart of the server's process."""

from __future__ import annotations

import asyncio
import json
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_contact
from tests.conftest import World
from tests.graph.apps import bearer
from tests.graph.asking_graphql import contact_gid
from tests.graph.processes import PATIENCE
from tests.graph.restarting import restarting
from tests.graph.test_clients import UNREACHABLE, do_without, missing
from tests.graph.test_live import note

FOLDER = Path(__file__).parent / "live_npm"


@pytest.fixture(scope="module")
def packages() -> None:
    if reason := missing():
        do_without(reason)
    installed, lock = FOLDER / "node_modules" / ".package-lock.json", FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--prefer-offline", "--no-progress", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
        if UNREACHABLE.search(done.stderr):
            do_without("the npm registry cannot be reached")
        assert done.returncode == 0, done.stderr


class Listener:
    def __init__(self, process: Process) -> None:
        self._process = process

    async def said(self) -> Any:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)
        assert line, "the client ended"
        return json.loads(line)

    async def body(self) -> str:
        told = await self.said()
        assert told.get("kind") == "CHANGED", told
        return str(told["event"]["note"]["body"])


@asynccontextmanager
async def listener(transport: str, url: str) -> AsyncIterator[Listener]:
    token = bearer()["authorization"].removeprefix("Bearer ")
    arguments = [transport, url, token, contact_gid("c1")]
    process = await asyncio.create_subprocess_exec("node", "listen.mjs", *arguments, cwd=FOLDER, stdout=PIPE)
    try:
        yield Listener(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.usefixtures("packages")
async def test_nothing_is_missed_and_nothing_told_twice(world: World, mongodb_uri: str) -> None:
    await world.add_contacts(a_contact("c1"))
    name = world.driver.collection("contacts").database.name
    with restarting(MONGODB_URI=mongodb_uri, CONTACT_GRAPH_DATABASE=name) as server:
        await server.start()
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(listener(each, server.url)) for each in ("ws", "sse")]
            for each in clients:
                assert await each.said() == {"viewer": {"name": "Jo"}}
                assert (await each.said())["kind"] == "STARTED"
            await note(world, "c1", "Before.")
            assert [await each.body() for each in clients] == ["Before."] * 2
            server.kill()
            for body in ("Meanwhile.", "And again."):
                await note(world, "c1", body)
            await server.start()
            assert [await each.body() for each in clients] == ["Meanwhile."] * 2
            await note(world, "c1", "After.")
            for expected in ("And again.", "After."):
                assert [await each.body() for each in clients] == [expected] * 2
