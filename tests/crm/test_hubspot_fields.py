"""HubSpot's texts: how a field is spelled, and which texts say the same."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.hubspot_fields import holds, keys_of_field, keys_of_text, moment_of, searched, spelled
from domain.crm import Field

FIELDS = [
    (None, ""),
    ("Ada", "Ada"),
    (12.0, "12"),
    (12, "12"),
    (-0.5, "-0.5"),
    (1e21, "1000000000000000000000"),
    (1e-7, "0.0000001"),
    (True, "true"),
    (False, "false"),
    (("Tea", "Jam"), "Tea;Jam"),
    ((), ""),
]


@pytest.mark.parametrize(("field", "text"), FIELDS)
def test_everything_is_spelled_as_text(field: Field | None, text: str) -> None:
    assert spelled(field) == text
    assert holds(text, field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (None, None),
        (None, ""),
        (" ", None),
        (None, ()),
        ("12.0", 12.0),
        ("1.2e1", 12.0),
        ("TRUE", True),
        ("Jam; Tea;", ("Tea", "Jam")),
        (" Ada ", "Ada"),
        ("1582934400000", "2020-02-29"),
        ("2020-02-29", "1582934400000"),
        ("-86400000", "1969-12-31"),
        ("2020-02-29T10:00:00.000Z", "2020-02-29T10:00:00Z"),
        ("1582970400000", "2020-02-29T11:00:00+01:00"),
    ],
)
def test_other_spellings_hold_the_same(text: str | None, field: Field | None) -> None:
    assert holds(text, field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (None, "Ada"),
        (None, False),
        (None, 0.0),
        ("Ada", None),
        ("ada", "Ada"),
        ("12.1", 12.0),
        ("twelve", 12.0),
        ("1", True),
        ("true", False),
        ("Tea", ("Tea", "Jam")),
        ("Tea;Jam", ("Tea",)),
        ("7", "007"),
        ("2020-02-29", "2020-03-01"),
        ("1582934400000", "1582934400001"),
        ("2020-02-30", "2020-02-31"),
        ("x", "2020-02-29"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01"),
        ("999999999999999", "2020-02-29"),
    ],
)
def test_what_differs_is_not_held(text: str | None, field: Field | None) -> None:
    assert not holds(text, field)


@given(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**15), 10**15)))
def test_every_number_is_held_by_its_spelling_and_recognized(number: float) -> None:
    assert holds(spelled(number), number)
    assert "e" not in spelled(number)
    assert keys_of_field(number) & keys_of_text(spelled(number))


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_is_too_strange(text: str, other: str) -> None:
    assert holds(text, text)
    assert holds(text, other) == holds(other, text)
    assert keys_of_text(text) if text.strip() else not keys_of_text(text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("Straße", " STRASSE "),
        ("ada@example.com", "Ada@Example.com"),
        (12.0, "12.00"),
        (True, "True"),
        (("Tea", "Jam"), "jam;TEA"),
        (("Tea",), "tea"),
        ("2020-02-29", "1582934400000"),
        ("+49301234567", "+49 (0)30 123-45.67"),
        ("+49301234567", "0049 30 1234567"),
        ("+49301234567", "030/1234567"),
        ("+49301234567", "49 30 1234567"),
        ("+12022251234", "(202) 225-1234"),
        ("+12022251234", "1-202-225-1234"),
        ("+9991234567", "+999 123 4567"),
    ],
)
def test_what_means_the_same_agrees(field: Field, text: str) -> None:
    assert keys_of_field(field) & keys_of_text(text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("Ada", "Adam"),
        (12.0, "120"),
        (12.0, "inf"),
        (12.0, "nan"),
        (True, "false"),
        (True, "1"),
        (("Tea", "Jam"), "Tea"),
        ("2020-02-29", "2020-02-28"),
        ("+49301234567", "+1 30 1234567"),
        ("+49301234567", "1234567"),
        ("+49301234567", "030 1234568"),
        ("+9991234567", "1234567"),
        ("+49301234567", None),
    ],
)
def test_what_means_something_else_does_not(field: Field, text: str | None) -> None:
    assert not keys_of_field(field) & keys_of_text(text)


@pytest.mark.parametrize(
    ("alias", "field", "values"),
    [
        ("city", " Bonn ", {"city": ("bonn", "Bonn")}),
        ("orders", 12.0, {"orders": ("12",)}),
        ("is_partner", True, {"is_partner": ("true",)}),
        ("interests", ("Tea", "jam"), {"interests": ("tea", "Tea", "jam")}),
        (
            "phone",
            "+49301234567",
            {"phone": ("+49301234567",), "hs_searchable_calculated_phone_number": ("301234567",)},
        ),
        (
            "mobilephone",
            "+12022251234",
            {"mobilephone": ("+12022251234",), "hs_searchable_calculated_mobile_number": ("2022251234",)},
        ),
        (
            "work_phone",
            "+12022251234",
            {"work_phone": ("+12022251234", "12022251234", "2022251234", "+1 202-225-1234", "(202) 225-1234")},
        ),
        ("phone", "+9991234567", {"phone": ("+9991234567", "9991234567")}),
        ("phone", "112", {"phone": ("112",)}),
    ],
)
def test_it_is_searched_for_in_every_likely_spelling(alias: str, field: Field, values: object) -> None:
    assert searched(alias, field) == values


def test_moments_are_read_where_they_are_told() -> None:
    expected = datetime(2020, 2, 29, 10, 0, 0, 250_000, tzinfo=UTC)
    assert moment_of("2020-02-29T10:00:00.250Z") == expected
    assert moment_of("1582970400250") == expected
    assert moment_of(None) is moment_of(1582970400250) is moment_of("yesterday") is None
