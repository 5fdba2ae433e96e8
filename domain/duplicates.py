"""Who may be the same person: by what a person shares with nobody, never by the name alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from domain.contacts import Contact, IdentityKey, Network, SocialIdentity, is_strong
from domain.definitions import AttributeDefinition, ValueType
from domain.values import EmailValue, PhoneValue

_BY_PHONE = (Network.SMS, Network.WHATSAPP)
_OF_A_PERSON = (ValueType.EMAIL, ValueType.PHONE)
_E164 = re.compile(r"\+?([0-9]{7,15})")


class DuplicateKind(Enum):
    """What two contacts have in common."""

    SAME_EMAIL = "SAME_EMAIL"
    SAME_PHONE = "SAME_PHONE"


@dataclass(frozen=True, slots=True)
class SharedKey:
    """An address without regard to letter case, or a number in E.164."""

    kind: DuplicateKind
    value: str


@dataclass(frozen=True, slots=True)
class TwoAccounts:
    """A network knows the two as different people: each has an account of their own, and none is shared."""

    network: Network
    own: tuple[SocialIdentity, ...]
    others: tuple[SocialIdentity, ...]


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    contact: Contact
    reasons: tuple[SharedKey, ...]
    """At least one."""
    contradictions: tuple[TwoAccounts, ...]


def telling(definitions: Iterable[AttributeDefinition]) -> list[AttributeDefinition]:
    """Return the definitions, of those the asker knows, whose values their panel shows and that can tell a person."""
    return [each for each in definitions if each.is_enabled and each.value_type in _OF_A_PERSON]


def shared_keys(contact: Contact, definitions: Iterable[AttributeDefinition]) -> list[SharedKey]:
    """Return the addresses and numbers of the contact, each once: of its identities and of the definitions' values."""
    return list(dict.fromkeys([*_of_identities(contact), *_of_values(contact, definitions)]))


def _of_identities(contact: Contact) -> Iterator[SharedKey]:
    for each in contact.identities:
        for text in (each.key.external_id, each.handle):
            if each.key.network is Network.EMAIL and "@" in text:
                yield SharedKey(DuplicateKind.SAME_EMAIL, text.casefold())
            elif each.key.network in _BY_PHONE and (found := _E164.fullmatch(text)):
                yield SharedKey(DuplicateKind.SAME_PHONE, f"+{found.group(1)}")


def _of_values(contact: Contact, definitions: Iterable[AttributeDefinition]) -> Iterator[SharedKey]:
    for definition in definitions:
        held = contact.held(definition.id)
        match None if held is None else held.value:
            case EmailValue(email):
                yield SharedKey(DuplicateKind.SAME_EMAIL, email.casefold())
            case PhoneValue(phone):
                yield SharedKey(DuplicateKind.SAME_PHONE, phone)
            case _:
                pass


def identities_of(key: SharedKey) -> list[IdentityKey]:
    """Return the identities that the address or number can be; networks write numbers with the plus and without."""
    if key.kind is DuplicateKind.SAME_EMAIL:
        return [IdentityKey(Network.EMAIL, key.value)]
    return [IdentityKey(network, text) for network in _BY_PHONE for text in (key.value, key.value.removeprefix("+"))]


def possible_duplicates(
    contact: Contact, candidates: Iterable[Contact], definitions: Iterable[AttributeDefinition]
) -> list[PossibleDuplicate]:
    """Return those of the candidates who share an address or number with the contact, the likeliest first.

    Args:
        contact: whose duplicates are looked for.
        candidates: in which the contact itself may be, and anybody several times.
        definitions: `telling` to the asker: nobody is suggested for what the asker cannot see.
    """
    shown = list(definitions)
    own = shared_keys(contact, shown)
    found = []
    for each in {each.id: each for each in candidates if each.id != contact.id}.values():
        theirs = set(shared_keys(each, shown))
        if reasons := tuple(key for key in own if key in theirs):
            found.append(PossibleDuplicate(each, reasons, tuple(_two_accounts(contact, each))))
    return sorted(found, key=lambda each: (bool(each.contradictions), -len(each.reasons), each.contact.id))


def _two_accounts(contact: Contact, other: Contact) -> Iterator[TwoAccounts]:
    # An identity belongs to one contact alone: on a network where both have one, they have different ones.
    for network in Network:
        own, others = _strong(contact, network), _strong(other, network)
        if own and others:
            yield TwoAccounts(network, own, others)


def _strong(contact: Contact, network: Network) -> tuple[SocialIdentity, ...]:
    return tuple(each for each in contact.identities if each.key.network is network and is_strong(each.key))
