"""Time as it is kept: UTC, to the millisecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import clock

ZONES = st.integers(-1_439, 1_439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("microsecond", "kept"), [(0, 0), (999, 0), (1_000, 1_000), (123_999, 123_000), (999_999, 999_000)]
)
def test_what_is_below_a_millisecond_is_cut_off(microsecond: int, kept: int) -> None:
    moment = datetime(1969, 12, 31, 23, 59, 59, microsecond, UTC)
    assert clock.to_millisecond(moment) == datetime(1969, 12, 31, 23, 59, 59, kept, UTC)


def test_another_offset_becomes_utc() -> None:
    kept = clock.to_millisecond(datetime(2026, 11, 23, 0, 30, tzinfo=timezone(timedelta(hours=2))))
    assert kept.isoformat() == "2026-11-22T22:30:00+00:00"


@settings(max_examples=200)
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES))  # noqa: DTZ001 - zones are drawn
def test_a_moment_loses_less_than_a_millisecond_and_nothing_the_second_time(moment: datetime) -> None:
    kept = clock.to_millisecond(moment)
    assert kept.tzinfo is UTC
    assert timedelta(0) <= moment - kept < timedelta(milliseconds=1)
    assert clock.to_millisecond(kept) == kept


def test_now_is_in_utc_between_before_and_after_to_the_millisecond() -> None:
    before = clock.to_millisecond(datetime.now(UTC))
    now = clock.now()
    after = datetime.now(UTC)
    assert before <= now <= after
    assert now.tzinfo is UTC
    assert now.microsecond % 1_000 == 0
