"""What a request carries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.agents import Plan, Role
from domain.capabilities import Barrier, Capability, Forbidden
from persistence.organizations import OrganizationStore
from tests.builders import an_agent, an_organization
from tests.conftest import World
from tests.resolvers.changing import on_plan


async def test_it_knows_who_asks_and_of_which_organization(world: World) -> None:
    context = await world.context("ada")
    assert context.agent == an_agent("ada", role=Role.ADMIN)
    assert (context.role, context.plan) == (Role.ADMIN, Plan.ENTERPRISE)
    assert context.stores.organization_id == "acme"
    theirs = await world.context("mo", "other")
    assert (theirs.role, theirs.plan, theirs.stores.organization_id) == (Role.AGENT, Plan.BUSINESS, "other")


@pytest.mark.parametrize(
    ("accepted", "own", "languages"),
    [
        ((), None, ("pt-BR",)),
        ((), "de", ("de", "pt-BR")),
        (("fr", "en"), "de", ("fr", "en", "de", "pt-BR")),
        (("fr",), None, ("fr", "pt-BR")),
    ],
)
async def test_languages_are_the_requests_then_the_agents_then_the_organizations(
    world: World, accepted: tuple[str, ...], own: str | None, languages: tuple[str, ...]
) -> None:
    agent = an_agent("pat", organization_id="brazil", language=own)
    await OrganizationStore(world.driver).put(an_organization("brazil", language="pt-BR"), [agent], [])
    assert (await world.context("pat", "brazil", accepted)).languages == languages


async def test_every_request_has_loaders_of_its_own(world: World) -> None:
    assert (await world.context()).loaders is not (await world.context()).loaders


async def test_its_clock_is_the_domains(world: World) -> None:
    now = (await world.context()).clock()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs((datetime.now(UTC) - now).total_seconds()) < 3600


async def test_it_refuses_what_plan_or_role_does_not_include(world: World) -> None:
    agent, admin = await world.context("jo"), await world.context("ada")
    assert agent.refuses(Capability.EDIT_LOCKED_ATTRIBUTES) == Forbidden(
        Capability.EDIT_LOCKED_ATTRIBUTES, Barrier.ROLE
    )
    assert admin.refuses(Capability.EDIT_LOCKED_ATTRIBUTES) is None
    small = await on_plan(world, Plan.TEAM)
    assert small.refuses(Capability.WRITE_NOTES) == Forbidden(Capability.WRITE_NOTES, Barrier.PLAN)
    assert small.refuses(Capability.SET_VIP) is None
