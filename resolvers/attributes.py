"""Attributes: one value set or cleared, and no other touched."""

from __future__ import annotations

from collections.abc import Callable

from domain.attributes import (
    AttributeChanged,
    ContactAttribute,
    CrmSync,
    HeldValue,
    Locked,
    Provenance,
    Source,
    StaleAttribute,
    SyncState,
    locked_because,
)
from domain.contacts import Contact, with_value
from domain.definitions import AttributeCategory, AttributeDefinition
from domain.events import ContactEvent, EventKind, ValueChange
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.value_rules import checked
from domain.values import Value
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import once

AttributeResult = AttributeChanged | Invalid | Locked | NotFound | StaleAttribute | KeyReused


async def set_value(
    context: Context,
    *,
    contact_id: str,
    key: str,
    given: Value,
    version: int | None,
    idempotency_key: str | None,
) -> AttributeResult:
    def checked_value(definition: AttributeDefinition) -> Value | Invalid:
        value = checked(definition, given, region=context.directory.organization.region)
        return value.at("input", "value") if isinstance(value, Invalid) else value

    request = ("contactAttributeSet", contact_id, key, given, version)
    return await _change(context, contact_id, key, checked_value, version, idempotency_key, request)


async def clear_value(
    context: Context, *, contact_id: str, key: str, version: int | None, idempotency_key: str | None
) -> AttributeResult:
    def nothing(definition: AttributeDefinition) -> Invalid | None:
        if not definition.rules.required:
            return None
        advice = f"Set another value: «{definition.label}» must have one."
        return Invalid(ErrorCode.REQUIRED, advice, ("input", "key"))

    request = ("contactAttributeClear", contact_id, key, version)
    return await _change(context, contact_id, key, nothing, version, idempotency_key, request)


def _editable(context: Context, key: str) -> AttributeDefinition | NotFound | Locked:
    definition = context.directory.definition(key)
    if definition is None:
        return NotFound(Kind.DEFINITION)
    reason = locked_because(definition, context.plan, context.role)
    return definition if reason is None else Locked(reason)


async def _change(
    context: Context,
    contact_id: str,
    key: str,
    decide: Callable[[AttributeDefinition], Value | Invalid | None],
    version: int | None,
    idempotency_key: str | None,
    request: tuple[object, ...],
) -> AttributeResult:
    async def work(changes: Changes) -> AttributeChanged | Invalid | Locked | NotFound | StaleAttribute:
        definition = _editable(context, key)
        if not isinstance(definition, AttributeDefinition):
            return definition
        value = decide(definition)
        if isinstance(value, Invalid):
            return value
        contact = await changes.contacts.find(contact_id)
        if contact is None:
            return NotFound(Kind.CONTACT)
        before = contact.held(definition.id)
        seen = 0 if before is None else before.version
        if version is not None and version != seen:
            return StaleAttribute(contact, definition.id)
        if value == (None if before is None else before.value):
            return AttributeChanged(contact, definition.id)
        after = _held(context, definition, value, seen + 1, before)
        changed = with_value(contact, after)
        await changes.contacts.put(changed)
        await changes.events.add(_event(context, contact, before, after))
        return AttributeChanged(changed, definition.id)

    result = await once(context, idempotency_key, request, work)
    if isinstance(result, AttributeChanged):
        context.loaders.know_contact(result.contact)
    return result


def _held(
    context: Context, definition: AttributeDefinition, value: Value | None, version: int, before: HeldValue | None
) -> HeldValue:
    sync = None
    if definition.category is AttributeCategory.CRM:
        # The CRM has not heard of the edit yet; when it last agreed is still true.
        last = None if before is None or before.sync is None else before.sync.synced_at
        sync = CrmSync(SyncState.PENDING, last)
    provenance = Provenance(Source.AGENT, context.clock(), context.agent.id)
    return HeldValue(definition.id, value, provenance, version, sync)


def _event(context: Context, contact: Contact, before: HeldValue | None, after: HeldValue) -> ContactEvent:
    at, change = after.provenance.at, ValueChange(before, after)
    return ContactEvent(new_id(), contact.id, at, EventKind.VALUES_CHANGED, context.agent.id, values=(change,))


def line(context: Context, contact: Contact, definition_id: str) -> ContactAttribute:
    """Return the panel's line of a definition that is known to be there."""
    definition = next(each for each in context.directory.definitions if each.id == definition_id)
    return ContactAttribute(contact.id, definition, contact.held(definition_id))
