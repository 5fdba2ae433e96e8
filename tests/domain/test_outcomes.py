"""Endings without a change."""

from __future__ import annotations

from domain.outcomes import ErrorCode, Invalid


def test_an_invalid_input_is_placed_without_changing_what_it_says() -> None:
    somewhere = Invalid(ErrorCode.BLANK, "Write something.", ("elsewhere",))
    assert somewhere.at("input", "body") == Invalid(ErrorCode.BLANK, "Write something.", ("input", "body"))
    assert somewhere.at() == Invalid(ErrorCode.BLANK, "Write something.", ())


def test_every_code_is_its_own_name() -> None:
    assert [each.name for each in ErrorCode] == [each.value for each in ErrorCode]
