"""The body of a contact note: 1 to 2,000 code points, counted as a browser counts them."""

from __future__ import annotations

import unicodedata
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.notes import LONGEST_NOTE, NotePosition, note_body, position
from domain.outcomes import ErrorCode, Invalid
from tests.builders import MORNING, a_note

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"  # 7 code points, one picture
FLAG = "\U0001f1e9\U0001f1ea"  # 2 code points
BODY = ("input", "body")


def too_long(over: int) -> Invalid:
    message = f"Shorten the text by {over}: at most 2000 characters are kept."
    return Invalid(ErrorCode.TOO_LONG, message, BODY)


def test_the_bound_is_what_the_schema_promises() -> None:
    assert LONGEST_NOTE == 2_000


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("a", "a"),
        ("a" * 2_000, "a" * 2_000),
        ("\U0001f680" * 2_000, "\U0001f680" * 2_000),
        (FLAG * 1_000, FLAG * 1_000),
        (FAMILY * 285 + "abcde", FAMILY * 285 + "abcde"),
        ("e\u0301" * 2_000, "\u00e9" * 2_000),
        ("\r\n" * 1_999 + "x", "\n" * 1_999 + "x"),
        ("\r" * 1_999 + "x", "\n" * 1_999 + "x"),
        ("q\u0323" + "b" * 1_998, "q\u0323" + "b" * 1_998),
    ],
)
def test_two_thousand_code_points_pass(body: str, kept: str) -> None:
    assert note_body(body) == kept


@pytest.mark.parametrize(
    ("body", "over"),
    [
        ("a" * 2_001, 1),
        ("\U0001f680" * 2_001, 1),
        (FLAG * 1_000 + "a", 1),
        (FAMILY * 286, 2),
        ("e\u0301" * 2_001, 1),
        ("\r\n" * 2_000 + "x", 1),
        ("\r" * 2_000 + "x", 1),
        ("q\u0323" + "b" * 1_999, 1),
        ("a" * 100_000, 98_000),
        # NFC takes this one apart into two.
        ("\u0958" * 1_001, 2),
    ],
)
def test_one_code_point_more_does_not(body: str, over: int) -> None:
    assert note_body(body) == too_long(over)


@pytest.mark.parametrize("code", [0x00, 0x01, 0x0B, 0x0C, 0x1B, 0x7F, 0x85, 0xD83D, 0xDC69])
def test_a_character_that_cannot_be_kept_is_refused_at_the_body(code: int) -> None:
    message = f"Remove the character U+{code:04X}: it cannot be kept in a text."
    assert note_body(f"Hello{chr(code)}") == Invalid(ErrorCode.FORBIDDEN_CHARACTER, message, BODY)


@pytest.mark.parametrize("body", ["", " ", "\n\r\n\t", "\u200b\u200d\ufeff", "\u00a0\u3000", "\u3164"])
def test_a_body_with_nothing_to_see_is_refused_at_the_body(body: str) -> None:
    message = "Write something: the text is empty or only white space."
    assert note_body(body) == Invalid(ErrorCode.BLANK, message, BODY)


def test_white_space_around_a_body_is_kept() -> None:
    assert note_body("  indented\n\n") == "  indented\n\n"


@settings(max_examples=300)
@given(st.text(st.one_of(st.characters(exclude_categories=["Cc", "Cs"]), st.sampled_from("\r\n\u0301\u0308\u200d"))))
@example("\u0344")
@example("o\u0308\u0301\r")
def test_any_body_is_kept_in_nfc_with_lf_and_kept_again_unchanged(middle: str) -> None:
    text = f"<{middle}>"
    wanted = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    assert note_body(text) == wanted
    assert note_body(wanted) == wanted


@settings(max_examples=100)
@given(st.integers(1, 3), st.sampled_from(["a", "\U0001f680", "e\u0301", "\r\n", "\u0958", FAMILY]))
def test_the_bound_is_on_the_length_of_the_normalised_text(extra: int, unit: str) -> None:
    size = len(unicodedata.normalize("NFC", unit.replace("\r\n", "\n")))
    padding = "." * (LONGEST_NOTE - 5 * size)
    kept = note_body(unit * 5 + padding)
    assert isinstance(kept, str)
    assert len(kept) == LONGEST_NOTE
    assert note_body(unit * 5 + padding + "." * extra) == too_long(extra)


def test_the_place_of_a_note_is_its_time_and_its_id() -> None:
    later = MORNING + timedelta(minutes=1)
    assert position(a_note("c", id="n1", created_at=later)) == NotePosition(later, "n1")
