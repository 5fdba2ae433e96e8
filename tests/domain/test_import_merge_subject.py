"""Whom a row is about, and which identities the contact has after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.import_merge import Imported, KnownContacts, any_id, merged
from domain.imports import Rejected
from tests.builders import a_contact, an_identity
from tests.domain.rows import LATER, a_mapping, a_row, imported, merge, seen

SMS = "+12022243441"
JANE = a_contact("jane", identities=(an_identity("42", is_primary=True),))
JOHN = a_contact("john", name="John Doe", identities=(an_identity("43", handle="john", is_primary=True),))


def phone(external_id: str = SMS) -> SocialIdentity:
    return SocialIdentity(IdentityKey(Network.SMS, external_id), external_id)


def test_a_row_is_about_the_contact_that_has_its_identity() -> None:
    outcome = imported(a_row(seen("42")), JOHN, JANE)
    assert (outcome.before, outcome.after, outcome.remarks) == (JANE, JANE, ())


def test_a_row_that_names_a_contact_by_its_id_is_about_that_one() -> None:
    row = replace(a_row(seen("43"), import_key="k"), contact_id="jane")
    named = imported(replace(row, identities=()), JOHN, JANE)
    # The id tells enough: no import key is kept for it.
    assert (named.before, named.after) == (JANE, JANE)
    # It takes no identity away from another.
    assert merge(row, JANE, JOHN) == Rejected(("TWITTER jane belongs to John Doe",))
    # An id of another organization says nothing.
    elsewhere = replace(row, contact_id="gone")
    assert imported(elsewhere, JANE, JOHN).before == JOHN
    assert imported(replace(elsewhere, identities=()), JANE).after.import_key == "k"


def test_a_row_is_about_nobody_known_where_only_the_network_differs() -> None:
    assert imported(a_row(seen("42", Network.FACEBOOK)), JANE).before is None


def test_a_row_whose_identities_belong_to_several_contacts_is_rejected() -> None:
    outcome = merge(a_row(seen("43"), seen("42")), JANE, JOHN)
    assert outcome == Rejected(("The identities belong to several contacts: Jane Roe and John Doe.",))


def test_a_new_contact_is_refused_where_the_mapping_makes_none() -> None:
    outcome = merge(a_row(seen("44")), JANE, mapping=a_mapping(may_create=False))
    assert outcome == Rejected(("No contact has one of the row's identities.",))
    known = imported(a_row(seen("42"), name="Jane R."), JANE, mapping=a_mapping(may_create=False))
    assert known.after.name == "Jane R."


def test_a_row_without_a_known_identity_is_about_the_contact_that_has_its_import_key() -> None:
    jane = a_contact("jane", import_key="k")
    assert imported(a_row(import_key="k"), JOHN, jane).before == jane
    assert imported(a_row(seen("44"), import_key="k"), jane).before == jane
    assert imported(a_row(import_key="l"), jane).before is None


def test_an_identity_goes_before_the_import_key() -> None:
    john = replace(JOHN, import_key="k")
    assert imported(a_row(seen("42"), import_key="k"), JANE, john).before == JANE


def test_an_import_key_of_another_contact_is_not_taken_over() -> None:
    john = replace(JOHN, import_key="k")
    assert imported(a_row(seen("42"), import_key="k"), JANE, john).after.import_key is None


def test_an_import_key_is_taken_over_once() -> None:
    first = imported(a_row(seen("42"), import_key="k"), JANE).after
    assert first == replace(JANE, import_key="k", updated_at=LATER)
    assert imported(a_row(seen("42"), import_key="l"), first).after.import_key == "k"


def test_namesakes_whom_the_network_tells_apart_are_two_although_they_share_an_import_key() -> None:
    jane = replace(JANE, import_key="k")
    outcome = imported(a_row(seen("44"), import_key="k"), jane)
    assert outcome.before is None
    assert (outcome.after.id, outcome.after.import_key) == ("new", None)


def test_a_shared_number_does_not_make_two_accounts_of_a_network_one_person() -> None:
    jane = replace(JANE, identities=(*JANE.identities, phone()))
    number = seen(SMS, Network.SMS, handle=SMS)
    taken = f"SMS {SMS} belongs to Jane Roe"
    assert merge(a_row(seen("44"), number), jane) == Rejected((taken,))
    outcome = imported(a_row(seen("44"), replace(number, may_be_left_out=True)), jane)
    assert outcome.before is None
    assert [each.key.external_id for each in outcome.after.identities] == ["44"]
    assert outcome.remarks == (taken,)


@pytest.mark.parametrize(
    ("network", "external_id"),
    [(Network.SMS, "+1202"), (Network.WHATSAPP, "w-2"), (Network.EMAIL, "j@example.com"), (Network.TWITTER, "@jane")],
)
def test_what_passes_from_one_to_another_contradicts_nobody(network: Network, external_id: str) -> None:
    others = SocialIdentity(IdentityKey(network, "another"), "another")
    held = (an_identity("7", network=Network.LINKEDIN, is_primary=True), replace(others, is_primary=False))
    jane = a_contact("jane", identities=held)
    row = a_row(seen("7", Network.LINKEDIN), seen(external_id, network))
    assert imported(row, jane).before == jane


def test_one_account_in_common_is_enough_where_a_person_has_several_on_a_network() -> None:
    both = a_contact("jane", identities=(an_identity("42", is_primary=True), an_identity("45")))
    assert imported(a_row(seen("42")), both).after == both
    assert imported(a_row(seen("45")), both).after == both
    more = imported(a_row(seen("45"), seen("46")), both).after
    assert [each.key.external_id for each in more.identities] == ["42", "45", "46"]


def test_a_contradiction_on_one_network_counts_whatever_is_shared_on_another() -> None:
    jane = replace(JANE, identities=(*JANE.identities, an_identity("7", network=Network.LINKEDIN)))
    outcome = merge(a_row(seen("7", Network.LINKEDIN, handle="jr"), seen("44")), jane)
    assert outcome == Rejected(("LINKEDIN jr belongs to Jane Roe",))


def test_every_identity_that_belongs_to_another_is_told() -> None:
    owned = (*JANE.identities, phone(), SocialIdentity(IdentityKey(Network.EMAIL, "j@example.com"), "j@example.com"))
    numbers = (seen(SMS, Network.SMS, handle=SMS), seen("j@example.com", Network.EMAIL, handle="J@example.com"))
    reasons = (f"SMS {SMS} belongs to Jane Roe", "EMAIL J@example.com belongs to Jane Roe")
    assert merge(a_row(seen("44"), *numbers), replace(JANE, identities=owned)) == Rejected(reasons)


def test_a_number_of_another_contact_that_the_row_is_not_about_is_left_out() -> None:
    john = replace(JOHN, identities=(*JOHN.identities, phone()))
    number = seen(SMS, Network.SMS, handle=SMS, may_be_left_out=True)
    outcome = imported(a_row(seen("42"), number), JANE, john)
    assert (outcome.after, outcome.remarks) == (JANE, (f"SMS {SMS} belongs to John Doe",))


def test_new_identities_are_added_after_those_that_are_there_and_the_primary_one_stays() -> None:
    outcome = imported(a_row(seen("7", Network.LINKEDIN, handle="jr"), seen("42")), JANE)
    added = SocialIdentity(IdentityKey(Network.LINKEDIN, "7"), "jr")
    assert outcome.after == replace(JANE, version=2, identities=(*JANE.identities, added), updated_at=LATER)


def test_the_first_identity_of_a_contact_without_primary_becomes_it() -> None:
    outcome = imported(a_row(seen("42"), seen("45"), name="Jane"))
    assert [each.is_primary for each in outcome.after.identities] == [True, False]
    assert imported(a_row(import_key="k")).after.identities == ()


def test_a_primary_identity_that_is_not_the_first_stays_the_only_one() -> None:
    jane = a_contact("jane", identities=(an_identity("42"), an_identity("45", is_primary=True)))
    assert imported(a_row(seen("42")), jane).after == jane


def test_a_known_identity_takes_over_the_handle_and_the_profile_and_keeps_the_rest() -> None:
    picture = replace(an_identity("42", is_primary=True), picture_url="https://example.com/p", channel="Acme")
    jane = a_contact("jane", identities=(picture,))
    new = imported(a_row(seen("42", handle="jane_roe", profile_url="https://x.com/jane_roe")), jane).after
    assert new.identities == (replace(picture, handle="jane_roe", profile_url="https://x.com/jane_roe"),)
    assert imported(a_row(seen("42", handle="jane")), jane).after == jane


def test_an_id_that_stands_in_for_a_handle_never_replaces_one() -> None:
    assert imported(a_row(seen("42", handle="42", has_handle=False)), JANE).after == JANE


def test_the_rows_of_a_batch_know_of_those_before_them() -> None:
    known = KnownContacts.of([])
    first = merged(a_row(seen("42"), import_key="k"), known, a_mapping(), LATER)
    assert isinstance(first, Imported)
    assert merged(a_row(seen("42"), import_key="k"), known, a_mapping(), LATER) == Imported(
        first.after, first.after, ()
    )
    by_key = merged(a_row(import_key="k", name="Jane R."), known, a_mapping(), LATER)
    assert by_key == Imported(first.after, replace(first.after, name="Jane R.", version=2), ())


def test_a_new_contact_gets_an_id_of_its_own() -> None:
    assert any_id(a_row()) != any_id(a_row())
    outcome = merged(a_row(import_key="k"), KnownContacts.of([]), a_mapping(), LATER)
    assert isinstance(outcome, Imported)
    assert len(outcome.after.id) == 32
