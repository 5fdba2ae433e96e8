"""The scalars: what is read, what is refused, and how it is written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from graphql import GraphQLError, GraphQLScalarType
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import clock
from tests.graph.asking_graphql import the_schema

ANY_OFFSET = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda each: timezone(timedelta(minutes=each // timedelta(minutes=1)))
)
ANY_MOMENT = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ANY_OFFSET)  # noqa: DTZ001 - as asked

DATE_TIME_ADVICE = "Give a DateTime as ISO 8601 text with its offset, such as 2026-11-23T09:30:00Z."
DATE_ADVICE = "Give a Date as ISO 8601 text, such as 2026-11-23."


def scalar(name: str) -> GraphQLScalarType:
    found = the_schema()._schema.type_map[name]
    assert isinstance(found, GraphQLScalarType)
    return found


def read(name: str, given: object) -> object:
    return scalar(name).coerce_input_value(given)


def written(name: str, value: object) -> object:
    return scalar(name).coerce_output_value(value)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-11-23T09:30:00Z", datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        ("2026-11-23T09:30:00.123Z", datetime(2026, 11, 23, 9, 30, 0, 123_000, tzinfo=UTC)),
        ("2026-11-23T09:30:00.123999Z", datetime(2026, 11, 23, 9, 30, 0, 123_000, tzinfo=UTC)),
        ("2026-11-23T09:30:00+02:00", datetime(2026, 11, 23, 7, 30, tzinfo=UTC)),
        ("2026-11-23T00:30:00+14:00", datetime(2026, 11, 22, 10, 30, tzinfo=UTC)),
        ("2026-11-23T09:30:00-00:30", datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),
        ("9999-12-31T23:59:59.999Z", datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_with_any_offset_to_the_millisecond(given: str, meant: datetime) -> None:
    assert read("DateTime", given) == meant


@pytest.mark.parametrize(
    "given",
    [
        *("2026-11-23T09:30:00", "2026-11-23", "", "tomorrow", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z"),
        *("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "10000-01-01T00:00:00Z", "2026-11-23T25:00:00Z"),
        *(1_795_426_200, 1.5, True, None, ["2026-11-23T09:30:00Z"], datetime(2026, 11, 23, tzinfo=UTC)),
    ],
)
def test_what_is_no_moment_is_refused_with_advice(given: object) -> None:
    with pytest.raises(GraphQLError) as refusal:
        read("DateTime", given)
    assert refusal.value.message == DATE_TIME_ADVICE


@given(ANY_MOMENT)
@settings(max_examples=200)
def test_a_moment_written_and_read_again_is_the_same_to_the_millisecond(moment: datetime) -> None:
    kept = clock.to_millisecond(moment)
    text = written("DateTime", kept)
    assert read("DateTime", text) == kept
    assert isinstance(text, str)
    assert (len(text), text[-1]) == (24, "Z")


@given(st.lists(ANY_MOMENT, min_size=2, max_size=5))
@settings(max_examples=100)
def test_moments_sort_as_their_texts_do(moments: list[datetime]) -> None:
    kept = [clock.to_millisecond(each) for each in moments]
    assert [written("DateTime", each) for each in sorted(kept)] == sorted(
        str(written("DateTime", each)) for each in kept
    )


@given(st.dates())
@settings(max_examples=100)
def test_a_day_written_and_read_again_is_the_same(day: date) -> None:
    assert read("Date", written("Date", day)) == day


@pytest.mark.parametrize(
    "given",
    [
        *("2026-11-23T00:00:00Z", "20261123", "2026-W48-1", "2026-02-30", "23.11.2026", "2026-1-1", "", 20261123, None),
        *(date(2026, 11, 23), True, "2026-11-2३"),
    ],
)
def test_what_is_no_day_is_refused_with_advice(given: object) -> None:
    with pytest.raises(GraphQLError) as refusal:
        read("Date", given)
    assert refusal.value.message == DATE_ADVICE


@pytest.mark.parametrize("name", ["EmailAddress", "PhoneNumber", "URL", "LanguageTag"])
def test_the_other_scalars_are_text_as_it_is_kept(name: str) -> None:
    assert written(name, "as it is") == "as it is"
