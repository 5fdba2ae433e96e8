"""Attribute definitions, in the words of the asker's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Self

import strawberry

from domain import definitions as model
from domain.definitions import AttributeCategory, SyncRule, ValueType, localised
from domain.value_rules import canonical_case
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.paging import given
from graph.scalars import LanguageTag


@strawberry.type(description="A text in one language.")
class LocalizedText:
    language: LanguageTag = strawberry.field(description="The language.")
    text: str = strawberry.field(description="The text in it.")

    @classmethod
    def all_of(cls, texts: Mapping[str, str]) -> list[Self]:
        return [cls(language=LanguageTag(canonical_case(tag)), text=text) for tag, text in sorted(texts.items())]


@strawberry.type(
    description="A choice of a SELECT or MULTI_SELECT attribute. Options are renamed freely: compare ids, show labels."
)
class AttributeOption:
    id: strawberry.ID = strawberry.field(
        description="Stable, and unique among the options of all attributes: what `AttributeValueInput` takes."
    )
    label: str = strawberry.field(description="In the asker's language.")
    labels: list[LocalizedText] = strawberry.field(description="In other languages, for the admins' form.")
    is_archived: bool = strawberry.field(
        description="No longer to be chosen; values that already hold it keep it. Leave it out of a new choice."
    )

    @classmethod
    def of(cls, option: model.Option, languages: Sequence[str]) -> Self:
        label = localised(option.label, option.labels, languages)
        labels = LocalizedText.all_of(option.labels)
        return cls(id=strawberry.ID(option.id), label=label, labels=labels, is_archived=option.is_archived)


@strawberry.type(description="What a value has to keep to; each bound is inclusive, null where there is none.")
class AttributeRules:
    is_required: bool = strawberry.field(description="A value that is there can be changed but not cleared.")
    min_number: float | None = strawberry.field(description="The least number.")
    max_number: float | None = strawberry.field(description="The greatest number.")
    min_length: int | None = strawberry.field(description="The fewest characters, counted as for notes.")
    max_length: int | None = strawberry.field(description="The most characters, counted as for notes.")
    earliest: date | None = strawberry.field(description="The first day.")
    latest: date | None = strawberry.field(description="The last day.")
    is_unique: bool = strawberry.field(description="No two contacts can hold the same value.")
    pattern: str | None = strawberry.field(
        description="A regular expression in the syntax of RE2 that the whole text has to match."
    )
    message: str | None = strawberry.field(description="What is answered where one of these rules is broken.")

    @classmethod
    def of(cls, rules: model.ValueRules) -> Self:
        return cls(
            is_required=rules.required,
            min_number=rules.min_number,
            max_number=rules.max_number,
            min_length=rules.min_length,
            max_length=rules.max_length,
            earliest=rules.earliest,
            latest=rules.latest,
            is_unique=rules.is_unique,
            pattern=rules.pattern,
            message=rules.message,
        )


@strawberry.type(description="What the admins decided a contact can have. Build the form of an attribute from it.")
class AttributeDefinition(Node):
    key: str = strawberry.field(description="Stable name for programs, unique in the organization.")
    label: str = strawberry.field(description="Name for people, in the asker's language. Admins may change it.")
    labels: list[LocalizedText] = strawberry.field(description="The label in other languages, for the admins' form.")
    description: str | None = strawberry.field(
        description="A hint for people: what to fill in, in the asker's language."
    )
    descriptions: list[LocalizedText] = strawberry.field(
        description="The description in other languages, for the admins' form."
    )
    version: int = strawberry.field(
        description="Grows with each change but that of its place. State it in a change, so that no other is lost."
    )
    category: AttributeCategory = strawberry.field(description="Who fills it, which is how a panel groups it.")
    value_type: ValueType = strawberry.field(description="What it holds; never changes.")
    position: int = strawberry.field(description="Its place in the order that the admins chose, counted from 0.")
    rules: AttributeRules = strawberry.field(description="What a value has to keep to.")
    options: list[AttributeOption] = strawberry.field(
        description="The choices of SELECT and MULTI_SELECT in their order, archived ones included; else empty."
    )
    is_enabled: bool = strawberry.field(description="Whether panels show it; switched off, no contact lists it.")
    is_archived: bool = strawberry.field(
        description="Taken out of use: contacts that hold a value still show it, locked; others no longer list it."
    )
    is_editable: bool = strawberry.field(
        description="Whether agents may fill it in; for an attribute of a contact, ask its `canEdit` instead."
    )
    is_searchable: bool = strawberry.field(description="Whether the search for contacts looks at it.")
    is_look_up: bool = strawberry.field(description="Whether the CRM is asked for a contact by it.")
    is_admin_only: bool = strawberry.field(description="Whether agents neither see it nor learn of its values.")
    crm_alias: str | None = strawberry.field(description="What the CRM calls it; its key where this is null.")
    sync_rule: SyncRule = strawberry.field(description="Of one that the CRM manages: whose value is kept.")

    @classmethod
    def of(cls, definition: model.AttributeDefinition, languages: Sequence[str]) -> Self:
        return cls(
            id=encode_id("AttributeDefinition", definition.id),
            key=definition.key,
            label=localised(definition.label, definition.labels, languages),
            labels=LocalizedText.all_of(definition.labels),
            description=localised(definition.description or "", definition.descriptions, languages) or None,
            descriptions=LocalizedText.all_of(definition.descriptions),
            version=definition.version,
            category=definition.category,
            value_type=definition.value_type,
            position=definition.position,
            rules=AttributeRules.of(definition.rules),
            options=[AttributeOption.of(each, languages) for each in definition.options],
            is_enabled=definition.is_enabled,
            is_archived=definition.is_archived,
            is_editable=definition.is_editable,
            is_searchable=definition.is_searchable,
            is_look_up=definition.is_look_up,
            is_admin_only=definition.is_admin_only,
            crm_alias=definition.crm_alias,
            sync_rule=definition.sync_rule,
        )


@strawberry.type
class DefinitionQueries:
    @strawberry.field(description="The organization's attribute definitions in the order that the admins chose.")
    def attribute_definitions(
        self,
        info: Info,
        category: Annotated[
            AttributeCategory | None, strawberry.argument(description="Only those of one category; all if left out.")
        ] = strawberry.UNSET,
        include_archived: Annotated[bool, strawberry.argument(description="Also those taken out of use.")] = False,
    ) -> list[AttributeDefinition]:
        context, wanted = info.context, given(category)
        return [
            AttributeDefinition.of(each, context.languages)
            for each in context.directory.definitions
            if (wanted is None or each.category is wanted) and (include_archived or not each.is_archived)
        ]
