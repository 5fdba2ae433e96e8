"""Identities as they come in: the one form in which each is kept, and what is refused."""

from __future__ import annotations

import pytest

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.identities import GivenIdentity, contact_name, identity_of, possible_keys
from domain.outcomes import ErrorCode, Invalid

KEPT = [
    pytest.param(Network.TWITTER, "7", "jane", ("7", "jane"), id="id and handle"),
    pytest.param(Network.TWITTER, " 7 ", None, ("7", "7"), id="an id alone"),
    pytest.param(Network.TWITTER, None, " @Jane ", ("@jane", "Jane"), id="a handle alone"),
    pytest.param(Network.TWITTER, "@Jane", None, ("@jane", "Jane"), id="a handle in the place of the id"),
    pytest.param(Network.TWITTER, None, "STRASSE", ("@strasse", "STRASSE"), id="letter case"),
    pytest.param(Network.TWITTER, None, "Straße", ("@strasse", "Straße"), id="letters that fold into two"),
    pytest.param(Network.EMAIL, None, "Jane@Example.com", ("jane@example.com", "Jane@example.com"), id="an address"),
    pytest.param(Network.SMS, None, "(202) 224-3441", ("+12022243441", "+12022243441"), id="a number of the country"),
    pytest.param(Network.SMS, "+1 202 224 3441", None, ("+12022243441", "+12022243441"), id="a number as the id"),
    pytest.param(Network.WHATSAPP, "12022243441", None, ("+12022243441", "+12022243441"), id="without the plus"),
    pytest.param(Network.WHATSAPP, "biz-7", "+12022243441", ("biz-7", "+12022243441"), id="an id that is no number"),
    pytest.param(Network.WEB_CHAT, "visitor-1", "Visitor 1", ("visitor-1", "Visitor 1"), id="a visitor"),
]


@pytest.mark.parametrize(("network", "external_id", "handle", "expected"), KEPT)
def test_an_identity_is_kept_in_one_form(
    network: Network, external_id: str | None, handle: str | None, expected: tuple[str, str]
) -> None:
    made = identity_of(GivenIdentity(network, external_id, handle), "US")
    assert made == SocialIdentity(IdentityKey(network, expected[0]), expected[1])
    # What is kept is taken again as it is.
    again = identity_of(GivenIdentity(network, expected[0], expected[1]), "US")
    assert again == made


REFUSED = [
    pytest.param(GivenIdentity(Network.TWITTER), ErrorCode.BLANK, ("handle",), id="nothing"),
    pytest.param(GivenIdentity(Network.TWITTER, " ", " "), ErrorCode.BLANK, ("handle",), id="white space"),
    pytest.param(GivenIdentity(Network.TWITTER, None, "@ "), ErrorCode.BLANK, ("handle",), id="an at sign"),
    pytest.param(GivenIdentity(Network.TWITTER, "x" * 201), ErrorCode.TOO_LONG, ("externalId",), id="a long id"),
    pytest.param(GivenIdentity(Network.TWITTER, "7", "x" * 201), ErrorCode.TOO_LONG, ("handle",), id="a long handle"),
    pytest.param(GivenIdentity(Network.TWITTER, "a\0"), ErrorCode.FORBIDDEN_CHARACTER, ("externalId",), id="a zero"),
    pytest.param(GivenIdentity(Network.EMAIL, None, "jane"), ErrorCode.NOT_AN_EMAIL, ("handle",), id="no address"),
    pytest.param(GivenIdentity(Network.SMS, None, "12"), ErrorCode.NOT_A_PHONE, ("handle",), id="no number"),
    pytest.param(GivenIdentity(Network.SMS, "12"), ErrorCode.NOT_A_PHONE, ("externalId",), id="no number as the id"),
    pytest.param(GivenIdentity(Network.TWITTER, "7", channel=" "), ErrorCode.BLANK, ("channel",), id="no channel"),
    pytest.param(
        GivenIdentity(Network.TWITTER, "7", secondary_identifier="x" * 201),
        *(ErrorCode.TOO_LONG, ("secondaryIdentifier",)),
        id="a long second name",
    ),
    pytest.param(
        GivenIdentity(Network.TWITTER, "7", picture_url="http://example.com/a.png"),
        *(ErrorCode.NOT_A_URL, ("pictureUrl",)),
        id="a picture without https",
    ),
    pytest.param(
        GivenIdentity(Network.TWITTER, "7", profile_url="javascript:alert(1)"),
        *(ErrorCode.NOT_A_URL, ("profileUrl",)),
        id="a profile that runs",
    ),
]


@pytest.mark.parametrize(("given", "code", "path"), REFUSED)
def test_what_is_no_identity_is_refused_where_it_is_wrong(
    given: GivenIdentity, code: ErrorCode, path: tuple[str, ...]
) -> None:
    refused = identity_of(given, "US")
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, path)


def test_what_is_known_beside_the_name_is_kept() -> None:
    given = GivenIdentity(
        Network.TWITTER,
        "7",
        "jane",
        channel=" @acme_care ",
        secondary_identifier=" Jane Roe ",
        picture_url="https://example.com/a.png",
        profile_url="https://example.com/jane",
        is_primary=True,
    )
    assert identity_of(given, "US") == SocialIdentity(
        key=IdentityKey(Network.TWITTER, "7"),
        handle="jane",
        channel="@acme_care",
        secondary_identifier="Jane Roe",
        picture_url="https://example.com/a.png",
        profile_url="https://example.com/jane",
        is_primary=True,
    )


@pytest.mark.parametrize(
    ("network", "text", "expected"),
    [
        pytest.param(Network.TWITTER, "7", ["7"], id="an id"),
        pytest.param(Network.TWITTER, "@Jane", ["@Jane", "@jane"], id="a handle"),
        pytest.param(Network.EMAIL, "Jane@Example.com", ["Jane@Example.com", "jane@example.com"], id="an address"),
        pytest.param(Network.SMS, "(202) 224-3441", ["(202) 224-3441", "+12022243441", "12022243441"], id="a number"),
        pytest.param(Network.WHATSAPP, "12022243441", ["12022243441", "+12022243441"], id="a number without the plus"),
        pytest.param(Network.SMS, "\0", ["\0"], id="nothing that could be kept"),
    ],
)
def test_a_message_can_name_its_writer_in_any_usual_form(network: Network, text: str, expected: list[str]) -> None:
    assert possible_keys(network, text, "US") == [IdentityKey(network, each) for each in expected]


def test_a_contacts_name_is_trimmed_and_has_something_to_see() -> None:
    assert contact_name("  Zoe\u0308 Roe\n") == "Zo\u00eb Roe"
    refused = contact_name(" \n ")
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (ErrorCode.BLANK, ("input", "name"))
    refused = contact_name("x" * 201)
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (ErrorCode.TOO_LONG, ("input", "name"))
