"""What of an attribute can be filtered by: whether a test fits the definition, and its values in their kept form."""

from __future__ import annotations

import math
from typing import assert_never

from domain.definitions import AttributeDefinition, ValueType
from domain.filters import Above, Below, Contains, HasAll, HasAny, HasNone, Holds, IsOneOf, StartsWith, Test
from domain.outcomes import ErrorCode, Invalid
from domain.text import sort_key
from domain.value_rules import email_value, language_value, phone_value, url_value
from domain.values import EmailValue, LanguageValue, NumberValue, PhoneValue, UrlValue, Value

MOST_VALUES = 100
"""Values that one test compares with."""


def checked_test(
    definition: AttributeDefinition, value_type: ValueType | None, test: Test, *, region: str
) -> Test | Invalid:
    """Return the test with its values in the form that is kept, or why it is refused.

    The bounds and patterns of the definition play no part: nobody holds what they forbid, which is an answer too.

    Args:
        definition: whose values are tested.
        value_type: of the attributes that the test is for; None for those of any.
        test: as it came in.
        region: ISO 3166 country that a phone number without a prefix is read in.
    """
    if value_type is not None and value_type is not definition.value_type:
        wanted = definition.value_type.value
        return Invalid(
            ErrorCode.WRONG_TYPE, f"Use the conditions for {wanted}: «{definition.key}» has none of {value_type.value}."
        )
    match test:
        case Holds():
            return test
        case IsOneOf(values):
            kept = _kept(values, region)
            return kept if isinstance(kept, Invalid) else IsOneOf(kept)
        case StartsWith(text):
            blank = Invalid(ErrorCode.BLANK, "Write what the text starts with: letters, digits or signs.")
            return test if sort_key(text) else blank
        case Contains(text):
            blank = Invalid(ErrorCode.BLANK, "Write what the text contains: letters, digits or signs.")
            return test if sort_key(text) else blank
        case Above(bound, _) | Below(bound, _):
            return _not_finite(bound) or test
        case HasAny(option_ids) | HasAll(option_ids) | HasNone(option_ids):
            return _wrong_options(definition, option_ids) or test
        case _:
            assert_never(test)


def _kept(values: tuple[Value, ...], region: str) -> tuple[Value, ...] | Invalid:
    if problem := _wrong_count(len(values)):
        return problem
    kept: list[Value] = []
    for each in values:
        value = _kept_value(each, region)
        if isinstance(value, Invalid):
            return value
        kept.append(value)
    return tuple(kept)


def _kept_value(value: Value, region: str) -> Value | Invalid:
    match value:
        case EmailValue(email):
            return email_value(email)
        case PhoneValue(phone):
            return phone_value(phone, region)
        case UrlValue(url):
            return url_value(url)
        case LanguageValue(language):
            return language_value(language)
        case _:
            return _not_finite(value) or value


def _not_finite(value: Value) -> Invalid | None:
    if isinstance(value, NumberValue) and not math.isfinite(value.number):
        return Invalid(ErrorCode.NOT_A_NUMBER, "Give a finite number.")
    return None


def _wrong_options(definition: AttributeDefinition, option_ids: tuple[str, ...]) -> Invalid | None:
    if problem := _wrong_count(len(option_ids)):
        return problem
    unknown = [each for each in option_ids if definition.option(each) is None]
    if not unknown:
        return None
    choices = ", ".join(f"{each.id} ({each.label})" for each in definition.options[:20])
    return Invalid(ErrorCode.UNKNOWN_OPTION, f"Give ids of options of «{definition.key}»: {choices}.")


def _wrong_count(count: int) -> Invalid | None:
    if 1 <= count <= MOST_VALUES:
        return None
    return Invalid(ErrorCode.TOO_MANY, f"Give 1 to {MOST_VALUES} values to compare with.")
