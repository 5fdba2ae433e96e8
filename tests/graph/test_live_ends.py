"""How subscriptions end that could have gone on: each for a reason that it names, and none at the server's expense."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from graph.live_limits import LiveLimits
from tests.builders import a_contact, a_note
from tests.conftest import World
from tests.graph.apps import SETTINGS, bearer
from tests.graph.asking_graphql import contact_gid
from tests.graph.listening import CHANGED, following, listen
from tests.graph.live_clients import events, socket, subscription
from tests.graph.live_serving import Listened, listened, nobody_listens
from tests.graph.mutations import change
from tests.graph.test_live import begun, body_of, note

LARGE = CHANGED.replace("notes(first: 1)", "notes(first: 100)").replace(
    "__typename", "__typename ... on ContactRenamedEvent { nameAfter }"
)


@pytest_asyncio.fixture
async def server(world: World, mongodb_uri: str) -> AsyncIterator[Listened]:
    await world.add_contacts(a_contact("c1"))
    async with listened(world, mongodb_uri) as server:
        yield server
        await nobody_listens(server)


async def deactivate(world: World, agent_id: str) -> None:
    """As another process would."""
    directory = (await world.context(agent_id)).directory
    inactive = replace(directory.agents[agent_id], is_active=False)
    await world.add_organization(directory.organization, [inactive], [])


async def test_an_agent_who_is_deactivated_hears_so_and_nothing_more(world: World, server: Listened) -> None:
    async with events(server.url, bearer()) as reader, socket(server.url) as ws, socket(server.url) as idle:
        assert (await reader.change())["kind"] == "STARTED"
        for each in (ws, idle):
            await each.init(bearer())
        await ws.subscribe()
        assert (await ws.change())["kind"] == "STARTED"
        async with socket(server.url) as colleague:
            await colleague.init(bearer("ada"))
            await colleague.subscribe()
            assert (await colleague.change())["kind"] == "STARTED"
            await deactivate(world, "jo")
            assert await reader.failure() == "AGENT_INACTIVE"
            assert await ws.failure() == "AGENT_INACTIVE"
            assert await ws.closed() == await idle.closed() == (4403, "AGENT_INACTIVE")
            await note(world, "c1", "For others.", agent="ada")
            assert body_of(await colleague.change()) == "For others."
        async with socket(server.url) as again:
            await again.send({"type": "connection_init", "payload": {"Authorization": bearer()["authorization"]}})
            assert (await again.closed())[0] == 4403


async def test_a_token_that_expires_takes_its_connection_along(server: Listened) -> None:
    async with socket(server.url) as ws:
        await ws.init(bearer(life=timedelta(seconds=2)))
        await ws.subscribe()
        assert (await ws.change())["kind"] == "STARTED"
        assert await ws.failure() == "TOKEN_EXPIRED"
        assert await ws.closed() == (4403, "TOKEN_EXPIRED")


async def test_who_reads_too_slowly_hears_what_waited_and_goes_on_from_there(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    async with following(world.driver, most_waiting=3) as hub:
        slow, quick = await listen(world, hub), await listen(world, hub, agent="ada")
        await begun(slow, "c1")
        await begun(quick, "c1")
        for number in range(5):
            await note(world, "c1", f"{number}")
            assert body_of(await quick.next()) == f"{number}"
        told = [await slow.next() for _ in range(3)]
        assert [body_of(each) for each in told] == ["0", "1", "2"]
        assert (await slow.failure())[0] == "TOO_SLOW"
        again = await listen(world, hub, after=told[-1]["cursor"])
        assert [body_of(await again.next()) for _ in range(2)] == ["3", "4"]
        await again.close()
        await quick.close()
        # Of what was missed, no more waits at one time either, but all of it is told; and what happens meanwhile.
        late = await listen(world, hub, after=told[0]["cursor"])
        assert body_of(await late.next()) == "1"
        for number in range(5, 13):
            await note(world, "c1", f"{number}")
        assert [body_of(await late.next()) for _ in range(11)] == [f"{each}" for each in range(2, 13)]
        await late.close()
        assert hub.subscribers == 0


async def large_changes(world: World, number: int) -> None:
    for each in range(number):
        given = {"contactId": contact_gid("c1"), "name": f"Name {each}"}
        await change(world, "contactRename", given)


@pytest.fixture
async def much_to_tell(world: World) -> None:
    """Let each answer be of some 300 kB, so that a connection's buffers are full after a few dozen."""
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(*(a_note("c1", "€" * 1_000, id=f"n{each}") for each in range(100)))


@pytest.mark.usefixtures("much_to_tell")
async def test_a_client_that_stops_reading_costs_no_memory_and_loses_nothing(world: World, mongodb_uri: str) -> None:
    settings = replace(SETTINGS, live=LiveLimits(waiting=10))
    async with listened(world, mongodb_uri, settings) as server, socket(server.url) as ws:
        await ws.init(bearer())
        await ws.subscribe(body=subscription(document=LARGE))
        names, cursor = [], (await ws.change())["cursor"]
        ws.stop_reading()
        await large_changes(world, 60)
        ws.read_on()
        while (message := await ws.next())["type"] == "next":
            told = message["payload"]["data"]["contactChanged"]
            names.append(told["event"]["nameAfter"])
            cursor = told["cursor"]
        assert message["payload"][0]["extensions"]["code"] == "TOO_SLOW"
        assert 10 < len(names) < 60
        while len(names) < 60:
            await ws.subscribe(body=subscription(after=cursor, document=LARGE))
            while len(names) < 60 and (message := await ws.next())["type"] == "next":
                told = message["payload"]["data"]["contactChanged"]
                names.append(told["event"]["nameAfter"])
                cursor = told["cursor"]
        assert names == [f"Name {each}" for each in range(60)]
        await ws.send({"id": "1", "type": "complete"})
        await nobody_listens(server)


@pytest.mark.usefixtures("much_to_tell")
async def test_a_client_that_never_reads_again_is_given_up(world: World, mongodb_uri: str) -> None:
    settings = replace(SETTINGS, live=LiveLimits(send_seconds=0.3))
    stream = subscription(document=LARGE)
    async with (
        listened(world, mongodb_uri, settings) as server,
        socket(server.url) as ws,
        events(server.url, bearer(), stream) as reader,
    ):
        await ws.init(bearer())
        await ws.subscribe(body=stream)
        await ws.change()
        ws.stop_reading()
        await reader.change()
        await large_changes(world, 60)
        await nobody_listens(server)
