"""Organizations, agents and definitions, read whole and put."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pymongo.errors import BulkWriteError

from domain.agents import Agent, Directory, Organization, Plan, Role
from persistence.driver import Driver
from persistence.names import ORGANIZATIONS, TEAMS
from persistence.organizations import OrganizationStore
from tests.builders import EVERY_TYPE, a_definition, a_team, an_agent, an_organization
from tests.conftest import Commands, World


async def test_the_directory_of_an_organization_is_read_whole(world: World) -> None:
    directory = await OrganizationStore(world.driver).directory("acme")
    assert directory is not None
    assert directory == Directory(
        an_organization("acme"),
        {"jo": an_agent("jo"), "ada": an_agent("ada", role=Role.ADMIN), "gone": an_agent("gone", is_active=False)},
        EVERY_TYPE,
        {"first-line": a_team("first-line", "jo", "gone"), "second-line": a_team("second-line", "ada")},
    )
    assert list(directory.teams) == ["first-line", "second-line"]


async def test_a_team_that_was_kept_before_teams_had_versions_is_in_its_first(world: World) -> None:
    await world.driver.collection(TEAMS).update_many({}, {"$unset": {"version": True}})
    directory = await OrganizationStore(world.driver).directory("acme")
    assert directory is not None
    assert [each.version for each in directory.teams.values()] == [1, 1]


async def test_another_organizations_directory_has_nothing_of_it(world: World) -> None:
    directory = await OrganizationStore(world.driver).directory("other")
    assert directory is not None
    assert sorted(directory.agents) == ["eve", "mo"]
    assert {each.id for each in directory.definitions} == {f"other-{each.id}" for each in EVERY_TYPE}


async def test_an_unknown_organization_has_no_directory(world: World) -> None:
    assert await OrganizationStore(world.driver).directory("nobody") is None


async def test_definitions_come_in_the_order_of_their_positions_then_keys(driver: Driver) -> None:
    keyed = [("d", 1), ("b", 2), ("c", 1), ("a", 3)]
    store = OrganizationStore(driver)
    await store.put(an_organization(), [], [a_definition(key, position=position) for key, position in keyed])
    directory = await store.directory("acme")
    assert directory is not None
    assert [each.key for each in directory.definitions] == ["c", "d", "b", "a"]


@pytest.mark.parametrize("plan", list(Plan), ids=lambda each: each.value)
async def test_an_organization_comes_back_as_it_was_put(driver: Driver, plan: Plan) -> None:
    store, organization = OrganizationStore(driver), Organization("o", "Zoë & Söhne", plan, "pt-BR", "BR")
    await store.put(organization, [], [])
    assert await store.directory("o") == Directory(organization, {}, ())


@pytest.mark.parametrize(
    "agent",
    [
        Agent("a", "acme", "Ann", "a@example.com", Role.ADMIN, True, "de", "https://example.com/a.png"),
        Agent("a", "acme", "Ann", "a@example.com", Role.AGENT, False, None, None),
    ],
    ids=["full", "bare"],
)
async def test_an_agent_comes_back_as_they_were_put(driver: Driver, agent: Agent) -> None:
    store = OrganizationStore(driver)
    await store.put(an_organization(), [agent], [])
    assert await store.agents_by_ids("acme", ["a"]) == {"a": agent}


async def test_putting_again_replaces_what_is_given_and_leaves_the_rest(world: World) -> None:
    store = OrganizationStore(world.driver)
    renamed = replace(an_organization("acme"), name="Acme Inc", plan=Plan.TEAM)
    promoted, biography = an_agent("jo", role=Role.ADMIN), replace(EVERY_TYPE[5], label="Biography")
    before = await store.directory("acme")
    theirs = await store.directory("other")
    closed = replace(a_team("second-line"), name="Back office")
    await store.put(renamed, [promoted], [biography], [closed])
    after = await store.directory("acme")
    assert before is not None
    in_order = (*EVERY_TYPE[:5], biography, *EVERY_TYPE[6:])
    teams = {**before.teams, "second-line": closed}
    assert after == Directory(renamed, {**before.agents, "jo": promoted}, in_order, teams)
    # By their names.
    assert after is not None
    assert list(after.teams) == ["second-line", "first-line"]
    assert await store.directory("other") == theirs


async def test_the_organization_is_written_last(world: World, commands: Commands) -> None:
    await OrganizationStore(world.driver).put(an_organization("new"), [an_agent("n1", organization_id="new")], [])
    assert [each.command[each.command_name] for each in commands.sent] == ["agents", "organizations"]


async def test_an_organization_whose_agents_cannot_be_written_is_not_there(world: World) -> None:
    twin = replace(an_agent("twin", organization_id="new"), id="twin-2")
    store = OrganizationStore(world.driver)
    with pytest.raises(BulkWriteError):
        await store.put(an_organization("new"), [an_agent("twin", organization_id="new"), twin], [])
    assert await store.directory("new") is None
    assert await world.driver.collection(ORGANIZATIONS).count_documents({}) == 2


async def test_one_person_is_an_agent_of_two_organizations_each_with_a_role_of_its_own(world: World) -> None:
    store = OrganizationStore(world.driver)
    there = an_agent("jo", organization_id="other", role=Role.ADMIN)
    await store.put(an_organization("other", plan=Plan.BUSINESS), [there], [])
    assert await store.agents_by_ids("acme", ["jo"]) == {"jo": an_agent("jo")}
    assert await store.agents_by_ids("other", ["jo"]) == {"jo": there}


async def test_agents_are_found_by_id_within_the_organization_alone(world: World) -> None:
    store = OrganizationStore(world.driver)
    assert await store.agents_by_ids("acme", ["jo", "mo", "nobody"]) == {"jo": an_agent("jo")}
    assert await store.agents_by_ids("other", ["jo"]) == {}


async def test_agents_are_found_by_their_address_in_every_organization(world: World) -> None:
    store = OrganizationStore(world.driver)
    twin = replace(an_agent("jo2", organization_id="other"), email="jo@acme.example.com")
    await store.put(an_organization("other", plan=Plan.BUSINESS), [twin], [])
    assert await store.agents_by_email("jo@acme.example.com") == [an_agent("jo"), twin]
    assert await store.agents_by_email("nobody@example.com") == []
