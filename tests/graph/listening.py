"""Listening in the process: subscriptions over the real schema and a hub that follows the test's database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

from domain.live import Ending
from persistence.driver import Driver
from persistence.live import MOST_WAITING, Hub
from resolvers.context import Context
from resolvers.live import Live
from tests.conftest import World
from tests.graph.asking_graphql import Answer, contact_gid, the_schema

PATIENCE = 20.0
CHANGED = """subscription ($id: ID!, $after: String) { contactChanged(id: $id, after: $after) {
  cursor kind contact { id name version vip { reason } notes(first: 1) { nodes { body } } }
  event { __typename ... on NoteAddedEvent { note { body } } ... on AttributesChangedEvent { changes {
    definition { key } } } ... on ContactsMergedEvent { name } }
} }"""


@asynccontextmanager
async def following(driver: Driver, *, most_waiting: int = MOST_WAITING) -> AsyncIterator[Hub]:
    """Have a hub follow the database, as the application does."""
    hub = Hub(driver, most_waiting=most_waiting, patience_ms=20)
    task = asyncio.create_task(hub.follow())
    try:
        yield hub
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


class Ear:
    """One subscription: hands out what it was told, one after the other."""

    def __init__(self, results: AsyncGenerator[Any, None]) -> None:
        self._results = results

    async def next(self) -> Answer:
        """Return the next answer, which must be there before long."""
        told: Answer = (await self.result())["contactChanged"]
        return told

    async def result(self) -> Answer:
        result = await asyncio.wait_for(anext(self._results), PATIENCE)
        assert result.errors is None, result.errors
        assert result.data is not None
        return dict(result.data)

    async def failure(self) -> tuple[str, str]:
        """Return code and message of the error that it ends with."""
        result = await asyncio.wait_for(anext(self._results), PATIENCE)
        [error] = result.errors
        await self.is_over()
        return error.extensions["code"], error.message

    async def is_over(self) -> None:
        with suppress(StopAsyncIteration):
            more = await asyncio.wait_for(anext(self._results), PATIENCE)
            raise AssertionError(f"told more: {more}")

    async def close(self) -> None:
        await self._results.aclose()


async def listen(
    world: World,
    hub: Hub,
    contact_id: str = "c1",
    *,
    agent: str = "jo",
    organization: str = "acme",
    after: str | None = None,
    document: str = CHANGED,
) -> Ear:
    variables = {"id": contact_gid(contact_id), "after": after}
    return await listen_with(world, hub, document, variables, agent, organization)


async def listen_with(
    world: World, hub: Hub, document: str, variables: Answer, agent: str, organization: str = "acme"
) -> Ear:
    async def renew() -> Context | Ending:
        return await world.context(agent, organization)

    context = replace(await world.context(agent, organization), live=Live(hub, renew))
    return Ear(await the_schema().stream(document, variable_values=variables, context_value=context))


async def first_answer(world: World, document: str, variables: Answer, *, agent: str) -> Answer:
    """Return the data that a subscription begins with."""
    async with following(world.driver) as hub:
        ear = await listen_with(world, hub, document, variables, agent)
        try:
            return await ear.result()
        finally:
            await ear.close()
