"""Identities: how a network names a person, so that one person is not kept twice."""

from __future__ import annotations

from domain.contacts import Network
from domain.outcomes import Invalid
from domain.text import clean, normalised
from domain.value_rules import email_value, phone_value
from domain.values import EmailValue, PhoneValue

LONGEST_NAME = 200
"""Code points of a contact's name, of a handle and of an external id."""

_BY_PHONE = frozenset({Network.SMS, Network.WHATSAPP})
_BY_ADDRESS = _BY_PHONE | {Network.EMAIL}


def usual_handle(network: Network, handle: str, region: str) -> str | Invalid:
    """Return the handle as the network writes it, so that one person is not kept twice."""
    if network in _BY_PHONE:
        phone = phone_value(handle, region)
        return phone.phone if isinstance(phone, PhoneValue) else phone
    if network is Network.EMAIL:
        email = email_value(handle)
        return email.email if isinstance(email, EmailValue) else email
    return clean(handle.removeprefix("@"), longest=LONGEST_NAME)


def own_id(network: Network, handle: str) -> str:
    """Return what stands for the id of a network that tells none: the handle, which ignores letter case."""
    folded = normalised(handle.casefold())
    return folded if network in _BY_ADDRESS else f"@{folded}"
