"""What admins decide of the queue: which conversations are answered sooner, and by which teams.

Of conversations, rules ask three things: in which contact groups their contact is, what they are about, and to which
of the company's own accounts they were written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import Enum
from typing import assert_never

from domain.text import sort_key


@dataclass(frozen=True, slots=True)
class OfGroup:
    """The contact is in the group. Of a group that was deleted: nobody is."""

    group_id: str


@dataclass(frozen=True, slots=True)
class OfTopic:
    """It is about that, letter case and accents aside."""

    topic: str


@dataclass(frozen=True, slots=True)
class OfChannel:
    """It was written to that account, letter case aside."""

    channel: str


Criterion = OfGroup | OfTopic | OfChannel


def trait(criterion: Criterion) -> str:
    """Name what a conversation has that meets the criterion."""
    match criterion:
        case OfGroup(group_id):
            return f"group:{group_id}"
        case OfTopic(topic):
            return f"topic:{sort_key(topic)}"
        case OfChannel(channel):
            return f"channel:{sort_key(channel)}"
        case _:
            assert_never(criterion)


class SkillMatch(Enum):
    """How many of its criteria a conversation of the skill set meets."""

    ANY = "ANY"
    ALL = "ALL"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class SkillSet:
    """Conversations of a kind, and the teams that have the skill to answer them."""

    id: str
    name: str
    match: SkillMatch
    criteria: tuple[Criterion, ...]
    team_ids: tuple[str, ...]

    def takes(self, traits: Collection[str]) -> bool:
        """Tell whether a conversation of these traits is one of them."""
        met = [trait(each) in traits for each in self.criteria]
        match self.match:
            case SkillMatch.ANY:
                return any(met)
            case SkillMatch.ALL:
                return all(met)
            case SkillMatch.NONE:
                return not any(met)
            case _:
                assert_never(self.match)


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """All of it, of one organization."""

    version: int = 1
    prioritized: tuple[Criterion, ...] = ()
    """Each that a conversation meets adds one to its score. VIP alone moves nothing."""
    skill_sets: tuple[SkillSet, ...] = ()
    """In the order of their making: a conversation may be of several, and waits for the teams of all of them."""
    fallback_team_id: str | None = None
    """Whom those wait for that are of no skill set; nobody in particular where it is None."""

    def skill_set(self, skill_set_id: str) -> SkillSet | None:
        return next((each for each in self.skill_sets if each.id == skill_set_id), None)


NOTHING_SET = QueueSettings()


@dataclass(frozen=True, slots=True)
class QueueMoves:
    """What a change of the prioritized rules does to the conversations that wait."""

    waiting: int
    rescored: int
    """Whose score becomes another."""
    moved: int
    """Who wait in another place of the queue then: also those whom others pass by."""


@dataclass(frozen=True, slots=True)
class QueueSettingsChanged:
    settings: QueueSettings


@dataclass(frozen=True, slots=True)
class SkillSetChanged:
    """It was made, or is another one."""

    settings: QueueSettings
    skill_set: SkillSet


@dataclass(frozen=True, slots=True)
class PrioritizedRulesChanged:
    settings: QueueSettings
    moves: QueueMoves


@dataclass(frozen=True, slots=True)
class PrioritizedRulesForeseen:
    """What a change would come to. Nothing was changed."""

    settings: QueueSettings
    moves: QueueMoves


@dataclass(frozen=True, slots=True)
class StaleQueueSettings:
    """The caller saw an older version. Nothing was changed; these are the settings now."""

    current: QueueSettings


def with_skill_set(settings: QueueSettings, made: SkillSet) -> QueueSettings:
    """Return the settings with the skill set, in the place of the one of its id, or behind the others."""
    if settings.skill_set(made.id) is None:
        return replace(settings, skill_sets=(*settings.skill_sets, made))
    return replace(settings, skill_sets=tuple(made if each.id == made.id else each for each in settings.skill_sets))


def without_team(settings: QueueSettings, team_id: str) -> QueueSettings:
    """Return the settings, as their next version, with nothing routed to the team; the same where nothing is.

    The conversations of a skill set that has no team then wait for the fallback team.
    """
    skill_sets = tuple(
        replace(each, team_ids=tuple(other for other in each.team_ids if other != team_id))
        for each in settings.skill_sets
    )
    fallback = None if settings.fallback_team_id == team_id else settings.fallback_team_id
    changed = replace(settings, skill_sets=skill_sets, fallback_team_id=fallback)
    return settings if changed == settings else replace(changed, version=settings.version + 1)


def without_skill_set(settings: QueueSettings, skill_set_id: str) -> QueueSettings:
    return replace(settings, skill_sets=tuple(each for each in settings.skill_sets if each.id != skill_set_id))
