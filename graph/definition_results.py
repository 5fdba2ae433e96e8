"""How the mutations of attribute definitions can end."""

from typing import Annotated, Self

import strawberry

from domain import definitions as model
from graph.definition_errors import AttributeKeyTaken, DuplicateValues
from graph.definitions import AttributeDefinition
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed


@strawberry.type(description="What a change means for the values that contacts hold. None of them is touched by it.")
class AttributeDefinitionImpact:
    values_held: int = strawberry.field(description="How many contacts hold a value.")
    values_broken: int = strawberry.field(description="How many of them would be refused when they are next edited.")
    values_with_archived_options: int = strawberry.field(
        description="How many of them hold an option that nobody else can choose."
    )
    duplicates: int = strawberry.field(
        description="How many values several contacts hold: while there are any, the attribute cannot become unique. "
        "0 for value types that cannot be unique."
    )

    @classmethod
    def of(cls, impact: model.DefinitionImpact) -> Self:
        return cls(
            values_held=impact.values_held,
            values_broken=impact.values_broken,
            values_with_archived_options=impact.values_with_archived_options,
            duplicates=impact.duplicates,
        )


@strawberry.type(description="The attribute is defined; every contact can have it.")
class AttributeDefinitionCreateSuccess:
    definition: AttributeDefinition = strawberry.field(description="The new one, at the end of the order.")


@strawberry.type(description="The attribute is changed; with `dryRun`, it would be.")
class AttributeDefinitionUpdateSuccess:
    definition: AttributeDefinition = strawberry.field(description="As it is now; with `dryRun`, as it would be.")
    impact: AttributeDefinitionImpact = strawberry.field(description="What it means for values that are held.")


@strawberry.type(description="The attribute is out of use; with `dryRun`, it would be.")
class AttributeDefinitionArchiveSuccess:
    definition: AttributeDefinition = strawberry.field(description="As it is now; with `dryRun`, as it would be.")
    impact: AttributeDefinitionImpact = strawberry.field(description="What it means for values that are held.")


@strawberry.type(description="The attribute is in use again.")
class AttributeDefinitionRestoreSuccess:
    definition: AttributeDefinition = strawberry.field(description="As it is now.")


@strawberry.type(description="The attribute has its new place.")
class AttributeDefinitionReorderSuccess:
    definitions: list[AttributeDefinition] = strawberry.field(
        description="All of the organization in their new order, archived ones included.", metadata={"rows": 30}
    )


AttributeDefinitionCreateResult = Annotated[
    AttributeDefinitionCreateSuccess | ValidationFailed | AttributeKeyTaken | Forbidden | IdempotencyKeyReused,
    strawberry.union("AttributeDefinitionCreateResult", description="How defining an attribute can end."),
]
AttributeDefinitionUpdateResult = Annotated[
    AttributeDefinitionUpdateSuccess
    | ValidationFailed
    | NotFound
    | Conflict
    | DuplicateValues
    | Forbidden
    | IdempotencyKeyReused,
    strawberry.union("AttributeDefinitionUpdateResult", description="How changing an attribute can end."),
]
AttributeDefinitionArchiveResult = Annotated[
    AttributeDefinitionArchiveSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("AttributeDefinitionArchiveResult", description="How taking an attribute out of use can end."),
]
AttributeDefinitionRestoreResult = Annotated[
    AttributeDefinitionRestoreSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("AttributeDefinitionRestoreResult", description="How bringing an attribute back can end."),
]
AttributeDefinitionReorderResult = Annotated[
    AttributeDefinitionReorderSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("AttributeDefinitionReorderResult", description="How moving an attribute can end."),
]
