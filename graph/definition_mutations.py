"""The mutations of attribute definitions: for admins."""

from typing import Annotated, assert_never

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.definitions import (
    AttributeCategory,
    DefinitionChanged,
    DefinitionsReordered,
    KeyTaken,
    StaleDefinition,
    ValueType,
)
from domain.definitions import DuplicateValues as DuplicateValuesOutcome
from domain.outcomes import Invalid, KeyReused
from domain.outcomes import NotFound as NotFoundOutcome
from graph.definition_errors import AttributeKeyTaken, DuplicateValues
from graph.definition_inputs import AttributeDefinitionFields, patch_of
from graph.definition_results import (
    AttributeDefinitionArchiveResult,
    AttributeDefinitionArchiveSuccess,
    AttributeDefinitionCreateResult,
    AttributeDefinitionCreateSuccess,
    AttributeDefinitionImpact,
    AttributeDefinitionReorderResult,
    AttributeDefinitionReorderSuccess,
    AttributeDefinitionRestoreResult,
    AttributeDefinitionRestoreSuccess,
    AttributeDefinitionUpdateResult,
    AttributeDefinitionUpdateSuccess,
)
from graph.definitions import AttributeDefinition
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from resolvers import definitions

_DRY_RUN = "Only say what would come of it, and write nothing."


@strawberry.input(description="A new attribute. What is left out is off, but for `isEnabled` and `isEditable`.")
class AttributeDefinitionCreateInput(AttributeDefinitionFields):
    key: str = strawberry.field(
        description="Stable name for programs: small letters of English, digits and underscores. It never changes."
    )
    label: str = strawberry.field(description="Name for people: 1 to 100 characters.")
    category: AttributeCategory = strawberry.field(
        description="Who fills it. It never changes.", default=AttributeCategory.CUSTOM
    )
    value_type: ValueType = strawberry.field(description="What it holds. It never changes.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What to change of an attribute; key, category and value type never do.")
class AttributeDefinitionUpdateInput(AttributeDefinitionFields):
    definition_id: strawberry.ID = strawberry.field(description="Of an AttributeDefinition.")
    label: str | None = strawberry.field(description="Name for people: 1 to 100 characters.", default=strawberry.UNSET)
    version: int | None = version()
    dry_run: bool = strawberry.field(description=_DRY_RUN, default=False)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which attribute to take out of use.")
class AttributeDefinitionArchiveInput:
    definition_id: strawberry.ID = strawberry.field(description="Of an AttributeDefinition.")
    version: int | None = version()
    dry_run: bool = strawberry.field(description=_DRY_RUN, default=False)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which attribute to bring back into use.")
class AttributeDefinitionRestoreInput:
    definition_id: strawberry.ID = strawberry.field(description="Of an AttributeDefinition.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which attribute to move, and where to.")
class AttributeDefinitionReorderInput:
    definition_id: strawberry.ID = strawberry.field(description="Of the AttributeDefinition to move.")
    after_id: strawberry.ID | None = strawberry.field(
        description="Of the AttributeDefinition that it is to come behind; null for the first place.", default=None
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type
class DefinitionMutations:
    @strawberry.mutation(description="Define an attribute, at the end of the order. For admins.")
    async def attribute_definition_create(
        self,
        info: Info,
        input: Annotated[AttributeDefinitionCreateInput, strawberry.argument(description="The new attribute.")],
    ) -> AttributeDefinitionCreateResult:
        result = await definitions.create(
            info.context,
            key=input.key,
            category=input.category,
            value_type=input.value_type,
            patch=patch_of(input, input.label),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case DefinitionChanged(definition):
                shown = AttributeDefinition.of(definition, info.context.languages)
                return AttributeDefinitionCreateSuccess(definition=shown)
            case KeyTaken():
                return AttributeKeyTaken.of(result, info)
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case Invalid():
                return ValidationFailed.of(result)
            case KeyReused():
                return IdempotencyKeyReused.of(result)
            case _:
                assert_never(result)

    @strawberry.mutation(
        description="Change an attribute. With `dryRun`, only count what it would mean for the values that contacts "
        "hold. For admins."
    )
    async def attribute_definition_update(
        self,
        info: Info,
        input: Annotated[AttributeDefinitionUpdateInput, strawberry.argument(description="The change.")],
    ) -> AttributeDefinitionUpdateResult:
        definition_id = input_id(input.definition_id, "AttributeDefinition", "definitionId")
        if isinstance(definition_id, Invalid):
            return ValidationFailed.of(definition_id)
        result = await definitions.update(
            info.context,
            definition_id=definition_id,
            patch=patch_of(input, input.label),
            version=given(input.version),
            is_dry_run=input.dry_run,
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, DefinitionChanged):
            shown, impact = _shown(info, result)
            return AttributeDefinitionUpdateSuccess(definition=shown, impact=impact)
        return DuplicateValues.of(result) if isinstance(result, DuplicateValuesOutcome) else _refused(info, result)

    @strawberry.mutation(
        description="Take an attribute out of use: contacts that hold a value still show it, locked. Nothing is lost. "
        "For admins."
    )
    async def attribute_definition_archive(
        self,
        info: Info,
        input: Annotated[AttributeDefinitionArchiveInput, strawberry.argument(description="The attribute.")],
    ) -> AttributeDefinitionArchiveResult:
        definition_id = input_id(input.definition_id, "AttributeDefinition", "definitionId")
        if isinstance(definition_id, Invalid):
            return ValidationFailed.of(definition_id)
        result = await definitions.set_archived(
            info.context,
            definition_id=definition_id,
            is_archived=True,
            version=given(input.version),
            is_dry_run=input.dry_run,
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, DefinitionChanged):
            shown, impact = _shown(info, result)
            return AttributeDefinitionArchiveSuccess(definition=shown, impact=impact)
        return _refused(info, result)

    @strawberry.mutation(description="Bring an archived attribute back into use. For admins.")
    async def attribute_definition_restore(
        self,
        info: Info,
        input: Annotated[AttributeDefinitionRestoreInput, strawberry.argument(description="The attribute.")],
    ) -> AttributeDefinitionRestoreResult:
        definition_id = input_id(input.definition_id, "AttributeDefinition", "definitionId")
        if isinstance(definition_id, Invalid):
            return ValidationFailed.of(definition_id)
        result = await definitions.set_archived(
            info.context,
            definition_id=definition_id,
            is_archived=False,
            version=given(input.version),
            is_dry_run=False,
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, DefinitionChanged):
            shown, _ = _shown(info, result)
            return AttributeDefinitionRestoreSuccess(definition=shown)
        return _refused(info, result)

    @strawberry.mutation(
        description="Move an attribute behind another. It says where to and not in which order all are, so that two "
        "admins who move two attributes at once both get their way. For admins."
    )
    async def attribute_definition_reorder(
        self,
        info: Info,
        input: Annotated[AttributeDefinitionReorderInput, strawberry.argument(description="The move.")],
    ) -> AttributeDefinitionReorderResult:
        definition_id = input_id(input.definition_id, "AttributeDefinition", "definitionId")
        after_id = None if input.after_id is None else input_id(input.after_id, "AttributeDefinition", "afterId")
        for each in (definition_id, after_id):
            if isinstance(each, Invalid):
                return ValidationFailed.of(each)
        result = await definitions.reorder(
            info.context,
            definition_id=str(definition_id),
            after_id=None if after_id is None else str(after_id),
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, DefinitionsReordered):
            languages = info.context.languages
            in_order = [AttributeDefinition.of(each, languages) for each in result.definitions]
            return AttributeDefinitionReorderSuccess(definitions=in_order)
        return _refused(info, result)


Refused = ForbiddenOutcome | Invalid | NotFoundOutcome | StaleDefinition | KeyReused


def _refused(info: Info, outcome: Refused) -> ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused:
    match outcome:
        case StaleDefinition(current):
            return Conflict.with_current(AttributeDefinition.of(current, info.context.languages))
        case ForbiddenOutcome():
            return Forbidden.of(outcome)
        case NotFoundOutcome():
            return NotFound.of(outcome, "definitionId")
        case _:
            return refusal(outcome)


def _shown(info: Info, changed: DefinitionChanged) -> tuple[AttributeDefinition, AttributeDefinitionImpact]:
    definition = AttributeDefinition.of(changed.definition, info.context.languages)
    return definition, AttributeDefinitionImpact.of(changed.impact)
