"""Teams: made and changed by admins, and who is in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.agents import Agent, Team
from domain.outcomes import ErrorCode, Invalid
from domain.queue_settings import QueueSettings, SkillSet
from domain.text import sort_key

LONGEST_TEAM_NAME = 100
"""Code points."""
MOST_TEAMS_OF_ALL = 100
"""Teams of one organization."""
MOST_MEMBERS = 1_000
"""Agents of one team."""


@dataclass(frozen=True, slots=True)
class TeamChanged:
    team: Team


@dataclass(frozen=True, slots=True)
class TeamDeleted:
    team_id: str


@dataclass(frozen=True, slots=True)
class StaleTeam:
    """The caller saw an older version. Nothing was changed; this is the team now."""

    current: Team


@dataclass(frozen=True, slots=True)
class TeamNameTaken:
    """Another team has the name, letter case and accents aside. Nothing was changed."""

    holder: Team


@dataclass(frozen=True, slots=True)
class TeamInUse:
    """What the team is needed for. Nothing was changed."""

    team: Team
    skill_sets: tuple[SkillSet, ...]
    """Those that route to it."""
    is_fallback: bool
    """Whether conversations of no skill set wait for it."""
    open_conversations: int
    """How many were given to it and are not resolved."""


def checked_members(agent_ids: Sequence[str], agents: Mapping[str, Agent]) -> tuple[str, ...] | Invalid:
    """Return who is to be in a team, each once, or why that is refused.

    Args:
        agent_ids: as they came in.
        agents: by id, deactivated ones included.
    """
    if len(agent_ids) > MOST_MEMBERS:
        return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_MEMBERS:,} agents.", ("input", "memberIds"))
    for index, each in enumerate(agent_ids):
        found = agents.get(each)
        if found is None or not found.is_active:
            advice = "There is no such agent, or not any more: give those who work here."
            return Invalid(ErrorCode.NOT_FOUND, advice, ("input", "memberIds", str(index)))
    return tuple(dict.fromkeys(agent_ids))


def by_name(teams: Iterable[Team]) -> list[Team]:
    """Return the teams in the order in which they are listed."""
    return sorted(teams, key=lambda each: (sort_key(each.name), each.id))


def in_use(team: Team, settings: QueueSettings, open_conversations: int) -> TeamInUse | None:
    """Return what the team is needed for, None where it is for nothing.

    Args:
        team: which one.
        settings: of the queue, those that count.
        open_conversations: how many were given to the team and are not resolved.
    """
    skill_sets = tuple(each for each in settings.skill_sets if team.id in each.team_ids)
    is_fallback = settings.fallback_team_id == team.id
    if skill_sets or is_fallback or open_conversations:
        return TeamInUse(team, skill_sets, is_fallback, open_conversations)
    return None
