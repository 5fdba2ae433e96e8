"""The past of a contact's values: read newest first, and brought back."""

from __future__ import annotations

from domain.attribute_changes import (
    Problem,
    ValueVersion,
    emptied,
    not_by_the_rules_of_today,
    version_of,
)
from domain.attributes import AttributeChanged, ContactAttribute
from domain.definitions import AttributeDefinition
from domain.events import EventPosition, ValueKey
from domain.outcomes import Invalid, Kind, NotFound
from domain.paging import Page, PageRequest
from persistence.stores import Changes
from resolvers.attribute_changes import AttributeResult, accepted, clear_one, editable, set_one, told
from resolvers.batching import PageKey
from resolvers.context import Context
from resolvers.idempotency import once


async def page(context: Context, line: ContactAttribute, request: PageRequest[EventPosition]) -> Page[ValueVersion]:
    found = await context.loaders.history_page_by_key.load(PageKey(_key(line), request))
    rows = tuple(version_of(each, line.definition.id) for each in found.rows)
    return Page(rows, found.has_previous, found.has_next)


async def count(context: Context, line: ContactAttribute) -> int:
    return await context.loaders.history_count_by_key.load(_key(line))


def _key(line: ContactAttribute) -> ValueKey:
    return ValueKey(line.contact_id, line.definition.id)


async def restore(
    context: Context,
    *,
    contact_id: str,
    key: str,
    restore_version: int,
    version: int | None,
    idempotency_key: str | None,
) -> AttributeResult:
    """Give the attribute, as a new version, what the version held; empty it where that one was empty."""

    async def work(changes: Changes) -> AttributeChanged | Problem:
        definition = editable(context, key)
        if not isinstance(definition, AttributeDefinition):
            return definition
        contact = await changes.contacts.find(contact_id)
        if contact is None:
            return NotFound(Kind.CONTACT)
        event = await changes.events.of_version(ValueKey(contact.id, definition.id), restore_version)
        if event is None:
            return NotFound(Kind.VERSION)
        then = version_of(event, definition.id).held.value
        value = emptied(definition) if then is None else accepted(context, definition, then)
        if isinstance(value, Invalid):
            return not_by_the_rules_of_today(restore_version, value)
        if value is None:
            return await clear_one(context, changes, contact, definition, version)
        return await set_one(context, changes, contact, definition, value, version)

    request = ("contactAttributeRestore", contact_id, key, restore_version, version)
    return told(context, await once(context, idempotency_key, request, work))
