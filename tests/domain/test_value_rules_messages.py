"""The admins' own words, where one of their rules refuses a value; and ours, where the type does."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.attribute_changes import emptied
from domain.definitions import ValueRules, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_rules import checked
from domain.values import DateTimeValue, DateValue, NumberValue, TextValue, UrlValue, Value
from tests.builders import a_definition

DAY = date(2000, 1, 1)
LATER = datetime(2000, 1, 2, tzinfo=UTC)


def refusal(value_type: ValueType, rules: dict[str, Any], value: Value, message: str | None = "So!") -> Invalid:
    definition = a_definition("bio", value_type, rules=ValueRules(**rules, message=message))
    found = checked(definition, value, region="US")
    assert isinstance(found, Invalid)
    return found


@pytest.mark.parametrize(
    ("value_type", "rules", "value", "code", "ours"),
    [
        (ValueType.NUMBER, {"min_number": 1}, NumberValue(0), "TOO_SMALL", "Give a number of 1 or more."),
        (ValueType.NUMBER, {"max_number": 1}, NumberValue(2), "TOO_LARGE", "Give a number of 1 or less."),
        (ValueType.TEXT, {"max_length": 1}, TextValue("ab"), "TOO_LONG", "Shorten the text by 1: at most 1"),
        (ValueType.TEXT, {"min_length": 3}, TextValue("ab"), "TOO_SHORT", "Lengthen the text: at least 3"),
        (ValueType.TEXT, {"pattern": "[a-z]"}, TextValue("A"), "PATTERN_MISMATCH", "Give a text that matches"),
        (ValueType.DATE, {"earliest": DAY}, DateValue(date(1999, 12, 31)), "TOO_EARLY", "Give 2000-01-01 or later."),
        (ValueType.DATE, {"latest": DAY}, DateValue(LATER.date()), "TOO_LATE", "Give 2000-01-01 or earlier."),
        (ValueType.DATETIME, {"latest": DAY}, DateTimeValue(LATER), "TOO_LATE", "Give 2000-01-01 or earlier."),
    ],
)
def test_a_rule_refuses_in_the_words_of_the_admins_and_else_in_ours(
    value_type: ValueType, rules: dict[str, Any], value: Value, code: str, ours: str
) -> None:
    assert refusal(value_type, rules, value) == Invalid(ErrorCode(code), "So!")
    found = refusal(value_type, rules, value, message=None)
    assert (found.code.value, found.message[: len(ours)]) == (code, ours)


@pytest.mark.parametrize(
    ("value_type", "rules", "value", "code"),
    [
        (ValueType.TEXT, {"min_length": 3}, TextValue(" "), "BLANK"),
        (ValueType.TEXT, {"max_length": 1}, TextValue("\x07"), "FORBIDDEN_CHARACTER"),
        (ValueType.TEXT, {"max_length": 1}, NumberValue(1), "WRONG_TYPE"),
        # Longer than any text is kept: no rule of theirs.
        (ValueType.TEXT, {"pattern": "a*"}, TextValue("a" * 5001), "TOO_LONG"),
        (ValueType.URL, {}, UrlValue("https://example.com/" + "a" * 2048), "TOO_LONG"),
        (ValueType.NUMBER, {"max_number": 1}, NumberValue(float("inf")), "NOT_A_NUMBER"),
        (ValueType.DATETIME, {"latest": DAY}, DateTimeValue(datetime(2000, 1, 2)), "NOT_A_DATE"),  # noqa: DTZ001
    ],
)
def test_a_type_refuses_in_our_words(value_type: ValueType, rules: dict[str, Any], value: Value, code: str) -> None:
    found = refusal(value_type, rules, value)
    assert (found.code.value, "So!" in found.message) == (code, False)


def test_what_matches_the_pattern_is_kept_normalised() -> None:
    definition = a_definition(rules=ValueRules(pattern="[A-Z]{2}-[0-9]+|ä", min_length=1))
    assert checked(definition, TextValue("AB-12"), region="US") == TextValue("AB-12")
    assert checked(definition, TextValue("a\u0308"), region="US") == TextValue("ä")
    assert isinstance(checked(definition, TextValue("AB-12\n"), region="US"), Invalid)


def test_what_must_be_there_is_asked_for_in_the_words_of_the_admins() -> None:
    assert emptied(a_definition(rules=ValueRules(required=True, message="So!"))) == Invalid(ErrorCode.REQUIRED, "So!")
    assert emptied(a_definition(rules=ValueRules(message="So!"))) is None
