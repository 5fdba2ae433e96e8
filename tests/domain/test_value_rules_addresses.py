"""E-mail addresses and phone numbers: one kept form for each, and nothing dropped without a word."""

from __future__ import annotations

import phonenumbers
import pytest

from domain.definitions import ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_rules import checked, email_value, phone_value
from domain.values import EmailValue, PhoneValue
from tests.builders import a_definition

NOT_A_PHONE = Invalid(ErrorCode.NOT_A_PHONE, "Give a phone number with its country prefix, such as +1 202-224-3441.")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("jane@example.com", "jane@example.com"),
        ("  jane@example.com\n", "jane@example.com"),
        ("Jane.Roe+tag@EXAMPLE.Com", "Jane.Roe+tag@example.com"),
        ("jane@b\u00fccher.example.com", "jane@b\u00fccher.example.com"),
        ("jane@xn--bcher-kva.example.com", "jane@b\u00fccher.example.com"),
        ("zoe\u0308@example.com", "zo\u00eb@example.com"),
        ("o'neil@mail.example.co.uk", "o'neil@mail.example.co.uk"),
    ],
)
def test_an_email_address_is_kept_normalised(given: str, kept: str) -> None:
    assert email_value(given) == EmailValue(kept)
    definition = a_definition("mail", ValueType.EMAIL)
    assert checked(definition, EmailValue(given), region="US") == EmailValue(kept)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "jane",
        "jane@",
        "@example.com",
        "jane@example",
        "jane@@example.com",
        "jane roe@example.com",
        "Jane <jane@example.com>",
        "jane@example.com, joe@example.com",
        "jane@[127.0.0.1]",
        "jane@localhost",
        "jane@exa mple.com",
        "jane..roe@example.com",
        "jane@example.com\x00",
        "ja\ud800ne@example.com",
        "jane\u200b@example.com",
        f"jane@{'a' * 250}.com",
    ],
)
def test_what_is_no_email_address_is_refused_with_the_reason(given: str) -> None:
    outcome = email_value(given)
    assert isinstance(outcome, Invalid)
    assert outcome.code is ErrorCode.NOT_AN_EMAIL
    advice, _, reason = outcome.message.partition(": ")
    assert advice == "Give an e-mail address such as name@example.com"
    assert reason.endswith((".", "U+0000.", "U+D800."))


def test_the_reason_against_an_email_address_is_the_specific_one() -> None:
    message = "Give an e-mail address such as name@example.com: An email address must have an @-sign."
    assert email_value("jane") == Invalid(ErrorCode.NOT_AN_EMAIL, message)


@pytest.mark.parametrize(
    ("given", "region", "kept"),
    [
        ("+1 202-224-3441", "US", "+12022243441"),
        ("(202) 224-3441", "US", "+12022243441"),
        ("1 202 224 3441", "US", "+12022243441"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("011 49 30 901820", "US", "+4930901820"),
        ("030 901820", "DE", "+4930901820"),
        ("(0)30 / 90 18 20", "DE", "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("+1 202-224-3441", "DE", "+12022243441"),
        ("\uff0b1\u3000202\u30fc224\u30fc3441", "DE", "+12022243441"),
        ("tel:+1-202-224-3441", "DE", "+12022243441"),
        ("+39 06 698 83145", "US", "+390669883145"),
        ("+62 1000000000000", "ID", "+621000000000000"),
        # Possible, although no table knows the area code yet.
        ("+1 999 224 3441", "US", "+19992243441"),
    ],
)
def test_a_phone_number_is_read_in_its_region_and_kept_in_e164(given: str, region: str, kept: str) -> None:
    assert phone_value(given, region) == PhoneValue(kept)
    definition = a_definition("phone", ValueType.PHONE)
    assert checked(definition, PhoneValue(given), region=region) == PhoneValue(kept)


@pytest.mark.parametrize(
    ("given", "region"),
    [
        ("", "US"),
        ("call me", "US"),
        ("12", "US"),
        ("911", "US"),
        ("+1 202 224", "US"),
        ("+1 202 224 3441 2345 678", "US"),
        ("+999 202 224 3441", "US"),
        ("+" + "1" * 300, "US"),
        ("(202) 224-3441", ""),
        ("(202) 224-3441", "XX"),
        ("030 901820", "US"),
        # Only a neighbour could dial it.
        ("224-3441", "US"),
        # 16 digits: more than E.164 has room for.
        ("+62 10000000000000", "ID"),
        # A repeated trunk prefix, whose rest would be read as another number the next time.
        ("+49 00 52211693", "DE"),
        ("+1 202-224-3441 / +1 202-224-3442", "US"),
    ],
)
def test_what_is_no_phone_number_that_anyone_could_dial_is_refused(given: str, region: str) -> None:
    assert phone_value(given, region) == NOT_A_PHONE
    definition = a_definition("phone", ValueType.PHONE)
    assert checked(definition, PhoneValue(given), region=region) == NOT_A_PHONE


@pytest.mark.parametrize("extension", ["ext. 12", "x12", ";ext=12", "Durchwahl x 12", "#12"])
def test_an_extension_is_refused_since_e164_would_drop_it(extension: str) -> None:
    assert phone_value(f"+1 202-224-3441 {extension}", "US") == NOT_A_PHONE


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_usual_numbers_of_every_country_are_kept_and_kept_again(region: str) -> None:
    kinds = (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    examples = [phonenumbers.example_number_for_type(region, each) for each in kinds]
    numbers = [each for each in examples if each is not None]
    for number in numbers:
        kept = PhoneValue(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        assert (phone_value(national, region), phone_value(kept.phone, "US")) == (kept, kept)
    assert numbers
