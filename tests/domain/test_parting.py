"""What is told to somebody who was taken for somebody else: nothing of the other, and all that is their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.attributes import CrmSync, HeldValue, SyncState
from domain.contacts import ContactValidation, LookUpOutcome
from domain.events import ContactEvent, EventKind, MergedContact, State, ValueChange, ValueStanding
from domain.parting import own_events, partings, undone_merges, within, without_carried, without_other
from domain.values import TextValue
from domain.vip import VipStatus
from tests.builders import MORNING, held

OTHER = MergedContact("m1", "c2", "Zebulon")
BIO, CITY, FAX = held("bio", TextValue("mine")), held("city", TextValue("theirs")), held("fax", TextValue("theirs"))


def minutes(number: int) -> datetime:
    return MORNING + timedelta(minutes=number)


def event(at: int, kind: EventKind, before: State = None, after: State = None, *values: ValueChange) -> ContactEvent:
    return ContactEvent(f"e{at}", "c1", minutes(at), kind, "jo", before, after, values)


def changed(at: int, *values: ValueChange) -> ContactEvent:
    return event(at, EventKind.VALUES_CHANGED, None, None, *values)


def told(number: int, of: HeldValue) -> HeldValue:
    return replace(of, value=TextValue(f"news {number}"), version=number)


MERGED = event(10, EventKind.CONTACTS_MERGED, None, OTHER, ValueChange(None, CITY), ValueChange(None, FAX))
PARTED = event(
    20, EventKind.CONTACTS_UNMERGED, OTHER, None, ValueChange(told(3, CITY), replace(CITY, value=None, version=4))
)


def between(*events: ContactEvent) -> tuple[ContactEvent, ...]:
    """Return what is told of events between the merge and its undoing."""
    first, *own, last = own_events((MERGED, *events, PARTED))
    assert (first, last) == (replace(MERGED, values=()), replace(PARTED, values=()))
    return tuple(own)


def test_a_merge_that_stands_is_told_whole() -> None:
    events = (event(1, EventKind.CONTACT_CREATED, None, "Jane"), MERGED, changed(12, ValueChange(CITY, told(2, CITY))))
    assert (own_events(events), undone_merges(events)) == (events, frozenset())


def test_of_one_that_was_undone_no_values_are_told() -> None:
    assert between() == ()
    assert undone_merges((MERGED, PARTED)) == {"m1"}
    # Also to whom had become part of the other: the merge is no event of theirs.
    assert own_events((PARTED,)) == (replace(PARTED, values=()),)
    # And another merge, which stands, is told whole.
    again = event(30, EventKind.CONTACTS_MERGED, None, replace(OTHER, merge_id="m2"), ValueChange(None, CITY))
    assert own_events((MERGED, PARTED, again))[-1] == again


def test_values_that_were_given_back_are_the_others_to_the_end() -> None:
    mine = ValueChange(None, BIO)
    news = [ValueChange(told(number - 1, CITY) if number > 2 else CITY, told(number, CITY)) for number in (2, 3)]
    assert between(changed(12, news[0]), changed(13, news[1], mine)) == (changed(13, mine),)
    # Before and after it they were one's own.
    outside = (changed(9, news[0]), changed(21, news[1]))
    assert own_events((outside[0], MERGED, PARTED, outside[1]))[::3] == outside


@pytest.mark.parametrize(("at", "is_told"), [(9, True), (10, False), (20, False), (21, True)])
def test_the_moments_of_the_merge_and_of_its_undoing_are_of_the_time_between(at: int, is_told: bool) -> None:
    [parting] = partings((MERGED, PARTED))
    theirs = changed(at, ValueChange(CITY, told(2, CITY)))
    assert parting.covers(theirs) is not is_told
    assert without_other(theirs, parting) == (theirs if is_told else None)


def test_what_stayed_is_told_without_what_was_before_it() -> None:
    """Where it stands with the CRM changes without a change of the value."""
    synced = replace(FAX, sync=CrmSync(SyncState.IN_SYNC, MORNING))
    kept, again = ValueChange(synced, told(2, FAX)), ValueChange(told(2, FAX), told(3, FAX))
    assert between(changed(12, kept), changed(13, again)) == (
        changed(12, replace(kept, before=None)),
        changed(13, again),
    )


@pytest.mark.parametrize(("before", "after"), [("Jane", "Jo"), (None, "Jo"), ("Jo", None)])
def test_the_others_name_is_not_told(before: str | None, after: str | None) -> None:
    renamed = event(12, EventKind.CONTACT_RENAMED, before or OTHER.name, after or OTHER.name)
    assert between(renamed) == (replace(renamed, before=before, after=after),)
    outside = replace(renamed, at=minutes(21))
    assert own_events((MERGED, PARTED, outside))[-1] == outside


def test_what_the_crm_said_of_both_is_told_of_neither() -> None:
    was, became = ContactValidation(LookUpOutcome.NEVER_ASKED), ContactValidation(LookUpOutcome.FOUND, MORNING, "r2")
    asked = event(12, EventKind.LOOKED_UP, was, became)
    assert between(asked) == (replace(asked, before=None, after=None),)
    standings = [ValueStanding(each, SyncState.REJECTED, "No «theirs».") for each in ("d-city", "d-fax")]
    stood = [event(12, EventKind.SYNC_CHANGED, None, each) for each in standings]
    assert between(*stood) == (stood[1],)


def test_all_else_is_ones_own() -> None:
    vip = event(12, EventKind.VIP_SET, None, VipStatus(MORNING, "jo", None, None))
    assert between(vip) == (vip,)


def test_a_value_is_the_others_whatever_its_version() -> None:
    """A merge with a third contact that was undone meanwhile has given it back by a new one."""
    again = ValueChange(replace(FAX, version=3), told(4, FAX))
    assert between(changed(15, again)) == (changed(15, replace(again, before=None)),)


def test_a_third_contact_took_the_place_of_the_others_values_and_gave_it_back() -> None:
    """By these it is known what of the third one happened in between: that stays, and not what was there before."""
    third, city, fax = MergedContact("m3", "c3", "Ada"), told(7, CITY), told(7, FAX)
    taken = (ValueChange(CITY, city), ValueChange(FAX, fax), ValueChange(None, BIO))
    back = (ValueChange(city, replace(CITY, version=8)), ValueChange(fax, replace(FAX, version=8)))
    own_back = ValueChange(BIO, replace(BIO, value=None, version=2))
    merged = event(12, EventKind.CONTACTS_MERGED, None, third, *taken)
    parted = event(14, EventKind.CONTACTS_UNMERGED, third, None, *back, own_back)
    [parting] = partings((MERGED, PARTED))
    assert without_other(merged, parting) == replace(
        merged, values=(*(replace(each, before=None) for each in taken[:2]), taken[2])
    )
    emptied = tuple(replace(each, after=replace(each.after, value=None)) for each in back)
    assert without_other(parted, parting) == replace(parted, values=(*emptied, own_back))
    # Of both it is still told that they were, and of the third one all that is known by it.
    [was] = partings((merged, parted))
    [cut] = partings(own for each in (merged, parted) if (own := without_other(each, parting)) is not None)
    assert cut == was


def test_a_third_contact_took_up_the_survivor_with_what_was_the_others() -> None:
    carried = MergedContact("m3", "c1", OTHER.name)
    taken = (ValueChange(BIO, told(7, CITY)), ValueChange(None, told(3, FAX)), ValueChange(None, BIO))
    back = tuple(ValueChange(each.after, replace(each.after, value=None)) for each in taken)
    merged = replace(event(12, EventKind.CONTACTS_MERGED, None, carried, *taken), contact_id="c3")
    parted = replace(event(14, EventKind.CONTACTS_UNMERGED, carried, None, *back), contact_id="c3")
    [parting] = partings((MERGED, PARTED))
    unnamed = replace(carried, name="")
    city = replace(taken[0], after=replace(taken[0].after, value=None))
    assert without_carried(merged, parting) == replace(merged, after=unnamed, values=(city, *taken[1:]))
    emptied = (replace(back[0], before=None), *back[1:])
    assert without_carried(parted, parting) == replace(parted, before=unnamed, values=emptied)
    # What happened to that one is told without what is the other's, and with what is the survivor's.
    [inner] = partings((merged, parted))
    mine, theirs = (changed(13, ValueChange(each, told(9, each))) for each in (BIO, CITY))
    assert [without_other(each, within(inner, parting)) for each in (mine, theirs)] == [mine, None]
    named = replace(merged, after=replace(carried, name="Jane"), values=())
    assert without_carried(named, parting) == named
    outside = replace(merged, at=minutes(21))
    assert without_carried(outside, parting) == outside
