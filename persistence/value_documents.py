"""The stored shape of a value: a type's letters and the content, so that a document explains itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, assert_never

from domain.crm import Field
from domain.definitions import ValueType
from domain.text import sort_key
from domain.values import (
    VALUE_TYPES,
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from persistence.driver import Document

_LETTERS: Mapping[type[Value], str] = {each: value_type.value for each, value_type in VALUE_TYPES.items()}


def from_value(value: Value) -> Document:
    return {"t": _LETTERS[type(value)], "c": _content(value)}


def to_value(document: Document) -> Value:
    """Return the value. A type that this version does not know is a ValueError: better than a silent loss."""
    return _MAKERS[ValueType(document["t"])](document["c"])


def comparable(value: Value) -> object:
    """Return what stands for the value where values are compared, searched and ordered: text without regard to case.

    For TEXT without regard to accents too. Of MULTI_SELECT the list of option ids.
    """
    match value:
        case TextValue(text):
            return sort_key(text)
        case EmailValue(text) | UrlValue(text) | LanguageValue(text):
            return text.casefold()
        case _:
            return _content(value)


def _content(value: Value) -> object:
    match value:
        case DateValue(day):
            # BSON knows moments only; an ISO date sorts like the date it is, in no time zone.
            return day.isoformat()
        case MultiSelectValue(option_ids):
            return list(option_ids)
        case TextValue(plain) | EmailValue(plain) | PhoneValue(plain) | UrlValue(plain):
            return plain
        case SelectValue(plain) | LanguageValue(plain):
            return plain
        case NumberValue(number):
            return number
        case BooleanValue(boolean):
            return boolean
        case DateTimeValue(moment):
            return moment
        case _:
            assert_never(value)


_MAKERS: Mapping[ValueType, Callable[[Any], Value]] = {
    ValueType.TEXT: TextValue,
    ValueType.NUMBER: NumberValue,
    ValueType.BOOLEAN: BooleanValue,
    ValueType.DATE: lambda day: DateValue(date.fromisoformat(day)),
    ValueType.DATETIME: DateTimeValue,
    ValueType.EMAIL: EmailValue,
    ValueType.PHONE: PhoneValue,
    ValueType.URL: UrlValue,
    ValueType.SELECT: SelectValue,
    ValueType.MULTI_SELECT: lambda option_ids: MultiSelectValue(tuple(option_ids)),
    ValueType.LANGUAGE: LanguageValue,
}


def from_field(field: Field | None) -> object:
    """Return the stored form of a CRM's field: as it is spelled there."""
    return list(field) if isinstance(field, tuple) else field


def to_field(stored: str | float | bool | list[str] | None) -> Field | None:
    return tuple(stored) if isinstance(stored, list) else stored
