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

from graph.nodes import encode_id
from tests.builders import a_contact
from tests.conftest import World
from tests.graph.apps import bearer
from tests.graph.asking_graphql import contact_gid
from tests.graph.mutations import change
from tests.graph.processes import PATIENCE
from tests.graph.restarting import restarting
from tests.graph.test_clients import UNREACHABLE, do_without, missing
from tests.graph.test_live import note

FIRST_LINE = encode_id("Team", "first-line")
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

    async def placed(self) -> tuple[str, str | None]:
        """Return what became of a conversation in the queue, and which one it is where it is still told of."""
        told = await self.said()
        return told["kind"], (told["conversation"] or {}).get("externalId")


@asynccontextmanager
async def listener(transport: str, url: str, *asked: str) -> AsyncIterator[Listener]:
    """Start a client; `asked` is the field of the subscription and whose changes it is to tell."""
    token = bearer()["authorization"].removeprefix("Bearer ")
    arguments = [transport, url, token, *asked]
    process = await asyncio.create_subprocess_exec("node", "listen.mjs", *arguments, cwd=FOLDER, stdout=PIPE)
    try:
        yield Listener(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def begun(transport: str, url: str, *asked: str) -> AsyncIterator[Listener]:
    async with listener(transport, url, *asked) as client:
        assert await client.said() == {"viewer": {"name": "Jo"}}
        assert (await client.said())["kind"] == "STARTED"
        yield client


@pytest.mark.usefixtures("packages")
async def test_nothing_is_missed_and_nothing_told_twice(world: World, mongodb_uri: str) -> None:
    await world.add_contacts(a_contact("c1"))
    name = world.driver.collection("contacts").database.name
    with restarting(MONGODB_URI=mongodb_uri, CONTACT_GRAPH_DATABASE=name) as server:
        await server.start()
        async with AsyncExitStack() as stack:
            about = ("contactChanged", contact_gid("c1"))
            clients = [await stack.enter_async_context(begun(each, server.url, *about)) for each in ("ws", "sse")]
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


async def receive(world: World, external_id: str) -> str:
    """Let somebody write in; returns the id of the conversation."""
    identity = {"network": "TWITTER", "externalId": external_id.removeprefix("x")}
    answer = await change(world, "conversationReceive", {"externalId": external_id, "identity": identity})
    return str(answer["conversation"]["id"])


async def assign(world: World, conversation_id: str, **to: str) -> None:
    answer = await change(world, "conversationAssign", {"conversationId": conversation_id, **to})
    assert answer["__typename"] == "ConversationAssignSuccess"


@pytest.mark.usefixtures("packages")
async def test_of_the_queue_nothing_is_missed_and_nothing_told_twice(world: World, mongodb_uri: str) -> None:
    name = world.driver.collection("contacts").database.name
    of_all, of_team = ("queueChanged",), ("queueChanged", FIRST_LINE)
    with restarting(MONGODB_URI=mongodb_uri, CONTACT_GRAPH_DATABASE=name) as server:
        await server.start()
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(begun(each, server.url, *of_all)) for each in ("ws", "sse")]
            teams = [await stack.enter_async_context(begun(each, server.url, *of_team)) for each in ("ws", "sse")]
            first = await receive(world, "x1")
            assert [await each.placed() for each in clients] == [("PLACED", "x1")] * 2
            # It waits for nobody in particular.
            assert [(await each.placed())[0] for each in teams] == ["LEFT"] * 2
            server.kill()
            await receive(world, "x2")
            await assign(world, first, teamId=FIRST_LINE)
            await server.start()
            for expected in (("PLACED", "x2"), ("PLACED", "x1")):
                assert [await each.placed() for each in clients] == [expected] * 2
            assert [(await each.placed())[0] for each in teams] == ["LEFT"] * 2
            assert [await each.placed() for each in teams] == [("PLACED", "x1")] * 2
            await assign(world, first, agentId=encode_id("Agent", "jo"))
            assert [(await each.placed())[0] for each in (*clients, *teams)] == ["LEFT"] * 4
