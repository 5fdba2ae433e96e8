"""What a contact is after a row: its name, values, validation and version."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import NEVER_ASKED, Contact, ContactValidation, LookUpOutcome
from domain.import_merge import Imported
from domain.values import NumberValue, TextValue
from tests.builders import MORNING, a_contact, an_identity, held
from tests.domain.rows import LATER, a_mapping, a_row, imported, seen

IDENTITY = an_identity("42", is_primary=True)
TEA, COFFEE = TextValue("Likes tea."), TextValue("Likes coffee.")
CRM = a_mapping(Source.CRM)
KEPT = "A value that an agent set was kept"


def jane(*values: HeldValue, validation: ContactValidation = NEVER_ASKED) -> Contact:
    return a_contact("jane", identities=(IDENTITY,), values=values, validation=validation, version=5)


def test_a_new_contact_has_what_the_row_says_and_nothing_else() -> None:
    outcome = imported(a_row(seen("42"), import_key="k", values={"d-bio": TEA}, remarks=("Site: no.",)))
    wanted = Contact(
        id="new",
        version=1,
        name="Jane Roe",
        avatar_url=None,
        identities=(replace(seen("42").identity, is_primary=True),),
        values=(HeldValue("d-bio", TEA, Provenance(Source.IMPORT, LATER), 1),),
        vip=None,
        validation=NEVER_ASKED,
        note_count=0,
        created_at=LATER,
        updated_at=LATER,
        import_key="k",
    )
    assert outcome == Imported(None, wanted, ("Site: no.",))


def test_a_row_that_says_nothing_new_changes_nothing_and_still_tells_its_remarks() -> None:
    contact = jane(held("bio", TEA))
    outcome = imported(a_row(seen("42"), values={"d-bio": TEA}, remarks=("Site: no.",)), contact)
    assert outcome == Imported(contact, contact, ("Site: no.",))


def test_a_new_name_is_taken_over_and_counts_as_a_change_of_the_contact() -> None:
    outcome = imported(a_row(seen("42"), name="Jane R."), jane())
    assert outcome.after == replace(jane(), name="Jane R.", version=6, updated_at=LATER)


def test_the_crm_never_renames_a_contact_but_names_a_new_one() -> None:
    assert imported(a_row(seen("42"), name="Jane R."), jane(), mapping=CRM).after == jane()
    assert imported(a_row(seen("42"), name="Jane R."), mapping=CRM).after.name == "Jane R."


def test_a_changed_value_has_a_new_version_and_leaves_the_contact_its_own() -> None:
    contact = jane(held("bio", TEA, version=3), held("age", NumberValue(41)))
    outcome = imported(a_row(seen("42"), values={"d-bio": COFFEE}), contact)
    changed = HeldValue("d-bio", COFFEE, Provenance(Source.IMPORT, LATER), 4)
    wanted = replace(contact, values=(changed, held("age", NumberValue(41))), updated_at=LATER)
    assert outcome == Imported(contact, wanted, ())


def test_a_value_never_set_starts_at_version_one() -> None:
    outcome = imported(a_row(seen("42"), values={"d-age": NumberValue(41)}), jane(held("bio", TEA)))
    added = HeldValue("d-age", NumberValue(41), Provenance(Source.IMPORT, LATER), 1)
    assert outcome.after.values == (held("bio", TEA), added)


def test_what_the_row_does_not_say_stays() -> None:
    assert imported(a_row(seen("42")), jane(held("bio", TEA))).after == jane(held("bio", TEA))


@pytest.mark.parametrize("value", [COFFEE, None])
@pytest.mark.parametrize("source", [Source.IMPORT, Source.CRM])
def test_a_value_that_an_agent_set_or_cleared_is_kept_and_told(value: TextValue | None, source: Source) -> None:
    contact = jane(held("bio", value, source=Source.AGENT, agent_id="jo", version=2))
    row = a_row(seen("42"), values={"d-bio": TEA}, remarks=("Site: no.",))
    outcome = imported(row, contact, mapping=a_mapping(source))
    assert outcome == Imported(contact, contact, ("Site: no.", KEPT))


def test_a_value_that_an_agent_set_to_the_same_is_nothing_to_tell() -> None:
    contact = jane(held("bio", TEA, source=Source.AGENT, agent_id="jo"))
    assert imported(a_row(seen("42"), values={"d-bio": TEA}), contact) == Imported(contact, contact, ())


@pytest.mark.parametrize("source", [Source.CRM, Source.NETWORK, Source.IMPORT, Source.API])
def test_a_value_that_anything_else_set_is_replaced(source: Source) -> None:
    contact = jane(held("bio", COFFEE, source=source, version=2))
    changed = HeldValue("d-bio", TEA, Provenance(Source.IMPORT, LATER), 3)
    assert imported(a_row(seen("42"), values={"d-bio": TEA}), contact).after.values == (changed,)


def test_a_value_from_the_crm_is_in_sync_with_it() -> None:
    contact = jane(held("account", TextValue("A-1"), source=Source.CRM, sync=SyncState.CONFLICT))
    outcome = imported(a_row(seen("42"), values={"d-account": TextValue("A-2")}), contact, mapping=CRM)
    sync = CrmSync(SyncState.IN_SYNC, LATER)
    assert outcome.after.values == (HeldValue("d-account", TextValue("A-2"), Provenance(Source.CRM, LATER), 2, sync),)


def test_a_value_from_a_file_is_in_sync_with_nothing() -> None:
    assert imported(a_row(import_key="k", values={"d-bio": TEA})).after.values[0].sync is None


@pytest.mark.parametrize(
    "was",
    [
        NEVER_ASKED,
        ContactValidation(LookUpOutcome.NOT_FOUND, MORNING),
        ContactValidation(LookUpOutcome.AMBIGUOUS, MORNING, "r-1"),
        ContactValidation(LookUpOutcome.FOUND, MORNING, "r-0"),
    ],
)
def test_a_record_of_the_crm_validates_the_contact(was: ContactValidation) -> None:
    outcome = imported(a_row(seen("42"), record_id="r-1"), jane(validation=was), mapping=CRM)
    found = ContactValidation(LookUpOutcome.FOUND, LATER, "r-1")
    assert outcome.after == replace(jane(validation=found), updated_at=LATER)


def test_a_new_contact_with_a_record_is_validated() -> None:
    outcome = imported(a_row(seen("42"), record_id="r-1"), mapping=CRM)
    assert outcome.after.validation == ContactValidation(LookUpOutcome.FOUND, LATER, "r-1")


def test_a_contact_validated_by_the_same_record_keeps_when() -> None:
    contact = jane(validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "r-1"))
    assert imported(a_row(seen("42"), record_id="r-1"), contact, mapping=CRM).after == contact


def test_a_row_without_record_leaves_the_validation_as_it_was() -> None:
    contact = jane(validation=ContactValidation(LookUpOutcome.FAILED, MORNING))
    assert imported(a_row(seen("42")), contact, mapping=CRM).after == contact


def test_importing_later_changes_no_time_of_an_unchanged_contact() -> None:
    first = imported(a_row(seen("42"), values={"d-bio": TEA}, record_id="r-1"), mapping=CRM).after
    again = a_row(seen("42"), values={"d-bio": TEA}, record_id="r-1")
    outcome = imported(again, first, mapping=CRM, now=LATER + timedelta(days=1))
    assert outcome == Imported(first, first, ())
