"""What admins give to make or change an attribute definition."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import strawberry

from domain.definition_patches import KEEP, DefinitionPatch, GivenOption, Keep, RulesPatch, Texts
from domain.definitions import SyncRule
from graph.paging import given

T = TypeVar("T")

_LEFT_OUT = "Left out, it stays as it is"
_STAYS = f"{_LEFT_OUT}."
_NULLABLE = f"{_LEFT_OUT}; null takes it away."


@strawberry.input(description="A text in one language.")
class LocalizedTextInput:
    language: str = strawberry.field(description="A BCP 47 tag, such as `de` or `pt-BR`.")
    text: str = strawberry.field(description="The text in that language.")


@strawberry.input(description="A choice of a SELECT or MULTI_SELECT attribute.")
class AttributeOptionInput:
    id: strawberry.ID | None = strawberry.field(
        description="Of an option that is there, archived or not: to rename it, to move it or to bring it back. Left "
        "out for a new one.",
        default=strawberry.UNSET,
    )
    label: str | None = strawberry.field(
        description=f"What people read: 1 to 100 characters; a new option needs it. {_STAYS}", default=strawberry.UNSET
    )
    labels: list[LocalizedTextInput] | None = strawberry.field(
        description=f"The label in all other languages. {_STAYS}", default=strawberry.UNSET
    )

    def to_option(self) -> GivenOption:
        # A new option without a label is refused as one with an empty label.
        return GivenOption(given(self.id), _or_keep(self.label), _texts(self.labels))


@strawberry.input(description="What a value has to keep to. A rule that does not fit the value type is refused.")
class AttributeRulesInput:
    is_required: bool | None = strawberry.field(
        description=f"A value that is there can be changed but not cleared. {_STAYS}", default=strawberry.UNSET
    )
    is_unique: bool | None = strawberry.field(
        description="No two contacts can hold the same value, letter case aside; not of BOOLEAN, SELECT and "
        f"MULTI_SELECT. Refused while several do: see `DuplicateValues`. {_STAYS}",
        default=strawberry.UNSET,
    )
    min_number: float | None = strawberry.field(
        description=f"Of NUMBER: the least. {_NULLABLE}", default=strawberry.UNSET
    )
    max_number: float | None = strawberry.field(
        description=f"Of NUMBER: the greatest. {_NULLABLE}", default=strawberry.UNSET
    )
    min_length: int | None = strawberry.field(
        description=f"Of TEXT: the fewest characters, 1 to 5,000. {_NULLABLE}", default=strawberry.UNSET
    )
    max_length: int | None = strawberry.field(
        description=f"Of TEXT: the most characters, 1 to 5,000. {_NULLABLE}", default=strawberry.UNSET
    )
    earliest: date | None = strawberry.field(
        description=f"Of DATE and DATETIME: the first day, in UTC. {_NULLABLE}", default=strawberry.UNSET
    )
    latest: date | None = strawberry.field(
        description=f"Of DATE and DATETIME: the last day, in UTC. {_NULLABLE}", default=strawberry.UNSET
    )
    pattern: str | None = strawberry.field(
        description="Of TEXT: a regular expression in the syntax of RE2 (no look-around, no back-references) that the "
        f"whole text has to match; up to 500 characters. {_NULLABLE}",
        default=strawberry.UNSET,
    )
    message: str | None = strawberry.field(
        description="What people read when a value breaks one of these rules, up to 500 characters; without it, a "
        f"sentence of ours that says which one. {_NULLABLE}",
        default=strawberry.UNSET,
    )

    def to_patch(self) -> RulesPatch:
        return RulesPatch(
            required=_or_keep(self.is_required),
            min_number=_nullable(self.min_number),
            max_number=_nullable(self.max_number),
            min_length=_nullable(self.min_length),
            max_length=_nullable(self.max_length),
            earliest=_nullable(self.earliest),
            latest=_nullable(self.latest),
            is_unique=_or_keep(self.is_unique),
            pattern=_nullable(self.pattern),
            message=_nullable(self.message),
        )


@strawberry.input(description="What an admin may decide of an attribute, whenever they like.")
class AttributeDefinitionFields:
    labels: list[LocalizedTextInput] | None = strawberry.field(
        description=f"The label in all other languages. {_STAYS}", default=strawberry.UNSET
    )
    description: str | None = strawberry.field(
        description=f"A hint for people: what to fill in, in the organization's language. {_NULLABLE}",
        default=strawberry.UNSET,
    )
    descriptions: list[LocalizedTextInput] | None = strawberry.field(
        description=f"The description in all other languages. {_STAYS}", default=strawberry.UNSET
    )
    rules: AttributeRulesInput | None = strawberry.field(
        description=f"The rules that are to change. {_STAYS}", default=strawberry.UNSET
    )
    options: list[AttributeOptionInput] | None = strawberry.field(
        description="All that can be chosen, in their order: at most 500. One that is left out of the list is "
        f"archived: values that hold it keep it. {_STAYS}",
        default=strawberry.UNSET,
    )
    crm_alias: str | None = strawberry.field(
        description=f"What the CRM calls it. {_NULLABLE}", default=strawberry.UNSET
    )
    sync_rule: SyncRule | None = strawberry.field(
        description=f"Of one that the CRM manages: whose value is kept where the two differ. {_STAYS}",
        default=strawberry.UNSET,
    )
    is_enabled: bool | None = strawberry.field(
        description=f"Whether panels show it. {_STAYS}", default=strawberry.UNSET
    )
    is_editable: bool | None = strawberry.field(
        description=f"Whether agents may fill it in. {_STAYS}", default=strawberry.UNSET
    )
    is_searchable: bool | None = strawberry.field(
        description=f"Whether the search for contacts looks at it: of TEXT, EMAIL, PHONE and URL. {_STAYS}",
        default=strawberry.UNSET,
    )
    is_look_up: bool | None = strawberry.field(
        description=f"Whether the CRM is asked for a contact by it. {_STAYS}", default=strawberry.UNSET
    )
    is_admin_only: bool | None = strawberry.field(
        description="Whether agents neither see it nor learn of its values in any way; such an attribute can neither "
        f"be searched nor looked up by. {_STAYS}",
        default=strawberry.UNSET,
    )


def patch_of(fields: AttributeDefinitionFields, label: str | None) -> DefinitionPatch:
    """Return what is to change; null is as good as left out where a thing cannot be absent."""
    rules, options = given(fields.rules), given(fields.options)
    return DefinitionPatch(
        label=_or_keep(label),
        labels=_texts(fields.labels),
        description=_nullable(fields.description),
        descriptions=_texts(fields.descriptions),
        rules=KEEP if rules is None else rules.to_patch(),
        options=KEEP if options is None else tuple(each.to_option() for each in options),
        crm_alias=_nullable(fields.crm_alias),
        sync_rule=_or_keep(fields.sync_rule),
        is_enabled=_or_keep(fields.is_enabled),
        is_editable=_or_keep(fields.is_editable),
        is_searchable=_or_keep(fields.is_searchable),
        is_look_up=_or_keep(fields.is_look_up),
        is_admin_only=_or_keep(fields.is_admin_only),
    )


def _nullable(value: T | None) -> T | Keep | None:
    return KEEP if value is strawberry.UNSET else value


def _or_keep(value: T | None) -> T | Keep:
    found = given(value)
    return KEEP if found is None else found


def _texts(texts: Sequence[LocalizedTextInput] | None) -> Texts | Keep:
    found = given(texts)
    return KEEP if found is None else tuple((each.language, each.text) for each in found)
