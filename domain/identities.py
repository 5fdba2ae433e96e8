"""Identities: how a network names a person, so that one person is not kept twice.

The API, imports and the search for the contact of a message all ask here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never
from urllib.parse import quote, urlsplit

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.networks import NETWORKS, HandleKind
from domain.outcomes import ErrorCode, Invalid
from domain.text import clean, normalised
from domain.value_rules import email_value, phone_value, url_value
from domain.values import EmailValue, PhoneValue

LONGEST_NAME = 200
"""Code points of a contact's name, of a handle and of an external id."""

_BEFORE_NAME = re.compile(r"^[@\s]+")
_INTERNATIONAL = re.compile(r"[1-9][0-9]{6,14}")
_NO_PROFILE = frozenset({".", ".."})
"""What a browser takes for another place than a profile, and quoting does not change."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a network means, and what people know them by there."""

    key: IdentityKey
    handle: str


@dataclass(frozen=True, slots=True)
class GivenIdentity:
    """An identity as it came in."""

    network: Network
    external_id: str | None = None
    handle: str | None = None
    channel: str | None = None
    secondary_identifier: str | None = None
    picture_url: str | None = None
    profile_url: str | None = None
    is_primary: bool = False


def contact_name(text: str) -> str | Invalid:
    """Return the name as it is kept, or why it is refused."""
    name = clean(text.strip(), longest=LONGEST_NAME)
    return name.at("input", "name") if isinstance(name, Invalid) else name


def named(network: Network, region: str, *, external_id: str, handle: str) -> Named | Invalid:
    """Return whom the texts name, or why they name nobody; `path` of it ends in the one that is wrong.

    Args:
        network: that knows the person.
        region: ISO 3166 country that a phone number without a prefix is read in.
        external_id: the network's own id; empty where the handle has to stand for it.
        handle: empty where the id has to stand for it.
    """
    external_id, handle = external_id.strip(), handle.strip()
    if not external_id and not handle:
        return Invalid(ErrorCode.BLANK, "Give the network's own id of the person, or the handle.", ("handle",))
    own = usual_id(network, external_id, region) if external_id else None
    if isinstance(own, Invalid):
        return own.at("externalId")
    # A number is read as an id first: the network may write it in a way of its own.
    shown = handle or (own if own and handle_kind(network) is HandleKind.PHONE else external_id)
    usual = usual_handle(network, shown, region)
    if isinstance(usual, Invalid):
        return usual.at("handle" if handle else "externalId")
    return Named(IdentityKey(network, own or own_id(network, usual)), usual)


def handle_kind(network: Network) -> HandleKind:
    return NETWORKS[network].handle_kind


def usual_handle(network: Network, handle: str, region: str) -> str | Invalid:
    """Return the handle as the network writes it."""
    match kind := handle_kind(network):
        case HandleKind.PHONE:
            phone = phone_value(handle, region)
            return phone.phone if isinstance(phone, PhoneValue) else phone
        case HandleKind.EMAIL:
            email = email_value(handle)
            return email.email if isinstance(email, EmailValue) else email
        case HandleKind.USER_NAME:
            return clean(_BEFORE_NAME.sub("", handle).strip(), longest=LONGEST_NAME)
        case _:
            assert_never(kind)


def usual_id(network: Network, external_id: str, region: str) -> str | Invalid:
    """Return the network's own id as it is kept: in its one form where it is a handle, else as it is."""
    text = external_id.strip()
    if handle_kind(network) is HandleKind.USER_NAME and text.startswith("@"):
        usual = usual_handle(network, text, region)
        return usual if isinstance(usual, Invalid) else own_id(network, usual)
    return id_by_handle(network, text, region) or clean(text, longest=LONGEST_NAME)


def id_by_handle(network: Network, external_id: str, region: str) -> str | None:
    """Return the kept form of an id that is a number, an address, or `@` and a handle; None of any other."""
    text = external_id.strip()
    if handle_kind(network) is HandleKind.USER_NAME and not text.startswith("@"):
        return None
    # WhatsApp writes numbers with the country's prefix and without the plus.
    is_international = network is Network.WHATSAPP and _INTERNATIONAL.fullmatch(text)
    for form in (f"+{text}", text) if is_international else (text,):
        usual = usual_handle(network, form, region)
        if not isinstance(usual, Invalid):
            return own_id(network, usual)
    return None


def own_id(network: Network, handle: str) -> str:
    """Return what stands for the id of a network that tells none: the handle, which ignores letter case."""
    folded = normalised(handle.casefold())
    return f"@{folded}" if handle_kind(network) is HandleKind.USER_NAME else folded


def possible_keys(network: Network, text: str, region: str) -> list[IdentityKey]:
    """Return what an id of a message can name, the likeliest first: as it is, and in the form that is kept.

    Of a number, also without its plus, as WhatsApp writes it; but never another number that it might be read as, for
    then the panel would show somebody else.
    """
    forms, kept = [text], usual_id(network, text, region)
    if isinstance(kept, str):
        forms += [kept, kept.removeprefix("+")] if handle_kind(network) is HandleKind.PHONE else [kept]
    return [IdentityKey(network, each) for each in dict.fromkeys(forms)]


def identity_of(given: GivenIdentity, region: str) -> SocialIdentity | Invalid:
    """Return the identity, or what is wrong with it; `path` is the API's name of the field."""
    name = named(given.network, region, external_id=given.external_id or "", handle=given.handle or "")
    if isinstance(name, Invalid):
        return name
    details = details_of(given.channel, given.secondary_identifier, given.picture_url, given.profile_url)
    if isinstance(details, Invalid):
        return details
    return SocialIdentity(name.key, name.handle, *details, is_primary=given.is_primary)


Details = tuple[str | None, str | None, str | None, str | None]
"""Channel, secondary identifier, picture and profile of an identity."""


def details_of(
    channel: str | None, secondary: str | None, picture: str | None, profile: str | None
) -> Details | Invalid:
    """Return what an identity says beside whom it names, or what is wrong with it; `path` is the API's name."""
    found: list[str | None] = []
    for text, field, check in (
        (channel, "channel", _short_text),
        (secondary, "secondaryIdentifier", _short_text),
        (picture, "pictureUrl", https_url),
        (profile, "profileUrl", https_url),
    ):
        checked = None if text is None else check(text)
        if isinstance(checked, Invalid):
            return checked.at(field)
        found.append(checked)
    return found[0], found[1], found[2], found[3]


def _short_text(text: str) -> str | Invalid:
    return clean(text.strip(), longest=LONGEST_NAME)


def https_url(text: str) -> str | Invalid:
    """Return the address; a panel that is served by https shows no picture from elsewhere."""
    found = url_value(text)
    if isinstance(found, Invalid):
        return found
    if urlsplit(found.url).scheme != "https":
        return Invalid(ErrorCode.NOT_A_URL, "Give a web address that begins with https://.")
    return found.url


def profile_url(identity: SocialIdentity) -> str | None:
    """Return where the name leads: what is known of the identity, else by the network's pattern."""
    if identity.profile_url is not None:
        return identity.profile_url
    pattern, external_id, handle = _pattern(identity.key.network), identity.key.external_id, identity.handle
    # Where one of the two stands in for the other, it is not what the pattern asks for.
    is_known = not external_id.startswith("@") if "{external_id}" in pattern else handle != external_id
    if not pattern or not is_known or _NO_PROFILE & {handle, external_id}:
        return None
    return pattern.replace("{handle}", quote(handle, safe="")).replace("{external_id}", quote(external_id, safe=""))


def _pattern(network: Network) -> str:
    return NETWORKS[network].profile_url_pattern or ""
