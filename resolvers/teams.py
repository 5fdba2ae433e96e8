"""Teams: made and changed by admins; a team that something is routed or given to is not deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from domain.agents import Team
from domain.capabilities import Capability, Forbidden
from domain.ids import new_id
from domain.naming import checked_name, namesake
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.queue_settings import NOTHING_SET, without_team
from domain.teams import (
    LONGEST_TEAM_NAME,
    MOST_TEAMS_OF_ALL,
    StaleTeam,
    TeamChanged,
    TeamDeleted,
    TeamInUse,
    TeamNameTaken,
    checked_members,
    in_use,
)
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import once

Refused = Forbidden | Invalid | NotFound | StaleTeam
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TeamPatch:
    """What to make a team of, or to change of one; what is None stays."""

    name: str | None = None
    member_ids: tuple[str, ...] | None = None


async def create(
    context: Context, *, given: TeamPatch, idempotency_key: str | None
) -> TeamChanged | Forbidden | TeamNameTaken | Invalid | KeyReused:
    async def work(changes: Changes) -> TeamChanged | Forbidden | TeamNameTaken | Invalid:
        if refused := context.refuses(Capability.MANAGE_TEAMS):
            return refused
        made = _patched(context, Team(new_id(), context.directory.organization.id, "", ()), given)
        if isinstance(made, Invalid):
            return made
        before = await changes.teams.by_name()
        if holder := namesake(before, made):
            return TeamNameTaken(holder)
        if len(before) >= MOST_TEAMS_OF_ALL:
            return Invalid(ErrorCode.TOO_MANY, f"There are {MOST_TEAMS_OF_ALL} teams: delete one first.", ("input",))
        await changes.teams.lock()
        await changes.teams.insert(made)
        return TeamChanged(made)

    return _told(context, await once(context, idempotency_key, ("teamCreate", given), work))


async def update(
    context: Context, *, team_id: str, patch: TeamPatch, version: int | None, idempotency_key: str | None
) -> TeamChanged | TeamNameTaken | Refused | KeyReused:
    async def work(changes: Changes) -> TeamChanged | TeamNameTaken | Refused:
        if refused := context.refuses(Capability.MANAGE_TEAMS):
            return refused
        every_one = await changes.teams.by_name()
        before = _of_id(every_one, team_id)
        if before is None:
            return NotFound(Kind.TEAM)
        made = _patched(context, before, patch)
        if isinstance(made, Invalid):
            return made
        if holder := namesake(every_one, made):
            return TeamNameTaken(holder)
        if version is not None and version != before.version:
            return StaleTeam(before)
        if made == before:
            return TeamChanged(before)
        made = replace(made, version=before.version + 1)
        await changes.teams.lock()
        await changes.teams.put(made)
        return TeamChanged(made)

    request = ("teamUpdate", team_id, patch, version)
    return _told(context, await once(context, idempotency_key, request, work))


async def delete(
    context: Context, *, team_id: str, version: int | None, idempotency_key: str | None
) -> TeamDeleted | TeamInUse | Refused | KeyReused:
    async def work(changes: Changes) -> TeamDeleted | TeamInUse | Refused:
        if refused := context.refuses(Capability.MANAGE_TEAMS):
            return refused
        before = _of_id(await changes.teams.by_name(), team_id)
        if before is None:
            return NotFound(Kind.TEAM)
        if version is not None and version != before.version:
            return StaleTeam(before)
        settings = await changes.queue.settings()
        # What was set under another plan stays, and keeps nobody from anything whom this plan does not let change it.
        counting = NOTHING_SET if context.refuses(Capability.MANAGE_QUEUE) else settings
        if used := in_use(before, counting, await changes.teams.open_conversations(team_id)):
            return used
        await changes.queue.keep(without_team(settings, team_id))
        await changes.teams.remove(team_id)
        return TeamDeleted(team_id)

    request = ("teamDelete", team_id, version)
    return _told(context, await once(context, idempotency_key, request, work))


def _of_id(teams: Sequence[Team], team_id: str) -> Team | None:
    return next((each for each in teams if each.id == team_id), None)


def _patched(context: Context, before: Team, patch: TeamPatch) -> Team | Invalid:
    name = before.name if patch.name is None else checked_name(patch.name, longest=LONGEST_TEAM_NAME)
    if isinstance(name, Invalid):
        return name
    members = before.agent_ids
    if patch.member_ids is not None:
        checked = checked_members(patch.member_ids, context.directory.agents)
        if isinstance(checked, Invalid):
            return checked
        members = checked
    return replace(before, name=name, agent_ids=members)


def _told(context: Context, result: R) -> R:
    if isinstance(result, TeamChanged | TeamDeleted):
        context.definitions_changed()
    return result
