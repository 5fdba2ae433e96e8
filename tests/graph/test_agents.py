"""Agents and their organization."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agents import Plan, Role
from tests.builders import an_agent
from tests.conftest import World
from tests.graph.asking_graphql import ask, make_organization
from tests.graph.test_vip import VIP, make_vip

VIEWER = """{ viewer {
  __typename id name email role isActive avatarUrl capabilities
  organization { __typename id name plan language }
} }"""

VIP_ONLY = ["SET_VIP"]
FILLING = ["SET_VIP", "WRITE_NOTES", "FILL_ATTRIBUTES"]
LOCKED = [*FILLING, "EDIT_LOCKED_ATTRIBUTES"]

FOR_ALL = ["EDIT_CONTACTS", "HANDLE_CONVERSATIONS"]
FOR_ADMINS = [*FOR_ALL, "DELETE_CONTACTS", "MERGE_CONTACTS", "MANAGE_DEFINITIONS", "MANAGE_GROUPS", "MANAGE_TEAMS"]
CAPABILITIES = {
    (Plan.PROFESSIONAL, Role.AGENT): [*VIP_ONLY, *FOR_ALL],
    (Plan.PROFESSIONAL, Role.ADMIN): [*VIP_ONLY, *FOR_ADMINS],
    (Plan.TEAM, Role.AGENT): [*VIP_ONLY, *FOR_ALL],
    (Plan.TEAM, Role.ADMIN): [*VIP_ONLY, *FOR_ADMINS],
    (Plan.BUSINESS, Role.AGENT): [*FILLING, *FOR_ALL],
    (Plan.BUSINESS, Role.ADMIN): [*LOCKED, *FOR_ADMINS],
    (Plan.ADVANCED, Role.AGENT): [*FILLING, *FOR_ALL],
    (Plan.ADVANCED, Role.ADMIN): [*LOCKED, *FOR_ADMINS],
    (Plan.ENTERPRISE, Role.AGENT): [*[*FILLING, "USE_CRM"], *FOR_ALL],
    (Plan.ENTERPRISE, Role.ADMIN): [*[*LOCKED, "USE_CRM"], *FOR_ADMINS, "MANAGE_QUEUE", "MANAGE_CRM"],
}


async def test_the_viewer_is_the_asking_agent_whole(world: World) -> None:
    agent = replace(
        an_agent("pic", organization_id="nord", language="da"), avatar_url="https://cdn.example.com/pic.png"
    )
    await make_organization(world, "nord", agent, plan=Plan.TEAM, language="pt-BR")
    assert await ask(world, VIEWER, agent="pic", organization="nord") == {
        "viewer": {
            "__typename": "Agent",
            "id": "QWdlbnQ6cGlj",
            "name": "Pic",
            "email": "pic@nord.example.com",
            "role": "AGENT",
            "isActive": True,
            "avatarUrl": "https://cdn.example.com/pic.png",
            "capabilities": [*VIP_ONLY, *FOR_ALL],
            "organization": {
                "__typename": "Organization",
                "id": "T3JnYW5pemF0aW9uOm5vcmQ",
                "name": "Nord Ltd",
                "plan": "TEAM",
                "language": "pt-BR",
            },
        }
    }


@pytest.mark.parametrize(("plan", "role"), CAPABILITIES)
async def test_capabilities_are_those_of_plan_and_role(world: World, plan: Plan, role: Role) -> None:
    await make_organization(world, "nord", an_agent("al", role=role), plan=plan)
    data = await ask(world, "{ viewer { capabilities } }", agent="al", organization="nord")
    assert data["viewer"]["capabilities"] == CAPABILITIES[plan, role]


async def test_capabilities_are_the_shown_agents_and_not_the_askers(world: World) -> None:
    contact = await make_vip(world, agent="ada")
    data = await ask(world, VIP % "setBy { name role capabilities organization { name } }", {"id": contact}, agent="jo")
    assert data["contact"]["vip"]["setBy"] == {
        "name": "Ada",
        "role": "ADMIN",
        "capabilities": [*LOCKED, "USE_CRM", *FOR_ADMINS, "MANAGE_QUEUE", "MANAGE_CRM"],
        "organization": {"name": "Acme Ltd"},
    }


async def test_a_deactivated_agent_stays_who_they_were(world: World) -> None:
    contact = await make_vip(world, agent="gone")
    data = await ask(world, VIP % "setBy { id name isActive email }", {"id": contact})
    expected = {"id": "QWdlbnQ6Z29uZQ", "name": "Gone", "isActive": False, "email": "gone@acme.example.com"}
    assert data["contact"]["vip"]["setBy"] == expected


async def test_an_agent_whom_the_database_no_longer_knows_has_a_stand_in(world: World) -> None:
    contact = await make_vip(world, agent="lost")
    data = await ask(world, VIP % "setBy { name isActive email avatarUrl role }", {"id": contact})
    expected = {"name": "Former agent", "isActive": False, "email": None, "avatarUrl": None, "role": "AGENT"}
    assert data["contact"]["vip"]["setBy"] == expected


async def test_an_agent_of_another_organization_is_a_stand_in_too(world: World) -> None:
    """Their id says nothing here, even where it exists there."""
    contact = await make_vip(world, agent="mo")
    data = await ask(world, VIP % "setBy { name email }", {"id": contact})
    assert data["contact"]["vip"]["setBy"] == {"name": "Former agent", "email": None}
