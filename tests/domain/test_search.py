"""What is typed becomes beginnings of words, and what is known of a contact becomes words."""

from __future__ import annotations

from dataclasses import replace

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contacts import Network
from domain.definitions import ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.search import MOST_SOURCES, MOST_WORDS, Search, Term, Word, begins, search_for, searched_sources, words_of
from domain.value_rules import phone_value
from domain.values import EmailValue, NumberValue, PhoneValue, TextValue, UrlValue
from tests.builders import a_contact, a_definition, an_identity, held


def terms(text: str, region: str = "US") -> list[tuple[tuple[str, ...], ...]]:
    found = search_for(text, sources=(), region=region)
    assert isinstance(found, Search)
    return [each.readings for each in found.terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jane  ROE", [(("jane",),), (("roe",),)]),
        ("Jané", [(("jane",),)]),
        ("O'Brien", [(("obrien",),)]),
        ("jean-luc", [(("jean", "luc"),)]),
        ("@jane_roe", [(("jane", "roe"),)]),
        ("jane@", [(("jane",),)]),
        ("<Jane.Roe@example.com>", [(("jane.roe@example.com", "jane", "roe", "example", "com"),)]),
        ("x" * 80, [(("x" * 64,),)]),
        ("! .* $ '@{", []),
        ("+", []),
    ],
)
def test_a_search_is_read_as_beginnings_of_words(text: str, expected: object) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("20", "US", [("20",)]),
        ("00", "US", [("00",)]),
        # Egypt's prefix is 20: who types digits may mean any of this.
        ("202-224", "US", [("202224",), ("+202224", "2224")]),
        ("(202) 224-3441", "US", [("2022243441",), ("+2022243441", "22243441"), ("+12022243441", "2022243441")]),
        ("+1 202 224", "US", [("1202224",), ("+1202224", "202224")]),
        ("1 202 224", "US", [("1202224",), ("+1202224", "202224"), ("202224",)]),
        ("030 1234", "DE", [("0301234",), ("+49301234", "301234"), ("301234",)]),
        ("0049 30", "DE", [("004930",), ("4930",)]),
        ("8 495", "RU", [("8495",), ("495",)]),
        ("12 34", "XK", [("1234",), ("+1234", "234")]),
    ],
)
def test_digits_are_read_as_a_phone_number_too(text: str, region: str, expected: list[tuple[str, ...]]) -> None:
    [readings] = terms(text, region)
    groups = tuple("".join(each for each in part if each.isdigit()) for part in text.replace("-", " ").split())
    assert list(readings) == [*expected, *([groups] if len(groups) > 1 else [])]


def test_a_phone_number_may_stand_among_words() -> None:
    assert [len(each) for each in terms("Jane +1 202 224 3441 Roe")] == [1, 3, 1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", ErrorCode.BLANK),
        (" \t\n", ErrorCode.BLANK),
        ("x" * 201, ErrorCode.TOO_LONG),
        ("a b c d e f g h i j k", ErrorCode.TOO_MANY),
    ],
)
def test_what_is_no_search_is_refused(text: str, code: ErrorCode) -> None:
    found = search_for(text, sources=(), region="US")
    assert isinstance(found, Invalid)
    assert found.code is code


@given(st.text(max_size=200), st.sampled_from(["US", "DE", "??"]))
@settings(max_examples=300)
def test_whatever_is_typed_is_a_search_or_refused(text: str, region: str) -> None:
    found = search_for(text, sources=(), region=region)
    if isinstance(found, Search):
        for term in found.terms:
            assert term.readings
            assert all(reading and all(reading) for reading in term.readings)
            # Each reading can be looked up: something of it is plain letters or digits.
            assert all(any(part.isalnum() for part in reading) for reading in term.readings)


def test_long_numbers_are_found_from_three_digits_on() -> None:
    assert not begins("2022243441", "20")
    assert begins("2022243441", "202")
    assert begins("2022", "20")
    assert not begins("12022243441", "202")


SEARCHED = [
    a_definition("about", is_searchable=True, position=0),
    a_definition("email", ValueType.EMAIL, is_searchable=True, position=1),
    a_definition("phone", ValueType.PHONE, is_searchable=True, position=2),
    a_definition("site", ValueType.URL, is_searchable=True, position=3),
    a_definition("age", ValueType.NUMBER, is_searchable=True, position=4),
    a_definition("rank", position=5),
]


def test_the_words_are_those_of_the_name_the_identities_and_the_searchable_values() -> None:
    contact = a_contact(
        name="Jané O'Brien",
        identities=(
            an_identity("1", handle="@jane_roe"),
            an_identity("2", network=Network.WHATSAPP, handle="+44 20 7946 0958"),
            an_identity("3", network=Network.SMS, handle="short 55"),
        ),
        values=(
            held("about", TextValue("Jane writes")),
            held("email", EmailValue("J.Roe@x.org")),
            held("phone", PhoneValue("+12022243441")),
            held("site", UrlValue("HTTPS://www.Coffee.example/b")),
            held("age", NumberValue(41)),
            held("rank", TextValue("Admiral")),
        ),
    )
    own = ["jane", "o", "brien", "obrien", "roe", "44", "20", "7946", "0958", "+442079460958", "2079460958"]
    assert words_of(contact, SEARCHED) == (
        *(Word(each) for each in [*own, "short", "55"]),
        *(Word(each, "d-email") for each in ("j.roe@x.org", "j", "roe", "x", "org")),
        *(Word(each, "d-phone") for each in ("+12022243441", "2022243441")),
        *(Word(each, "d-site") for each in ("coffee", "example", "b")),
        *(Word(each, "d-about") for each in ("jane", "writes")),
    )
    nothing = (held("email", None), held("about", NumberValue(1)))
    assert words_of(a_contact(name="!", values=nothing), SEARCHED) == ()


def test_a_second_name_on_a_network_is_found_too_read_as_a_number_where_that_is_a_phones() -> None:
    second = replace(an_identity("1", handle="jane"), secondary_identifier="Roe, J.")
    number = replace(
        an_identity("2", network=Network.SMS, handle="+12022243441"), secondary_identifier="+44 20 7946 0958"
    )
    found = [each.text for each in words_of(a_contact(name="!", identities=(second, number)), SEARCHED)]
    assert found == [
        *("jane", "roe", "j"),
        *("12022243441", "+12022243441", "2022243441"),
        *("44", "20", "7946", "0958", "+442079460958", "2079460958"),
    ]


def test_a_kept_number_is_found_with_and_without_the_prefix_of_its_country_wherever_that_is() -> None:
    seen = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in phonenumbers.PhoneNumberType.values():
            number = phonenumbers.example_number_for_type(region, kind)
            kept = None if number is None else phone_value(f"+{number.country_code}{number.national_number}", region)
            if number is None or not isinstance(kept, PhoneValue):
                continue
            read = phonenumbers.parse(kept.phone)
            national = phonenumbers.national_significant_number(read)
            found = words_of(a_contact(name="!", values=(held("phone", kept),)), SEARCHED)
            assert found == (Word(f"+{read.country_code}{national}", "d-phone"), Word(national, "d-phone"))
            seen += 1
    assert seen > 1_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+99955", ["99955"]),
        ("+12", ["12"]),
        ("+", []),
        ("+12 345 x", ["+12345", "2345"]),
        ("12 345", ["+12345", "2345"]),
    ],
)
def test_what_only_looks_like_a_kept_number_is_read_as_one(text: str, expected: list[str]) -> None:
    found = words_of(a_contact(name="!", values=(held("phone", PhoneValue(text)),)), SEARCHED)
    assert [each.text for each in found] == expected


def test_a_long_text_does_not_push_out_the_rest() -> None:
    text = " ".join(f"word{each}" for each in range(100))
    everything = [a_definition(f"t{each}", is_searchable=True, position=each) for each in range(5)]
    values = (held("email", EmailValue("a@b.c")), *(held(each.key, TextValue(text)) for each in everything))
    words = words_of(a_contact(name=text, values=values), [*everything, SEARCHED[1]])
    assert len(words) == MOST_WORDS
    assert [each.source for each in words].count(None) == 20
    assert Word("a@b.c", "d-email") in words


def test_a_search_looks_into_what_is_searchable_and_in_use() -> None:
    assert searched_sources(SEARCHED) == ("d-about", "d-email", "d-phone", "d-site")
    assert searched_sources([a_definition("x", is_searchable=True, is_enabled=False)]) == ()
    archived = a_definition("x", is_searchable=True, is_archived=True)
    assert searched_sources([archived]) == ("d-x",)
    many = [a_definition(f"t{each}", is_searchable=True) for each in range(MOST_SOURCES + 1)]
    assert len(searched_sources(many)) == MOST_SOURCES


def test_all_terms_must_fit_in_the_searched_words() -> None:
    words = [Word("jane"), Word("roe"), Word("coffee", "d-about")]
    jane, roe, cof = (Term(((each,),)) for each in ("jane", "ro", "cof"))
    assert Search((jane, roe)).fits(words)
    assert not Search((jane, cof)).fits(words)
    assert Search((jane, cof), ("d-about",)).fits(words)
    assert not Search((jane, Term((("ann",),))), ("d-about",)).fits(words)
    assert Search((Term((("x",), ("roe", "jan"))),)).fits(words)
    assert not Search(()).fits(words)
