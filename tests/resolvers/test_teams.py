"""Teams made, changed and deleted by admins: each outcome, and many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

from domain.agents import Team
from domain.capabilities import Barrier, Capability, Forbidden
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.teams import (
    MOST_MEMBERS,
    MOST_TEAMS_OF_ALL,
    StaleTeam,
    TeamChanged,
    TeamDeleted,
    TeamNameTaken,
)
from resolvers import teams
from resolvers.context import Context
from resolvers.teams import TeamPatch
from tests.builders import a_team, an_organization
from tests.conftest import World
from tests.resolvers.changing import asker

FIRST, SECOND = a_team("first-line", "jo", "gone"), a_team("second-line", "ada")
NO_TEAM = NotFound(Kind.TEAM)


async def create(context: Context, name: str = "New", members: tuple[str, ...] | None = None) -> object:
    return await teams.create(context, given=TeamPatch(name, members), idempotency_key=None)


async def update(
    context: Context, patch: TeamPatch, team_id: str = "second-line", version: int | None = None
) -> object:
    return await teams.update(context, team_id=team_id, patch=patch, version=version, idempotency_key=None)


async def delete(context: Context, team_id: str = "second-line", version: int | None = None) -> object:
    return await teams.delete(context, team_id=team_id, version=version, idempotency_key=None)


async def kept(world: World, organization_id: str = "acme") -> list[Team]:
    return await world.stores(organization_id).transact(lambda changes: changes.teams.by_name())


async def test_a_team_is_made_of_those_who_are_named_each_once(world: World) -> None:
    result = await create(await asker(world, "ada"), "  Key \n accounts ", ("jo", "ada", "jo"))
    assert isinstance(result, TeamChanged)
    assert result.team == Team(result.team.id, "acme", "Key accounts", ("jo", "ada"), 1)
    assert await kept(world) == [FIRST, result.team, SECOND]
    # The next request knows of it.
    assert (await asker(world)).directory.teams[result.team.id] == result.team


async def test_what_is_given_of_a_team_changes_and_nothing_else(world: World) -> None:
    renamed = replace(SECOND, name="Back office", version=2)
    assert await update(await asker(world, "ada"), TeamPatch("Back  office"), version=1) == TeamChanged(renamed)
    with_jo = replace(renamed, agent_ids=("jo",), version=3)
    patch = TeamPatch(member_ids=("jo",))
    assert await update(await asker(world, "ada"), patch) == TeamChanged(with_jo)
    assert await kept(world) == [with_jo, FIRST]
    before = await world.snapshot()
    assert await update(await asker(world, "ada"), patch) == TeamChanged(with_jo)
    assert await world.snapshot() == before
    nobody = replace(with_jo, agent_ids=(), version=4)
    assert await update(await asker(world, "ada"), TeamPatch(member_ids=())) == TeamChanged(nobody)
    # Another way to write its own name is no other team's.
    shouted = replace(nobody, name="BACK OFFICE", version=5)
    assert await update(await asker(world, "ada"), TeamPatch("BACK OFFICE")) == TeamChanged(shouted)


async def test_a_deleted_team_is_gone(world: World) -> None:
    assert await delete(await asker(world, "ada"), version=1) == TeamDeleted("second-line")
    assert await kept(world) == [FIRST]
    assert list((await asker(world)).directory.teams) == ["first-line"]
    assert len(await kept(world, "other")) == 1


async def test_each_change_makes_the_process_look_anew(world: World) -> None:
    told: list[str] = []
    context = replace(await asker(world, "ada"), definitions_changed=lambda: told.append("changed"))
    await create(context)
    await update(context, TeamPatch("Other"))
    await delete(context)
    assert told == ["changed"] * 3
    await delete(context)
    assert told == ["changed"] * 3


async def test_what_cannot_be_is_refused_and_not_written(world: World) -> None:
    before, context = await world.snapshot(), await asker(world, "ada")
    for absent in ("nothing", "their-team"):
        assert await update(context, TeamPatch("X"), absent) == NO_TEAM
        assert await delete(context, absent) == NO_TEAM
    assert await update(context, TeamPatch("X"), version=2) == StaleTeam(SECOND)
    assert await delete(context, version=2) == StaleTeam(SECOND)
    assert await create(context, "FIRST  líne") == TeamNameTaken(FIRST)
    assert await update(context, TeamPatch("first line")) == TeamNameTaken(FIRST)
    for patch, code, path in (
        (TeamPatch(" "), ErrorCode.BLANK, ("name",)),
        (TeamPatch("x" * 101), ErrorCode.TOO_LONG, ("name",)),
        (TeamPatch("X", ("jo",) * (MOST_MEMBERS + 1)), ErrorCode.TOO_MANY, ("memberIds",)),
        *((TeamPatch("X", ("jo", each)), ErrorCode.NOT_FOUND, ("memberIds", "1")) for each in ("gone", "mo", "nobody")),
    ):
        for refused in (await create(context, patch.name or "", patch.member_ids), await update(context, patch)):
            assert isinstance(refused, Invalid)
            assert (refused.code, refused.path) == (code, ("input", *path))
    agent, forbidden = await asker(world, "jo"), Forbidden(Capability.MANAGE_TEAMS, Barrier.ROLE)
    assert [await create(agent), await update(agent, TeamPatch()), await delete(agent, "x")] == [forbidden] * 3
    assert await world.snapshot() == before


async def test_there_are_no_more_teams_than_can_be_looked_through(world: World) -> None:
    many = [a_team(f"t{each}") for each in range(MOST_TEAMS_OF_ALL - 2)]
    await world.add_organization(an_organization(), [], [], many)
    before = await world.snapshot()
    refused = await create(await asker(world, "ada"))
    assert refused == Invalid(ErrorCode.TOO_MANY, "There are 100 teams: delete one first.", ("input",))
    assert await world.snapshot() == before


async def test_of_many_teams_of_one_name_made_at_once_exactly_one_is(world: World) -> None:
    context = await asker(world, "ada")
    results = await asyncio.gather(*(create(context) for _ in range(20)))
    assert Counter(type(each) for each in results) == {TeamChanged: 1, TeamNameTaken: 19}
    assert len(await kept(world)) == 3


async def test_of_many_teams_that_take_one_name_at_once_exactly_one_gets_it(world: World) -> None:
    await world.add_organization(an_organization(), [], [], [a_team(f"t{each}") for each in range(10)])
    context = await asker(world, "ada")
    results = await asyncio.gather(*(update(context, TeamPatch("New"), f"t{each}") for each in range(10)))
    assert Counter(type(each) for each in results) == {TeamChanged: 1, TeamNameTaken: 9}
    assert Counter(each.name for each in await kept(world))["New"] == 1


async def test_a_key_repeats_its_answer(world: World) -> None:
    async def twice() -> object:
        return await teams.create(await asker(world, "ada"), given=TeamPatch("New", ("jo",)), idempotency_key="k")

    first = await twice()
    before = await world.snapshot()
    assert await twice() == first
    assert await world.snapshot() == before
