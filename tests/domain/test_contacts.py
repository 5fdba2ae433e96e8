"""Contacts: what one holds, and when it counts as validated."""

from __future__ import annotations

import pytest

from domain.contacts import NEVER_ASKED, ContactValidation, LookUpOutcome
from domain.values import NumberValue, TextValue
from tests.builders import MORNING, a_contact, held


def test_what_a_contact_holds_is_found_by_the_definition() -> None:
    bio, age = held("bio", TextValue("Likes tea.")), held("age", NumberValue(41))
    contact = a_contact(values=(bio, age))
    assert contact.held("d-age") == age
    assert contact.held("d-bio") == bio
    assert contact.held("age") is None


def test_a_cleared_value_is_still_held() -> None:
    cleared = held("bio", None, version=2)
    assert a_contact(values=(cleared,)).held("d-bio") == cleared


@pytest.mark.parametrize(
    ("outcome", "is_validated"),
    [
        (LookUpOutcome.NEVER_ASKED, False),
        (LookUpOutcome.FOUND, True),
        (LookUpOutcome.NOT_FOUND, False),
        (LookUpOutcome.AMBIGUOUS, False),
        (LookUpOutcome.FAILED, True),
    ],
)
def test_a_contact_is_validated_whose_record_the_crm_found_the_last_time_that_it_answered(
    outcome: LookUpOutcome, is_validated: bool
) -> None:
    assert ContactValidation(outcome, MORNING, "r-1").is_validated is is_validated
    assert ContactValidation(LookUpOutcome.FAILED, MORNING).is_validated is False


def test_a_contact_nobody_asked_the_crm_about_has_no_time_and_no_record() -> None:
    assert ContactValidation(LookUpOutcome.NEVER_ASKED, None, None) == NEVER_ASKED
