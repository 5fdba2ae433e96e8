"""Where values stand with the CRM once they go from one contact to another, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import NEVER_ASKED, Contact, ContactValidation, CrmCandidate, LookUpOutcome
from domain.crm import FailureReason, Field
from domain.definitions import AttributeCategory, AttributeDefinition, SyncRule, ValueType
from domain.merging import Choices, MergeField, MergePoint, MergeStates, Side
from domain.merging_union import union
from domain.unmerging import Contradiction, ContradictionKind, contradictions, parted
from domain.values import TextValue, Value
from tests.builders import MORNING, a_contact, a_definition

EARLIER, NOW, LATER = MORNING - timedelta(hours=1), MORNING + timedelta(hours=2), MORNING + timedelta(hours=3)
PARTY = a_definition("party", ValueType.TEXT, AttributeCategory.CRM)
POINT = MergePoint(MergeField.ATTRIBUTE, PARTY.id)
TAKE_THEIRS: Choices = {POINT: Side.OTHER}
MINE, THEIRS = (
    ContactValidation(LookUpOutcome.FOUND, MORNING, "r1"),
    ContactValidation(LookUpOutcome.FOUND, MORNING, "r2"),
)


def by_crm(field: Field, state: SyncState = SyncState.IN_SYNC) -> HeldValue:
    value = TextValue(str(field))
    return HeldValue(PARTY.id, value, Provenance(Source.CRM, MORNING), 3, CrmSync(state, MORNING, field))


def edited(text: str, field: Field | None, state: SyncState = SyncState.PENDING) -> HeldValue:
    """Make what an agent has set, and the CRM has not heard of."""
    value, sync = TextValue(text), CrmSync(state, EARLIER, field)
    return HeldValue(PARTY.id, value, Provenance(Source.AGENT, MORNING, "jo"), 2, sync)


def one(held: HeldValue | None, validation: ContactValidation = MINE, contact_id: str = "c1") -> Contact:
    return a_contact(contact_id, values=() if held is None else (held,), validation=validation)


def merged(
    mine: Contact, theirs: Contact, choices: Choices = TAKE_THEIRS, definition: AttributeDefinition = PARTY
) -> MergeStates:
    made = union(mine, theirs, choices, agent_id="ada", now=NOW, definitions=[definition])
    return MergeStates(mine, theirs, made.survivor)


def of(contact: Contact) -> tuple[Value | None, CrmSync | None]:
    held = contact.held(PARTY.id)
    assert held is not None
    return held.value, held.sync


@pytest.mark.parametrize("theirs", [by_crm("Whig"), edited("Whig", "Tory"), edited("Whig", "Tory", SyncState.CONFLICT)])
def test_what_is_taken_over_is_to_be_written_to_the_survivors_record(theirs: HeldValue) -> None:
    """It is expected to hold what it did when the CRM was heard of last, and not what the other one does."""
    became = merged(one(by_crm("Democrat")), one(theirs, THEIRS, "c2")).became
    assert of(became) == (TextValue("Whig"), CrmSync(SyncState.PENDING, MORNING, "Democrat"))
    held = became.held(PARTY.id)
    assert held is not None
    assert (held.provenance, held.version) == (theirs.provenance, 4)
    assert became.validation == MINE


def test_where_the_survivor_had_nothing_nothing_is_expected() -> None:
    became = merged(one(None), one(by_crm("Whig"), THEIRS, "c2"), {}).became
    assert of(became) == (TextValue("Whig"), CrmSync(SyncState.PENDING, None))


def test_what_the_survivor_had_from_a_list_is_expected_as_the_crm_spells_it() -> None:
    listed = replace(by_crm("Democrat"), sync=CrmSync(SyncState.IN_SYNC, MORNING))
    became = merged(one(listed), one(by_crm("Whig"), THEIRS, "c2")).became
    assert of(became)[1] == CrmSync(SyncState.PENDING, MORNING, "Democrat")


@pytest.mark.parametrize("theirs", [by_crm("Whig"), edited("Whig", "Tory"), edited("Whig", "T", SyncState.REJECTED)])
@pytest.mark.parametrize(
    ("mine", "other"),
    [
        # The survivor's record is the other's from now on, was already, or there is none.
        (NEVER_ASKED, THEIRS),
        (ContactValidation(LookUpOutcome.NOT_FOUND, MORNING), THEIRS),
        (THEIRS, THEIRS),
        (NEVER_ASKED, ContactValidation(LookUpOutcome.NOT_FOUND, MORNING)),
    ],
)
def test_with_the_others_record_its_values_stand_as_they_did(
    theirs: HeldValue, mine: ContactValidation, other: ContactValidation
) -> None:
    became = merged(one(None, mine), one(theirs, other, "c2"), {}).became
    assert (of(became), became.validation) == ((theirs.value, theirs.sync), other)


@pytest.mark.parametrize(
    "definition",
    [
        replace(PARTY, is_editable=False),
        replace(PARTY, is_archived=True),
        replace(PARTY, sync_rule=SyncRule.NEVER),
        replace(PARTY, category=AttributeCategory.CUSTOM),
        replace(PARTY, id="another"),
    ],
)
def test_what_is_not_written_is_what_the_survivors_record_says(definition: AttributeDefinition) -> None:
    became = merged(one(by_crm("Democrat")), one(by_crm("Whig"), THEIRS, "c2"), definition=definition).became
    assert of(became) == (TextValue("Whig"), None)


def test_an_attribute_that_is_left_empty_is_emptied_at_the_crm() -> None:
    states = merged(one(by_crm("Democrat")), one(None, THEIRS, "c2"))
    assert of(states.became) == (None, CrmSync(SyncState.PENDING, MORNING, "Democrat"))
    of_theirs = merged(one(by_crm("Democrat"), NEVER_ASKED), one(None, THEIRS, "c2"))
    assert of(of_theirs.became) == (None, None)


@pytest.mark.parametrize("choices", [{POINT: Side.SURVIVOR}, {}])
def test_what_the_survivor_keeps_stands_as_it_did(choices: Choices) -> None:
    mine = edited("Whig", "Democrat")
    theirs = by_crm("Tory" if choices else "Whig")
    became = merged(one(mine), one(theirs, THEIRS, "c2"), choices).became
    assert became.held(PARTY.id) == mine


CANDIDATES = (CrmCandidate("r1", "Jane", "https://x.example/1"), CrmCandidate("r2"))
AMBIGUOUS = ContactValidation(LookUpOutcome.AMBIGUOUS, MORNING, candidates=CANDIDATES)
KEPT = replace(MINE, outcome=LookUpOutcome.FAILED, failure=FailureReason.TIMED_OUT, record_url="https://x.example/1")


@pytest.mark.parametrize(
    ("mine", "theirs", "wins"),
    [
        (MINE, THEIRS, "mine"),
        # A failure takes nothing away.
        (KEPT, THEIRS, "mine"),
        (AMBIGUOUS, THEIRS, "theirs"),
        (AMBIGUOUS, NEVER_ASKED, "mine"),
        (NEVER_ASKED, AMBIGUOUS, "theirs"),
        (NEVER_ASKED, KEPT, "theirs"),
        (NEVER_ASKED, NEVER_ASKED, "mine"),
    ],
)
def test_one_validation_goes_along_whole(mine: ContactValidation, theirs: ContactValidation, wins: str) -> None:
    states = merged(one(None, mine), one(None, theirs, "c2"))
    assert states.became.validation == (mine if wins == "mine" else theirs)
    back = parted(states, states.became, notes=0, agent_id="ada", at=LATER)
    assert (back.survivor.validation, back.other.validation) == (mine, theirs)


# Undoing.


def unmerged(states: MergeStates, now: Contact | None = None) -> tuple[Contact, Contact]:
    """Undo the merge; returns the survivor, and the other one."""
    today = now or states.became
    assert contradictions(states, today) == ()
    made = parted(states, today, notes=0, agent_id="ada", at=LATER, definitions=[PARTY])
    return made.survivor, made.other


def delivered(contact: Contact, field: Field | None) -> Contact:
    """Let the CRM have taken what was to be written."""
    [held] = contact.values
    return replace(contact, values=(replace(held, sync=CrmSync(SyncState.IN_SYNC, NOW, field)),))


@pytest.mark.parametrize("mine", [by_crm("Democrat"), edited("Tory", "Democrat")])
def test_what_was_not_written_yet_is_as_if_it_had_never_been(mine: HeldValue) -> None:
    theirs = edited("Whig", "Independent")
    survivor, other = unmerged(merged(one(mine), one(theirs, THEIRS, "c2")))
    assert (of(survivor), survivor.validation) == ((mine.value, mine.sync), MINE)
    assert (other.held(PARTY.id), other.validation) == (theirs, THEIRS)


@pytest.mark.parametrize(
    ("mine", "value"), [(by_crm("Democrat"), TextValue("Democrat")), (edited("Tory", "Democrat"), TextValue("Tory"))]
)
def test_what_was_written_meanwhile_is_written_back(mine: HeldValue, value: Value) -> None:
    """Else the CRM would tell the survivor what was the other's."""
    states = merged(one(mine), one(by_crm("Whig"), THEIRS, "c2"))
    survivor, _ = unmerged(states, delivered(states.became, "Whig"))
    assert of(survivor) == (value, CrmSync(SyncState.PENDING, NOW, "Whig"))


def test_where_there_was_nothing_the_field_is_emptied() -> None:
    states = merged(one(None), one(by_crm("Whig"), THEIRS, "c2"), {})
    survivor, _ = unmerged(states, delivered(states.became, "Whig"))
    assert of(survivor) == (None, CrmSync(SyncState.PENDING, NOW, "Whig"))


def test_what_is_not_written_to_the_crm_is_given_back_as_it_was() -> None:
    states = merged(one(by_crm("Democrat")), one(by_crm("Whig"), THEIRS, "c2"))
    now = delivered(states.became, "Whig")
    for definitions in ([], [replace(PARTY, is_editable=False)]):
        made = parted(states, now, notes=0, agent_id="ada", at=LATER, definitions=definitions)
        assert of(made.survivor) == (TextValue("Democrat"), by_crm("Democrat").sync)


def test_a_record_that_came_from_the_other_goes_with_it() -> None:
    """Also where the CRM was asked for it since."""
    mine = ContactValidation(LookUpOutcome.NOT_FOUND, MORNING)
    states = merged(one(None, mine), one(by_crm("Whig"), THEIRS, "c2"), {})
    today = replace(delivered(states.became, "Whig"), validation=replace(THEIRS, asked_at=NOW))
    survivor, other = unmerged(states, today)
    assert (survivor.validation, of(survivor)) == (mine, (None, None))
    assert (other.validation, other.values) == (THEIRS, (by_crm("Whig"),))


def test_what_was_heard_of_the_survivors_own_record_stays() -> None:
    states = merged(one(None), one(None, THEIRS, "c2"))
    today = replace(states.became, validation=replace(MINE, asked_at=NOW))
    survivor, _ = unmerged(states, today)
    assert survivor.validation == today.validation
    # Who was found since by what both know keeps that.
    nobody = merged(one(None, NEVER_ASKED), one(None, NEVER_ASKED, "c2"))
    survivor, _ = unmerged(nobody, replace(nobody.became, validation=MINE))
    assert survivor.validation == MINE


def told_since(contact: Contact, text: str, **given: str) -> Contact:
    """Let the CRM have told another value."""
    held = HeldValue(
        PARTY.id, TextValue(text), Provenance(Source.CRM, NOW, **given), 9, CrmSync(SyncState.IN_SYNC, NOW, text)
    )
    return replace(contact, values=(held,))


def test_what_the_crm_has_told_since_contradicts_nothing_and_is_the_records() -> None:
    states = merged(one(by_crm("Democrat")), one(by_crm("Whig"), THEIRS, "c2"))
    today = told_since(states.became, "Federalist")
    survivor, other = unmerged(states, today)
    assert (survivor.values, other.values) == (today.values, (by_crm("Whig"),))
    # Of the other's record it is none of the survivor's.
    states = merged(one(None, NEVER_ASKED), one(by_crm("Whig"), THEIRS, "c2"), {})
    survivor, _ = unmerged(states, told_since(states.became, "Federalist"))
    assert (of(survivor), survivor.validation) == ((None, None), NEVER_ASKED)


@pytest.mark.parametrize(
    "held",
    [
        # An agent has accepted the CRM's value, or set another one; a list was imported.
        HeldValue(PARTY.id, TextValue("Tory"), Provenance(Source.CRM, NOW, "jo"), 9, CrmSync(SyncState.IN_SYNC, NOW)),
        HeldValue(PARTY.id, TextValue("Tory"), Provenance(Source.AGENT, NOW, "jo"), 9, CrmSync(SyncState.IN_SYNC, NOW)),
        HeldValue(PARTY.id, TextValue("Tory"), Provenance(Source.CRM, NOW), 9),
        HeldValue(PARTY.id, TextValue("Tory"), Provenance(Source.CRM, NOW), 9, CrmSync(SyncState.CONFLICT, NOW, "T")),
    ],
)
def test_what_somebody_has_decided_since_contradicts(held: HeldValue) -> None:
    states = merged(one(by_crm("Democrat")), one(by_crm("Whig"), THEIRS, "c2"))
    found = contradictions(states, replace(states.became, values=(held,)))
    assert found == (Contradiction(ContradictionKind.VALUE_CHANGED, definition_id=PARTY.id),)
    gone = contradictions(states, replace(states.became, values=()))
    assert gone == found
