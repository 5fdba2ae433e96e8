"""Text: what is kept of it, what is refused, and how names are folded for sorting."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.outcomes import ErrorCode, Invalid
from domain.text import clean, is_blank, normalised, sort_key

SPECIAL = "\r\n\t ae\u0301\u0308\u200d\ufe0f\U0001f469\U0001f680\u1100\u1161\u212b\x00\x07\x85"
TEXTS = st.text(st.one_of(st.sampled_from(SPECIAL), st.characters(), st.characters(categories=["Cs", "Cc"])))


def as_a_browser_counts(text: str) -> str:
    r"""`body.normalize("NFC").replace(/\r\n?/g, "\n")`, spelled otherwise than the product does."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")


def has_forbidden(text: str) -> bool:
    return any(unicodedata.category(each) in {"Cc", "Cs"} and each not in "\t\n\r" for each in text)


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("plain", "plain"),
        ("e\u0301", "\u00e9"),
        ("\u212b", "\u00c5"),
        ("\u1100\u1161", "\uac00"),
        ("one\r\ntwo", "one\ntwo"),
        ("one\rtwo", "one\ntwo"),
        ("one\r\rtwo", "one\n\ntwo"),
        ("one\n\rtwo", "one\n\ntwo"),
        ("\ufb01", "\ufb01"),
        (" kept \t ", " kept \t "),
    ],
)
def test_text_is_composed_and_its_line_ends_are_line_feeds(given_text: str, kept: str) -> None:
    assert normalised(given_text) == kept
    assert clean(given_text, longest=100) == kept


@settings(max_examples=300)
@given(TEXTS)
@example("\r\u0301\n")
@example("e\r\n\u0301")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalised(text)
    assert once == as_a_browser_counts(text)
    assert normalised(once) == once
    assert "\r" not in once


@settings(max_examples=500)
@given(TEXTS, st.integers(1, 12))
@example("e\u0301e\u0301", 2)
@example("\r\n\r\na", 3)
def test_what_is_kept_is_what_a_browser_counts_and_is_kept_again_unchanged(text: str, longest: int) -> None:
    kept, wanted = clean(text, longest=longest), as_a_browser_counts(text)
    if has_forbidden(text):
        assert isinstance(kept, Invalid)
        assert kept.code is ErrorCode.FORBIDDEN_CHARACTER
    elif is_blank(wanted):
        assert isinstance(kept, Invalid)
        assert kept.code is ErrorCode.BLANK
    elif len(wanted) > longest:
        assert isinstance(kept, Invalid)
        assert kept.code is ErrorCode.TOO_LONG
    else:
        assert kept == wanted
        assert clean(wanted, longest=longest) == wanted


@pytest.mark.parametrize("code", [*range(0x09), *range(0x0B, 0x0D), *range(0x0E, 0x20), *range(0x7F, 0xA0)])
def test_control_characters_are_refused_by_name(code: int) -> None:
    message = f"Remove the character U+{code:04X}: it cannot be kept in a text."
    assert clean(f"be{chr(code)}fore", longest=100) == Invalid(ErrorCode.FORBIDDEN_CHARACTER, message)


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_lone_surrogates_are_refused_by_name(code: int) -> None:
    message = f"Remove the character U+{code:04X}: it cannot be kept in a text."
    assert clean(f"x{chr(code)}", longest=100) == Invalid(ErrorCode.FORBIDDEN_CHARACTER, message)


def test_the_first_forbidden_character_is_the_one_that_is_named() -> None:
    message = "Remove the character U+0007: it cannot be kept in a text."
    assert clean("a\x07b\x00", longest=100) == Invalid(ErrorCode.FORBIDDEN_CHARACTER, message)


@pytest.mark.parametrize("allowed", ["\t", "\n", "\r", "\r\n", "\u00a0", "\u2028", "\u200d", "\ufdd0", "\U0010ffff"])
def test_tabs_line_ends_and_whatever_utf8_carries_are_allowed(allowed: str) -> None:
    assert clean(f"a{allowed}b", longest=3) == as_a_browser_counts(f"a{allowed}b")


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        " ",
        "\t\r\n ",
        "\u00a0\u3000",
        "\u2028\u2029",
        "\u200b",
        "\u200b\u200c\u200d\u2060\ufeff",
        "\u00ad",
        "\u202e",
        "\u3164",
        "\u2800",
        "\u115f\u1160\uffa0",
        "\u034f",
        "\ufe0f\ufe00",
        "\U000e0100",
        "\u180b\u180e",
    ],
)
def test_a_text_with_nothing_to_see_is_blank(nothing: str) -> None:
    assert is_blank(nothing)
    wanted = Invalid(ErrorCode.BLANK, "Write something: the text is empty or only white space.")
    assert clean(nothing, longest=100) == wanted


@pytest.mark.parametrize("something", [".", "\u200b.", "\u0301", "\u2801", "\U0001f469\u200d", "\ufe10", "\u0640"])
def test_a_text_with_anything_to_see_is_not_blank(something: str) -> None:
    assert not is_blank(something)
    assert clean(something, longest=100) == something


def test_both_bounds_of_the_length_are_inclusive() -> None:
    assert clean("abc", longest=3, shortest=3) == "abc"
    too_long = Invalid(ErrorCode.TOO_LONG, "Shorten the text by 2: at most 3 characters are kept.")
    assert clean("abcde", longest=3) == too_long
    too_short = Invalid(ErrorCode.TOO_SHORT, "Lengthen the text: at least 3 characters are asked for.")
    assert clean("ab", longest=5, shortest=3) == too_short


def test_lengths_are_counted_after_normalisation() -> None:
    assert clean("e\u0301" * 3, longest=3, shortest=3) == "\u00e9" * 3
    assert clean("a\r\nb", longest=3) == "a\nb"
    too_short = Invalid(ErrorCode.TOO_SHORT, "Lengthen the text: at least 2 characters are asked for.")
    assert clean("e\u0301", longest=5, shortest=2) == too_short


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Zo\u00eb", "zoe"),
        ("ZOE\u0308", "zoe"),
        ("  Jane \t\n Roe ", "jane roe"),
        ("Jane\u00a0Roe", "jane roe"),
        ("Stra\u00dfe", "strasse"),
        ("\u0130stanbul", "istanbul"),
        ("\U0001d4d9\U0001d4ea\U0001d4f7\U0001d4ee", "jane"),
        ("\u210cans", "hans"),
        ("\uff2a\uff2f", "jo"),
        ("\u738b\u5c0f\u660e", "\u738b\u5c0f\u660e"),
        ("\u0301", ""),
    ],
)
def test_names_are_folded_for_sorting(name: str, folded: str) -> None:
    assert sort_key(name) == folded


@settings(max_examples=300)
@given(st.text())
def test_a_folded_name_ignores_case_and_how_its_accents_are_encoded(name: str) -> None:
    key = sort_key(name)
    assert sort_key(unicodedata.normalize("NFD", name)) == key
    assert sort_key(name.casefold()) == key
    assert key == " ".join(key.split())
