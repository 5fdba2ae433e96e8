"""Filters of contacts: conditions that a contact meets or not, put together with and, or and not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, assert_never

from domain.contacts import Contact, LookUpOutcome, Network
from domain.text import sort_key
from domain.values import (
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    NumberValue,
    TextValue,
    UrlValue,
    Value,
    chosen,
)

OrderedValue = NumberValue | DateValue | DateTimeValue


@dataclass(frozen=True, slots=True)
class Holds:
    """Has a value, whichever: false, 0 and an empty selection are values."""


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """Has a value that compares the same as one of these; see `same`."""

    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Has a TEXT that begins so, without regard to accents, letter case and the amount of white space."""

    text: str


@dataclass(frozen=True, slots=True)
class Contains:
    """Has a TEXT with this somewhere in it, without regard to accents, letter case and the amount of white space."""

    text: str


@dataclass(frozen=True, slots=True)
class Above:
    """Has a NUMBER, DATE or DATETIME above the bound."""

    bound: OrderedValue
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Below:
    """Has a NUMBER, DATE or DATETIME below the bound."""

    bound: OrderedValue
    inclusive: bool


@dataclass(frozen=True, slots=True)
class HasAny:
    """Has at least one of the options of a SELECT or MULTI_SELECT chosen."""

    option_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasAll:
    """Has all of the options of a MULTI_SELECT chosen."""

    option_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasNone:
    """Has a value for the MULTI_SELECT, and none of the options chosen."""

    option_ids: tuple[str, ...]


Test = Holds | IsOneOf | StartsWith | Contains | Above | Below | HasAny | HasAll | HasNone


@dataclass(frozen=True, slots=True)
class OfAttribute:
    """What the contact holds for the definition passes the test; an empty attribute passes none."""

    definition_id: str
    test: Test


@dataclass(frozen=True, slots=True)
class OnNetwork:
    network: Network


@dataclass(frozen=True, slots=True)
class IsVip:
    """Is a VIP at the time: one whose status has expired is none."""

    now: datetime


@dataclass(frozen=True, slots=True)
class LookedUp:
    outcome: LookUpOutcome


class Happening(Enum):
    """What a contact keeps the time of."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"


@dataclass(frozen=True, slots=True)
class Happened:
    """Was created, or last updated, from the one moment on and before the other, where they are given."""

    what: Happening
    since: datetime | None
    before: datetime | None


@dataclass(frozen=True, slots=True)
class HasNotes:
    """Has at least one note."""


Condition = OfAttribute | OnNetwork | IsVip | LookedUp | Happened | HasNotes


@dataclass(frozen=True, slots=True)
class AllOf:
    """Everybody, where there is nothing in it."""

    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    filters: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    filters: tuple[Filter, ...]


Filter = AllOf | AnyOf | NoneOf | Condition

EVERYBODY = AllOf(())
NOBODY = NoneOf((EVERYBODY,))


def passes(contact: Contact, wanted: Filter) -> bool:
    """Tell whether the contact is one of those that the filter is for."""
    match wanted:
        case AllOf(filters):
            return all(passes(contact, each) for each in filters)
        case AnyOf(filters):
            return any(passes(contact, each) for each in filters)
        case NoneOf(filters):
            return not any(passes(contact, each) for each in filters)
        case _:
            return _meets(contact, wanted)


def _meets(contact: Contact, condition: Condition) -> bool:
    match condition:
        case OfAttribute(definition_id, test):
            held = contact.held(definition_id)
            return held is not None and held.value is not None and passes_test(held.value, test)
        case OnNetwork(network):
            return any(each.key.network is network for each in contact.identities)
        case IsVip(now):
            return contact.vip is not None and contact.vip.is_current(now)
        case LookedUp(outcome):
            return contact.validation.outcome is outcome
        case Happened(what, since, before):
            at = contact.created_at if what is Happening.CREATED else contact.updated_at
            return (since is None or since <= at) and (before is None or at < before)
        case HasNotes():
            return contact.note_count > 0
        case _:
            assert_never(condition)


def passes_test(value: Value, test: Test) -> bool:
    match test:
        case Holds():
            return True
        case IsOneOf(values):
            return any(same(value, each) for each in values)
        case StartsWith(text):
            return isinstance(value, TextValue) and sort_key(value.text).startswith(sort_key(text))
        case Contains(text):
            return isinstance(value, TextValue) and sort_key(text) in sort_key(value.text)
        case Above(bound, inclusive):
            return _compares(value, bound, lambda one, other: one > other or (inclusive and one == other))
        case Below(bound, inclusive):
            return _compares(value, bound, lambda one, other: one < other or (inclusive and one == other))
        case HasAny(option_ids):
            return bool(set(chosen(value)) & set(option_ids))
        case HasAll(option_ids):
            return set(option_ids) <= set(chosen(value))
        case HasNone(option_ids):
            return not set(chosen(value)) & set(option_ids)
        case _:
            assert_never(test)


def same(one: Value, other: Value) -> bool:
    """Tell whether they compare the same: text without regard to case, TEXT without regard to accents too."""
    match one, other:
        case TextValue(a), TextValue(b):
            return sort_key(a) == sort_key(b)
        case (EmailValue(a), EmailValue(b)) | (UrlValue(a), UrlValue(b)) | (LanguageValue(a), LanguageValue(b)):
            return a.casefold() == b.casefold()
        case _:
            return one == other


def _compares(value: Value, bound: OrderedValue, holds: Callable[[Any, Any], bool]) -> bool:
    match value, bound:
        case (NumberValue(one), NumberValue(other)) | (DateTimeValue(one), DateTimeValue(other)):
            return holds(one, other)
        case DateValue(one), DateValue(other):
            return holds(one, other)
        case _:
            return False
