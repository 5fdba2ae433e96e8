"""Attributes: one value set or cleared, and no other touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from domain.attribute_changes import Problem, emptied
from domain.attributes import AttributeChanged, ContactAttribute, Locked, StaleAttribute, line_of
from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.values import Value
from persistence.stores import Changes
from resolvers.attribute_changes import AttributeResult, accepted, clear_one, editable, set_one, told
from resolvers.context import Context
from resolvers.idempotency import once

V = TypeVar("V")
_Found = tuple[Contact, AttributeDefinition, V] | Invalid | Locked | NotFound


async def set_value(
    context: Context,
    *,
    contact_id: str,
    key: str,
    given: Value,
    version: int | None,
    idempotency_key: str | None,
) -> AttributeResult:
    def decide(definition: AttributeDefinition) -> Value | Invalid:
        value = accepted(context, definition, given)
        return value.at("input", "value") if isinstance(value, Invalid) else value

    async def work(changes: Changes) -> AttributeChanged | Problem:
        found: _Found[Value] = await _found(context, changes, contact_id, key, decide)
        return await set_one(context, changes, *found, version) if isinstance(found, tuple) else found

    request = ("contactAttributeSet", contact_id, key, given, version)
    return told(context, await once(context, idempotency_key, request, work))


async def clear_value(
    context: Context, *, contact_id: str, key: str, version: int | None, idempotency_key: str | None
) -> AttributeChanged | Invalid | Locked | NotFound | StaleAttribute | KeyReused:
    def decide(definition: AttributeDefinition) -> Invalid | None:
        problem = emptied(definition)
        return None if problem is None else problem.at("input", "key")

    async def work(changes: Changes) -> AttributeChanged | Invalid | Locked | NotFound | StaleAttribute:
        found = await _found(context, changes, contact_id, key, decide)
        if not isinstance(found, tuple):
            return found
        contact, definition, _ = found
        return await clear_one(context, changes, contact, definition, version)

    request = ("contactAttributeClear", contact_id, key, version)
    return told(context, await once(context, idempotency_key, request, work))


async def _found(
    context: Context,
    changes: Changes,
    contact_id: str,
    key: str,
    decide: Callable[[AttributeDefinition], V | Invalid],
) -> _Found[V]:
    """Return the contact, the attribute and what is decided about it, or the first that stands in the way."""
    definition = editable(context, key)
    if not isinstance(definition, AttributeDefinition):
        return definition
    value = decide(definition)
    if isinstance(value, Invalid):
        return value
    contact = await changes.contacts.find(contact_id)
    return NotFound(Kind.CONTACT) if contact is None else (contact, definition, value)


def line(context: Context, contact: Contact, definition_id: str) -> ContactAttribute:
    """Return the panel's line of a definition that is known to be there."""
    definition = next(each for each in context.directory.definitions if each.id == definition_id)
    return line_of(contact, definition, contact.held(definition_id))
