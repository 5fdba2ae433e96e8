"""What the mutations of attributes share: who may change what, and how a change is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from domain.attribute_changes import Problem, ValueTaken, change_of, with_changes
from domain.attributes import AttributeChanged, Locked, Provenance, Source, StaleAttribute, locked_because
from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.events import ContactEvent, EventKind, ValueChange
from domain.ids import new_id
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.value_rules import checked
from domain.values import Value
from persistence.stores import Changes
from resolvers.context import Context

R = TypeVar("R")

AttributeResult = AttributeChanged | Problem | KeyReused


def editable(context: Context, key: str) -> AttributeDefinition | NotFound | Locked:
    definition = context.directory.definition(key)
    if definition is None:
        return NotFound(Kind.DEFINITION)
    reason = locked_because(definition, context.plan, context.role)
    return definition if reason is None else Locked(reason)


def by_agent(context: Context) -> Provenance:
    return Provenance(Source.AGENT, context.clock(), context.agent.id)


def accepted(context: Context, definition: AttributeDefinition, given: Value) -> Value | Invalid:
    """Return the value in its kept form, or why today's rules refuse it."""
    return checked(definition, given, region=context.directory.organization.region)


async def set_one(
    context: Context,
    changes: Changes,
    contact: Contact,
    definition: AttributeDefinition,
    value: Value,
    version: int | None,
) -> AttributeChanged | StaleAttribute | ValueTaken:
    """Give the contact, found in this transaction, the accepted value."""
    made = change_of(contact, definition, value, version=version, provenance=by_agent(context))
    if isinstance(made, ValueChange) and (refused := await taken(changes, contact, [made])):
        return refused[0]
    return await _kept(context, changes, contact, definition, made)


async def clear_one(
    context: Context, changes: Changes, contact: Contact, definition: AttributeDefinition, version: int | None
) -> AttributeChanged | StaleAttribute:
    made = change_of(contact, definition, None, version=version, provenance=by_agent(context))
    return await _kept(context, changes, contact, definition, made)


async def _kept(
    context: Context,
    changes: Changes,
    contact: Contact,
    definition: AttributeDefinition,
    made: ValueChange | StaleAttribute | None,
) -> AttributeChanged | StaleAttribute:
    if isinstance(made, StaleAttribute):
        return made
    after = contact if made is None else await keep(context, changes, contact, [made])
    return AttributeChanged(after, definition.id)


async def taken(changes: Changes, contact: Contact, made: Sequence[ValueChange]) -> list[ValueTaken]:
    """Return those of the changes that would give the contact what another one holds alone.

    It looks, so as to say who; that nobody holds it twice is the unique index's doing, whatever was seen here.
    """
    wanted = {each.after.definition_id: each.after.value for each in made if each.after.value is not None}
    holders = await changes.contacts.holders_of_values(wanted)
    messages = {each.id: each.rules.message for each in await changes.definitions.deriving()} if holders else {}
    return [ValueTaken(each, holder, messages[each]) for each, holder in holders.items() if holder.id != contact.id]


async def keep(context: Context, changes: Changes, contact: Contact, made: Sequence[ValueChange]) -> Contact:
    """Write the changes, and one entry in the log for all of them; returns the contact after it."""
    changed = with_changes(contact, made)
    await changes.contacts.put(changed)
    kind, agent_id = EventKind.VALUES_CHANGED, context.agent.id
    event = ContactEvent(new_id(), contact.id, changed.updated_at, kind, agent_id, values=tuple(made))
    await changes.events.add(event)
    return changed


def told(context: Context, result: R) -> R | NotFound:
    """Let what the same request asks next see the change.

    A first answer that is repeated may be about an attribute that was hidden from the agent since: it is not there.
    """
    if isinstance(result, AttributeChanged):
        if not is_known(context, result.definition_id):
            return NotFound(Kind.DEFINITION)
        know(context, result.contact)
    return result


def is_known(context: Context, definition_id: str) -> bool:
    return any(each.id == definition_id for each in context.directory.definitions)


def know(context: Context, contact: Contact) -> None:
    context.loaders.know_contact(contact)
    context.loaders.forget_histories()
