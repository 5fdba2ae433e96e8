"""Contacts in and out of their stored shape."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from domain.attributes import HeldValue, Source, SyncState
from domain.contacts import NEVER_ASKED, Contact, ContactValidation, IdentityKey, LookUpOutcome, Network, SocialIdentity
from domain.values import TextValue
from domain.vip import VipStatus
from persistence.documents import (
    from_contact,
    from_held,
    from_identity,
    from_validation,
    from_vip,
    identity_key,
    to_contact,
    to_held,
    to_identity,
    to_validation,
    to_vip,
    without_none,
)
from tests.builders import MORNING, a_contact, an_identity, held
from tests.persistence.strategies import contacts, held_values, identities, through_bson, vips


def test_a_bare_contact_stores_nothing_that_it_has_not() -> None:
    assert from_contact(a_contact("c1", name="  Zoë  Ångström "), "acme") == {
        "_id": "c1",
        "org": "acme",
        "version": 1,
        "name": "  Zoë  Ångström ",
        "nameKey": "zoe angstrom",
        "identities": [],
        "values": [],
        "noteCount": 0,
        "created": MORNING,
        "updated": MORNING,
    }


def test_a_full_contact_stores_everything() -> None:
    contact = replace(
        a_contact("c1", identities=(an_identity(is_primary=True),), values=(held("bio", TextValue("hi")),)),
        avatar_url="https://example.com/a.png",
        vip=VipStatus(MORNING, "jo", "Spends a lot", MORNING),
        validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "r7"),
        import_key="k1",
    )
    document = from_contact(contact, "acme")
    assert document["avatar"] == "https://example.com/a.png"
    assert document["vip"] == {"since": MORNING, "agent": "jo", "reason": "Spends a lot", "expires": MORNING}
    assert document["validation"] == {"outcome": "FOUND", "asked": MORNING, "record": "r7"}
    assert document["importKey"] == "k1"
    assert document["identities"] == [
        {"key": "TWITTER:1001", "handle": "jane", "profile": "https://x.com/jane", "primary": True}
    ]
    value = {"t": "TEXT", "c": "hi"}
    assert document["values"] == [{"d": "d-bio", "v": value, "source": "IMPORT", "at": MORNING, "version": 1}]
    assert to_contact(document) == contact


@settings(max_examples=200)
@given(contacts)
def test_every_contact_comes_back_as_it_went(contact: Contact) -> None:
    assert to_contact(through_bson(from_contact(contact, "acme"))) == contact


@settings(max_examples=200)
@given(held_values)
def test_every_held_value_comes_back_as_it_went(value: HeldValue) -> None:
    assert to_held(through_bson(from_held(value))) == value


@settings(max_examples=100)
@given(identities)
def test_every_identity_comes_back_as_it_went(identity: SocialIdentity) -> None:
    assert to_identity(through_bson(from_identity(identity))) == identity


@settings(max_examples=100)
@given(vips)
def test_every_vip_status_comes_back_as_it_went(vip: VipStatus) -> None:
    assert to_vip(through_bson(from_vip(vip))) == vip


def test_a_cleared_value_keeps_its_version_and_provenance_without_a_value() -> None:
    cleared = held("bio", None, version=3, source=Source.AGENT, agent_id="jo")
    document = from_held(cleared)
    assert document == {"d": "d-bio", "source": "AGENT", "at": MORNING, "agent": "jo", "version": 3}
    assert to_held(document) == cleared


def test_a_synced_value_keeps_the_state_and_the_time() -> None:
    synced = held("segment", TextValue("x"), sync=SyncState.CONFLICT)
    document = from_held(synced)
    assert (document["sync"], document["synced"]) == ("CONFLICT", MORNING)
    assert to_held(document) == synced


@pytest.mark.parametrize("network", list(Network), ids=lambda each: each.value)
def test_an_external_id_may_contain_what_parts_it_from_the_network(network: Network) -> None:
    key = IdentityKey(network, "a:b::c")
    assert identity_key(key) == f"{network.value}:a:b::c"
    assert to_identity(from_identity(SocialIdentity(key, "h"))).key == key


@pytest.mark.parametrize(
    "outcome", [each for each in LookUpOutcome if each is not LookUpOutcome.NEVER_ASKED], ids=lambda each: each.value
)
def test_every_outcome_of_a_look_up_comes_back(outcome: LookUpOutcome) -> None:
    validation = ContactValidation(outcome, MORNING)
    assert from_validation(validation) == {"outcome": outcome.value, "asked": MORNING}
    assert to_contact(from_contact(a_contact("c", validation=validation), "acme")).validation == validation


def test_a_contact_that_no_crm_was_asked_about_is_not_validated() -> None:
    assert to_validation(None) == NEVER_ASKED


def test_what_is_false_or_empty_is_no_absence() -> None:
    assert without_none({"a": None, "b": False, "c": 0, "d": "", "e": []}) == {"b": False, "c": 0, "d": "", "e": []}


@pytest.mark.parametrize(("field", "unknown"), [("source", "MAGIC"), ("sync", "LOST")])
def test_a_held_value_of_an_unknown_kind_is_an_error(field: str, unknown: str) -> None:
    document = {**from_held(held("bio", None)), field: unknown}
    with pytest.raises(ValueError, match=f"'{unknown}' is not a valid"):
        to_held(document)


def test_an_identity_of_an_unknown_network_is_an_error() -> None:
    with pytest.raises(ValueError, match="'MYSPACE' is not a valid Network"):
        to_identity({"key": "MYSPACE:7", "handle": "tom"})


def test_a_validation_of_an_unknown_outcome_is_an_error() -> None:
    with pytest.raises(ValueError, match="'MAYBE' is not a valid LookUpOutcome"):
        to_validation({"outcome": "MAYBE"})
