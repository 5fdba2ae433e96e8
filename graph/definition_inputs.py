"""What admins give to make or change an attribute definition."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import strawberry

from domain.definitions import ValueRules
from domain.outcomes import ErrorCode, Invalid
from graph.paging import given
from resolvers.definitions import DefinitionPatch, GivenOption

T = TypeVar("T")

_UNCHANGED = "Left out, it stays as it is."


@strawberry.input(description="A text in one language.")
class LocalizedTextInput:
    language: str = strawberry.field(description="A BCP 47 tag, such as `de` or `pt-BR`.")
    text: str = strawberry.field(description="The text in that language.")


@strawberry.input(description="A choice of a SELECT or MULTI_SELECT attribute.")
class AttributeOptionInput:
    id: strawberry.ID | None = strawberry.field(
        description="Of an option that is there, to rename, move or bring it back; left out for a new one.",
        default=strawberry.UNSET,
    )
    label: str = strawberry.field(description="What people read: 1 to 100 characters.")
    labels: list[LocalizedTextInput] = strawberry.field(
        description="The label in other languages.", default_factory=list
    )


@strawberry.input(description="What a value has to keep to. Rules that do not fit the value type are refused.")
class AttributeRulesInput:
    is_required: bool = strawberry.field(description="A value can be changed but not cleared.", default=False)
    is_unique: bool = strawberry.field(description="No two contacts can hold the same value.", default=False)
    min_number: float | None = strawberry.field(description="Of NUMBER: the least.", default=None)
    max_number: float | None = strawberry.field(description="Of NUMBER: the greatest.", default=None)
    min_length: int | None = strawberry.field(description="Of TEXT: the fewest characters.", default=None)
    max_length: int | None = strawberry.field(description="Of TEXT: the most characters.", default=None)
    earliest: date | None = strawberry.field(description="Of DATE and DATETIME: the first day.", default=None)
    latest: date | None = strawberry.field(description="Of DATE and DATETIME: the last day.", default=None)
    pattern: str | None = strawberry.field(
        description="Of TEXT: a regular expression in the syntax of RE2 that the whole text has to match.", default=None
    )
    message: str | None = strawberry.field(
        description="What people read when a value breaks one of these rules; else a sentence that says which one.",
        default=None,
    )

    def to_rules(self) -> ValueRules:
        return ValueRules(
            required=self.is_required,
            min_number=self.min_number,
            max_number=self.max_number,
            min_length=self.min_length,
            max_length=self.max_length,
            earliest=self.earliest,
            latest=self.latest,
            is_unique=self.is_unique,
            pattern=self.pattern,
            message=self.message,
        )


@strawberry.input(description="What an admin may decide of an attribute.")
class AttributeDefinitionFields:
    labels: list[LocalizedTextInput] | None = strawberry.field(
        description=f"The label in other languages: all of them. {_UNCHANGED}", default=strawberry.UNSET
    )
    description: str | None = strawberry.field(
        description=f"A hint for people: what to fill in. Empty takes it away. {_UNCHANGED}", default=strawberry.UNSET
    )
    descriptions: list[LocalizedTextInput] | None = strawberry.field(
        description=f"The description in other languages: all of them. {_UNCHANGED}", default=strawberry.UNSET
    )
    rules: AttributeRulesInput | None = strawberry.field(
        description=f"All rules. {_UNCHANGED}", default=strawberry.UNSET
    )
    options: list[AttributeOptionInput] | None = strawberry.field(
        description="All that can be chosen, in their order. One that is left out of the list is archived: values that "
        f"hold it keep it. {_UNCHANGED}",
        default=strawberry.UNSET,
    )
    crm_alias: str | None = strawberry.field(
        description=f"What the CRM calls it. Empty takes it away. {_UNCHANGED}", default=strawberry.UNSET
    )
    is_enabled: bool | None = strawberry.field(
        description=f"Whether panels show it. {_UNCHANGED}", default=strawberry.UNSET
    )
    is_editable: bool | None = strawberry.field(
        description=f"Whether agents may fill it in. {_UNCHANGED}", default=strawberry.UNSET
    )
    is_searchable: bool | None = strawberry.field(
        description=f"Whether the search looks at it; TEXT, EMAIL, PHONE and URL. {_UNCHANGED}",
        default=strawberry.UNSET,
    )
    is_look_up: bool | None = strawberry.field(
        description=f"Whether the CRM is asked for a contact by it. {_UNCHANGED}", default=strawberry.UNSET
    )
    is_admin_only: bool | None = strawberry.field(
        description=f"Whether agents neither see it nor learn of its values in any way. {_UNCHANGED}",
        default=strawberry.UNSET,
    )


def patch_of(fields: AttributeDefinitionFields, label: str | None) -> DefinitionPatch | Invalid:
    """Return what is to change, or why the texts cannot be told apart."""
    labels, descriptions = _texts(fields.labels, "labels"), _texts(fields.descriptions, "descriptions")
    if isinstance(labels, Invalid):
        return labels
    if isinstance(descriptions, Invalid):
        return descriptions
    options = _options(given(fields.options))
    if isinstance(options, Invalid):
        return options
    rules = given(fields.rules)
    return DefinitionPatch(
        label=label,
        labels=labels,
        description=given(fields.description),
        descriptions=descriptions,
        rules=None if rules is None else rules.to_rules(),
        options=options,
        crm_alias=given(fields.crm_alias),
        is_enabled=given(fields.is_enabled),
        is_editable=given(fields.is_editable),
        is_searchable=given(fields.is_searchable),
        is_look_up=given(fields.is_look_up),
        is_admin_only=given(fields.is_admin_only),
    )


def _texts(texts: Sequence[LocalizedTextInput] | None, *path: str) -> dict[str, str] | Invalid | None:
    listed = given(texts)
    if listed is None:
        return None
    found = {each.language.strip().lower(): each.text for each in listed}
    if len(found) < len(listed):
        return Invalid(ErrorCode.NOT_A_LANGUAGE, "Give each language once.", ("input", *path))
    return found


def _options(options: Sequence[AttributeOptionInput] | None) -> list[GivenOption] | Invalid | None:
    if options is None:
        return None
    found = []
    for number, each in enumerate(options):
        labels = _texts(each.labels, "options", str(number), "labels")
        if isinstance(labels, Invalid):
            return labels
        found.append(GivenOption(given(each.id), each.label, labels or {}))
    return found
