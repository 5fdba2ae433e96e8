"""Filters: which contacts pass, and which conditions fit an attribute."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.contacts import ContactValidation, LookUpOutcome, Network
from domain.definitions import AttributeDefinition, ValueType
from domain.filter_checks import checked_test
from domain.filters import (
    EVERYBODY,
    Above,
    AllOf,
    AnyOf,
    Below,
    Filter,
    Happened,
    Happening,
    HasAll,
    HasAny,
    HasNone,
    HasNotes,
    Holds,
    IsOneOf,
    IsVip,
    LookedUp,
    NoneOf,
    OfAttribute,
    OnNetwork,
    StartsWith,
    Test,
    passes,
    passes_test,
)
from domain.outcomes import ErrorCode, Invalid
from domain.values import (
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
from domain.vip import VipStatus
from tests.builders import EVERY_TYPE, MORNING, a_contact, an_identity, held

DAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("value", "passed", "failed"),
    [
        (TextValue("Jané  Roe"), IsOneOf((TextValue("x"), TextValue(" JANE roe"))), IsOneOf((TextValue("Jane"),))),
        (TextValue("Jané  Roe"), StartsWith("jane r"), StartsWith("roe")),
        (EmailValue("a@b.c"), IsOneOf((EmailValue("A@B.c"),)), IsOneOf((EmailValue("á@b.c"),))),
        (UrlValue("https://x/A"), IsOneOf((UrlValue("HTTPS://X/a"),)), IsOneOf((UrlValue("https://x"),))),
        (LanguageValue("pt-BR"), IsOneOf((LanguageValue("PT-br"),)), IsOneOf((LanguageValue("pt"),))),
        (PhoneValue("+12"), IsOneOf((PhoneValue("+12"),)), IsOneOf((PhoneValue("+1"),))),
        (BooleanValue(False), IsOneOf((BooleanValue(False),)), IsOneOf((BooleanValue(True),))),
        (NumberValue(0), Holds(), Above(NumberValue(0), inclusive=False)),
        (NumberValue(1), Above(NumberValue(1), inclusive=True), Below(NumberValue(1), inclusive=False)),
        (NumberValue(1), Below(NumberValue(1), inclusive=True), IsOneOf((NumberValue(2),))),
        (NumberValue(1), Below(NumberValue(2), inclusive=False), Above(DateValue(DAY), inclusive=True)),
        (DateValue(DAY), Above(DateValue(date(2026, 1, 1)), inclusive=False), Below(DateValue(DAY), inclusive=False)),
        (DateTimeValue(MORNING), Below(DateTimeValue(MORNING), True), Above(DateTimeValue(MORNING + HOUR), True)),
        (SelectValue("a"), HasAny(("b", "a")), HasAny(("b",))),
        (MultiSelectValue(("a", "b")), HasAny(("b", "c")), HasAny(("c",))),
        (MultiSelectValue(("a", "b")), HasAll(("b", "a")), HasAll(("b", "c"))),
        (MultiSelectValue(()), HasNone(("a",)), HasAny(("a",))),
        (MultiSelectValue(("a",)), HasNone(("b",)), HasNone(("b", "a"))),
        (TextValue("a"), Holds(), HasAny(("a",))),
    ],
)
def test_a_value_passes_what_it_fits(value: Value, passed: Test, failed: Test) -> None:
    assert passes_test(value, passed)
    assert not passes_test(value, failed)
    for test in (passed, failed):
        condition = OfAttribute("d-x", test)
        assert passes(a_contact(values=(held("x", value),)), condition) is (test is passed)
        for empty in (a_contact(), a_contact(values=(held("x", None), held("y", value)))):
            assert not passes(empty, condition)


def test_a_contact_passes_by_what_is_known_of_them() -> None:
    vip = VipStatus(MORNING, "jo", None, MORNING + HOUR)
    contact = replace(
        a_contact(identities=(an_identity(),), note_count=1, vip=vip),
        updated_at=MORNING + HOUR,
        validation=ContactValidation(LookUpOutcome.FOUND),
    )
    true: list[Filter] = [
        OnNetwork(Network.TWITTER),
        IsVip(MORNING),
        LookedUp(LookUpOutcome.FOUND),
        HasNotes(),
        Happened(Happening.CREATED, MORNING, MORNING + HOUR),
        Happened(Happening.UPDATED, MORNING + HOUR, None),
        Happened(Happening.CREATED, None, MORNING + HOUR),
        EVERYBODY,
    ]
    false: list[Filter] = [
        OnNetwork(Network.SMS),
        IsVip(MORNING + HOUR),
        LookedUp(LookUpOutcome.NEVER_ASKED),
        Happened(Happening.CREATED, MORNING + HOUR, None),
        Happened(Happening.UPDATED, None, MORNING + HOUR),
    ]
    assert [passes(contact, each) for each in (*true, *false)] == [True] * len(true) + [False] * len(false)
    assert not passes(a_contact(), IsVip(MORNING))
    assert not passes(a_contact(), HasNotes())
    yes, no = true[0], false[0]
    assert passes(contact, AllOf((yes, AnyOf((no, yes)), NoneOf((no, no)))))
    assert not passes(contact, AllOf((yes, no)))
    assert not passes(contact, AnyOf((no, no)))
    assert not passes(contact, NoneOf((no, yes)))


def definition(key: str) -> AttributeDefinition:
    return next(each for each in EVERY_TYPE if each.key == key)


def checked(key: str, value_type: ValueType | None, test: Test) -> Test | Invalid:
    return checked_test(definition(key), value_type, test, region="US")


@pytest.mark.parametrize(
    ("key", "test", "expected"),
    [
        ("email", IsOneOf((EmailValue(" jane@EXAMPLE.com "),)), IsOneOf((EmailValue("jane@example.com"),))),
        ("phone", IsOneOf((PhoneValue("(202) 224-3441"),)), IsOneOf((PhoneValue("+12022243441"),))),
        ("website", IsOneOf((UrlValue(" https://x.org"),)), IsOneOf((UrlValue("https://x.org"),))),
        ("language", IsOneOf((LanguageValue("PT-br"),)), IsOneOf((LanguageValue("pt-BR"),))),
    ],
)
def test_values_are_brought_into_the_form_that_is_kept(key: str, test: Test, expected: Test) -> None:
    assert checked(key, definition(key).value_type, test) == expected


@pytest.mark.parametrize(
    ("key", "test"),
    [
        ("bio", StartsWith(".*")),
        ("bio", IsOneOf((TextValue(""),))),
        ("followers", IsOneOf((NumberValue(-5),))),
        ("followers", Above(NumberValue(-5), inclusive=True)),
        ("birthday", Below(DateValue(date(1800, 1, 1)), inclusive=True)),
        ("last_met", Above(DateTimeValue(MORNING), inclusive=True)),
        ("newsletter", IsOneOf((BooleanValue(False),))),
        ("segment", HasAny(("size-s", "size-x"))),
        ("sizes", HasAll(("size-x",))),
        ("sizes", HasNone(("size-x",))),
    ],
)
def test_other_tests_stay_as_they_are(key: str, test: Test) -> None:
    assert checked(key, definition(key).value_type, test) == test
    assert checked(key, None, Holds()) == Holds()


@pytest.mark.parametrize(
    ("key", "value_type", "test", "code"),
    [
        ("bio", ValueType.NUMBER, IsOneOf((NumberValue(1),)), ErrorCode.WRONG_TYPE),
        ("bio", ValueType.TEXT, StartsWith(" \u0301"), ErrorCode.BLANK),
        ("bio", ValueType.TEXT, IsOneOf(()), ErrorCode.TOO_MANY),
        ("bio", ValueType.TEXT, IsOneOf((TextValue("x"),) * 101), ErrorCode.TOO_MANY),
        ("email", ValueType.EMAIL, IsOneOf((EmailValue("a@b.co"), EmailValue("x"))), ErrorCode.NOT_AN_EMAIL),
        ("phone", ValueType.PHONE, IsOneOf((PhoneValue("1"),)), ErrorCode.NOT_A_PHONE),
        ("website", ValueType.URL, IsOneOf((UrlValue("x"),)), ErrorCode.NOT_A_URL),
        ("language", ValueType.LANGUAGE, IsOneOf((LanguageValue("?"),)), ErrorCode.NOT_A_LANGUAGE),
        ("followers", ValueType.NUMBER, IsOneOf((NumberValue(float("inf")),)), ErrorCode.NOT_A_NUMBER),
        ("followers", ValueType.NUMBER, Above(NumberValue(float("nan")), True), ErrorCode.NOT_A_NUMBER),
        ("segment", ValueType.SELECT, HasAny(("size-s", "nothing")), ErrorCode.UNKNOWN_OPTION),
        ("sizes", ValueType.MULTI_SELECT, HasAll(()), ErrorCode.TOO_MANY),
    ],
)
def test_what_cannot_be_compared_is_refused(key: str, value_type: ValueType, test: Test, code: ErrorCode) -> None:
    found = checked(key, value_type, test)
    assert isinstance(found, Invalid)
    assert found.code is code
