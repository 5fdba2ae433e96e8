"""Agents: known at once, joined a moment ago, or gone."""

from __future__ import annotations

import asyncio

from domain.agents import Role, former_agent
from persistence.organizations import OrganizationStore
from resolvers.agents import find_agent
from tests.builders import an_agent, an_organization
from tests.conftest import Commands, World


async def test_an_agent_of_the_directory_is_known_without_a_command(world: World, commands: Commands) -> None:
    context = await world.context()
    commands.clear()
    assert await find_agent(context, "ada") == an_agent("ada", role=Role.ADMIN)
    assert await find_agent(context, "gone") == an_agent("gone", is_active=False)
    assert commands.names() == []


async def test_an_agent_who_joined_in_another_process_is_looked_up(world: World, commands: Commands) -> None:
    context = await world.context()
    await OrganizationStore(world.driver).put(an_organization(), [an_agent("new"), an_agent("newer")], [])
    commands.clear()
    found = await asyncio.gather(*(find_agent(context, each) for each in ("new", "newer", "new", "jo")))
    assert found == [an_agent("new"), an_agent("newer"), an_agent("new"), an_agent("jo")]
    assert commands.names() == ["find"]


async def test_an_agent_whom_nobody_knows_is_a_former_one(world: World) -> None:
    assert await find_agent(await world.context(), "left") == former_agent("left", "acme")


async def test_another_organizations_agent_is_nobody_here(world: World) -> None:
    assert await find_agent(await world.context(), "mo") == former_agent("mo", "acme")
