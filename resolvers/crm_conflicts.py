"""Deciding between what an agent has set and what the CRM holds."""

from __future__ import annotations

from dataclasses import replace

from domain.attribute_changes import Problem
from domain.attributes import AttributeChanged, CrmSync, HeldValue, Provenance, Source, StaleAttribute, SyncState
from domain.crm_merge import Side
from domain.crm_values import value_of_field
from domain.definitions import AttributeDefinition
from domain.events import ValueChange
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from persistence.stores import Changes
from resolvers.attribute_changes import AttributeResult, by_agent, editable, keep, taken, told
from resolvers.context import Context
from resolvers.idempotency import once

_TO_DECIDE = {SyncState.CONFLICT, SyncState.REJECTED}


async def resolve(
    context: Context, *, contact_id: str, key: str, accept: Side, version: int | None, idempotency_key: str | None
) -> AttributeResult:
    """Keep one of two values: the CRM's, or that of the agent, which is then written to the CRM once more."""

    async def work(changes: Changes) -> AttributeChanged | Problem:
        definition = editable(context, key)
        if not isinstance(definition, AttributeDefinition):
            return definition
        contact = await changes.contacts.find(contact_id)
        if contact is None:
            return NotFound(Kind.CONTACT)
        before = contact.held(definition.id)
        if version is not None and version != (0 if before is None else before.version):
            return StaleAttribute(contact, definition.id)
        if before is None or before.sync is None or before.sync.state not in _TO_DECIDE:
            advice = "There is nothing to decide: the value is neither in conflict nor rejected."
            return Invalid(ErrorCode.NO_CONFLICT, advice, ("input", "key"))
        after = _decided(context, definition, before, before.sync, accept)
        if isinstance(after, Invalid):
            return after
        made = [ValueChange(before, after)]
        if refused := await taken(changes, contact, made):
            return refused[0]
        return AttributeChanged(await keep(context, changes, contact, made), definition.id)

    request = ("crmConflictResolve", contact_id, key, accept, version)
    return told(context, await once(context, idempotency_key, request, work))


def _decided(
    context: Context, definition: AttributeDefinition, before: HeldValue, sync: CrmSync, accept: Side
) -> HeldValue | Invalid:
    version = before.version + 1
    if accept is Side.LOCAL:
        pending = CrmSync(SyncState.PENDING, sync.synced_at, sync.field)
        return HeldValue(definition.id, before.value, by_agent(context), version, pending)
    value = value_of_field(definition, sync.field, region=context.directory.organization.region)
    if isinstance(value, Invalid):
        return replace(value, message=f"The CRM's value cannot be kept. {value.message}").at("input", "accept")
    in_sync = CrmSync(SyncState.IN_SYNC, context.clock(), sync.field)
    return HeldValue(definition.id, value, Provenance(Source.CRM, context.clock(), context.agent.id), version, in_sync)
