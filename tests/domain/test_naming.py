"""The names of what admins make: as they are kept, and when two are the same."""

from __future__ import annotations

from domain.naming import checked_name, name_key, namesake
from domain.outcomes import ErrorCode, Invalid
from tests.builders import a_team


def test_names_are_cleaned_and_compared_without_case_and_accents() -> None:
    assert checked_name("  Loyal \n customers ", longest=15) == "Loyal customers"
    assert name_key("Café") == name_key("CAFE")
    for text, code in ((" ", ErrorCode.BLANK), ("x" * 16, ErrorCode.TOO_LONG)):
        refused = checked_name(text, longest=15)
        assert isinstance(refused, Invalid)
        assert (refused.code, refused.path) == (code, ("input", "name"))


def test_a_namesake_is_another_one() -> None:
    cafe, bar = a_team("cafe"), a_team("bar")
    assert namesake([bar, cafe], a_team("CAFÉ")) == cafe
    assert namesake([bar, cafe], cafe) is None
    assert namesake([], cafe) is None
