"""What an attribute can hold: one class for each of the eleven value types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain.definitions import ValueType


@dataclass(frozen=True, slots=True)
class TextValue:
    text: str


@dataclass(frozen=True, slots=True)
class NumberValue:
    number: float


@dataclass(frozen=True, slots=True)
class BooleanValue:
    boolean: bool


@dataclass(frozen=True, slots=True)
class DateValue:
    date: date


@dataclass(frozen=True, slots=True)
class DateTimeValue:
    date_time: datetime
    """Aware, UTC, to the millisecond."""


@dataclass(frozen=True, slots=True)
class EmailValue:
    email: str


@dataclass(frozen=True, slots=True)
class PhoneValue:
    phone: str
    """E.164."""


@dataclass(frozen=True, slots=True)
class UrlValue:
    url: str


@dataclass(frozen=True, slots=True)
class SelectValue:
    option_id: str


@dataclass(frozen=True, slots=True)
class MultiSelectValue:
    option_ids: tuple[str, ...]
    """In the order of the definition's options. Empty is a value: «none of them»."""


@dataclass(frozen=True, slots=True)
class LanguageValue:
    language: str
    """BCP 47."""


Value = (
    TextValue
    | NumberValue
    | BooleanValue
    | DateValue
    | DateTimeValue
    | EmailValue
    | PhoneValue
    | UrlValue
    | SelectValue
    | MultiSelectValue
    | LanguageValue
)


VALUE_TYPES: Mapping[type[Value], ValueType] = {
    TextValue: ValueType.TEXT,
    NumberValue: ValueType.NUMBER,
    BooleanValue: ValueType.BOOLEAN,
    DateValue: ValueType.DATE,
    DateTimeValue: ValueType.DATETIME,
    EmailValue: ValueType.EMAIL,
    PhoneValue: ValueType.PHONE,
    UrlValue: ValueType.URL,
    SelectValue: ValueType.SELECT,
    MultiSelectValue: ValueType.MULTI_SELECT,
    LanguageValue: ValueType.LANGUAGE,
}


def chosen(value: Value) -> tuple[str, ...]:
    """Return the ids of the options that the value is; none where it is of another type."""
    match value:
        case SelectValue(option_id):
            return (option_id,)
        case MultiSelectValue(option_ids):
            return option_ids
        case _:
            return ()
