"""Attributes: several values of a contact set together, all or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.attribute_changes import (
    MOST_VALUES,
    GivenValue,
    Problem,
    ValueProblem,
    ValuesChanged,
    ValuesRefused,
    change_of,
    emptied,
)
from domain.attributes import Provenance
from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.events import ValueChange
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.values import Value
from persistence.stores import Changes
from resolvers.attribute_changes import accepted, by_agent, editable, is_known, keep, know, taken
from resolvers.context import Context
from resolvers.idempotency import once

_HERE = ("input", "values")


async def set_values(
    context: Context, *, contact_id: str, values: Sequence[GivenValue], idempotency_key: str | None
) -> ValuesChanged | ValuesRefused | Invalid | NotFound | KeyReused:
    """Set or clear the values, 1 to 50, in one transaction, or say everything that is wrong with them."""

    async def work(changes: Changes) -> ValuesChanged | ValuesRefused | Invalid | NotFound:
        if not values:
            return Invalid(ErrorCode.BLANK, "Give at least one value.", _HERE)
        if len(values) > MOST_VALUES:
            return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_VALUES} values at once.", _HERE)
        contact = await changes.contacts.find(contact_id)
        if contact is None:
            return NotFound(Kind.CONTACT)
        made, problems = judged(context, contact, values)
        index_by_definition = {each.after.definition_id: index for index, each in made.items()}
        for each in await taken(changes, contact, list(made.values())):
            problems.append(ValueProblem(index_by_definition[each.definition_id], each))
        if problems:
            return ValuesRefused(tuple(sorted(problems, key=lambda each: each.index)))
        if not made:
            return ValuesChanged(contact, ())
        return ValuesChanged(await keep(context, changes, contact, list(made.values())), tuple(index_by_definition))

    request = ("contactAttributesSet", contact_id, tuple(values))
    result = await once(context, idempotency_key, request, work)
    if isinstance(result, ValuesChanged):
        know(context, result.contact)
        # Of a first answer that is repeated, one may have been hidden from the agent since.
        return replace(result, definition_ids=tuple(each for each in result.definition_ids if is_known(context, each)))
    return result


def judged(
    context: Context, contact: Contact, values: Sequence[GivenValue]
) -> tuple[dict[int, ValueChange], list[ValueProblem]]:
    """Return what each of the values changes, by its index, and what is wrong with them."""
    provenance = by_agent(context)
    made: dict[int, ValueChange] = {}
    problems: list[ValueProblem] = []
    seen: set[str] = set()
    for index, given in enumerate(values):
        if given.key in seen:
            again = Invalid(ErrorCode.REPEATED_KEY, f"Give «{given.key}» once.", ("input", "key"))
            problems.append(ValueProblem(index, again))
            continue
        seen.add(given.key)
        found = _change(context, contact, given, provenance)
        if isinstance(found, ValueChange):
            made[index] = found
        elif found is not None:
            problems.append(ValueProblem(index, found))
    return made, problems


def _change(
    context: Context, contact: Contact, given: GivenValue, provenance: Provenance
) -> ValueChange | Problem | None:
    definition = editable(context, given.key)
    if not isinstance(definition, AttributeDefinition):
        return definition
    value = _value(context, definition, given.value)
    if isinstance(value, Invalid):
        return value.at("input", "value")
    return change_of(contact, definition, value, version=given.version, provenance=provenance)


def _value(context: Context, definition: AttributeDefinition, given: Value | Invalid | None) -> Value | Invalid | None:
    if given is None:
        return emptied(definition)
    if isinstance(given, Invalid):
        return given
    return accepted(context, definition, given)
