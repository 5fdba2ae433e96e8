"""The filter of contacts, as it comes in: typed conditions, put together with and, or and not."""

import datetime as dt
from typing import Any

import strawberry

from domain.contacts import LookUpOutcome, Network
from domain.filter_checks import MOST_VALUES

DEEPEST = 5
"""Filters inside filters, the outermost counted."""
MOST_CONDITIONS = 30


def _optional(description: str, name: str | None = None) -> Any:  # noqa: ANN401 - as strawberry.field itself
    return strawberry.field(name=name, description=description, default=strawberry.UNSET)


@strawberry.input(description="Conditions on a text; where several are given, all must hold.")
class TextFilter:
    equals: str | None = _optional("Is the same, without regard to accents and letter case.")
    any_of: list[str] | None = _optional(f"Is the same as one of these, 1 to {MOST_VALUES}.")
    starts_with: str | None = _optional("Begins so, without regard to accents and letter case.")


@strawberry.input(description="Conditions on a number; where several are given, all must hold.")
class NumberFilter:
    equals: float | None = _optional("Is this number.")
    greater_than: float | None = _optional("Is greater.")
    at_least: float | None = _optional("Is this number or greater.")
    less_than: float | None = _optional("Is less.")
    at_most: float | None = _optional("Is this number or less.")


@strawberry.input(description="A condition on yes or no.")
class BooleanFilter:
    equals: bool | None = _optional("Is the same. An empty attribute is neither; see `isEmpty`.")


@strawberry.input(description="Conditions on a day; where several are given, all must hold.")
class DateFilter:
    equals: dt.date | None = _optional("Is this day.")
    after: dt.date | None = _optional("Is a later day.")
    on_or_after: dt.date | None = _optional("Is this day or a later one.")
    before: dt.date | None = _optional("Is an earlier day.")
    on_or_before: dt.date | None = _optional("Is this day or an earlier one.")


@strawberry.input(description="Conditions on a moment; where several are given, all must hold.")
class DateTimeFilter:
    after: dt.datetime | None = _optional("Is later.")
    at_or_after: dt.datetime | None = _optional("Is this moment or later.")
    before: dt.datetime | None = _optional("Is earlier.")
    at_or_before: dt.datetime | None = _optional("Is this moment or earlier.")


@strawberry.input(
    description="Conditions on an e-mail address, phone number or URL; where several are given, all must hold. They "
    "may be given in any form that the attribute takes."
)
class AddressFilter:
    equals: str | None = _optional("Is the same, without regard to letter case.")
    any_of: list[str] | None = _optional(f"Is the same as one of these, 1 to {MOST_VALUES}.")


@strawberry.input(description="A condition on the chosen option.")
class OptionFilter:
    any_of: list[strawberry.ID] | None = _optional("One of these is chosen: ids of options, archived ones included.")


@strawberry.input(description="Conditions on the chosen options; where several are given, all must hold.")
class OptionsFilter:
    any_of: list[strawberry.ID] | None = _optional("At least one of these is chosen: ids of options.")
    all_of: list[strawberry.ID] | None = _optional("All of these are chosen, perhaps with others.")
    none_of: list[strawberry.ID] | None = _optional("None of these is chosen, but the attribute is not empty.")


@strawberry.input(description="A condition on a language.")
class LanguageFilter:
    any_of: list[str] | None = _optional("Is one of these BCP 47 tags, exactly: `pt` is not `pt-BR`.")


@strawberry.input(
    description="Conditions on one attribute: the key, and exactly one of the others, which must be the one of the "
    "attribute's value type, or `isEmpty`. But for `isEmpty: true`, an empty attribute meets none. False, 0 and an "
    "empty selection are values."
)
class AttributeFilter:
    key: str = strawberry.field(description="The definition's key.")
    is_empty: bool | None = _optional("Whether the contact has no value; for every value type.")
    text: TextFilter | None = _optional("For TEXT.")
    number: NumberFilter | None = _optional("For NUMBER.")
    boolean: BooleanFilter | None = _optional("For BOOLEAN.")
    date: DateFilter | None = _optional("For DATE.")
    date_time: DateTimeFilter | None = _optional("For DATETIME.")
    email: AddressFilter | None = _optional("For EMAIL.")
    phone: AddressFilter | None = _optional("For PHONE.")
    url: AddressFilter | None = _optional("For URL.")
    select: OptionFilter | None = _optional("For SELECT.")
    multi_select: OptionsFilter | None = _optional("For MULTI_SELECT.")
    language: LanguageFilter | None = _optional("For LANGUAGE.")


@strawberry.input(description="A stretch of time; one of its ends may be left open.")
class TimeRange:
    at_or_after: dt.datetime | None = _optional("From this moment on.")
    before: dt.datetime | None = _optional("Before this moment.")


@strawberry.input(
    description="Which contacts to list: those for whom every field holds that is given, and everyone where none is. "
    f"Filters may be {DEEPEST} deep, with up to {MOST_CONDITIONS} conditions in all."
)
class ContactFilter:
    and_: list["ContactFilter"] | None = _optional("All of these hold.", "and")
    or_: list["ContactFilter"] | None = _optional("At least one of these holds.", "or")
    not_: list["ContactFilter"] | None = _optional("None of these holds.", "not")
    attribute: AttributeFilter | None = _optional("About one attribute; use `and` for more of them.")
    network: Network | None = _optional("Has an identity on the network.")
    is_vip: bool | None = _optional("Is a VIP now: an expired VIP is none.")
    is_validated: bool | None = _optional("Was found in the CRM when it was last asked.")
    look_up_outcome: LookUpOutcome | None = _optional("What came of asking the CRM the last time.")
    created_at: TimeRange | None = _optional("When the contact was first seen.")
    updated_at: TimeRange | None = _optional("When the contact or one of its attributes last changed.")
    has_notes: bool | None = _optional("Has at least one note.")
