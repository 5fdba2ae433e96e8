"""Whatever is accepted is accepted again, unchanged: what was kept can always be sent back."""

from __future__ import annotations

import re
from datetime import timedelta, timezone

import phonenumbers
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.provisional import urls

from domain.outcomes import Invalid
from domain.value_rules import checked
from domain.values import (
    VALUE_TYPES,
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from tests.builders import SIZES, a_definition

ANY_TEXT = st.text(st.one_of(st.characters(), st.characters(categories=["Cs", "Cc", "Cf", "Mn"])))
SUBTAG = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789\u0130\u0131\u017f\u212a", min_size=1, max_size=9)
TAGS = st.builds(lambda first, rest: "-".join([first, *rest]), st.sampled_from(["en", "ZH", "x"]), st.lists(SUBTAG))
DIGITS = st.text("0123456789", min_size=3, max_size=16)
PHONES = st.builds(lambda prefix, digits: prefix + digits, st.sampled_from(["", "+", "+49", "+1", "00", "0"]), DIGITS)
PARTS = st.lists(st.sampled_from([*"htps:/@[]\\?#%.aZ1 ", "https://", "example.com", "e\u0301", "\u200b", "::1"]))
LINKS = st.one_of(urls(), st.builds(lambda rest: f"https://{''.join(rest)}", PARTS))
ZONES = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))
OPTIONS = st.sampled_from(["size-s", "size-m", "size-x", "nope"])

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.builds(TextValue, ANY_TEXT),
    st.builds(NumberValue, st.floats()),
    st.builds(BooleanValue, st.booleans()),
    st.builds(DateValue, st.dates()),
    st.builds(DateTimeValue, st.datetimes(timezones=ZONES)),
    st.builds(EmailValue, st.one_of(st.emails(), ANY_TEXT)),
    st.builds(PhoneValue, st.one_of(PHONES, ANY_TEXT)),
    st.builds(UrlValue, st.one_of(LINKS, ANY_TEXT)),
    st.builds(SelectValue, OPTIONS),
    st.builds(MultiSelectValue, st.lists(OPTIONS, max_size=3).map(tuple)),
    st.builds(LanguageValue, st.one_of(TAGS, ANY_TEXT)),
)


def check(value: Value, region: str) -> Value | Invalid:
    return checked(a_definition("any", VALUE_TYPES[type(value)], options=SIZES), value, region=region)


def utf8_can_carry(value: Value) -> bool:
    return all(
        each.encode(errors="replace").decode() == each
        for each in (getattr(value, name) for name in type(value).__slots__)
        if isinstance(each, str)
    )


@settings(max_examples=2_000)
@given(VALUES, st.sampled_from(["US", "DE", "IT", "AR", "BR"]), st.sampled_from(["US", "DE", "JP"]))
@example(PhoneValue("+490052211693"), "DE", "US")
@example(PhoneValue("224-3441"), "US", "US")
@example(LanguageValue("\u0130t"), "US", "US")
@example(LanguageValue("X-US"), "US", "US")
@example(UrlValue("\u00a0https://example.com/e\u0301\u2029"), "US", "US")
@example(EmailValue("zoe\u0308@XN--bcher-kva.example.com"), "US", "US")
def test_an_accepted_value_is_accepted_again_unchanged_whatever_the_region(
    value: Value, region: str, other: str
) -> None:
    kept = check(value, region)
    if isinstance(kept, Invalid):
        return
    assert type(kept) is type(value)
    assert check(kept, other) == kept
    assert utf8_can_carry(kept)


@settings(max_examples=300)
@given(DIGITS, st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
def test_an_accepted_phone_number_is_e164(digits: str, region: str) -> None:
    kept = check(PhoneValue(digits), region)
    if isinstance(kept, PhoneValue):
        assert re.fullmatch(r"\+[1-9][0-9]{2,14}", kept.phone)
