"""The stored shape of the settings of the queue: a part of the organization."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from domain.queue_settings import (
    NOTHING_SET,
    Criterion,
    OfChannel,
    OfGroup,
    OfTopic,
    QueueSettings,
    SkillMatch,
    SkillSet,
)
from persistence.documents import without_none
from persistence.driver import Document

RULES_CHANGED: Document = {"$inc": {"rulesVersion": 1}, "$currentDate": {"rescoring": True}}
"""The update of an organization one of whose rules of groups, definitions or the queue changes.

Each writes to the organization, so that of two at once one runs again, and sees what the other did. Upkeep then sees
to the conversations that were placed by older rules.
"""


_CRITERIA: Mapping[str, Callable[[str], Criterion]] = {"group": OfGroup, "topic": OfTopic, "channel": OfChannel}


def from_settings(settings: QueueSettings) -> Document:
    return without_none(
        {
            "version": settings.version,
            "prioritized": [_from_criterion(each) for each in settings.prioritized],
            "skillSets": [from_skill_set(each) for each in settings.skill_sets],
            "fallback": settings.fallback_team_id,
        }
    )


def to_settings(document: Document | None) -> QueueSettings:
    if document is None:
        return NOTHING_SET
    return QueueSettings(
        version=document["version"],
        prioritized=tuple(map(_to_criterion, document["prioritized"])),
        skill_sets=tuple(map(to_skill_set, document["skillSets"])),
        fallback_team_id=document.get("fallback"),
    )


def from_skill_set(skill_set: SkillSet) -> Document:
    return {
        "id": skill_set.id,
        "name": skill_set.name,
        "match": skill_set.match.value,
        "criteria": [_from_criterion(each) for each in skill_set.criteria],
        "teams": list(skill_set.team_ids),
    }


def to_skill_set(document: Document) -> SkillSet:
    return SkillSet(
        id=document["id"],
        name=document["name"],
        match=SkillMatch(document["match"]),
        criteria=tuple(map(_to_criterion, document["criteria"])),
        team_ids=tuple(document["teams"]),
    )


def _from_criterion(criterion: Criterion) -> Document:
    match criterion:
        case OfGroup(group_id):
            return {"group": group_id}
        case OfTopic(topic):
            return {"topic": topic}
        case OfChannel(channel):
            return {"channel": channel}
        case _:
            assert_never(criterion)


def _to_criterion(document: Document) -> Criterion:
    [(kind, named)] = document.items()
    return _CRITERIA[kind](named)
