"""Values as they are written in the cells of a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.definitions import Option, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_texts import text_of_value, value_of_text
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
from tests.builders import SIZES, a_definition


def read(value_type: ValueType, text: str, *options: Option) -> Value | Invalid:
    return value_of_text(a_definition("size", value_type, options=options or SIZES), text, separator=";")


@pytest.mark.parametrize(
    ("value_type", "value"),
    [
        (ValueType.TEXT, TextValue(" as it is ")),
        (ValueType.EMAIL, EmailValue(" as it is ")),
        (ValueType.PHONE, PhoneValue(" as it is ")),
        (ValueType.URL, UrlValue(" as it is ")),
        (ValueType.LANGUAGE, LanguageValue(" as it is ")),
    ],
)
def test_what_is_text_is_left_to_the_check(value_type: ValueType, value: Value) -> None:
    assert read(value_type, " as it is ") == value


@pytest.mark.parametrize(("text", "number"), [("12.5", 12.5), (" -3 ", -3.0), ("1e3", 1000.0), ("0", 0.0), ("+7", 7.0)])
def test_a_number_is_read_as_programs_write_it(text: str, number: float) -> None:
    assert read(ValueType.NUMBER, text) == NumberValue(number)


@pytest.mark.parametrize("text", ["", "many", "12,5", "1,234.5", "1_000", "0x10", "1 000", "5%"])
def test_a_number_written_otherwise_is_refused(text: str) -> None:
    message = f"Write a number such as 12.5: «{text}» cannot be read."
    assert read(ValueType.NUMBER, text) == Invalid(ErrorCode.NOT_A_NUMBER, message)


@pytest.mark.parametrize("text", ["true", "Yes", "Y", " 1 ", "TRUE"])
def test_yes_is_written_in_these_ways(text: str) -> None:
    assert read(ValueType.BOOLEAN, text) == BooleanValue(True)


@pytest.mark.parametrize("text", ["false", "No", "n", " 0 ", "FALSE"])
def test_no_is_written_in_these_ways(text: str) -> None:
    assert read(ValueType.BOOLEAN, text) == BooleanValue(False)


@pytest.mark.parametrize("text", ["", "maybe", "2", "ja", "on"])
def test_any_other_answer_is_refused(text: str) -> None:
    message = f"Write yes or no: «{text}» cannot be read."
    assert read(ValueType.BOOLEAN, text) == Invalid(ErrorCode.NOT_A_BOOLEAN, message)


def test_a_date_is_read_as_iso_8601() -> None:
    assert read(ValueType.DATE, " 2026-11-23 ") == DateValue(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T09:30:00Z", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("2026-11-23 09:30:00.5+02:00", datetime(2026, 11, 23, 9, 30, 0, 500_000, timezone(timedelta(hours=2)))),
        # Without offset: read, and refused by the check that follows.
        ("2026-11-23T09:30", datetime(2026, 11, 23, 9, 30)),  # noqa: DTZ001
    ],
)
def test_a_moment_is_read_as_iso_8601(text: str, moment: datetime) -> None:
    value = read(ValueType.DATETIME, text)
    assert value == DateTimeValue(moment)
    assert isinstance(value, DateTimeValue)
    assert value.date_time.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize("value_type", [ValueType.DATE, ValueType.DATETIME])
@pytest.mark.parametrize("text", ["", "23.11.2026", "11/23/2026", "2026-02-30", "yesterday"])
def test_a_date_or_moment_written_otherwise_is_refused(value_type: ValueType, text: str) -> None:
    message = f"Write ISO 8601, such as 2026-11-23: «{text}» cannot be read."
    assert read(value_type, text) == Invalid(ErrorCode.NOT_A_DATE, message)


@pytest.mark.parametrize("text", ["size-s", "SIZE-S", "Small", " small ", "SMALL"])
def test_an_option_is_read_by_its_id_or_label_in_any_letter_case(text: str) -> None:
    assert read(ValueType.SELECT, text) == SelectValue("size-s")


def test_what_is_no_option_is_left_to_the_check() -> None:
    assert read(ValueType.SELECT, "Gigantic") == SelectValue("Gigantic")
    assert read(ValueType.MULTI_SELECT, "Small; Gigantic") == MultiSelectValue(("size-s", "Gigantic"))


def test_an_archived_option_is_read_too_for_the_check_to_refuse() -> None:
    assert read(ValueType.SELECT, "huge") == SelectValue("size-x")


def test_an_id_goes_before_a_label_that_reads_the_same() -> None:
    options = (Option("a", "b"), Option("b", "c"))
    assert read(ValueType.SELECT, "b", *options) == SelectValue("b")
    assert read(ValueType.SELECT, "c", *options) == SelectValue("b")


def test_a_live_option_goes_before_an_archived_one_of_the_same_label() -> None:
    options = (Option("old", "Gold", is_archived=True), Option("new", "Gold"))
    assert read(ValueType.SELECT, "Gold", *options) == SelectValue("new")


def test_a_label_is_found_however_its_accents_are_encoded() -> None:
    composed, taken_apart = Option("l", "Gr\u00f6\u00dfe"), Option("l", "Gro\u0308\u00dfe")
    assert read(ValueType.SELECT, "gro\u0308sse", composed) == SelectValue("l")
    assert read(ValueType.SELECT, "gr\u00f6sse", taken_apart) == SelectValue("l")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Small;size-m", ("size-s", "size-m")),
        (" Medium ; Small ", ("size-m", "size-s")),
        (";Small;;", ("size-s",)),
        (";", ()),
        ("Small;small", ("size-s", "size-s")),
        ("Small, Medium", ("Small, Medium",)),
    ],
)
def test_several_options_stand_between_separators(text: str, ids: tuple[str, ...]) -> None:
    assert read(ValueType.MULTI_SELECT, text) == MultiSelectValue(ids)


def test_the_separator_is_the_one_asked_for() -> None:
    definition = a_definition("size", ValueType.MULTI_SELECT, options=SIZES)
    wanted = MultiSelectValue(("size-s", "size-m"))
    assert value_of_text(definition, "Small || Medium", separator="||") == wanted


AS_TEXT: list[tuple[ValueType, Value, str]] = [
    (ValueType.TEXT, TextValue("a;b"), "a;b"),
    (ValueType.NUMBER, NumberValue(3.0), "3"),
    (ValueType.NUMBER, NumberValue(-0.1), "-0.1"),
    (ValueType.NUMBER, NumberValue(1e300), "1e+300"),
    (ValueType.BOOLEAN, BooleanValue(False), "no"),
    (ValueType.BOOLEAN, BooleanValue(True), "yes"),
    (ValueType.DATE, DateValue(date(33, 4, 3)), "0033-04-03"),
    (ValueType.DATETIME, DateTimeValue(datetime(2026, 1, 2, 3, 4, 5, 6000, UTC)), "2026-01-02T03:04:05.006000+00:00"),
    (ValueType.EMAIL, EmailValue("a@example.com"), "a@example.com"),
    (ValueType.PHONE, PhoneValue("+12025550143"), "+12025550143"),
    (ValueType.URL, UrlValue("https://example.com"), "https://example.com"),
    (ValueType.LANGUAGE, LanguageValue("pt-BR"), "pt-BR"),
    (ValueType.SELECT, SelectValue("size-m"), "Medium"),
    (ValueType.SELECT, SelectValue("unknown"), "unknown"),
    (ValueType.MULTI_SELECT, MultiSelectValue(("size-s", "size-x")), "Small;Huge"),
    (ValueType.MULTI_SELECT, MultiSelectValue(()), ";"),
]


@pytest.mark.parametrize(("value_type", "value", "text"), AS_TEXT)
def test_a_value_is_written_as_it_is_read(value_type: ValueType, value: Value, text: str) -> None:
    definition = a_definition("size", value_type, options=SIZES)
    assert text_of_value(definition, value, separator=";") == text
    assert value_of_text(definition, text, separator=";") == value


def test_an_option_whose_label_does_not_name_it_is_written_by_its_id() -> None:
    options = (Option("o1", "Same"), Option("o2", "Same"), Option("o3", "a;b"), Option("o4", "o1"), Option("o5", "Ok"))
    definition = a_definition("size", ValueType.MULTI_SELECT, options=options)
    value = MultiSelectValue(("o1", "o2", "o3", "o4", "o5"))
    text = text_of_value(definition, value, separator=";")
    assert text == "Same;o2;o3;o4;Ok"
    assert value_of_text(definition, text, separator=";") == value
