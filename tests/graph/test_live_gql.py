"""Subscriptions before Python's `gql`, across a kill and a restart of the server's process."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from gql import Client, gql
from gql.transport.exceptions import TransportError
from gql.transport.websockets import WebsocketsTransport

from tests.builders import a_contact
from tests.conftest import World
from tests.graph.apps import bearer
from tests.graph.asking_graphql import contact_gid
from tests.graph.listening import CHANGED
from tests.graph.processes import PATIENCE
from tests.graph.restarting import restarting
from tests.graph.test_live import body_of, note


class Listener:
    """Subscribes, and again behind what it was told last whenever the connection is lost."""

    def __init__(self, url: str) -> None:
        self._url = url.replace("http", "ws", 1)
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._after: str | None = None

    async def run(self) -> None:
        while True:
            with suppress(TransportError, OSError):
                await self._listen()
            await asyncio.sleep(0.05)

    async def _listen(self) -> None:
        payload = {"Authorization": bearer()["authorization"]}
        transport = WebsocketsTransport(self._url, init_payload=payload)
        request = gql(CHANGED)
        request.variable_values = {"id": contact_gid("c1"), "after": self._after}
        async with Client(transport=transport) as session:
            async for each in session.subscribe(request):
                self._after = each["contactChanged"]["cursor"]
                await self._told.put(each["contactChanged"])

    async def told(self) -> dict[str, Any]:
        return await asyncio.wait_for(self._told.get(), PATIENCE)


async def test_nothing_is_missed_and_nothing_told_twice(world: World, mongodb_uri: str) -> None:
    await world.add_contacts(a_contact("c1"))
    name = world.driver.collection("contacts").database.name
    with restarting(MONGODB_URI=mongodb_uri, CONTACT_GRAPH_DATABASE=name) as server:
        await server.start()
        listener = Listener(server.url)
        running = asyncio.create_task(listener.run())
        assert (await listener.told())["kind"] == "STARTED"
        await note(world, "c1", "Before.")
        assert body_of(await listener.told()) == "Before."
        server.kill()
        for body in ("Meanwhile.", "And again."):
            await note(world, "c1", body)
        await server.start()
        assert body_of(await listener.told()) == "Meanwhile."
        await note(world, "c1", "After.")
        assert [body_of(await listener.told()) for _ in range(2)] == ["And again.", "After."]
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
