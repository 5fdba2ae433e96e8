"""The settings of the queue: which conversations are answered sooner, and by which teams; for admins."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import TypeVar

from domain.capabilities import Capability, Forbidden
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.queue_checks import MOST_SKILL_SETS, checked_criteria, checked_skill_set
from domain.queue_settings import (
    Criterion,
    PrioritizedRulesChanged,
    PrioritizedRulesForeseen,
    QueueSettings,
    QueueSettingsChanged,
    SkillMatch,
    SkillSet,
    SkillSetChanged,
    StaleQueueSettings,
    with_skill_set,
    without_skill_set,
)
from domain.queues import moves, placed_by
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import once

Refused = Forbidden | Invalid | StaleQueueSettings
R = TypeVar("R")
S = TypeVar("S", SkillSetChanged, QueueSettingsChanged)
A = TypeVar("A", bound=NotFound)


@dataclass(frozen=True, slots=True)
class Known:
    """What settings may name, by id: as the transaction sees it, whatever the process has cached."""

    groups: Collection[str]
    teams: Collection[str]


Made = Callable[[QueueSettings, Known], S | Invalid | A]
"""Makes new settings of those that are there."""


@dataclass(frozen=True, slots=True)
class SkillSetPatch:
    """What to make a skill set of, or to change of one; what is None stays."""

    name: str | None = None
    match: SkillMatch | None = None
    criteria: tuple[Criterion, ...] | None = None
    team_ids: tuple[str, ...] | None = None


async def set_prioritized(
    context: Context,
    *,
    prioritized: tuple[Criterion, ...],
    is_dry_run: bool,
    version: int | None,
    idempotency_key: str | None,
) -> PrioritizedRulesChanged | PrioritizedRulesForeseen | Refused | KeyReused:
    """Set what moves conversations up, and put all that are open in their places; a dry run only counts."""

    async def work(changes: Changes) -> PrioritizedRulesChanged | PrioritizedRulesForeseen | Refused:
        if refused := context.refuses(Capability.MANAGE_QUEUE):
            return refused
        rules = await changes.queue.rules()
        found = checked_criteria(prioritized, {each.id for each in rules.groups}, "input", "rules")
        if isinstance(found, Invalid):
            return found
        if version is not None and version != rules.settings.version:
            return StaleQueueSettings(rules.settings)
        before = await changes.queue.open()
        if found == rules.settings.prioritized and not is_dry_run:
            return PrioritizedRulesChanged(rules.settings, moves(before, before))
        settings = replace(rules.settings, prioritized=found, version=rules.settings.version + 1)
        if is_dry_run:
            after = [placed_by(each, settings, before=rules.version, version=rules.version) for each in before]
            return PrioritizedRulesForeseen(rules.settings, moves(before, after))
        return PrioritizedRulesChanged(settings, moves(before, await changes.queue.set_rules(settings)))

    request = ("prioritizedRulesSet", prioritized, is_dry_run, version)
    return _told(context, await once(context, idempotency_key, request, work))


async def create_skill_set(
    context: Context, *, given: SkillSetPatch, version: int | None, idempotency_key: str | None
) -> SkillSetChanged | Refused | KeyReused:
    bare = SkillSet(new_id(), "", SkillMatch.ANY, (), ())

    def made(settings: QueueSettings, known: Known) -> SkillSetChanged | Invalid:
        if len(settings.skill_sets) >= MOST_SKILL_SETS:
            advice = f"There are {MOST_SKILL_SETS} skill sets: delete one first."
            return Invalid(ErrorCode.TOO_MANY, advice, ("input",))
        return _patched(settings, bare, given, known)

    return await _change(context, made, version, idempotency_key, ("skillSetCreate", given, version))


async def update_skill_set(
    context: Context, *, skill_set_id: str, patch: SkillSetPatch, version: int | None, idempotency_key: str | None
) -> SkillSetChanged | NotFound | Refused | KeyReused:
    def made(settings: QueueSettings, known: Known) -> SkillSetChanged | Invalid | NotFound:
        before = settings.skill_set(skill_set_id)
        return NotFound(Kind.SKILL_SET) if before is None else _patched(settings, before, patch, known)

    request = ("skillSetUpdate", skill_set_id, patch, version)
    return await _change(context, made, version, idempotency_key, request)


async def delete_skill_set(
    context: Context, *, skill_set_id: str, version: int | None, idempotency_key: str | None
) -> QueueSettingsChanged | NotFound | Refused | KeyReused:
    def made(settings: QueueSettings, _known: Known) -> QueueSettingsChanged | Invalid | NotFound:
        if settings.skill_set(skill_set_id) is None:
            return NotFound(Kind.SKILL_SET)
        return QueueSettingsChanged(without_skill_set(settings, skill_set_id))

    request = ("skillSetDelete", skill_set_id, version)
    return await _change(context, made, version, idempotency_key, request)


async def set_fallback_team(
    context: Context, *, team_id: str | None, version: int | None, idempotency_key: str | None
) -> QueueSettingsChanged | NotFound | Refused | KeyReused:
    """Set the team that conversations of no skill set wait for; None for nobody in particular."""

    def made(settings: QueueSettings, known: Known) -> QueueSettingsChanged | Invalid | NotFound:
        if team_id is not None and team_id not in known.teams:
            return NotFound(Kind.TEAM)
        return QueueSettingsChanged(replace(settings, fallback_team_id=team_id))

    request = ("fallbackTeamSet", team_id, version)
    return await _change(context, made, version, idempotency_key, request)


def _patched(
    settings: QueueSettings, before: SkillSet, patch: SkillSetPatch, known: Known
) -> SkillSetChanged | Invalid:
    after = SkillSet(
        before.id,
        before.name if patch.name is None else patch.name,
        patch.match or before.match,
        before.criteria if patch.criteria is None else patch.criteria,
        before.team_ids if patch.team_ids is None else patch.team_ids,
    )
    # What stays is not looked at again: a group of its criteria may be deleted since.
    groups = {*known.groups, *(getattr(each, "group_id", "") for each in before.criteria)}
    checked = checked_skill_set(after, groups, {*known.teams, *before.team_ids})
    return checked if isinstance(checked, Invalid) else SkillSetChanged(with_skill_set(settings, checked), checked)


async def _change(
    context: Context,
    made: Made[S, A],
    version: int | None,
    idempotency_key: str | None,
    request: tuple[object, ...],
) -> S | A | Refused | KeyReused:
    async def work(changes: Changes) -> S | A | Refused:
        if refused := context.refuses(Capability.MANAGE_QUEUE):
            return refused
        rules = await changes.queue.rules()
        teams = await changes.teams.by_name()
        known = Known({each.id for each in rules.groups}, {each.id for each in teams})
        after = made(rules.settings, known)
        if isinstance(after, Invalid | NotFound):
            return after
        if version is not None and version != rules.settings.version:
            return StaleQueueSettings(rules.settings)
        if after.settings == rules.settings:
            return after
        settings = replace(after.settings, version=rules.settings.version + 1)
        await changes.queue.set_rules(settings)
        return replace(after, settings=settings)

    return _told(context, await once(context, idempotency_key, request, work))


def _told(context: Context, result: R) -> R:
    if isinstance(result, QueueSettingsChanged | SkillSetChanged | PrioritizedRulesChanged):
        context.definitions_changed()
    return result
