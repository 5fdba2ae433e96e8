"""Operations over a WebSocket: the protocol graphql-transport-ws, to the letter."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from graph.live_limits import LiveLimits
from tests.builders import a_contact
from tests.conftest import World
from tests.graph.apps import SETTINGS, bearer, eventually
from tests.graph.asking_graphql import contact_gid
from tests.graph.live_clients import socket, subscription
from tests.graph.live_serving import Listened, listened, nobody_listens
from tests.graph.mutations import document
from tests.graph.test_live import body_of, note

VIEWER = {"query": "{ viewer { name } }"}


@pytest_asyncio.fixture
async def server(world: World, mongodb_uri: str) -> AsyncIterator[Listened]:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    async with listened(world, mongodb_uri) as server:
        yield server
        await nobody_listens(server)


async def test_subscriptions_queries_and_mutations_share_a_connection(world: World, server: Listened) -> None:
    async with socket(server.url, "graphql-ws", "graphql-transport-ws") as ws:
        assert ws.protocol == "graphql-transport-ws"
        await ws.send({"type": "ping", "payload": {"n": 1}})
        assert await ws.next() == {"type": "pong", "payload": {"n": 1}}
        await ws.send({"type": "pong"})
        await ws.init(bearer())
        await ws.subscribe("a")
        assert (await ws.change("a"))["kind"] == "STARTED"
        await ws.subscribe("b", subscription("c2"))
        assert (await ws.change("b"))["contact"]["id"] == contact_gid("c2")
        await ws.subscribe("q", VIEWER)
        assert await ws.next() == {"id": "q", "type": "next", "payload": {"data": {"viewer": {"name": "Jo"}}}}
        assert await ws.next() == {"id": "q", "type": "complete"}
        given = {"input": {"contactId": contact_gid("c1"), "body": "By the socket."}}
        await ws.subscribe("q", {"query": document("contactNoteAdd"), "variables": given})
        messages = [await ws.next() for _ in range(3)]
        assert sorted((each["id"], each["type"]) for each in messages) == [
            *[("a", "next"), ("q", "complete"), ("q", "next")]
        ]
        # What was loaded for an answer before is loaded anew, and an id is free as soon as it is over.
        told = next(each for each in messages if each["id"] == "a")["payload"]["data"]["contactChanged"]
        assert (body_of(told), told["contact"]["version"]) == ("By the socket.", 1)
        await ws.send({"id": "a", "type": "complete"})
        await ws.subscribe("a", subscription(after=told["cursor"]))
        await note(world, "c1", "Again.")
        assert body_of(await ws.change("a")) == "Again."


async def test_one_operation_that_fails_leaves_the_others(world: World, server: Listened) -> None:
    async with socket(server.url) as ws:
        await ws.init(bearer())
        await ws.subscribe("a")
        await ws.change("a")
        several = "query A { viewer { name } } query B { viewer { name } }"
        for body, code in [
            ({"query": "{ viewer"}, "GRAPHQL_PARSE_FAILED"),
            ({"query": "{ viewer { shoeSize } }"}, "GRAPHQL_VALIDATION_FAILED"),
            ({"query": "{ viewer " + "{ organization " * 20 + "{ name }" + "}" * 21}, "OPERATION_TOO_COMPLEX"),
            ({"query": several}, "OPERATION_RESOLUTION_FAILURE"),
            ({"query": several, "operationName": "C"}, "OPERATION_RESOLUTION_FAILURE"),
            (subscription("nobody"), "NOT_FOUND"),
            (subscription(after="nonsense"), "BAD_USER_INPUT"),
        ]:
            await ws.subscribe("b", body)
            assert await ws.failure("b") == code
        await note(world, "c1", "Still there.")
        assert body_of(await ws.change("a")) == "Still there."


INIT = {"type": "connection_init", "payload": {"Authorization": "of a member, made when it is sent"}}
SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": subscription()}
BROKEN: dict[str, tuple[list[Any], int]] = {
    "no JSON": (["{"], 4400),
    "no text": ([b"{}"], 4400),
    "no object": (["[]"], 4400),
    "no type": ([{}], 4400),
    "an unknown type": ([{"type": "start"}], 4400),
    "a type that is none": ([{"type": ["ping"]}], 4400),
    "an init of the wrong shape": ([{"type": "connection_init", "payload": "x"}], 4400),
    "a token of the wrong shape": ([{"type": "connection_init", "payload": {"Authorization": 1}}], 4400),
    "no token": ([{"type": "connection_init"}], 4403),
    "a wrong token": ([{"type": "connection_init", "payload": {"authorization": "Bearer x"}}], 4403),
    "before the init": ([SUBSCRIBE], 4401),
    "a second init": ([INIT, INIT], 4429),
    "an id twice": ([INIT, SUBSCRIBE, SUBSCRIBE], 4409),
    "no id": ([INIT, {"type": "subscribe", "payload": subscription()}], 4400),
    "an id of the wrong shape": ([INIT, {**SUBSCRIBE, "id": [1]}], 4400),
    "no payload": ([INIT, {"id": "1", "type": "subscribe"}], 4400),
    "no query": ([INIT, {"id": "1", "type": "subscribe", "payload": {"query": None}}], 4400),
    "variables of the wrong shape": ([INIT, {**SUBSCRIBE, "payload": {"query": "{a}", "variables": []}}], 4400),
    "a completion of nothing": ([INIT, {"type": "complete"}], 4400),
    "a ping of the wrong shape": ([{"type": "ping", "payload": 1}], 4400),
    "too much": ([json.dumps({"type": "ping", "payload": {"x": "x" * 100_000}})], 1009),
}


async def test_what_breaks_the_protocol_closes_the_connection_with_its_code(server: Listened) -> None:
    for name, (messages, expected) in BROKEN.items():
        async with socket(server.url) as ws:
            for each in messages:
                payload = {"Authorization": bearer()["authorization"]}
                await ws.send({**INIT, "payload": payload} if each == INIT else each)
            if INIT in messages:
                assert await ws.next() == {"type": "connection_ack"}, name
            code, reason = await ws.closed(may_tell=expected == 4409)
        assert (code, bool(reason)) == (expected, True), (name, reason)


@pytest.mark.parametrize("protocols", [("graphql-ws",), ("",)])
async def test_another_protocol_is_not_spoken(server: Listened, protocols: tuple[str, ...]) -> None:
    async with socket(server.url, *protocols) as ws:
        assert (await ws.closed())[0] == 4406


async def test_who_says_nothing_is_not_waited_for(world: World, mongodb_uri: str) -> None:
    settings = replace(SETTINGS, live=LiveLimits(init_seconds=1))
    async with listened(world, mongodb_uri, settings) as server, socket(server.url) as ws:
        await ws.send({"type": "ping"})
        assert await ws.next() == {"type": "pong"}
        assert await ws.closed() == (4408, "Connection initialisation timeout")


async def test_more_than_is_allowed_is_refused(world: World, mongodb_uri: str) -> None:
    await world.add_contacts(a_contact("c1"))
    settings = replace(SETTINGS, live=LiveLimits(connections=1, operations=2))
    async with listened(world, mongodb_uri, settings) as server:
        async with socket(server.url) as ws:
            await ws.init(bearer())
            for each in ("1", "2"):
                await ws.subscribe(each)
                await ws.change(each)
            await ws.subscribe("3")
            assert await ws.failure("3") == "TOO_MANY_OPERATIONS"
            async with socket(server.url) as second:
                assert (await second.closed())[0] == 1013
            await ws.send({"id": "1", "type": "complete"})

            async def left() -> int:
                return server.database.live.subscribers

            await eventually(left, 1)
            await ws.subscribe("3")
            assert (await ws.change("3"))["kind"] == "STARTED"
        await nobody_listens(server)
