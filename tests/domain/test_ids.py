"""Identifiers: of one length, in the order of their making, never the same."""

from __future__ import annotations

import re

import pytest

from domain.ids import new_id


def test_an_id_is_32_hexadecimal_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", new_id())


def test_the_leading_half_is_the_time_of_making(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 0x1234)
    assert new_id()[:16] == "0000000000001234"


def test_ids_sort_by_the_time_of_making(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([9, 10, 255, 256, 1_795_424_400_000_000_000, 1_795_424_400_000_000_001])
    monkeypatch.setattr("time.time_ns", lambda: next(times))
    made = [new_id() for _ in range(6)]
    assert sorted(made) == made


def test_ids_made_at_one_moment_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 1)
    assert len({new_id() for _ in range(10_000)}) == 10_000
