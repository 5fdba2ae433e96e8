"""Language tags: well formed by BCP 47, kept in their usual letter case."""

from __future__ import annotations

import pytest

from domain.definitions import ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_rules import checked
from domain.values import LanguageValue, Value
from tests.builders import a_definition

NOT_A_LANGUAGE = Invalid(ErrorCode.NOT_A_LANGUAGE, "Give a language tag (BCP 47) such as en, pt-BR or zh-Hant.")


def check(tag: str) -> Value | Invalid:
    return checked(a_definition("language", ValueType.LANGUAGE), LanguageValue(tag), region="US")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("en", "en"),
        ("EN", "en"),
        (" de\n", "de"),
        ("gsw", "gsw"),
        ("pt-br", "pt-BR"),
        ("PT-BR", "pt-BR"),
        ("zh-hant", "zh-Hant"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("ZH-HANT-TW", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("zh-YUE-hk", "zh-yue-HK"),
        ("SL-ROZAJ-BISKE-1994", "sl-rozaj-biske-1994"),
        ("de-CH-1901", "de-CH-1901"),
        ("hy-latn-it-AREVELA", "hy-Latn-IT-arevela"),
        ("DE-de-U-CO-PHONEBK", "de-DE-u-co-phonebk"),
        ("en-A-MYEXT-B-ANOTHER", "en-a-myext-b-another"),
        ("en-x-US", "en-x-us"),
        ("EN-us-X-LATN-US-1", "en-US-x-latn-us-1"),
        ("x-Private", "x-private"),
        ("X-US-LATN", "x-us-latn"),
        ("abcd", "abcd"),
        ("abcdefgh", "abcdefgh"),
    ],
)
def test_a_tag_is_kept_in_its_usual_letter_case(given: str, kept: str) -> None:
    assert check(given) == LanguageValue(kept)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "-",
        "e",
        "x",
        "x-",
        "en-",
        "-en",
        "en--us",
        "en_US",
        "en us",
        "english language",
        "abcdefghi",
        "123",
        "en-abcdefghi",
        "en-us-us",
        "en-us-latn",
        "en-x",
        "en-u",
        "en-u-x-a",
        "en-a-b",
        "en-x-abcdefghi",
        "i-klingon",
        "fran\u00e7ais",
        "es-\u0664\u0661\u0669",
        "\u212ao",
        "\u0130t",
        "\u017fv",
        "en" + "-a-bb" * 12 + "-",
        "en" + "-aaaaa" * 10 + "_",
        "en\x00",
        "en;q=0.5",
        "*",
    ],
)
def test_what_is_no_tag_is_refused(given: str) -> None:
    assert check(given) == NOT_A_LANGUAGE


def test_a_tag_may_have_64_characters_and_no_more() -> None:
    longest = "en-x-" + "-".join(["abcdefg"] * 7) + "-abc"
    assert len(longest) == 64
    assert check(longest) == LanguageValue(longest)
    assert check(longest + "d") == NOT_A_LANGUAGE


@pytest.mark.parametrize("unit", ["a", "-a", "a-", "aa-", "-12345678", "-a-bb", "-x-a", "\u0301"])
def test_a_hostile_length_is_refused_before_it_is_matched(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Never:
        def fullmatch(self, tag: str) -> None:
            raise AssertionError(f"matched {len(tag)} characters")

    monkeypatch.setattr("domain.value_rules._LANGUAGE_TAG", Never())
    assert check(("en" + unit * 10_000)[:10_000]) == NOT_A_LANGUAGE
