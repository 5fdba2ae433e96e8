"""Subscriptions over server-sent events: graphql-sse, distinct connections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from graph.live_limits import LiveLimits
from tests.builders import a_contact
from tests.conftest import World
from tests.graph.apps import SETTINGS, bearer
from tests.graph.live_clients import ServerSentEvent, events, subscription
from tests.graph.live_serving import Listened, listened, nobody_listens
from tests.graph.test_live import body_of, note

COMPLETE = ServerSentEvent("complete", None, None)


@pytest_asyncio.fixture
async def server(world: World, mongodb_uri: str) -> AsyncIterator[Listened]:
    await world.add_contacts(a_contact("c1"))
    async with listened(world, mongodb_uri) as server:
        yield server
        await nobody_listens(server)


async def test_it_tells_changes_with_their_ids_and_goes_on_behind_the_last_one(world: World, server: Listened) -> None:
    async with events(server.url, bearer()) as reader:
        assert (await reader.change())["kind"] == "STARTED"
        headers = reader.response.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store, no-transform", "no")
        await note(world, "c1", "One.")
        told = await reader.change()
        assert body_of(told) == "One."
    await nobody_listens(server)
    await note(world, "c1", "Two.")
    for again in ({"last-event-id": told["cursor"]}, {}):
        # The connection's word counts before the argument, which a client that reconnects repeats.
        after = "never looked at" if again else told["cursor"]
        async with events(server.url, {**bearer(), **again}, subscription(after=after)) as reader:
            assert body_of(await reader.change()) == "Two."


async def test_a_client_that_lists_every_type_gets_events_for_a_subscription_alone(server: Listened) -> None:
    urql = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream"
    async with events(server.url, bearer(), accept=urql) as reader:
        assert (await reader.change())["kind"] == "STARTED"
    query = {"query": "{ viewer { name } }"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(server.url, json=query, headers={**bearer(), "accept": urql})
        assert answer.headers["content-type"].startswith("application/graphql-response+json")
        for unable in ("application/json", "*/*", "application/json, text/event-stream;q=0"):
            refused = await client.post(server.url, json=subscription(), headers={**bearer(), "accept": unable})
            assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("query", ["{ viewer { name } }", "{ viewer { shoeSize } }", "{ viewer", "subscription { x }"])
async def test_what_answers_once_is_answered_once_like_elsewhere(server: Listened, query: str) -> None:
    async with httpx.AsyncClient() as client:
        answer = await client.post(server.url, json={"query": query}, headers=bearer())
    async with events(server.url, bearer(), {"query": query}) as reader:
        told = await reader.next()
        assert (told.event, told.id) == ("next", None)
        if not query.startswith("subscription"):
            assert told.data == answer.json()
        else:
            assert told.data["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert await reader.next() == COMPLETE


async def test_what_cannot_be_run_is_said_in_an_event(server: Listened) -> None:
    contact = subscription("nobody")
    deep = {"query": "{ viewer " + "{ organization " * 20 + "{ name }" + "}" * 21}
    several = {"query": "query A { viewer { name } } query B { viewer { name } }"}
    wrong = {**several, "operationName": "C"}
    codes = {"NOT_FOUND": contact, "OPERATION_TOO_COMPLEX": deep, "OPERATION_RESOLUTION_FAILURE": several}
    for code, body in [*codes.items(), ("OPERATION_RESOLUTION_FAILURE", wrong)]:
        async with events(server.url, bearer(), body) as reader:
            assert await reader.failure() == code
    query = 'mutation { contactVipClear(input: {contactId: "x"}) { __typename } }'
    async with httpx.AsyncClient() as client:
        headers = {**bearer(), "accept": "text/event-stream"}
        answer = await client.get(server.url, params={"query": query}, headers=headers)
        assert "OPERATION_RESOLUTION_FAILURE" in answer.text
        answer = await client.get(server.url, params={"query": "{ viewer { name } }"}, headers=headers)
        assert answer.text == 'event: next\ndata: {"data":{"viewer":{"name":"Jo"}}}\n\nevent: complete\ndata:\n\n'


async def test_who_is_not_known_or_sends_no_request_gets_a_status(server: Listened) -> None:
    async with httpx.AsyncClient() as client:
        for headers, body, status in [
            ({}, subscription(), 401),
            (bearer("gone"), subscription(), 401),
            (bearer(), {}, 400),
            (bearer(), {"query": "x" * 1_000_001}, 413),
        ]:
            answer = await client.post(server.url, json=body, headers={**headers, "accept": "text/event-stream"})
            assert answer.status_code == status
            assert answer.json()["errors"][0]["extensions"]["code"]


async def test_it_shows_that_it_is_there_and_ends_when_the_token_does(world: World, mongodb_uri: str) -> None:
    await world.add_contacts(a_contact("c1"))
    settings = replace(SETTINGS, live=LiveLimits(ping_seconds=0.05))
    async with listened(world, mongodb_uri, settings) as server:
        async with events(server.url, bearer(life=timedelta(seconds=2))) as reader:
            assert (await reader.change())["kind"] == "STARTED"
            assert await reader.failure() == "TOKEN_EXPIRED"
            assert reader.pings > 2
        await nobody_listens(server)


async def test_more_than_the_process_takes_are_sent_elsewhere(world: World, mongodb_uri: str) -> None:
    await world.add_contacts(a_contact("c1"))
    settings = replace(SETTINGS, live=LiveLimits(connections=1))
    async with listened(world, mongodb_uri, settings) as server:
        async with events(server.url, bearer()) as reader:
            assert (await reader.change())["kind"] == "STARTED"
            async with events(server.url, bearer()) as second:
                assert (second.response.status_code, second.response.headers["retry-after"]) == (503, "5")
        await nobody_listens(server)
        async with events(server.url, bearer()) as reader:
            assert (await reader.change())["kind"] == "STARTED"
