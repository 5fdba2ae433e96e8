"""Subscriptions at moments that seldom come: each is made to come."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.live import Ending, Topic
from resolvers import live
from resolvers.context import Context
from resolvers.live import Live
from tests.builders import a_contact
from tests.conftest import World
from tests.graph.asking_graphql import contact_gid, the_schema
from tests.graph.listening import CHANGED, Ear, following, listen
from tests.graph.test_live import begun, body_of, note


@pytest.mark.parametrize("told_before", [0, 1])
async def test_who_may_listen_no_more_is_told_so_instead_of_what_happens(world: World, told_before: int) -> None:
    await world.add_contacts(a_contact("c1"))
    left = told_before

    async def renew() -> Context | Ending:
        nonlocal left
        left -= 1
        return await world.context("jo") if left >= 0 else Ending.AGENT_INACTIVE

    async with following(world.driver) as hub:
        context = replace(await world.context("jo"), live=Live(hub, renew))
        variables = {"id": contact_gid("c1"), "after": None}
        ear = Ear(await the_schema().stream(CHANGED, variable_values=variables, context_value=context))
        for _ in range(told_before):
            await begun(ear, "c1")
            await note(world, "c1", "Not for them.")
        assert (await ear.failure())[0] == "AGENT_INACTIVE"
        assert hub.subscribers == 0


async def test_one_that_is_merged_while_the_listening_begins_is_listened_to(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add_contacts(a_contact("c1"))
    real, asked = live._topics, 0

    async def growing(*given: Any) -> frozenset[Topic]:
        nonlocal asked
        asked += 1
        return frozenset() if asked == 1 else await real(*given)

    monkeypatch.setattr(live, "_topics", growing)
    async with following(world.driver) as hub:
        ear = await listen(world, hub)
        await begun(ear, "c1")
        await note(world, "c1", "Heard.")
        assert body_of(await ear.next()) == "Heard."
        await ear.close()
    assert asked == 4


async def test_a_contact_that_is_deleted_while_the_listening_begins_is_told_to_be(world: World) -> None:
    await world.add_contacts(a_contact("c1"))

    async def renew() -> Context | Ending:
        await world.driver.collection("contacts").delete_one({"_id": "c1"})
        return await world.context("jo")

    async with following(world.driver) as hub:
        context = replace(await world.context("jo"), live=Live(hub, renew))
        variables = {"id": contact_gid("c1"), "after": None}
        ear = Ear(await the_schema().stream(CHANGED, variable_values=variables, context_value=context))
        told = await ear.next()
        assert (told["kind"], told["contact"]) == ("DELETED", None)
        await ear.is_over()
        assert hub.subscribers == 0
