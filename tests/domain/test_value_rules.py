"""Values checked by their type and by the rules of their definition: every type but links, phones and languages."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.definitions import AttributeDefinition, ValueRules, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_rules import LONGEST_TEXT, checked
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
from tests.builders import SIZES, a_definition

GOOD: dict[ValueType, Value] = {
    ValueType.TEXT: TextValue("Likes tea."),
    ValueType.NUMBER: NumberValue(12.5),
    ValueType.BOOLEAN: BooleanValue(False),
    ValueType.DATE: DateValue(date(1984, 2, 29)),
    ValueType.DATETIME: DateTimeValue(datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
    ValueType.EMAIL: EmailValue("jane@example.com"),
    ValueType.PHONE: PhoneValue("+12022243441"),
    ValueType.URL: UrlValue("https://example.com/jane"),
    ValueType.SELECT: SelectValue("size-s"),
    ValueType.MULTI_SELECT: MultiSelectValue(("size-s", "size-m")),
    ValueType.LANGUAGE: LanguageValue("pt-BR"),
}


def check(value: Value, rules: ValueRules | None = None) -> Value | Invalid:
    definition = a_definition("size", VALUE_TYPES[type(value)], rules=rules, options=SIZES)
    return checked(definition, value, region="US")


def test_every_value_type_has_one_class() -> None:
    assert sorted(each.value for each in VALUE_TYPES.values()) == sorted(each.value for each in ValueType)
    assert {kind: VALUE_TYPES[type(each)] for kind, each in GOOD.items()} == {kind: kind for kind in ValueType}


@pytest.mark.parametrize("given", GOOD.values(), ids=[each.value for each in GOOD])
def test_a_value_in_its_kept_form_is_accepted_as_it_is(given: Value) -> None:
    assert check(given) == given


@pytest.mark.parametrize("wanted", list(ValueType))
@pytest.mark.parametrize("given", list(ValueType))
def test_a_value_of_another_type_is_refused_with_both_named(wanted: ValueType, given: ValueType) -> None:
    definition: AttributeDefinition = a_definition("size", wanted, options=SIZES)
    outcome = checked(definition, GOOD[given], region="US")
    message = f"Give a value of type {wanted.value}: «size» takes no {given.value}."
    assert outcome == (GOOD[given] if wanted is given else Invalid(ErrorCode.WRONG_TYPE, message))


def test_a_text_is_kept_normalised() -> None:
    assert check(TextValue("Zoe\u0308\r\nfrom X")) == TextValue("Zo\u00eb\nfrom X")


@pytest.mark.parametrize(("text", "code"), [(" \u200b", ErrorCode.BLANK), ("a\x00", ErrorCode.FORBIDDEN_CHARACTER)])
def test_a_text_that_no_text_may_be_is_refused(text: str, code: ErrorCode) -> None:
    outcome = check(TextValue(text))
    assert isinstance(outcome, Invalid)
    assert outcome.code is code


@pytest.mark.parametrize("size", [3, 5])
def test_a_text_may_have_the_shortest_and_the_longest_length(size: int) -> None:
    text = TextValue("\U0001f680" * size)
    assert check(text, ValueRules(min_length=3, max_length=5)) == text


@pytest.mark.parametrize(
    ("size", "code", "message"),
    [
        (2, ErrorCode.TOO_SHORT, "Lengthen the text: at least 3 characters are asked for."),
        (6, ErrorCode.TOO_LONG, "Shorten the text by 1: at most 5 characters are kept."),
    ],
)
def test_a_text_beyond_a_bound_of_its_length_is_refused(size: int, code: ErrorCode, message: str) -> None:
    text = TextValue("\U0001f680" * size)
    assert check(text, ValueRules(min_length=3, max_length=5)) == Invalid(code, message)


@pytest.mark.parametrize("rules", [ValueRules(), ValueRules(max_length=9_999)])
def test_no_text_is_longer_than_the_product_keeps(rules: ValueRules) -> None:
    assert LONGEST_TEXT == 5_000
    assert check(TextValue("a" * 5_000), rules) == TextValue("a" * 5_000)
    message = "Shorten the text by 1: at most 5000 characters are kept."
    assert check(TextValue("a" * 5_001), rules) == Invalid(ErrorCode.TOO_LONG, message)


@pytest.mark.parametrize("number", [0.0, -12.5, 1e308, 5e-324, 9_007_199_254_740_991])
def test_any_finite_number_is_kept(number: float) -> None:
    assert check(NumberValue(number)) == NumberValue(number)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_refused(number: float) -> None:
    assert check(NumberValue(number)) == Invalid(ErrorCode.NOT_A_NUMBER, "Give a finite number.")


def test_minus_zero_is_kept_as_zero() -> None:
    kept = check(NumberValue(-0.0))
    assert isinstance(kept, NumberValue)
    assert math.copysign(1, kept.number) == 1


@pytest.mark.parametrize("number", [-1.5, 0.0, 1234567.25])
def test_a_number_may_be_each_of_its_bounds(number: float) -> None:
    rules = ValueRules(min_number=-1.5, max_number=1234567.25)
    assert check(NumberValue(number), rules) == NumberValue(number)


@pytest.mark.parametrize(
    ("number", "rules", "code", "message"),
    [
        (-1.51, ValueRules(min_number=-1.5), ErrorCode.TOO_SMALL, "Give a number of -1.5 or more."),
        (-1.0, ValueRules(min_number=0), ErrorCode.TOO_SMALL, "Give a number of 0 or more."),
        (1e9 + 1, ValueRules(max_number=1e9), ErrorCode.TOO_LARGE, "Give a number of 1000000000 or less."),
        (0.1, ValueRules(max_number=0), ErrorCode.TOO_LARGE, "Give a number of 0 or less."),
        (2e6, ValueRules(max_number=1234567.25), ErrorCode.TOO_LARGE, "Give a number of 1234567.25 or less."),
    ],
)
def test_a_number_beyond_a_bound_is_refused(number: float, rules: ValueRules, code: ErrorCode, message: str) -> None:
    assert check(NumberValue(number), rules) == Invalid(code, message)


@pytest.mark.parametrize("given", [True, False])
def test_both_answers_to_a_question_are_values(given: bool) -> None:
    assert check(BooleanValue(given), ValueRules(required=True)) == BooleanValue(given)


BETWEEN = ValueRules(earliest=date(2000, 1, 1), latest=date(2000, 12, 31))
TOO_EARLY = Invalid(ErrorCode.TOO_EARLY, "Give 2000-01-01 or later.")
TOO_LATE = Invalid(ErrorCode.TOO_LATE, "Give 2000-12-31 or earlier.")


@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2000, 12, 31)])
def test_a_date_may_be_each_of_its_bounds(day: date) -> None:
    assert check(DateValue(day), BETWEEN) == DateValue(day)


def test_a_date_beyond_a_bound_is_refused() -> None:
    assert check(DateValue(date(1999, 12, 31)), BETWEEN) == TOO_EARLY
    assert check(DateValue(date(2001, 1, 1)), BETWEEN) == TOO_LATE


@pytest.mark.parametrize("day", [date.min, date.max])
def test_any_date_is_kept_where_the_definition_sets_no_bound(day: date) -> None:
    assert check(DateValue(day)) == DateValue(day)


def test_a_moment_is_kept_in_utc_to_the_millisecond() -> None:
    berlin = timezone(timedelta(hours=2))
    kept = check(DateTimeValue(datetime(2026, 7, 1, 1, 30, 0, 123_999, tzinfo=berlin)))
    assert isinstance(kept, DateTimeValue)
    assert kept.date_time.isoformat() == "2026-06-30T23:30:00.123000+00:00"


def test_a_moment_without_offset_is_refused() -> None:
    naive = datetime(2026, 7, 1)  # noqa: DTZ001 - what is to be refused
    message = "Add the offset from UTC, such as Z or +02:00."
    assert check(DateTimeValue(naive)) == Invalid(ErrorCode.NOT_A_DATE, message)


@pytest.mark.parametrize(
    "moment",
    [
        datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
        datetime.max.replace(tzinfo=timezone(-timedelta(1) / 2)),
    ],
)
def test_a_moment_outside_the_calendar_is_refused(moment: datetime) -> None:
    message = "Give a time between the years 1 and 9999 in UTC."
    assert check(DateTimeValue(moment)) == Invalid(ErrorCode.NOT_A_DATE, message)


@pytest.mark.parametrize("moment", [datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 12, 31, 23, 59, tzinfo=UTC)])
def test_a_moment_may_lie_on_each_of_its_bounds(moment: datetime) -> None:
    assert check(DateTimeValue(moment), BETWEEN) == DateTimeValue(moment)


def test_the_day_of_a_moment_is_the_one_in_utc() -> None:
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))
    assert check(DateTimeValue(datetime(2000, 1, 1, 8, 59, tzinfo=east)), BETWEEN) == TOO_EARLY
    assert check(DateTimeValue(datetime(2000, 12, 31, 15, tzinfo=west)), BETWEEN) == TOO_LATE


UNKNOWN = Invalid(
    ErrorCode.UNKNOWN_OPTION, "Choose the id of one of the options of «size»: size-s (Small), size-m (Medium)."
)


@pytest.mark.parametrize("option_id", ["size-x", "Small", "SIZE-S", "", "nope"])
def test_only_the_id_of_a_live_option_can_be_chosen(option_id: str) -> None:
    assert check(SelectValue(option_id)) == UNKNOWN
    assert check(MultiSelectValue(("size-s", option_id))) == UNKNOWN


def test_several_options_are_kept_in_the_order_of_the_definition() -> None:
    assert check(MultiSelectValue(("size-m", "size-s"))) == MultiSelectValue(("size-s", "size-m"))


def test_no_option_at_all_is_a_value() -> None:
    assert check(MultiSelectValue(())) == MultiSelectValue(())


def test_an_option_given_twice_is_refused() -> None:
    twice = MultiSelectValue(("size-s", "size-m", "size-s"))
    assert check(twice) == Invalid(ErrorCode.REPEATED_OPTION, "Give each option once.")
