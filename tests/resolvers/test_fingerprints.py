"""The fingerprint of a request: the same for the same input, another for any other, in every process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, timezone
from enum import Enum, IntEnum
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agents import Plan
from domain.values import DateTimeValue, EmailValue, MultiSelectValue, NumberValue, TextValue
from resolvers.fingerprints import fingerprint
from tests.builders import MORNING


class Size(Enum):
    SMALL = "SMALL"


class Weight(IntEnum):
    LIGHT = 1


@dataclass(frozen=True, slots=True)
class Note:
    body: object
    tags: object = ()


BERLIN = timezone(timedelta(hours=2))
ORDINARY = ("", "a", "ab", "b", "1", "1.0", "None", "True", "1:a", "1:a;", ";")
ODD = ("caf\u00e9", "cafe\u0301", "\ud800", "\udfff", "\\ud800", "a\x00")
TEXTS = [*ORDINARY, *ODD]
LISTS: list[object] = [
    *((), ("",), ("a", "b"), ("ab",), ("b", "a"), (("a",), "b"), ("a", ("b",)), ((),), ((), ())),
    *(("a", "b", ()), (None,), ("1:a", ";"), ("body", "")),
]
DIFFERENT: list[object] = [
    *TEXTS,
    *LISTS,
    *(None, True, False, 0, 1, -1, 2**70, 0.5, 1.0, float("inf"), float("-inf"), float("nan"), 1e-300),
    *(date(2026, 11, 23), MORNING, MORNING + timedelta(milliseconds=1), MORNING.replace(tzinfo=BERLIN)),
    *(timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(seconds=1), timedelta(microseconds=1)),
    *(timedelta(microseconds=-1), timedelta.max, 3600),
    *(Size.SMALL, Weight.LIGHT, Plan.TEAM, "SMALL", "Size.SMALL"),
    *(frozenset(), frozenset({"a", "b"}), frozenset({"a"}), {}, {"a": "b"}, {"a": ("b",)}, {"b": "a"}, {"a": None}),
    *(Note(""), Note(None), Note("", ("",)), Note(()), Note("tags"), Note(Note(""))),
    *(TextValue("1"), EmailValue("1"), NumberValue(1.0), MultiSelectValue(("1",)), MultiSelectValue(("1", "2"))),
]


def test_different_inputs_have_different_fingerprints() -> None:
    made = {fingerprint(("m", each)): each for each in DIFFERENT}
    assert len(made) == len(DIFFERENT)
    # Nor do two that lie side by side flow into each other.
    pairs = {fingerprint(("m", *each)) for each in combinations(TEXTS, 2)}
    assert len(pairs) == len(list(combinations(TEXTS, 2)))
    assert not pairs & set(made)


SAME: list[tuple[object, object]] = [
    (0.0, -0.0),
    (NumberValue(0.0), NumberValue(-0.0)),
    (float("nan"), -float("nan")),
    (MORNING, MORNING.astimezone(BERLIN)),
    (timedelta(days=1), timedelta(hours=24)),
    (DateTimeValue(MORNING), DateTimeValue(MORNING.astimezone(BERLIN))),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ({"a": 1}, MappingProxyType({"a": 1})),
    ({"a", "b", "c"}, frozenset({"c", "b", "a"})),
    (["a", ("b",)], ("a", ["b"])),
    (Note("x"), replace(Note("y"), body="x")),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=[f"{n}-{type(one).__name__}" for n, (one, _) in enumerate(SAME)])
def test_the_same_input_in_another_spelling_has_the_same_fingerprint(one: object, other: object) -> None:
    assert fingerprint(("m", one)) == fingerprint(("m", other))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (MORNING.replace(tzinfo=None), "no telling which moment 2026-11-23 09:00:00 is"),
        (object(), "values of the type object are the same"),
        (Note, "values of the type type are the same"),
        (b"a", "values of the type bytes are the same"),
        (TextValue(b"a"), "values of the type bytes are the same"),  # type: ignore[arg-type]
    ],
    ids=["naive", "object", "class", "bytes", "within"],
)
def test_what_nobody_has_decided_about_is_an_error(value: object, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        fingerprint(("m", value))


inputs = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(), max_size=4)
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas()
    | st.dates()
    | st.timedeltas()
    | st.sampled_from([*Plan, Size.SMALL]),
    lambda each: (
        st.lists(each, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2), each, max_size=3)
        | st.builds(Note, each, each)
    ),
    max_leaves=6,
)


def _told(value: object) -> object:
    """Spell the value so that Python's own comparison tells apart what it would not: one, one point nought and yes."""
    if isinstance(value, Mapping):
        return ("map", frozenset((key, _told(each)) for key, each in value.items()))
    if isinstance(value, tuple):
        return ("list", tuple(map(_told, value)))
    if isinstance(value, Note):
        return ("Note", _told(value.body), _told(value.tags))
    return (type(value), value)


@given(inputs, inputs)
def test_two_inputs_share_a_fingerprint_where_they_are_the_same_and_only_there(one: object, other: object) -> None:
    assert (fingerprint(("m", one)) == fingerprint(("m", other))) is (_told(one) == _told(other))


def test_every_process_makes_the_same() -> None:
    """Whatever seed Python gives to the hashes that sets are ordered by."""
    request = "('m', frozenset('abcdefgh'), {'b': 1, 'a': 0.5})"
    script = f"from resolvers.fingerprints import fingerprint; print(fingerprint({request}))"
    root = Path(__file__).parents[2]
    runs = {
        subprocess.run(
            [sys.executable, "-c", script], cwd=root, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout.decode()
        for seed in ("1", "2", "3")
    }
    expected = fingerprint(("m", frozenset("abcdefgh"), {"a": 0.5, "b": 1}))
    assert runs == {f"{expected}\n"}
