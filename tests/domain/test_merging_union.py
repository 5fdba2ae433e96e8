"""What two contacts come to as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, ContactValidation, LookUpOutcome, Network
from domain.events import ValueChange
from domain.merging import AVATAR, NAME, Choices, MergeConflict, MergeField, MergePoint, Side
from domain.merging_union import Union, union
from domain.values import TextValue
from domain.vip import VipStatus
from tests.builders import MORNING, a_contact, an_identity, held

NOW = MORNING + timedelta(hours=2)
MINE, THEIRS = TextValue("mine"), TextValue("theirs")
BIO = MergePoint(MergeField.ATTRIBUTE, "d-bio")
CLEARED = Provenance(Source.AGENT, NOW, "ada")


def united(survivor: Contact, other: Contact, choices: Choices | None = None) -> Union:
    return union(survivor, other, choices or {}, agent_id="ada", now=NOW)


def test_the_survivor_takes_what_it_lacks_and_knows_all_ids_and_keys() -> None:
    mine = a_contact("c1", identities=(an_identity("1", is_primary=True),), note_count=2, version=3, import_key="k1")
    theirs = replace(
        a_contact("c2", identities=(an_identity("2", is_primary=True),), note_count=5, version=7, import_key="k2"),
        avatar_url="https://example.com/2.png",
        created_at=MORNING - timedelta(days=1),
        merged_ids=("c3",),
        merged_import_keys=("k3",),
    )
    assert united(mine, theirs) == Union(
        replace(
            mine,
            version=8,
            avatar_url="https://example.com/2.png",
            identities=(an_identity("1", is_primary=True), an_identity("2")),
            note_count=7,
            created_at=MORNING - timedelta(days=1),
            updated_at=NOW,
            import_key="k1",
            merged_import_keys=("k2", "k3"),
            merged_ids=("c3", "c2"),
        ),
        (),
        (),
    )


def test_a_contact_without_identities_and_import_key_gets_those_of_the_other() -> None:
    primary = an_identity("2", network=Network.EMAIL, is_primary=True)
    theirs = a_contact("c2", identities=(primary,), import_key="k2")
    made = united(replace(a_contact("c1"), merged_ids=("c0",)), theirs).survivor
    assert (made.identities, made.import_key, made.merged_import_keys) == ((primary,), "k2", ())
    assert made.merged_ids == ("c0", "c2")
    assert united(a_contact("c1"), a_contact("c2")).survivor.import_key is None


PICTURES = ("https://example.com/1.png", "https://example.com/2.png")


@pytest.mark.parametrize("side", [None, *Side])
def test_of_two_names_and_pictures_the_survivors_is_kept_unless_chosen_otherwise(side: Side | None) -> None:
    mine = replace(a_contact("c1", name="Ann"), avatar_url=PICTURES[0])
    theirs = replace(a_contact("c2", name="Anna"), avatar_url=PICTURES[1])
    made = united(mine, theirs, {} if side is None else {NAME: side, AVATAR: side})
    chosen = side or Side.SURVIVOR
    kept = ("Ann", PICTURES[0]) if chosen is Side.SURVIVOR else ("Anna", PICTURES[1])
    assert (made.survivor.name, made.survivor.avatar_url) == kept
    assert made.conflicts == (
        MergeConflict(NAME, "Ann", "Anna", chosen),
        MergeConflict(AVATAR, *PICTURES, chosen),
    )


@pytest.mark.parametrize(("mine", "theirs"), [(PICTURES[0], None), (None, PICTURES[1])])
def test_the_only_picture_is_taken_and_can_be_left_out(mine: str | None, theirs: str | None) -> None:
    pair = replace(a_contact("c1"), avatar_url=mine), replace(a_contact("c2"), avatar_url=theirs)
    assert united(*pair).survivor.avatar_url == (mine or theirs)
    without = Side.SURVIVOR if mine is None else Side.OTHER
    made = united(*pair, {AVATAR: without})
    assert (made.survivor.avatar_url, made.conflicts) == (None, ())


MY_BIO, THEIR_BIO = held("bio", MINE, version=3), held("bio", THEIRS, version=5, source=Source.CRM)
MY_CLEARED, THEIR_CLEARED = held("bio", None, version=3), held("bio", None, version=5)
TAKEN = replace(THEIR_BIO, version=4)
VALUES: list[tuple[str, HeldValue | None, HeldValue | None, Side | None, HeldValue | None]] = [
    ("theirs alone", None, THEIR_BIO, None, replace(THEIR_BIO, version=1)),
    ("theirs alone, left out", None, THEIR_BIO, Side.SURVIVOR, None),
    ("theirs where mine was cleared", MY_CLEARED, THEIR_BIO, None, TAKEN),
    ("mine alone", MY_BIO, None, None, None),
    ("mine alone, emptied", MY_BIO, None, Side.OTHER, HeldValue("d-bio", None, CLEARED, 4)),
    ("mine where theirs was cleared", MY_BIO, THEIR_CLEARED, None, None),
    ("as cleared as theirs", MY_BIO, THEIR_CLEARED, Side.OTHER, replace(THEIR_CLEARED, version=4)),
    ("the same", MY_BIO, replace(THEIR_BIO, value=MINE), None, None),
    ("the same, chosen", MY_BIO, replace(THEIR_BIO, value=MINE), Side.OTHER, None),
    ("both cleared", MY_CLEARED, THEIR_CLEARED, Side.OTHER, None),
    ("cleared there, never set here", None, THEIR_CLEARED, None, None),
]


@pytest.mark.parametrize(("mine", "theirs", "side", "taken"), [each[1:] for each in VALUES], ids=[v[0] for v in VALUES])
def test_what_is_on_one_side_only_is_taken_as_the_next_version(
    mine: HeldValue | None, theirs: HeldValue | None, side: Side | None, taken: HeldValue | None
) -> None:
    first, second = (
        a_contact(each, values=() if held is None else (held,)) for each, held in (("c1", mine), ("c2", theirs))
    )
    made = united(first, second, {} if side is None else {BIO: side})
    assert made.values == (() if taken is None else (ValueChange(mine, taken),))
    assert made.survivor.held("d-bio") == (taken or mine)
    assert made.conflicts == ()


@pytest.mark.parametrize("side", [None, *Side])
def test_of_two_values_neither_is_taken_before_somebody_chooses(side: Side | None) -> None:
    mine = a_contact("c1", values=(held("rank", MINE), MY_BIO))
    theirs = a_contact("c2", values=(THEIR_BIO, held("rank", MINE, version=9)))
    made = united(mine, theirs, {} if side is None else {BIO: side})
    is_taken = side is Side.OTHER
    assert made.survivor.values == (held("rank", MINE), TAKEN if is_taken else MY_BIO)
    assert made.values == ((ValueChange(MY_BIO, TAKEN),) if is_taken else ())
    assert made.conflicts == (MergeConflict(BIO, MY_BIO, THEIR_BIO, side),)
    assert made.survivor.updated_at == NOW


OLD = VipStatus(MORNING, "jo", "Old", NOW)
CURRENT, ALSO = VipStatus(MORNING, "jo", "Here", None), VipStatus(MORNING, "ada", "There", None)
VIPS = [
    (None, None, None),
    (CURRENT, None, CURRENT),
    (None, CURRENT, CURRENT),
    (CURRENT, ALSO, CURRENT),
    (OLD, ALSO, ALSO),
    (ALSO, OLD, ALSO),
    (OLD, None, OLD),
    (None, OLD, OLD),
]


@pytest.mark.parametrize(("mine", "theirs", "kept"), VIPS)
def test_the_vip_status_that_holds_is_kept(
    mine: VipStatus | None, theirs: VipStatus | None, kept: VipStatus | None
) -> None:
    assert united(a_contact("c1", vip=mine), a_contact("c2", vip=theirs)).survivor.vip == kept


NEVER, FOUND, ALSO_FOUND, NOT, FAILED = (
    ContactValidation(LookUpOutcome.NEVER_ASKED),
    ContactValidation(LookUpOutcome.FOUND, MORNING, "r1"),
    ContactValidation(LookUpOutcome.FOUND, MORNING, "r2"),
    ContactValidation(LookUpOutcome.NOT_FOUND, MORNING),
    ContactValidation(LookUpOutcome.FAILED, MORNING),
)
VALIDATIONS = [
    (NEVER, NEVER, NEVER),
    (FOUND, ALSO_FOUND, FOUND),
    (NOT, FOUND, FOUND),
    (FOUND, NOT, FOUND),
    (NEVER, FOUND, FOUND),
    (NEVER, NOT, NOT),
    (NOT, NEVER, NOT),
    (NOT, FAILED, NOT),
]


@pytest.mark.parametrize(("mine", "theirs", "kept"), VALIDATIONS)
def test_the_validation_that_found_the_contact_is_kept(
    mine: ContactValidation, theirs: ContactValidation, kept: ContactValidation
) -> None:
    assert united(a_contact("c1", validation=mine), a_contact("c2", validation=theirs)).survivor.validation == kept
