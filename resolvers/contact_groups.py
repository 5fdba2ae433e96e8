"""Contact groups: made and changed by admins; who is in them follows from what is known of each contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from domain.capabilities import Capability, Forbidden
from domain.contact_groups import (
    LONGEST_NAME,
    MOST_GROUPS,
    GroupChanged,
    GroupDeleted,
    GroupNameTaken,
    GroupsReordered,
    StaleGroup,
    checked_rule,
    filter_of,
    groups_of,
    moved,
)
from domain.contacts import Contact
from domain.finding import ContactQuery, TooBroad
from domain.group_rules import (
    AttributeCondition,
    Condition,
    ContactGroup,
    GroupMatch,
    GroupOperator,
    GroupRule,
    VipCondition,
)
from domain.ids import new_id
from domain.naming import checked_name, namesake
from domain.ordering import ContactPosition
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from domain.values import Value
from persistence.stores import Changes
from resolvers import finding
from resolvers.context import Context
from resolvers.idempotency import once

Refused = Forbidden | Invalid | NotFound | StaleGroup


@dataclass(frozen=True, slots=True)
class GivenCondition:
    """A condition on an attribute as it came in."""

    key: str
    operator: GroupOperator
    operands: tuple[Value, ...] = ()


R = TypeVar("R")
GivenConditions = tuple[GivenCondition | VipCondition, ...]


@dataclass(frozen=True, slots=True)
class GroupPatch:
    """What to change of a group; what is None stays."""

    name: str | None = None
    match: GroupMatch | None = None
    conditions: GivenConditions | None = None


def every(context: Context) -> Sequence[ContactGroup]:
    """Return the groups in their order, as the asker may know them."""
    return context.directory.groups


def find(context: Context, group_id: str) -> ContactGroup | None:
    return next((each for each in context.directory.groups if each.id == group_id), None)


def of_contact(context: Context, contact: Contact) -> Sequence[ContactGroup]:
    directory = context.directory
    return groups_of(contact, directory.groups, directory.definitions, context.clock())


def query_of(context: Context, group: ContactGroup) -> ContactQuery:
    """Return the query of who is in the group at the moment."""
    return ContactQuery(filter=filter_of(group.rule, context.directory.definitions, context.clock()))


async def members(
    context: Context, query: ContactQuery, request: PageRequest[ContactPosition]
) -> Page[Contact] | TooBroad:
    return await finding.page(context, request, query)


async def create(
    context: Context, *, name: str, match: GroupMatch, conditions: GivenConditions, idempotency_key: str | None
) -> GroupChanged | Forbidden | GroupNameTaken | Invalid | KeyReused:
    async def work(changes: Changes) -> GroupChanged | Forbidden | GroupNameTaken | Invalid:
        if refused := context.refuses(Capability.MANAGE_GROUPS):
            return refused
        bare = ContactGroup(new_id(), 1, "", GroupRule(match, ()), 0)
        made = _patched(context, bare, GroupPatch(name, match, conditions))
        if isinstance(made, Invalid):
            return made
        before = await changes.groups.in_order()
        if holder := namesake(before, made):
            return GroupNameTaken(holder)
        if len(before) >= MOST_GROUPS:
            return Invalid(ErrorCode.TOO_MANY, f"There are {MOST_GROUPS} groups: delete one first.", ("input",))
        made = replace(made, position=max((each.position for each in before), default=-1) + 1)
        await changes.groups.lock()
        await changes.groups.insert(made)
        return GroupChanged(made)

    request = ("contactGroupCreate", name, match, conditions)
    return _told(context, await once(context, idempotency_key, request, work))


async def update(
    context: Context, *, group_id: str, patch: GroupPatch, version: int | None, idempotency_key: str | None
) -> GroupChanged | GroupNameTaken | Refused | KeyReused:
    async def work(changes: Changes) -> GroupChanged | GroupNameTaken | Refused:
        if refused := context.refuses(Capability.MANAGE_GROUPS):
            return refused
        every_one = await changes.groups.in_order()
        before = next((each for each in every_one if each.id == group_id), None)
        if before is None:
            return NotFound(Kind.GROUP)
        made = _patched(context, before, patch)
        if isinstance(made, Invalid):
            return made
        if holder := namesake(every_one, made):
            return GroupNameTaken(holder)
        if version is not None and version != before.version:
            return StaleGroup(before)
        if made == before:
            return GroupChanged(before)
        made = replace(made, version=before.version + 1)
        await changes.groups.lock()
        await changes.groups.put(made)
        return GroupChanged(made)

    request = ("contactGroupUpdate", group_id, patch, version)
    return _told(context, await once(context, idempotency_key, request, work))


async def reorder(
    context: Context, *, group_id: str, after_id: str | None, version: int | None, idempotency_key: str | None
) -> GroupsReordered | Refused | KeyReused:
    """Move a group behind another, or to the front: two admins who move two of them at once both get their way."""

    async def work(changes: Changes) -> GroupsReordered | Refused:
        if refused := context.refuses(Capability.MANAGE_GROUPS):
            return refused
        before = await changes.groups.in_order()
        by_id = {each.id: each for each in before}
        if group_id not in by_id:
            return NotFound(Kind.GROUP)
        if after_id is not None and (after_id not in by_id or after_id == group_id):
            advice = "Give the id of a different group, or null for the first place."
            return Invalid(ErrorCode.NOT_AN_ID, advice, ("input", "afterId"))
        if version is not None and version != by_id[group_id].version:
            return StaleGroup(by_id[group_id])
        after = moved(before, group_id, after_id)
        if changed := [each for each in after if each != by_id[each.id]]:
            await changes.groups.lock()
            await changes.groups.place(changed)
        return GroupsReordered(after)

    request = ("contactGroupReorder", group_id, after_id, version)
    return _told(context, await once(context, idempotency_key, request, work))


async def delete(
    context: Context, *, group_id: str, version: int | None, idempotency_key: str | None
) -> GroupDeleted | Refused | KeyReused:
    async def work(changes: Changes) -> GroupDeleted | Refused:
        if refused := context.refuses(Capability.MANAGE_GROUPS):
            return refused
        before = next((each for each in await changes.groups.in_order() if each.id == group_id), None)
        if before is None:
            return NotFound(Kind.GROUP)
        if version is not None and version != before.version:
            return StaleGroup(before)
        await changes.groups.lock()
        await changes.groups.remove(group_id)
        return GroupDeleted(group_id)

    request = ("contactGroupDelete", group_id, version)
    return _told(context, await once(context, idempotency_key, request, work))


def _patched(context: Context, before: ContactGroup, patch: GroupPatch) -> ContactGroup | Invalid:
    name = before.name if patch.name is None else checked_name(patch.name, longest=LONGEST_NAME)
    if isinstance(name, Invalid):
        return name
    rule = GroupRule(patch.match or before.rule.match, before.rule.conditions)
    if patch.conditions is not None:
        conditions = _conditions(context, patch.conditions)
        if isinstance(conditions, Invalid):
            return conditions
        directory = context.directory
        checked = checked_rule(
            replace(rule, conditions=conditions), directory.definitions, directory.organization.region
        )
        if isinstance(checked, Invalid):
            return checked
        rule = checked
    return replace(before, name=name, rule=rule)


def _conditions(context: Context, given: GivenConditions) -> tuple[Condition, ...] | Invalid:
    found: list[Condition] = []
    for index, each in enumerate(given):
        if isinstance(each, VipCondition):
            found.append(each)
            continue
        definition = context.directory.definition(each.key)
        if definition is None:
            advice = "There is no attribute of that key: ask `attributeDefinitions` for those there are."
            return Invalid(ErrorCode.NOT_FOUND, advice, ("input", "conditions", str(index), "attribute", "key"))
        found.append(AttributeCondition(definition.id, each.operator, each.operands))
    return tuple(found)


def _told(context: Context, result: R) -> R:
    if isinstance(result, GroupChanged | GroupsReordered | GroupDeleted):
        context.definitions_changed()
    return result
