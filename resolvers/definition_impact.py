"""What a change of a definition means for the values that contacts hold."""

from __future__ import annotations

from domain.definitions import AttributeDefinition, DefinitionImpact
from domain.outcomes import Invalid
from domain.value_rules import checked
from domain.values import MultiSelectValue, SelectValue, Value
from resolvers.context import Context


async def impact_of(context: Context, definition: AttributeDefinition) -> DefinitionImpact:
    """Count what does not fit the definition as it is given. Reads every value, a thousand at a time."""
    archived = {each.id for each in definition.options if each.is_archived}
    region = context.directory.organization.region
    held = broken = of_archived = 0
    async for value in context.stores.contacts.values_of(definition.id):
        held += 1
        broken += isinstance(checked(definition, value, region=region), Invalid)
        of_archived += not archived.isdisjoint(_chosen(value))
    return DefinitionImpact(held, broken, of_archived)


def _chosen(value: Value) -> tuple[str, ...]:
    match value:
        case SelectValue(option_id):
            return (option_id,)
        case MultiSelectValue(option_ids):
            return option_ids
        case _:
            return ()
