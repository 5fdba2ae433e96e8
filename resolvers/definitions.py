"""Attribute definitions: made, changed, put in order and taken out of use by admins; never deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from domain.capabilities import Capability, Forbidden
from domain.definition_rules import MOST_DEFINITIONS, checked_definition, key_problem
from domain.definitions import (
    AttributeCategory,
    AttributeDefinition,
    DefinitionChanged,
    DefinitionImpact,
    DefinitionsReordered,
    KeyTaken,
    Option,
    StaleDefinition,
    ValueRules,
    ValuesNotUnique,
    ValueType,
    moved,
)
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.definition_impact import impact_of
from resolvers.idempotency import once


@dataclass(frozen=True, slots=True)
class GivenOption:
    """An option as an admin gives it: of that id, or a new one where it is None."""

    id: str | None
    label: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DefinitionPatch:
    """What is to change; None leaves a thing as it is, and an empty text takes it away where it may be absent."""

    label: str | None = None
    labels: Mapping[str, str] | None = None
    description: str | None = None
    descriptions: Mapping[str, str] | None = None
    rules: ValueRules | None = None
    options: Sequence[GivenOption] | None = None
    """All that can be chosen, in their order: one that is left out is archived."""
    crm_alias: str | None = None
    is_enabled: bool | None = None
    is_editable: bool | None = None
    is_searchable: bool | None = None
    is_look_up: bool | None = None
    is_admin_only: bool | None = None


E = TypeVar("E")

CreateResult = DefinitionChanged | Forbidden | Invalid | KeyTaken | KeyReused
UpdateResult = DefinitionChanged | Forbidden | Invalid | NotFound | StaleDefinition | ValuesNotUnique | KeyReused
ArchiveResult = DefinitionChanged | Forbidden | Invalid | NotFound | StaleDefinition | KeyReused
ReorderResult = DefinitionsReordered | Forbidden | Invalid | NotFound | StaleDefinition | KeyReused


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
        if problem := key_problem(key):
            return problem
        others = await changes.definitions.in_order()
        if taken := next((each for each in others if each.key == key), None):
            return KeyTaken(taken)
        if len(others) >= MOST_DEFINITIONS:
            advice = f"An organization has at most {MOST_DEFINITIONS} attributes, archived ones included."
            return Invalid(ErrorCode.TOO_MANY, advice, ("input", "key"))
        position = max((each.position for each in others), default=-1) + 1
        blank = AttributeDefinition(new_id(), key, "", category, value_type, position)
        patched = _patched(blank, patch)
        definition = patched if isinstance(patched, Invalid) else checked_definition(patched)
        if isinstance(definition, Invalid):
            return definition
        await changes.definitions.lock()
        await changes.definitions.insert(definition)
        return DefinitionChanged(definition, DefinitionImpact())

    request = ("attributeDefinitionCreate", key, category, value_type, patch)
    result = await once(context, idempotency_key, request, work)
    context.definitions_changed()
    return result


async def update(
    context: Context,
    *,
    definition_id: str,
    patch: DefinitionPatch,
    version: int | None,
    is_dry_run: bool,
    idempotency_key: str | None,
) -> UpdateResult:
    async def foresee(before: AttributeDefinition) -> DefinitionChanged | Invalid | ValuesNotUnique:
        return await _foreseen(context, before, patch)

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
        after = replace(before, is_archived=is_archived)
        return DefinitionChanged(after, await impact_of(context, after))

    name = "attributeDefinitionArchive" if is_archived else "attributeDefinitionRestore"
    request = (name, definition_id, version)
    return await _change(context, definition_id, foresee, version, is_dry_run, idempotency_key, request)


async def _change(
    context: Context,
    definition_id: str,
    foresee: Callable[[AttributeDefinition], Awaitable[DefinitionChanged | E]],
    version: int | None,
    is_dry_run: bool,
    idempotency_key: str | None,
    request: tuple[object, ...],
) -> DefinitionChanged | E | Forbidden | Invalid | NotFound | StaleDefinition | KeyReused:
    # Before the transaction, which must not last as long as it takes to read what all contacts hold.
    known = next((each for each in context.directory.definitions if each.id == definition_id), None)
    is_refused = context.refuses(Capability.MANAGE_DEFINITIONS) is not None
    foreseen = None if known is None or is_refused else await foresee(known)

    async def work(changes: Changes) -> DefinitionChanged | E | Forbidden | NotFound | StaleDefinition:
        if refused := context.refuses(Capability.MANAGE_DEFINITIONS):
            return refused
        before = next((each for each in await changes.definitions.in_order() if each.id == definition_id), None)
        if before is None:
            return NotFound(Kind.DEFINITION)
        if version is not None and version != before.version:
            return StaleDefinition(before)
        change = foreseen if foreseen is not None and known == before else await foresee(before)
        if not isinstance(change, DefinitionChanged) or change.definition == before or is_dry_run:
            return change
        after = replace(change.definition, version=before.version + 1)
        await changes.definitions.lock()
        await changes.definitions.put(after, is_pending=_needs_more(before, after))
        return DefinitionChanged(after, change.impact)

    if is_dry_run:
        return await context.stores.transact(work)
    result = await once(context, idempotency_key, request, work)
    context.definitions_changed()
    return result


async def _foreseen(
    context: Context, before: AttributeDefinition, patch: DefinitionPatch
) -> DefinitionChanged | Invalid | ValuesNotUnique:
    """Return what would come of the change, with all that contacts hold looked at."""
    patched = _patched(before, patch)
    after = patched if isinstance(patched, Invalid) else checked_definition(patched)
    if isinstance(after, Invalid):
        return after
    is_unique_now = after.rules.is_unique and not before.rules.is_unique
    # Of a value that is set in this moment, the unique index will tell.
    if is_unique_now and (repeated := await context.stores.contacts.not_unique(before.id)):
        return repeated
    return DefinitionChanged(after, await impact_of(context, after))


def _needs_more(before: AttributeDefinition, after: AttributeDefinition) -> bool:
    """Tell whether indexes are to hold more of the contacts that have a value than they do."""
    is_unique_now = after.rules.is_unique and not before.rules.is_unique
    return is_unique_now or (after.is_searchable and not before.is_searchable)


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

    async def work(changes: Changes) -> ReorderResult:
        if refused := context.refuses(Capability.MANAGE_DEFINITIONS):
            return refused
        before = await changes.definitions.in_order()
        by_id = {each.id: each for each in before}
        if definition_id not in by_id:
            return NotFound(Kind.DEFINITION)
        if after_id is not None and (after_id not in by_id or after_id == definition_id):
            advice = "Give the id of another attribute of the organization, or null for the first place."
            return Invalid(ErrorCode.NOT_AN_ID, advice, ("input", "afterId"))
        if version is not None and version != by_id[definition_id].version:
            return StaleDefinition(by_id[definition_id])
        after = moved(before, definition_id, after_id)
        changed = [each for each in after if each != by_id[each.id]]
        if changed:
            await changes.definitions.lock()
        for each in changed:
            await changes.definitions.put(each)
        return DefinitionsReordered(after)

    request = ("attributeDefinitionReorder", definition_id, after_id, version)
    result = await once(context, idempotency_key, request, work)
    context.definitions_changed()
    return result


def _patched(definition: AttributeDefinition, patch: DefinitionPatch) -> AttributeDefinition | Invalid:
    options = definition.options if patch.options is None else _options(definition.options, patch.options)
    if isinstance(options, Invalid):
        return options
    # An empty text takes away what may be absent.
    given: dict[str, Any] = {name: getattr(patch, name) for name in _PLAIN}
    texts: dict[str, Any] = {name: getattr(patch, name) for name in ("description", "crm_alias")}
    kept = {name: value for name, value in given.items() if value is not None}
    kept |= {name: text or None for name, text in texts.items() if text is not None}
    return replace(definition, options=options, **kept)


_PLAIN = (
    *("label", "labels", "descriptions", "rules"),
    *("is_enabled", "is_editable", "is_searchable", "is_look_up", "is_admin_only"),
)


def _options(before: Sequence[Option], given: Sequence[GivenOption]) -> tuple[Option, ...] | Invalid:
    known = {each.id: each for each in before}
    named = [each.id for each in given if each.id is not None]
    for number, each in enumerate(given):
        path = ("input", "options", str(number), "id")
        if each.id is not None and each.id not in known:
            return Invalid(ErrorCode.UNKNOWN_OPTION, "Give the id of an option of this attribute, or none.", path)
        if each.id is not None and named.count(each.id) > 1:
            return Invalid(ErrorCode.REPEATED_OPTION, "Give each option once.", path)
    live = [Option(each.id or new_id(), each.label, each.labels) for each in given]
    archived = [replace(each, is_archived=True) for each in before if each.id not in named]
    return (*live, *archived)
