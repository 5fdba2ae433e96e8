"""Undoing a merge: what it gives back, and what contradicts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact, ContactValidation, LookUpOutcome, with_value
from domain.events import ValueChange
from domain.merging import AVATAR, NAME, Choices, MergeField, MergePoint, MergeStates, Side
from domain.merging_union import union
from domain.unmerging import Contradiction, ContradictionKind, contradictions, parted
from domain.values import TextValue
from domain.vip import VipStatus
from tests.builders import MORNING, a_contact, an_identity, held
from tests.merging import distinct, without_versions
from tests.persistence.strategies import contacts

NOW = MORNING + timedelta(hours=2)
LATER = NOW + timedelta(hours=1)
VIP = VipStatus(MORNING, "jo", None, None)
FOUND = ContactValidation(LookUpOutcome.FOUND, MORNING, "r2")
BIO = MergePoint(MergeField.ATTRIBUTE, "d-bio")
EVERYTHING: Choices = {NAME: Side.OTHER, AVATAR: Side.OTHER, BIO: Side.OTHER}
MINE = a_contact(
    "c1",
    name="Ann",
    identities=(an_identity("1", is_primary=True),),
    values=(held("bio", TextValue("mine"), version=2), held("rank", TextValue("mine"))),
    note_count=2,
    version=4,
)
THEIRS = replace(
    a_contact(
        "c2",
        name="Anna",
        identities=(an_identity("2", is_primary=True), an_identity("3")),
        values=(held("bio", TextValue("theirs")), held("nickname", TextValue("A."))),
        vip=VIP,
        validation=FOUND,
        note_count=3,
        import_key="k2",
    ),
    avatar_url="https://example.com/2.png",
)


def merged(survivor: Contact = MINE, other: Contact = THEIRS, choices: Choices = EVERYTHING) -> MergeStates:
    return MergeStates(survivor, other, union(survivor, other, choices, agent_id="ada", now=NOW).survivor)


STATES = merged()
BECAME = STATES.became


sides = st.sampled_from(Side)
choices = st.fixed_dictionaries({NAME: sides, AVATAR: sides})


@given(contacts, contacts, choices, sides)
def test_undone_at_once_it_gives_both_back(mine: Contact, theirs: Contact, chosen: Choices, side: Side) -> None:
    survivor, other = distinct(mine, "c1"), distinct(theirs, "c2")
    of_values = {MergePoint(MergeField.ATTRIBUTE, each.definition_id): side for each in (*mine.values, *theirs.values)}
    states = merged(survivor, other, {**chosen, **of_values})
    assert contradictions(states, states.became) == ()
    made = parted(states, states.became, notes=other.note_count, agent_id="ada", at=LATER)
    assert without_versions(made.survivor) == without_versions(survivor)
    assert without_versions(made.other) == without_versions(other)
    assert made.other.values == other.values
    assert made.survivor.version == made.other.version == states.became.version + 1
    # Versions of values only grow, and none is left out.
    for each in made.values:
        assert each.before == states.became.held(each.after.definition_id)
        assert each.before is not None
        assert each.after.version == each.before.version + 1


def test_values_come_back_as_the_next_version_and_what_was_never_there_is_cleared() -> None:
    made = parted(STATES, BECAME, notes=3, agent_id="ada", at=LATER)
    bio = held("bio", TextValue("mine"), version=4)
    gone = HeldValue("d-nickname", None, Provenance(Source.AGENT, LATER, "ada"), 2)
    assert made.values == (
        ValueChange(BECAME.held("d-bio"), bio),
        ValueChange(BECAME.held("d-nickname"), gone),
    )
    assert made.survivor == replace(MINE, version=6, values=(bio, MINE.values[1], gone), updated_at=LATER)
    assert made.other == replace(THEIRS, version=6, updated_at=LATER)


def test_a_value_that_has_newer_versions_gets_the_next_one() -> None:
    """As after a later merge that was undone."""
    now = replace(BECAME, values=tuple(replace(each, version=9) for each in BECAME.values))
    made = parted(STATES, now, notes=3, agent_id="ada", at=LATER)
    assert [(each.before, each.after.version) for each in made.values] == [
        (now.held(each), 10) for each in ("d-bio", "d-nickname")
    ]


def test_what_happened_to_the_survivors_own_since_stays() -> None:
    rank, newer = held("rank", TextValue("newer"), version=2), held("phone", TextValue("new"))
    fresh = ContactValidation(LookUpOutcome.FAILED, LATER)
    states = merged(choices={BIO: Side.SURVIVOR})
    now = replace(
        states.became,
        version=9,
        name="Renamed",
        values=(MINE.values[0], rank, states.became.values[2], newer),
        identities=(*states.became.identities, an_identity("4")),
        validation=fresh,
        note_count=7,
        import_key="k9",
    )
    assert contradictions(states, now) == ()
    made = parted(states, now, notes=1, agent_id="ada", at=LATER)
    gone = HeldValue("d-nickname", None, Provenance(Source.AGENT, LATER, "ada"), 2)
    assert made.survivor == replace(
        MINE,
        version=10,
        name="Renamed",
        values=(MINE.values[0], rank, gone, newer),
        identities=(*MINE.identities, an_identity("4")),
        validation=fresh,
        note_count=6,
        updated_at=LATER,
        import_key="k9",
    )
    assert made.other == replace(THEIRS, version=10, note_count=1, updated_at=LATER)


def told(key: str, text: str, by: str | None = None) -> HeldValue:
    """Return what the CRM has told, or what an agent has decided that it holds."""
    synced = CrmSync(SyncState.IN_SYNC, LATER)
    return replace(held(key, TextValue(text), source=Source.CRM, agent_id=by, version=2), sync=synced)


@pytest.mark.parametrize(
    ("record_id", "given_back"),
    [("r2", {"d-bio": TextValue("mine"), "d-city": None}), ("r3", {})],
    ids=["the other's", "one that was found since"],
)
def test_what_was_told_since_of_a_record_goes_with_the_record(
    record_id: str, given_back: dict[str, TextValue | None]
) -> None:
    before, rank = told("before", "mine"), held("rank", TextValue("mine"))
    survivor, other = a_contact("c1", values=(before, MINE.values[0], rank)), a_contact("c2", validation=FOUND)
    states = merged(survivor, other, {})
    heard_again = replace(before, sync=CrmSync(SyncState.IN_SYNC, NOW))
    values = (heard_again, told("bio", "theirs"), rank, told("city", "theirs"), told("chosen", "chosen", "jo"))
    now = replace(states.became, values=values, validation=replace(FOUND, record_id=record_id))
    made = parted(states, now, notes=0, agent_id="ada", at=LATER)
    assert {each.after.definition_id: each.after.value for each in made.values} == given_back
    untouched = {each for each in values if each.definition_id not in given_back}
    assert untouched <= set(made.survivor.values)


def test_an_identity_goes_back_with_what_the_network_told_since_and_the_survivors_is_primary_again() -> None:
    first, second, third = BECAME.identities
    renamed = replace(second, handle="renamed", is_primary=True)
    now = replace(BECAME, identities=(third, renamed, replace(first, is_primary=False)))
    made = parted(STATES, now, notes=3, agent_id="ada", at=LATER)
    assert made.survivor.identities == MINE.identities
    assert made.other.identities == (replace(THEIRS.identities[0], handle="renamed"), THEIRS.identities[1])


def changed(contact: Contact, definition_id: str) -> Contact:
    before = contact.held(definition_id)
    assert before is not None
    return with_value(contact, replace(before, value=TextValue("changed"), version=before.version + 1))


def set_anew(held: HeldValue) -> HeldValue:
    return replace(held, version=held.version + 1, provenance=Provenance(Source.AGENT, LATER, "jo"))


KINDS = ContradictionKind
REASONS: list[tuple[str, Contact, Sequence[Contradiction]]] = [
    ("later", replace(BECAME, merged_ids=("c2", "c3")), [Contradiction(KINDS.LATER_MERGE)]),
    ("taken up", replace(BECAME, id="c9"), [Contradiction(KINDS.LATER_MERGE)]),
    (
        "identity",
        replace(BECAME, identities=BECAME.identities[:2]),
        [Contradiction(KINDS.IDENTITY_GONE, identity=THEIRS.identities[1])],
    ),
    ("value", changed(BECAME, "d-bio"), [Contradiction(KINDS.VALUE_CHANGED, definition_id="d-bio")]),
    (
        "values",
        replace(BECAME, values=()),
        [Contradiction(KINDS.VALUE_CHANGED, definition_id=each) for each in ("d-bio", "d-nickname")],
    ),
    ("name", replace(BECAME, name="Renamed"), [Contradiction(KINDS.NAME_CHANGED)]),
    ("picture", replace(BECAME, avatar_url=None), [Contradiction(KINDS.AVATAR_CHANGED)]),
    ("VIP", replace(BECAME, vip=None), [Contradiction(KINDS.VIP_CHANGED)]),
    ("none", changed(BECAME, "d-rank"), []),
    (
        "set anew",
        replace(BECAME, values=tuple(set_anew(each) for each in BECAME.values)),
        [Contradiction(KINDS.VALUE_CHANGED, definition_id=each) for each in ("d-bio", "d-nickname")],
    ),
    ("versions", replace(BECAME, values=tuple(replace(each, version=9) for each in BECAME.values)), []),
    (
        "several",
        replace(BECAME, name="Renamed", identities=BECAME.identities[:1], vip=None),
        [
            *(Contradiction(KINDS.IDENTITY_GONE, identity=each) for each in THEIRS.identities),
            Contradiction(KINDS.NAME_CHANGED),
            Contradiction(KINDS.VIP_CHANGED),
        ],
    ),
]


@pytest.mark.parametrize(("now", "reasons"), [each[1:] for each in REASONS], ids=[each[0] for each in REASONS])
def test_what_was_taken_from_the_other_must_be_as_it_came(now: Contact, reasons: Sequence[Contradiction]) -> None:
    assert contradictions(STATES, now) == tuple(reasons)


def test_what_was_the_survivors_own_may_change() -> None:
    states = merged(replace(MINE, vip=VIP, avatar_url="https://example.com/1.png"), choices={BIO: Side.SURVIVOR})
    now = replace(changed(states.became, "d-bio"), name="Renamed", vip=None, avatar_url=None)
    assert contradictions(states, now) == ()
