"""Patterns that admins write: whatever they are, the time that they take is linear in the text."""

from __future__ import annotations

import pytest
import re2

from domain import patterns
from domain.patterns import matches, pattern_problem

ADVICE = "Give a pattern in the syntax of RE2, which has no look-around and no back-references: "


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        # What makes other engines go back and try again has no place in RE2.
        ("(?=a)", "invalid perl operator: (?= (at character 1)."),
        ("a(?<!a)b", "invalid perl operator: (?<! (at character 2)."),
        (r"(a)\1", r"invalid escape sequence: \1 (at character 4)."),
        ("ab[c", "missing ]: [c (at character 3)."),
        ("a**", "bad repetition operator: ** (at character 2)."),
        ("(a{500}){500}", "invalid repetition size: {500}."),
        ("(?P<n>a", "missing ): (?P<n>a (at character 1)."),
        (r"\pL{900}", "pattern too large - compile failed."),
        ("\ud800", "it has a character that no text can have."),
    ],
)
def test_a_pattern_that_re2_does_not_know_is_refused_with_the_place(pattern: str, reason: str) -> None:
    assert pattern_problem(pattern) == ADVICE + reason


def test_a_pattern_has_to_match_the_whole_text() -> None:
    assert pattern_problem("[A-Z]{2}") is None
    assert [each for each in ("AB", "xABx", "AB\n", "A", "") if matches("[A-Z]{2}", each)] == ["AB"]
    assert matches("a|ab", "ab")
    assert matches("(?i)größe .", "GRÖSSE 😀".replace("SS", "ß"))


def test_it_is_re2_that_matches_so_that_no_pattern_is_slow() -> None:
    """What a back-tracking engine would not finish before the sun does, this one answers by its construction."""
    assert pattern_problem("(a+)+$") is None
    assert isinstance(patterns._compiled("(a+)+$"), re2._Regexp)
    assert matches("(a+)+$", "a" * 5_000)
    assert not matches("(a+)+$", "a" * 4_999 + "!")


def test_a_pattern_is_compiled_once() -> None:
    assert patterns._compiled("once") is patterns._compiled("once")
