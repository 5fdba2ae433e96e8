"""Who may be the same person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.contacts import IdentityKey, Network, is_strong
from domain.definitions import AttributeDefinition
from domain.duplicates import (
    DuplicateKind,
    PossibleDuplicate,
    SharedKey,
    TwoAccounts,
    identities_of,
    possible_duplicates,
    shared_keys,
    telling,
)
from domain.values import EmailValue, PhoneValue, TextValue
from tests.builders import EVERY_TYPE, a_contact, an_identity, held

SHOWN = telling(EVERY_TYPE)
MAIL = SharedKey(DuplicateKind.SAME_EMAIL, "jane@example.com")
PHONE = SharedKey(DuplicateKind.SAME_PHONE, "+12025550101")
IN_VALUES = a_contact(
    "c1", values=(held("email", EmailValue("Jane@Example.com")), held("phone", PhoneValue(PHONE.value)))
)


def test_definitions_tell_a_person_by_address_and_number_where_the_panel_shows_them() -> None:
    assert [each.key for each in SHOWN] == ["email", "phone"]
    hidden: list[AttributeDefinition] = [replace(each, is_enabled=False) for each in SHOWN]
    assert telling(hidden) == []
    assert shared_keys(IN_VALUES, telling(hidden)) == []


IDENTITIES: list[tuple[Network, str, str, list[SharedKey]]] = [
    (Network.EMAIL, "jane@example.com", "Jane@example.com", [MAIL]),
    (Network.EMAIL, "4711", "Jane@example.com", [MAIL]),
    (Network.EMAIL, "4711", "Jane", []),
    (Network.SMS, "+12025550101", "+12025550101", [PHONE]),
    (Network.WHATSAPP, "12025550101", "Jane", [PHONE]),
    (Network.WHATSAPP, "id", "+12025550101", [PHONE]),
    (Network.SMS, "123456", "1234567890123456", []),
    (Network.TWITTER, "12025550101", "jane@example.com", []),
]


@pytest.mark.parametrize(("network", "external_id", "handle", "keys"), IDENTITIES)
def test_identities_hold_addresses_and_numbers(
    network: Network, external_id: str, handle: str, keys: list[SharedKey]
) -> None:
    contact = a_contact(identities=(an_identity(external_id, network=network, handle=handle),))
    assert shared_keys(contact, SHOWN) == keys


def test_values_hold_them_too_and_each_counts_once() -> None:
    identity = an_identity("jane@example.com", network=Network.EMAIL, handle="jane@example.com")
    assert shared_keys(replace(IN_VALUES, identities=(identity,)), SHOWN) == [MAIL, PHONE]
    assert shared_keys(a_contact(values=(held("email", None), held("bio", TextValue(MAIL.value)))), SHOWN) == []


def test_a_number_is_looked_for_as_networks_write_it() -> None:
    assert identities_of(MAIL) == [IdentityKey(Network.EMAIL, MAIL.value)]
    assert identities_of(PHONE) == [
        IdentityKey(network, text)
        for network in (Network.SMS, Network.WHATSAPP)
        for text in ("+12025550101", "12025550101")
    ]


def test_who_shares_more_comes_first_and_who_is_contradicted_last() -> None:
    mine = replace(IN_VALUES, identities=(an_identity("1"), an_identity("@jane", network=Network.TELEGRAM)))
    one = a_contact("one", values=IN_VALUES.values[:1])
    two = a_contact("two", values=IN_VALUES.values, identities=(an_identity("2", network=Network.TELEGRAM),))
    other_account = a_contact("three", values=IN_VALUES.values, identities=(an_identity("2"), an_identity("3")))
    namesake = a_contact("four", name=mine.name)
    found = possible_duplicates(mine, [other_account, one, mine, two, one, namesake], SHOWN)
    contradiction = TwoAccounts(Network.TWITTER, (an_identity("1"),), (an_identity("2"), an_identity("3")))
    assert found == [
        PossibleDuplicate(two, (MAIL, PHONE), ()),
        PossibleDuplicate(one, (MAIL,), ()),
        PossibleDuplicate(other_account, (MAIL, PHONE), (contradiction,)),
    ]


@pytest.mark.parametrize(
    ("network", "external_id", "strong"),
    [
        (Network.TWITTER, "1", True),
        (Network.TWITTER, "@jane", False),
        *((each, "1", False) for each in (Network.SMS, Network.WHATSAPP, Network.EMAIL)),
    ],
)
def test_what_a_network_gave_itself_is_strong(network: Network, external_id: str, strong: bool) -> None:
    assert is_strong(IdentityKey(network, external_id)) is strong
