"""Values written as text, as in the cells of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import assert_never

from domain.definitions import AttributeDefinition, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.text import normalised
from domain.values import (
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

YES = frozenset({"true", "yes", "y", "1"})
NO = frozenset({"false", "no", "n", "0"})
"""Words that a BOOLEAN is written in, in lower case."""

_PLAIN: Mapping[ValueType, Callable[[str], Value]] = {
    ValueType.TEXT: TextValue,
    ValueType.EMAIL: EmailValue,
    ValueType.PHONE: PhoneValue,
    ValueType.URL: UrlValue,
    ValueType.LANGUAGE: LanguageValue,
}


def value_of_text(definition: AttributeDefinition, text: str, *, separator: str) -> Value | Invalid:
    """Return the value that the text means, not yet checked, or why it means none.

    Numbers, dates and times are read as ISO 8601 and programs write them; options by their id or label.
    """
    value_type = definition.value_type
    if plain := _PLAIN.get(value_type):
        return plain(text)
    if value_type is ValueType.SELECT:
        return SelectValue(_option_id(definition, text))
    if value_type is ValueType.MULTI_SELECT:
        parts = [each.strip() for each in text.split(separator)]
        return MultiSelectValue(tuple(_option_id(definition, each) for each in parts if each))
    return _parsed(value_type, text.strip())


def text_of_value(definition: AttributeDefinition, value: Value, *, separator: str) -> str:
    """Return the text that `value_of_text` reads as the value again. Options are named by their label if one may be."""
    match value:
        case NumberValue(number):
            return repr(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)
        case BooleanValue(boolean):
            return "yes" if boolean else "no"
        case DateValue(day):
            return day.isoformat()
        case DateTimeValue(moment):
            return moment.isoformat()
        case SelectValue(option_id):
            return _option_text(definition, option_id, separator)
        case MultiSelectValue(option_ids):
            # None of them is a value too: a separator alone, for an empty cell says nothing.
            return separator.join(_option_text(definition, each, separator) for each in option_ids) or separator
        case TextValue(text) | EmailValue(text) | PhoneValue(text) | UrlValue(text) | LanguageValue(text):
            return text
        case _:
            assert_never(value)


def _option_text(definition: AttributeDefinition, option_id: str, separator: str) -> str:
    option = definition.option(option_id)
    if option is None or separator.strip() in option.label or _option_id(definition, option.label) != option_id:
        return option_id
    return option.label.strip()


def _parsed(value_type: ValueType, text: str) -> Value | Invalid:
    try:
        if value_type is ValueType.NUMBER:
            return NumberValue(_float(text))
        if value_type is ValueType.DATE:
            return DateValue(date.fromisoformat(text))
        if value_type is ValueType.DATETIME:
            return DateTimeValue(datetime.fromisoformat(text))
    except ValueError:
        code = ErrorCode.NOT_A_NUMBER if value_type is ValueType.NUMBER else ErrorCode.NOT_A_DATE
        wanted = "a number such as 12.5" if value_type is ValueType.NUMBER else "ISO 8601, such as 2026-11-23"
        return Invalid(code, f"Write {wanted}: «{text}» cannot be read.")
    if text.lower() in YES | NO:
        return BooleanValue(text.lower() in YES)
    return Invalid(ErrorCode.NOT_A_BOOLEAN, f"Write yes or no: «{text}» cannot be read.")


def _float(text: str) -> float:
    if "_" in text:
        raise ValueError("Python's own: no other program writes digits that way.")
    return float(text)


def _option_id(definition: AttributeDefinition, text: str) -> str:
    wanted = normalised(text.strip()).casefold()
    # Ids before labels, and what can be chosen before what was archived: an option may be made again by its old name.
    options = sorted(definition.options, key=lambda each: each.is_archived)
    for spelled, option_id in [*((each.id, each.id) for each in options), *((each.label, each.id) for each in options)]:
        if normalised(spelled).casefold() == wanted:
            return option_id
    # Not an option: refused by the check that follows, with the list of those there are.
    return text
