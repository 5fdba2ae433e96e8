"""Links: only what is safe to follow from the panel is kept."""

from __future__ import annotations

import pytest

from domain.definitions import ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_rules import LONGEST_URL, checked, url_value
from domain.values import UrlValue
from tests.builders import a_definition

NOT_A_URL = Invalid(ErrorCode.NOT_A_URL, "Give a web address such as https://example.com/page.")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com/",
        "HTTPS://Example.COM/Path",
        "https://example.com:8443/a?b=c&d=%20#e",
        "https://example.com:0",
        "https://example.com:65535",
        "https://example.com:",
        "https://b\u00fccher.example/gr\u00f6\u00dfe",
        "https://xn--bcher-kva.example",
        "https://\u4f8b\u3048.jp",
        "http://127.0.0.1:8000/",
        "http://[::1]/",
        "http://[2001:DB8::7]:8080/a",
        "http://[::ffff:192.0.2.1]",
        "https://example.com/@jane",
        "https://example.com/a:b",
        "https://example.com?q=user@host",
        "https://my_shop.example.com",
        "https://example.com/\U0001f680",
        "https://example.com/\U0001f469\u200d\U0001f680",
    ],
)
def test_an_absolute_web_address_is_kept_as_it_is_written(url: str) -> None:
    assert url_value(url) == UrlValue(url)
    definition = a_definition("site", ValueType.URL)
    assert checked(definition, UrlValue(url), region="US") == UrlValue(url)


def test_a_link_is_trimmed_and_composed() -> None:
    assert url_value(" https://example.com/e\u0301\n") == UrlValue("https://example.com/\u00e9")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript://example.com/%0aalert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data://example.com/text",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.com",
        "mailto:jane@example.com",
        "blob:https://example.com/1",
        "example.com",
        "//example.com",
        "/path",
        "https",
        "https:example.com",
        "https:/example.com",
    ],
)
def test_any_other_scheme_and_none_are_refused(url: str) -> None:
    assert url_value(url) == NOT_A_URL


@pytest.mark.parametrize(
    "url",
    [
        "https://user@example.com",
        "https://user:secret@example.com",
        "https://@example.com",
        "https://:@example.com",
        "https://bank.example\\@evil.example",
        "https://bank.example%40x@evil.example",
        "https://evil.example\\.bank.example",
        "https:\\\\example.com",
        "https://example.com\\evil",
        "https://example.com/a\\b",
        "https://example.com/a?b=\\",
    ],
)
def test_a_link_dressed_up_as_another_site_is_refused(url: str) -> None:
    assert url_value(url) == NOT_A_URL


@pytest.mark.parametrize(
    "inside",
    list(" \t\n\r\u00a0\u2003\u2028\x00\x07\x1f\x7f\x85\ud800\u00ad\u200b\u200e\u200f\u202e\u2066\ufeff"),
)
@pytest.mark.parametrize("place", ["https://exam{}ple.com", "https://example.com/a{}b", "ht{}tps://example.com"])
def test_white_space_control_and_turning_characters_are_refused(place: str, inside: str) -> None:
    assert url_value(place.format(inside)) == NOT_A_URL


@pytest.mark.parametrize("rest", ["65536", "99999999999999999999", "-1", "+80", "80x", "8_0", "\u0668\u0660", "80:80"])
def test_a_port_that_is_none_is_refused(rest: str) -> None:
    assert url_value(f"https://example.com:{rest}") == NOT_A_URL
    assert url_value(f"https://[::1]:{rest}") == NOT_A_URL


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":80",
        "[]",
        "[::1",
        "::1]",
        "::1",
        "[::1]evil.example",
        "x[::1]",
        "[::1][::2]",
        "[::g]",
        "[127.0.0.1]",
        "[v1.fe]",
        "[fe80::1%25eth0]",
        "a%2fb",
        "a<b",
        'a"b',
        "a{b}",
        "a|b",
        "a^b",
        "a`b",
        "\u2100.example",
    ],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    assert url_value(f"https://{host}/") == NOT_A_URL


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", "https://", "https://?a", "https://#a", "https:///a"])
def test_a_link_to_nowhere_is_refused(nothing: str) -> None:
    assert url_value(nothing) == NOT_A_URL


def test_a_link_may_be_as_long_as_browsers_carry_and_no_longer() -> None:
    assert LONGEST_URL == 2_048
    longest = "https://example.com/".ljust(2_048, "a")
    assert url_value(longest) == UrlValue(longest)
    message = "Shorten the text by 1: at most 2048 characters are kept."
    assert url_value(longest + "a") == Invalid(ErrorCode.TOO_LONG, message)
    assert url_value(f" {longest} ") == UrlValue(longest)
