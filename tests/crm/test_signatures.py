from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.signatures import SIGNATURE, TIMESTAMP, SignatureFault, Signed, is_key, sign, verify

KEY = "5f1d7a84db00d2fce00b31a7fc73224f"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
BODY = b'{"phone":"+12022243441"}'


def test_what_is_signed_is_the_time_a_dot_and_the_body() -> None:
    # Computed with `openssl dgst -sha256 -mac hmac -macopt hexkey:…`.
    expected = "30615d7d87622d937af1c5ffc15bb97f2179248afc7cbe27f9c11f90c5186a82"
    assert sign(KEY, BODY, NOW) == {TIMESTAMP: "1772600767", SIGNATURE: expected}
    assert verify(KEY, sign(KEY, BODY, NOW), BODY, NOW) == Signed(expected)


def test_headers_are_found_whatever_the_case_of_the_digits() -> None:
    headers = sign(KEY, BODY, NOW)
    shouted = {**headers, SIGNATURE: headers[SIGNATURE].upper()}
    # Or else a message could be told again by spelling its signature otherwise.
    assert verify(KEY.upper(), shouted, BODY, NOW) == Signed(headers[SIGNATURE])


@given(body=st.binary(min_size=1, max_size=200), data=st.data())
def test_any_changed_byte_is_refused(body: bytes, data: st.DataObject) -> None:
    headers = sign(KEY, body, NOW)
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda each: each != body[place]))
    changed = body[:place] + bytes([other]) + body[place + 1 :]
    assert isinstance(verify(KEY, headers, body, NOW), Signed)
    assert verify(KEY, headers, changed, NOW) is SignatureFault.WRONG
    assert verify(KEY, headers, body[:place], NOW) is SignatureFault.WRONG


@given(place=st.integers(0, 63), digit=st.sampled_from("0123456789abcdef"))
def test_any_changed_digit_is_refused(place: int, digit: str) -> None:
    headers = sign(KEY, BODY, NOW)
    signature = headers[SIGNATURE]
    changed = signature[:place] + digit + signature[place + 1 :]
    verified = verify(KEY, {**headers, SIGNATURE: changed}, BODY, NOW)
    assert verified == (Signed(signature) if changed == signature else SignatureFault.WRONG)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({SIGNATURE: None}, SignatureFault.MISSING),
        ({TIMESTAMP: None}, SignatureFault.MISSING),
        ({SIGNATURE: ""}, SignatureFault.MALFORMED),
        ({SIGNATURE: "a" * 63}, SignatureFault.MALFORMED),
        ({SIGNATURE: "a" * 65}, SignatureFault.MALFORMED),
        ({SIGNATURE: "a" * 64 + "\n"}, SignatureFault.MALFORMED),
        ({SIGNATURE: "é" * 64}, SignatureFault.MALFORMED),
        ({TIMESTAMP: "-5"}, SignatureFault.MALFORMED),
        ({TIMESTAMP: "1772600767.0"}, SignatureFault.MALFORMED),
        ({TIMESTAMP: "9" * 400}, SignatureFault.MALFORMED),
        ({TIMESTAMP: "\u0661\u0667"}, SignatureFault.MALFORMED),
        ({TIMESTAMP: "1772600768"}, SignatureFault.WRONG),
        ({TIMESTAMP: "01772600767"}, SignatureFault.WRONG),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, str | None], fault: SignatureFault) -> None:
    told = {**sign(KEY, BODY, NOW), **changes}
    headers = {name: value for name, value in told.items() if value is not None}
    assert verify(KEY, headers, BODY, NOW) is fault


def test_another_key_is_wrong() -> None:
    assert verify("00" * 16, sign(KEY, BODY, NOW), BODY, NOW) is SignatureFault.WRONG


def test_a_signature_is_good_for_five_minutes_each_way() -> None:
    headers, most, more = sign(KEY, BODY, NOW), timedelta(minutes=5), timedelta(minutes=5, seconds=1)
    assert isinstance(verify(KEY, headers, BODY, NOW + most), Signed)
    assert isinstance(verify(KEY, headers, BODY, NOW - most), Signed)
    assert verify(KEY, headers, BODY, NOW + more) is SignatureFault.TOO_OLD
    assert verify(KEY, headers, BODY, NOW - more) is SignatureFault.FROM_THE_FUTURE
    assert isinstance(verify(KEY, headers, BODY, NOW + more, tolerance=more), Signed)


@pytest.mark.parametrize("key", ["", "ab", KEY[:-1], KEY[:-2] + "zz", KEY[:16] + " " + KEY[16:], KEY[:-2], KEY + "\n"])
def test_what_is_no_key_signs_nothing(key: str) -> None:
    assert not is_key(key)
    with pytest.raises(ValueError, match="hexadecimal"):
        sign(key, BODY, NOW)


def test_a_key_has_sixteen_bytes_or_more() -> None:
    assert is_key(KEY)
    assert is_key("Ab" * 32)
