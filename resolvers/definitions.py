"""Attribute definitions: made, changed, put in order and taken out of use by admins; never deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from domain.capabilities import Barrier, Capability, Forbidden
from domain.crm_look_ups import exchange_of
from domain.definition_patches import DefinitionPatch, patched
from domain.definition_rules import contradiction, key_problem, too_many
from domain.definitions import (
    AttributeCategory,
    AttributeDefinition,
    DefinitionChanged,
    DefinitionImpact,
    DefinitionsReordered,
    DuplicateValues,
    KeyTaken,
    StaleDefinition,
    ValueType,
    moved,
)
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.definition_impact import impact_of
from resolvers.idempotency import once

E = TypeVar("E")
R = TypeVar("R")

CreateResult = DefinitionChanged | Forbidden | Invalid | KeyTaken | KeyReused
ReorderResult = DefinitionsReordered | Forbidden | Invalid | NotFound | StaleDefinition | KeyReused
ArchiveResult = DefinitionChanged | Forbidden | Invalid | NotFound | StaleDefinition | KeyReused
UpdateResult = ArchiveResult | DuplicateValues


async def create(
    context: Context,
    *,
    key: str,
    category: AttributeCategory,
    value_type: ValueType,
    patch: DefinitionPatch,
    idempotency_key: str | None,
) -> CreateResult:
    async def work(changes: Changes) -> DefinitionChanged | Forbidden | Invalid | KeyTaken:
        if refused := context.refuses(Capability.MANAGE_DEFINITIONS):
            return refused
        made = key_problem(key) or _changed(AttributeDefinition(new_id(), key, "", category, value_type, 0), patch)
        if isinstance(made, Invalid):
            return made
        others = await changes.definitions.in_order()
        if taken := next((each for each in others if each.key == key), None):
            return KeyTaken(taken)
        if problem := too_many(made, others):
            return problem
        definition = replace(made, position=max((each.position for each in others), default=-1) + 1)
        await changes.definitions.lock()
        await changes.definitions.insert(definition)
        return DefinitionChanged(definition, DefinitionImpact())

    request = ("attributeDefinitionCreate", key, category, value_type, patch)
    return _told(context, await once(context, idempotency_key, request, work))


async def update(
    context: Context,
    *,
    definition_id: str,
    patch: DefinitionPatch,
    version: int | None,
    is_dry_run: bool,
    idempotency_key: str | None,
) -> UpdateResult:
    async def foresee(before: AttributeDefinition) -> DefinitionChanged | DuplicateValues | Invalid:
        after = _changed(before, patch)
        if isinstance(after, Invalid):
            return after
        impact, repeated = await impact_of(context, after)
        if repeated is not None and after.rules.is_unique and not before.rules.is_unique:
            return repeated
        return DefinitionChanged(after, impact)

    request = ("attributeDefinitionUpdate", definition_id, patch, version)
    return await _change(context, definition_id, foresee, version, is_dry_run, idempotency_key, request)


async def set_archived(
    context: Context,
    *,
    definition_id: str,
    is_archived: bool,
    version: int | None,
    is_dry_run: bool,
    idempotency_key: str | None,
) -> ArchiveResult:
    async def foresee(before: AttributeDefinition) -> DefinitionChanged | Invalid:
        impact, _ = await impact_of(context, before)
        return DefinitionChanged(replace(before, is_archived=is_archived), impact)

    name = "attributeDefinitionArchive" if is_archived else "attributeDefinitionRestore"
    request = (name, definition_id, version)
    return await _change(context, definition_id, foresee, version, is_dry_run, idempotency_key, request)


async def reorder(
    context: Context,
    *,
    definition_id: str,
    after_id: str | None,
    version: int | None,
    idempotency_key: str | None,
) -> ReorderResult:
    """Move a definition behind another, or to the front.

    It says where to and not in which order all are to be: two admins who move two of them at once both get their way.
    """

    async def work(changes: Changes) -> DefinitionsReordered | Forbidden | Invalid | NotFound | StaleDefinition:
        if refused := context.refuses(Capability.MANAGE_DEFINITIONS):
            return refused
        before = await changes.definitions.in_order()
        by_id = {each.id: each for each in before}
        if definition_id not in by_id:
            return NotFound(Kind.DEFINITION)
        if after_id is not None and (after_id not in by_id or after_id == definition_id):
            advice = "Give the id of a different attribute of the organization, or null for the first place."
            return Invalid(ErrorCode.NOT_AN_ID, advice, ("input", "afterId"))
        if version is not None and version != by_id[definition_id].version:
            return StaleDefinition(by_id[definition_id])
        after = moved(before, definition_id, after_id)
        if changed := [each for each in after if each != by_id[each.id]]:
            await changes.definitions.lock()
            await changes.definitions.place(changed)
        return DefinitionsReordered(after)

    request = ("attributeDefinitionReorder", definition_id, after_id, version)
    return _told(context, await once(context, idempotency_key, request, work))


def _changed(before: AttributeDefinition, patch: DefinitionPatch) -> AttributeDefinition | Invalid:
    after = patched(before, patch)
    return after if isinstance(after, Invalid) else contradiction(after) or after


@dataclass(frozen=True, slots=True)
class _Newer:
    """The definition is another than that for which the change was foreseen. Nothing was changed."""

    definition: AttributeDefinition


async def _change(
    context: Context,
    definition_id: str,
    foresee: Callable[[AttributeDefinition], Awaitable[DefinitionChanged | E]],
    version: int | None,
    is_dry_run: bool,
    idempotency_key: str | None,
    request: tuple[object, ...],
) -> ArchiveResult | E:
    async def attempt(known: AttributeDefinition | None) -> ArchiveResult | E | _Newer:
        # Before the transaction, which must not last as long as it takes to read what all contacts hold.
        foreseen = None if known is None or _is_refused(context, known, version) else await foresee(known)

        async def work(changes: Changes) -> ArchiveResult | E | _Newer:
            if refused := context.refuses(Capability.MANAGE_DEFINITIONS):
                return refused
            before = await changes.definitions.find(definition_id)
            if before is None:
                return NotFound(Kind.DEFINITION)
            if version is not None and version != before.version:
                return StaleDefinition(before)
            if known is None or foreseen is None or replace(known, position=before.position) != before:
                return _Newer(before)
            if not isinstance(foreseen, DefinitionChanged):
                return foreseen
            wanted = replace(foreseen.definition, position=before.position)
            after = await _kept(changes, before, wanted, is_dry_run=is_dry_run)
            return after if isinstance(after, Invalid) else DefinitionChanged(after, foreseen.impact)

        return await (context.stores.transact(work) if is_dry_run else once(context, idempotency_key, request, work))

    result = await attempt(next((each for each in context.directory.definitions if each.id == definition_id), None))
    while isinstance(result, _Newer):
        result = await attempt(result.definition)
    return result if is_dry_run else _told(context, result)


async def _kept(
    changes: Changes, before: AttributeDefinition, after: AttributeDefinition, *, is_dry_run: bool
) -> AttributeDefinition | Invalid:
    is_searched_now = after.is_searchable and not before.is_searchable
    if is_searched_now and (problem := too_many(after, await changes.definitions.in_order())):
        return problem
    if after == before or is_dry_run:
        return after
    after = replace(after, version=before.version + 1)
    await changes.definitions.lock()
    await changes.definitions.put(after, is_pending=_derives_otherwise(before, after))
    is_other = exchange_of(before) != exchange_of(after)
    if is_other and (await changes.crm_settings.find()).connection is not None:
        await changes.crm_settings.sweep()
    return after


def _is_refused(context: Context, known: AttributeDefinition, version: int | None) -> bool:
    """Tell whether there is nothing to foresee, as far as is known."""
    return context.refuses(Capability.MANAGE_DEFINITIONS) is not None or version not in {None, known.version}


def _derives_otherwise(before: AttributeDefinition, after: AttributeDefinition) -> bool:
    """Tell whether indexes are to hold something else of the contacts that have a value."""
    flags = [(each.rules.is_unique, each.is_searchable) for each in (before, after)]
    return flags[0] != flags[1]


def _told(context: Context, result: R) -> R | Forbidden:
    """Let the next request see the change.

    A first answer that is repeated may tell of what is hidden from the agent, who was an admin then.
    """
    if not isinstance(result, DefinitionChanged | DefinitionsReordered):
        return result
    context.definitions_changed()
    told = result.definitions if isinstance(result, DefinitionsReordered) else (result.definition,)
    refused = context.refuses(Capability.MANAGE_DEFINITIONS)
    is_hidden = refused is not None and refused.barrier is Barrier.ROLE and any(each.is_admin_only for each in told)
    return refused if refused is not None and is_hidden else result
