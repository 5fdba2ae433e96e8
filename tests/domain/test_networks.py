"""The table of networks: complete, and with patterns that lead somewhere."""

from __future__ import annotations

import re

import pytest

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.identities import profile_url
from domain.networks import NETWORKS, HandleKind


def test_every_network_is_known_once_with_a_logo_of_its_own() -> None:
    assert list(NETWORKS) == list(Network)
    assert all(each.network is network for network, each in NETWORKS.items())
    keys = [each.logo_key for each in NETWORKS.values()]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", each) for each in keys)


def test_handles_are_numbers_and_addresses_where_the_network_has_no_names() -> None:
    kinds = {each.network: each.handle_kind for each in NETWORKS.values()}
    assert {each for each, kind in kinds.items() if kind is HandleKind.PHONE} == {Network.WHATSAPP, Network.SMS}
    assert {each for each, kind in kinds.items() if kind is HandleKind.EMAIL} == {Network.EMAIL}


PROFILES = {
    Network.TWITTER: "https://x.com/jane",
    Network.FACEBOOK: "https://www.facebook.com/jane",
    Network.INSTAGRAM: "https://www.instagram.com/jane/",
    Network.YOUTUBE: "https://www.youtube.com/channel/7",
    Network.LINKEDIN: "https://www.linkedin.com/in/jane/",
    Network.TIKTOK: "https://www.tiktok.com/@jane",
    Network.TELEGRAM: "https://t.me/jane",
}


@pytest.mark.parametrize("network", Network, ids=lambda each: each.value)
def test_a_profile_is_where_the_pattern_says(network: Network) -> None:
    identity = SocialIdentity(IdentityKey(network, "7"), "jane")
    assert profile_url(identity) == PROFILES.get(network)


@pytest.mark.parametrize(
    ("network", "external_id", "handle", "expected"),
    [
        pytest.param(Network.TWITTER, "@jane", "Jane", "https://x.com/Jane", id="a handle that stands for the id"),
        pytest.param(Network.TWITTER, "7", "7", None, id="an id that stands for the handle"),
        pytest.param(Network.YOUTUBE, "@jane", "jane", None, id="no id of the channel"),
        pytest.param(Network.TELEGRAM, "7", "a/b?c", "https://t.me/a%2Fb%3Fc", id="letters that mean something"),
        pytest.param(Network.TELEGRAM, "7", "é", "https://t.me/%C3%A9", id="letters beyond ASCII"),
        pytest.param(Network.TWITTER, "7", "..", None, id="the folder above"),
        pytest.param(Network.YOUTUBE, ".", "jane", None, id="the folder itself"),
    ],
)
def test_a_pattern_is_filled_with_what_is_known(
    network: Network, external_id: str, handle: str, expected: str | None
) -> None:
    assert profile_url(SocialIdentity(IdentityKey(network, external_id), handle)) == expected


def test_a_profile_that_was_told_goes_before_the_pattern() -> None:
    told = SocialIdentity(IdentityKey(Network.TWITTER, "7"), "jane", profile_url="https://jane.example.com/")
    assert profile_url(told) == "https://jane.example.com/"
