"""What a change of a definition means for the values that contacts hold."""

from __future__ import annotations

from domain.definition_rules import NEVER_UNIQUE
from domain.definitions import AttributeDefinition, DefinitionImpact, DuplicateValues
from domain.outcomes import Invalid
from domain.value_rules import checked
from domain.values import MultiSelectValue, SelectValue, Value
from resolvers.context import Context


async def impact_of(
    context: Context, definition: AttributeDefinition
) -> tuple[DefinitionImpact, DuplicateValues | None]:
    """Count what does not fit the definition as it is given, and tell of values that several contacts hold.

    Every value is read, a thousand at a time: it takes as long as there are contacts that hold one.
    """
    archived = {each.id for each in definition.options if each.is_archived}
    contacts, region = context.stores.contacts, context.directory.organization.region
    held = broken = of_archived = 0
    async for value in contacts.values_of(definition.id):
        held += 1
        broken += isinstance(checked(definition, value, region=region), Invalid)
        of_archived += not archived.isdisjoint(_chosen(value))
    # Last, so that little can happen between it and the change that depends on it.
    repeated = None if definition.value_type in NEVER_UNIQUE else await contacts.duplicates(definition.id)
    duplicates = 0 if repeated is None else repeated.duplicates
    return DefinitionImpact(held, broken, of_archived, duplicates), repeated


def _chosen(value: Value) -> tuple[str, ...]:
    match value:
        case SelectValue(option_id):
            return (option_id,)
        case MultiSelectValue(option_ids):
            return option_ids
        case _:
            return ()
