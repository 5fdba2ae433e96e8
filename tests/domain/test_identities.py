"""How a network names a person: one kept form for every usual one, and where the name leads."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.identities import (
    LONGEST_NAME,
    GivenIdentity,
    Named,
    contact_name,
    identity_of,
    named,
    possible_keys,
    profile_url,
    usual_id,
)
from domain.outcomes import ErrorCode, Invalid

BLANK = Invalid(ErrorCode.BLANK, "Write something: the text is empty or only white space.")
TOO_LONG = Invalid(ErrorCode.TOO_LONG, "Shorten the text by 1: at most 200 characters are kept.")
NOT_A_PHONE = Invalid(ErrorCode.NOT_A_PHONE, "Give a phone number with its country prefix, such as +1 202-224-3441.")
NOT_HTTPS = Invalid(ErrorCode.NOT_A_URL, "Give a web address that begins with https://.")
NOT_A_URL = Invalid(ErrorCode.NOT_A_URL, "Give a web address such as https://example.com/page.")
NUL = Invalid(ErrorCode.FORBIDDEN_CHARACTER, "Remove the character U+0000: it cannot be kept in a text.")
NOBODY = Invalid(ErrorCode.BLANK, "Give the network's own id of the person, or the handle.", ("handle",))

USER_NAMES = [each for each in Network if each.value not in {"WHATSAPP", "SMS", "EMAIL"}]
T, W, S, E = Network.TWITTER, Network.WHATSAPP, Network.SMS, Network.EMAIL


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" Jane\u00a0", "Jane"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
        ("x" * (LONGEST_NAME + 1), TOO_LONG.at("input", "name")),
        (" \u200b", BLANK.at("input", "name")),
        ("a\x00", NUL.at("input", "name")),
    ],
)
def test_a_name_is_trimmed_normalised_and_has_a_length(text: str, name: str | Invalid) -> None:
    assert contact_name(text) == name


# Network, id, handle, and what is kept of them: id, handle.
NAMED: list[tuple[Network, str, str, str, str]] = [
    *((each, "", form, "@jane.roe", "Jane.Roe") for each in USER_NAMES for form in ("Jane.Roe", " @Jane.Roe ")),
    *((each, "42", "@Jane", "42", "Jane") for each in USER_NAMES),
    (T, " 42 ", "", "42", "42"),
    (T, "Ab", "", "Ab", "Ab"),
    (T, "@Jane", "", "@jane", "Jane"),
    (T, "@Jane", "JANE", "@jane", "JANE"),
    (T, "", "@ @@ Jane", "@jane", "Jane"),
    (T, "", "jane@roe", "@jane@roe", "jane@roe"),
    (T, "", "Zoe\u0308", "@zo\u00eb", "Zo\u00eb"),
    (T, "", "STRASSE", "@strasse", "STRASSE"),
    (T, "", "Stra\u00dfe", "@strasse", "Stra\u00dfe"),
    (T, "4" * 200, "x" * 200, "4" * 200, "x" * 200),
    *((each, "", "(202) 224-3441", "+12022243441", "+12022243441") for each in (W, S)),
    *((each, "", "+49 30 901820", "+4930901820", "+4930901820") for each in (W, S)),
    *((each, "tel:+49-30-901820", "", "+4930901820", "+4930901820") for each in (W, S)),
    # WhatsApp writes the country's prefix and no plus; of a text message, a number without plus is a local one.
    (W, "4930901820", "", "+4930901820", "+4930901820"),
    (W, "12022243441", "(202) 224-3441", "+12022243441", "+12022243441"),
    (S, "2022243441", "", "+12022243441", "+12022243441"),
    # Where the network and the person write the number in two ways, it is not for us to say which of them is right.
    (W, "551187654321", "+55 11 98765-4321", "+551187654321", "+5511987654321"),
    (W, "5215512345678", "+52 55 1234 5678", "5215512345678", "+525512345678"),
    (W, "w-1", "202-224-3441", "w-1", "+12022243441"),
    (E, "", " Jane@EXAMPLE.com ", "jane@example.com", "Jane@example.com"),
    (E, "JANE@example.com", "", "jane@example.com", "JANE@example.com"),
    (E, "m-1", "Jane@example.com", "m-1", "Jane@example.com"),
]


@pytest.mark.parametrize(("network", "external_id", "handle", "kept_id", "kept_handle"), NAMED)
def test_a_person_is_named_in_one_form(
    network: Network, external_id: str, handle: str, kept_id: str, kept_handle: str
) -> None:
    found = named(network, "US", external_id=external_id, handle=handle)
    assert found == Named(IdentityKey(network, kept_id), kept_handle)


@pytest.mark.parametrize(
    ("region", "text", "kept"), [("DE", "030 901820", "+4930901820"), ("US", "202 224 3441", "+12022243441")]
)
def test_a_number_without_prefix_is_read_in_the_region(region: str, text: str, kept: str) -> None:
    assert named(S, region, external_id="", handle=text) == Named(IdentityKey(S, kept), kept)
    assert usual_id(S, text, region) == kept


REFUSED: list[tuple[Network, str, str, Invalid]] = [
    *((each, " ", "\u00a0", NOBODY) for each in Network),
    *((each, "", "@", BLANK.at("handle")) for each in USER_NAMES),
    (T, "42", "@ @", BLANK.at("handle")),
    (T, "@", "jane", BLANK.at("externalId")),
    (T, "@", "", BLANK.at("externalId")),
    (T, "\u200b", "jane", BLANK.at("externalId")),
    (T, "", "\u200b", BLANK.at("handle")),
    (T, "", "x" * 201, TOO_LONG.at("handle")),
    (T, "4" * 201, "jane", TOO_LONG.at("externalId")),
    (T, "@" + "x" * 201, "jane", TOO_LONG.at("externalId")),
    (T, "", "a\x00", NUL.at("handle")),
    (T, "a\x00", "jane", NUL.at("externalId")),
    (S, "", "12", NOT_A_PHONE.at("handle")),
    (W, "w-1", "", NOT_A_PHONE.at("externalId")),
    (W, "w-1", "12", NOT_A_PHONE.at("handle")),
    (S, "", "+1 202-224-3441 x5", NOT_A_PHONE.at("handle")),
    (
        E,
        "",
        "jane",
        Invalid(
            ErrorCode.NOT_AN_EMAIL,
            "Give an e-mail address such as name@example.com: An email address must have an @-sign.",
            ("handle",),
        ),
    ),
]


@pytest.mark.parametrize(("network", "external_id", "handle", "problem"), REFUSED)
def test_what_names_nobody_is_refused(network: Network, external_id: str, handle: str, problem: Invalid) -> None:
    assert named(network, "US", external_id=external_id, handle=handle) == problem


ODD = st.text(
    st.one_of(st.sampled_from("@ +.019aAZ\u00a0\u200b-()\u0130\u0131\u00df\u1fb3\u0345\u0301"), st.characters())
)
TEXTS = st.one_of(
    ODD.map(lambda text: text[:12]),
    st.from_regex(r"[a-zA-Z.\u00df\u00e9]{1,5}@[a-zA-Z]{1,5}\.(com|de)", fullmatch=True),
    st.from_regex(r"\+?[0-9]{5,14}", fullmatch=True),
)


@settings(max_examples=300)
@given(st.sampled_from(Network), TEXTS, TEXTS, st.sampled_from(["US", "DE", "IT"]))
@example(T, "", "@ @ jane", "US")
@example(W, "15123456789", "", "DE")
def test_what_is_kept_names_the_same_person_again(network: Network, external_id: str, handle: str, region: str) -> None:
    found = named(network, region, external_id=external_id, handle=handle)
    if isinstance(found, Invalid):
        return
    assert named(network, region, external_id=found.key.external_id, handle=found.handle) == found
    # And whoever writes from the id, as it came or as it is kept, is found.
    for text in (external_id.strip() or found.key.external_id, found.key.external_id):
        assert found.key in possible_keys(network, text, region)


@pytest.mark.parametrize(
    ("network", "region", "text", "ids"),
    [
        (T, "US", "42", ["42"]),
        (T, "US", " 42 ", [" 42 ", "42"]),
        (T, "US", "Jane", ["Jane"]),
        (T, "US", "@Jane", ["@Jane", "@jane"]),
        (T, "US", "@", ["@"]),
        (T, "US", "4" * 201, ["4" * 201]),
        (E, "US", "Jane@Example.com", ["Jane@Example.com", "jane@example.com"]),
        (E, "US", "jane", ["jane"]),
        (S, "US", "(202) 224-3441", ["(202) 224-3441", "+12022243441", "12022243441"]),
        (S, "DE", "030 901820", ["030 901820", "+4930901820", "4930901820"]),
        (S, "US", "+12022243441", ["+12022243441", "12022243441"]),
        (W, "US", "12022243441", ["12022243441", "+12022243441"]),
        # Texas, and not the German mobile number that the same digits are.
        (W, "DE", "15123456789", ["15123456789", "+15123456789"]),
        (W, "DE", "0151 23456789", ["0151 23456789", "+4915123456789", "4915123456789"]),
        (W, "US", "w-1", ["w-1"]),
        (W, "US", "", [""]),
    ],
)
def test_who_writes_is_looked_for_as_it_came_and_as_it_is_kept(
    network: Network, region: str, text: str, ids: list[str]
) -> None:
    assert possible_keys(network, text, region) == [IdentityKey(network, each) for each in ids]


def test_an_identity_is_kept_with_all_that_was_given() -> None:
    given_all = GivenIdentity(
        T, "42", "@Jane", " Support ", " Jane R. ", "https://e.com/p.png", "https://e.com/jane", is_primary=True
    )
    assert identity_of(given_all, "US") == SocialIdentity(
        IdentityKey(T, "42"), "Jane", "Support", "Jane R.", "https://e.com/p.png", "https://e.com/jane", is_primary=True
    )
    assert identity_of(GivenIdentity(T, handle="Jane"), "US") == SocialIdentity(IdentityKey(T, "@jane"), "Jane")
    assert identity_of(GivenIdentity(T, external_id="42"), "US") == SocialIdentity(IdentityKey(T, "42"), "42")


@pytest.mark.parametrize(
    ("given_identity", "problem"),
    [
        (GivenIdentity(T), NOBODY),
        (GivenIdentity(T, handle="@"), BLANK.at("handle")),
        (GivenIdentity(T, "42", channel=" "), BLANK.at("channel")),
        (GivenIdentity(T, "42", channel="x" * 201), TOO_LONG.at("channel")),
        (GivenIdentity(T, "42", secondary_identifier="a\x00"), NUL.at("secondaryIdentifier")),
        (GivenIdentity(T, "42", secondary_identifier="x" * 201), TOO_LONG.at("secondaryIdentifier")),
        (GivenIdentity(T, "42", picture_url="http://e.com/p.png"), NOT_HTTPS.at("pictureUrl")),
        (GivenIdentity(T, "42", picture_url="data:image/png,x"), NOT_A_URL.at("pictureUrl")),
        (GivenIdentity(T, "42", profile_url="http://e.com/jane"), NOT_HTTPS.at("profileUrl")),
        (GivenIdentity(T, "42", profile_url="javascript:alert(1)"), NOT_A_URL.at("profileUrl")),
        (GivenIdentity(T, "42", profile_url=""), NOT_A_URL.at("profileUrl")),
    ],
)
def test_what_cannot_be_kept_of_an_identity_is_refused(given_identity: GivenIdentity, problem: Invalid) -> None:
    assert identity_of(given_identity, "US") == problem


# Network, id, handle, and where the name leads.
PROFILES: list[tuple[Network, str, str, str | None]] = [
    (Network.TWITTER, "42", "jane", "https://x.com/jane"),
    (Network.FACEBOOK, "42", "jane.roe", "https://www.facebook.com/jane.roe"),
    (Network.INSTAGRAM, "42", "jane", "https://www.instagram.com/jane/"),
    (Network.LINKEDIN, "42", "jane-roe", "https://www.linkedin.com/in/jane-roe/"),
    (Network.TIKTOK, "42", "jane", "https://www.tiktok.com/@jane"),
    (Network.TELEGRAM, "42", "jane", "https://t.me/jane"),
    (Network.YOUTUBE, "UC42", "Jane Roe", "https://www.youtube.com/channel/UC42"),
    # By the handle alone, a channel is not found.
    (Network.YOUTUBE, "@jane", "Jane", None),
    (Network.YOUTUBE, "UC42", "UC42", "https://www.youtube.com/channel/UC42"),
    *((each, "42", "jane", None) for each in (Network.WHATSAPP, Network.EMAIL, Network.SMS, Network.WEB_CHAT)),
    (Network.TWITTER, "@jane", "Jane", "https://x.com/Jane"),
    # The id that stands in for a handle names no profile.
    (Network.TWITTER, "42", "42", None),
    # A browser would take these for the site itself.
    (Network.TWITTER, "42", "..", None),
    (Network.TWITTER, "42", ".", None),
    (Network.YOUTUBE, "..", "jane", None),
    (Network.TWITTER, "42", "...", "https://x.com/..."),
    (Network.TWITTER, "42", "../home?a#b\\%2e", "https://x.com/..%2Fhome%3Fa%23b%5C%252e"),
    (Network.TWITTER, "42", "j\u00e4ne {handle}", "https://x.com/j%C3%A4ne%20%7Bhandle%7D"),
    (Network.YOUTUBE, "a/../{handle}", "jane", "https://www.youtube.com/channel/a%2F..%2F%7Bhandle%7D"),
]


@pytest.mark.parametrize(("network", "external_id", "handle", "url"), PROFILES)
def test_the_name_leads_to_the_profile_that_the_networks_pattern_gives(
    network: Network, external_id: str, handle: str, url: str | None
) -> None:
    assert profile_url(SocialIdentity(IdentityKey(network, external_id), handle)) == url


def test_the_name_leads_to_the_profile_that_was_told_before_any_other() -> None:
    told = "https://example.com/jane"
    for network, external_id, handle, _ in PROFILES:
        assert profile_url(SocialIdentity(IdentityKey(network, external_id), handle, profile_url=told)) == told
