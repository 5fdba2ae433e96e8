"""Whether the settings of the queue can be as they were asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import assert_never

from domain.conversations import LONGEST_TOPIC
from domain.identities import LONGEST_NAME
from domain.naming import checked_name
from domain.outcomes import ErrorCode, Invalid
from domain.queue_settings import Criterion, OfChannel, OfGroup, OfTopic, SkillSet, trait
from domain.text import clean

MOST_CRITERIA = 100
"""Prioritized rules, and criteria of one skill set."""
MOST_SKILL_SETS = 100
MOST_TEAMS = 100
"""Of one skill set."""
LONGEST_SKILL_SET_NAME = 100
"""Code points."""


def checked_criteria(
    criteria: Sequence[Criterion], groups: Collection[str], *path: str
) -> tuple[Criterion, ...] | Invalid:
    """Return the criteria as they are kept, each once, or why they are refused.

    Args:
        criteria: as they came in.
        groups: ids of those there are.
        path: of the list in the input.
    """
    if len(criteria) > MOST_CRITERIA:
        return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_CRITERIA}.", path)
    found: dict[str, Criterion] = {}
    for index, each in enumerate(criteria):
        checked = _checked(each, groups)
        if isinstance(checked, Invalid):
            return checked.at(*path, str(index), *checked.path)
        found.setdefault(trait(checked), checked)
    return tuple(found.values())


def _checked(criterion: Criterion, groups: Collection[str]) -> Criterion | Invalid:
    match criterion:
        case OfGroup(group_id):
            advice = "There is no such group: ask `contactGroups` for those there are."
            return criterion if group_id in groups else Invalid(ErrorCode.NOT_FOUND, advice, ("groupId",))
        case OfTopic(topic):
            text = clean(" ".join(topic.split()), longest=LONGEST_TOPIC)
            return text.at("topic") if isinstance(text, Invalid) else OfTopic(text)
        case OfChannel(channel):
            text = clean(channel.strip(), longest=LONGEST_NAME)
            return text.at("channel") if isinstance(text, Invalid) else OfChannel(text)
        case _:
            assert_never(criterion)


def checked_skill_set(made: SkillSet, groups: Collection[str], teams: Collection[str]) -> SkillSet | Invalid:
    """Return the skill set as it is kept, or why it is refused.

    Args:
        made: as it is to be.
        groups: ids of those there are.
        teams: ids of those there are.
    """
    name = checked_name(made.name, longest=LONGEST_SKILL_SET_NAME)
    if isinstance(name, Invalid):
        return name
    if not made.criteria:
        # All of nothing would be everything, and any of nothing nobody: neither is what somebody meant.
        return Invalid(ErrorCode.TOO_MANY, f"Give 1 to {MOST_CRITERIA} criteria.", ("input", "criteria"))
    criteria = checked_criteria(made.criteria, groups, "input", "criteria")
    if isinstance(criteria, Invalid):
        return criteria
    if not 1 <= len(made.team_ids) <= MOST_TEAMS:
        return Invalid(ErrorCode.TOO_MANY, f"Give 1 to {MOST_TEAMS} teams.", ("input", "teamIds"))
    for index, each in enumerate(made.team_ids):
        if each not in teams:
            advice = "There is no such team: ask `viewer { organization { teams } }` for those there are."
            return Invalid(ErrorCode.NOT_FOUND, advice, ("input", "teamIds", str(index)))
    return replace(made, name=name, criteria=criteria, team_ids=tuple(dict.fromkeys(made.team_ids)))
