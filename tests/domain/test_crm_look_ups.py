"""Looking contacts up: by what, how often, and what the contact is once the CRM has answered."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import (
    NEVER_ASKED,
    Contact,
    ContactValidation,
    CrmCandidate,
    IdentityKey,
    LookUpOutcome,
    Network,
    SocialIdentity,
)
from domain.crm import (
    PASSING,
    CrmFailed,
    CrmRecord,
    FailureReason,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
)
from domain.crm_look_ups import LONGEST_PAUSE, asked_by, events_of, looked_up, pause, query_of, wanted
from domain.crm_merge import CrmMerge
from domain.crm_settings import CrmSettings, DirectoryConnection, HubSpotConnection, Sealed
from domain.definitions import AttributeCategory, AttributeDefinition, SyncRule, ValueType
from domain.events import ContactEvent, EventKind, ValueChange, ValueStanding
from domain.values import MultiSelectValue, NumberValue, PhoneValue, TextValue
from tests.builders import MORNING, SIZES, a_contact, a_definition, an_identity, held

NOW = MORNING + timedelta(hours=3)
SETTINGS = CrmSettings(1, DirectoryConnection(), identity_aliases=((Network.TWITTER, "twitter_id"),))
PHONE = replace(a_definition("phone", ValueType.PHONE, AttributeCategory.COMMON), is_look_up=True)
ROOMS = replace(a_definition("rooms", ValueType.NUMBER, AttributeCategory.CRM), is_look_up=True, crm_alias="beds")
SIZE = replace(a_definition("sizes", ValueType.MULTI_SELECT, options=SIZES), is_look_up=True)
CITY = a_definition("city", ValueType.TEXT, AttributeCategory.CRM)
DEFINITIONS = (PHONE, ROOMS, SIZE, CITY)
NUMBER = held("phone", PhoneValue("+12022243441"))


def asked(contact: Contact, definitions: Sequence[AttributeDefinition] = DEFINITIONS) -> dict[str, object] | None:
    query = query_of(contact, definitions, SETTINGS)
    return None if query is None else dict(query.fields)


# By what


def test_a_contact_is_asked_for_by_what_is_marked_for_it_as_the_crm_calls_it() -> None:
    values = (NUMBER, held("rooms", NumberValue(3)), held("city", TextValue("Bonn")))
    sizes = held("sizes", MultiSelectValue(("size-s", "size-m")))
    contact = a_contact(identities=(an_identity("1001"),), values=(*values, sizes))
    expected = {"phone": "+12022243441", "beds": 3.0, "sizes": ("Small", "Medium"), "twitter_id": "1001"}
    assert asked(contact) == expected


@pytest.mark.parametrize("values", [(), (held("phone", None),), (held("sizes", MultiSelectValue(())),)])
def test_of_whom_nothing_is_known_nothing_is_asked(values: tuple[HeldValue, ...]) -> None:
    handle = an_identity("@jane")
    other = an_identity("7", network=Network.TELEGRAM)
    assert query_of(a_contact(identities=(handle, other), values=values), DEFINITIONS, SETTINGS) is None


@pytest.mark.parametrize("changes", [{"is_look_up": False}, {"is_enabled": False}, {"is_archived": True}], ids=str)
def test_what_is_not_marked_or_switched_off_is_not_asked_by(changes: Mapping[str, Any]) -> None:
    assert asked(a_contact(values=(NUMBER,)), [replace(PHONE, **changes)]) is None


def test_of_several_identities_the_primary_one_counts_and_what_is_held_goes_before_all() -> None:
    first, handle, primary = an_identity("1"), an_identity("@x"), an_identity("2", is_primary=True)
    assert asked(a_contact(identities=(first, handle))) == {"twitter_id": "1"}
    assert asked(a_contact(identities=(first, handle, primary))) == {"twitter_id": "2"}
    own = replace(CITY, crm_alias="twitter_id", is_look_up=True)
    contact = a_contact(identities=(first,), values=(held("city", TextValue("3")),))
    assert asked(contact, [own]) == {"twitter_id": "3"}


def test_another_name_tells_that_something_else_is_asked_by() -> None:
    contact = a_contact(values=(NUMBER,))
    name = asked_by(contact, DEFINITIONS, SETTINGS)
    assert name is not None
    assert len(name) == 32
    assert set(name) <= set(string.hexdigits)
    assert asked_by(replace(contact, name="Another"), DEFINITIONS[::-1], SETTINGS) == name
    moved = replace(contact, values=(held("phone", PhoneValue("+12022243244")),))
    aliased = [replace(PHONE, crm_alias="tel")]
    more = replace(contact, identities=(an_identity(),))
    other = {asked_by(moved, DEFINITIONS, SETTINGS), asked_by(contact, aliased, SETTINGS)}
    other |= {asked_by(more, DEFINITIONS, SETTINGS), asked_by(linked(contact, "r1"), DEFINITIONS, SETTINGS)}
    assert len(other - {name, None}) == 4
    assert asked_by(a_contact(), DEFINITIONS, SETTINGS) is None


def test_another_name_tells_that_something_else_is_to_be_told() -> None:
    known = linked(a_contact(), "r1")
    more = a_definition("tier", ValueType.TEXT, AttributeCategory.CRM)
    name, other = asked_by(known, DEFINITIONS, SETTINGS), asked_by(known, [*DEFINITIONS, more], SETTINGS)
    assert name != other
    assert asked_by(known, [more, *DEFINITIONS], SETTINGS) == other
    never = replace(more, sync_rule=SyncRule.NEVER)
    assert asked_by(known, [*DEFINITIONS, never], SETTINGS) == name
    # And that another CRM is asked.
    elsewhere = replace(SETTINGS, connection=HubSpotConnection(Sealed("s")))
    assert asked_by(known, DEFINITIONS, elsewhere) != name
    assert asked_by(known, DEFINITIONS, replace(SETTINGS, version=7)) == name


def test_one_whose_record_is_known_is_asked_for_by_that_alone() -> None:
    one, other = linked(a_contact(values=(NUMBER,)), "r1"), linked(a_contact(), "r1")
    assert asked_by(one, DEFINITIONS, SETTINGS) == asked_by(other, DEFINITIONS, SETTINGS)
    assert asked_by(one, DEFINITIONS, SETTINGS) != asked_by(linked(one, "r2"), DEFINITIONS, SETTINGS)


def test_the_crm_is_asked_to_tell_what_it_manages() -> None:
    off = [replace(CITY, key="a", is_enabled=False), replace(CITY, key="b", is_archived=True)]
    never = replace(CITY, key="c", sync_rule=SyncRule.NEVER)
    assert wanted([*DEFINITIONS, *off, never]) == {"beds", "city"}


# What it comes to


def linked(contact: Contact, record_id: str, outcome: LookUpOutcome = LookUpOutcome.FOUND) -> Contact:
    validation = ContactValidation(outcome, MORNING, record_id, f"https://crm.example/{record_id}")
    return replace(contact, validation=validation)


def after(contact: Contact, answer: LookUpAnswer, retry_at: datetime | None = None) -> CrmMerge:
    return looked_up(contact, answer, DEFINITIONS, region="US", now=NOW, retry_at=retry_at)


FAILED = CrmFailed(FailureReason.SERVER_ERROR, "It failed.")
CANDIDATES = (CrmRecord("r1", {}, "Jane", "https://crm.example/r1"), CrmRecord("r2", {}))
KNOWN = linked(a_contact("c1", values=(NUMBER,)), "r0")


def test_who_is_found_is_validated_and_takes_what_the_record_says() -> None:
    record = CrmRecord("r1", {"city": "Bonn"}, url="https://crm.example/1")
    merge = after(KNOWN, RecordFound(record))
    validation = ContactValidation(LookUpOutcome.FOUND, NOW, "r1", "https://crm.example/1")
    in_sync = CrmSync(SyncState.IN_SYNC, NOW, "Bonn")
    city = HeldValue(CITY.id, TextValue("Bonn"), Provenance(Source.CRM, NOW), 1, in_sync)
    assert merge.contact == replace(KNOWN, validation=validation, values=(NUMBER, city))
    assert merge.changes == (ValueChange(None, city),)
    assert merge.contact.validation.is_validated


@pytest.mark.parametrize(
    ("answer", "validation"),
    [
        (RecordMissing(), ContactValidation(LookUpOutcome.NOT_FOUND, NOW)),
        (
            RecordsAmbiguous(CANDIDATES),
            ContactValidation(
                LookUpOutcome.AMBIGUOUS,
                NOW,
                candidates=(CrmCandidate("r1", "Jane", "https://crm.example/r1"), CrmCandidate("r2")),
            ),
        ),
        (
            FAILED,
            ContactValidation(
                LookUpOutcome.FAILED,
                NOW,
                "r0",
                "https://crm.example/r0",
                failure=FailureReason.SERVER_ERROR,
                retry_at=NOW + timedelta(minutes=1),
            ),
        ),
    ],
)
def test_who_is_not_found_keeps_all_values(answer: LookUpAnswer, validation: ContactValidation) -> None:
    merge = after(KNOWN, answer, NOW + timedelta(minutes=1))
    assert merge == CrmMerge(replace(KNOWN, validation=validation))
    # One that could not be asked for is who they were.
    assert merge.contact.validation.is_validated is (answer == FAILED)


def test_one_who_was_never_asked_for_is_not_validated_by_a_failure() -> None:
    assert not after(a_contact(), FAILED).contact.validation.is_validated


def test_what_failed_before_is_forgotten_once_there_is_an_answer() -> None:
    failed = after(KNOWN, FAILED, NOW).contact
    found = after(failed, RecordFound(CrmRecord("r0", {}))).contact.validation
    assert found == ContactValidation(LookUpOutcome.FOUND, NOW, "r0")


def test_an_answer_that_comes_late_undoes_no_newer_one() -> None:
    newer = replace(KNOWN, validation=replace(KNOWN.validation, asked_at=NOW + timedelta(milliseconds=1)))
    for answer in (RecordMissing(), FAILED, RecordFound(CrmRecord("r9", {"city": "Bonn"}))):
        assert after(newer, answer) == CrmMerge(newer)


@given(st.sampled_from([RecordMissing(), FAILED, RecordsAmbiguous(CANDIDATES), RecordFound(CrmRecord("r", {}))]))
def test_the_same_answer_once_more_changes_nothing_but_when_it_was_asked(answer: LookUpAnswer) -> None:
    once = after(KNOWN, answer).contact
    later = looked_up(once, answer, DEFINITIONS, region="US", now=NOW + timedelta(days=1))
    assert later.contact == replace(once, validation=replace(once.validation, asked_at=NOW + timedelta(days=1)))
    assert events_of(once, later, NOW) == []


# What the timeline tells


def told(before: Contact, merge: CrmMerge, agent_id: str | None = None) -> list[ContactEvent]:
    return [replace(each, id="") for each in events_of(before, merge, NOW, agent_id)]


def test_the_timeline_tells_of_the_outcome_of_values_and_of_standings() -> None:
    pending = replace(held("city", TextValue("Bonn"), version=2), sync=CrmSync(SyncState.PENDING, MORNING, "Ulm"))
    before = a_contact("c1", values=(pending,))
    merge = after(before, RecordFound(CrmRecord("r1", {"city": "Bonn", "beds": 3.0})))
    (change,) = merge.changes
    events = told(before, merge, "jo")
    was, became = (ValueStanding(CITY.id, each) for each in (SyncState.PENDING, SyncState.IN_SYNC))
    found = ContactValidation(LookUpOutcome.FOUND, NOW, "r1")
    crm, looked, changed, stands = Source.CRM, EventKind.LOOKED_UP, EventKind.VALUES_CHANGED, EventKind.SYNC_CHANGED
    assert events == [
        ContactEvent("", "c1", NOW, looked, "jo", NEVER_ASKED, found, source=crm),
        # Not the agent's value, who only asked.
        ContactEvent("", "c1", NOW, changed, None, values=(change,), source=crm),
        ContactEvent("", "c1", NOW, stands, "jo", was, became, source=crm),
    ]
    assert len({each.id for each in events_of(before, merge, NOW)}) == 3


def test_the_timeline_tells_of_no_outcome_that_is_as_before_but_of_another_record() -> None:
    same = after(KNOWN, RecordFound(CrmRecord("r0", {})))
    other = after(KNOWN, RecordFound(CrmRecord("r1", {})))
    assert told(KNOWN, same) == []
    assert [each.kind for each in told(KNOWN, other)] == [EventKind.LOOKED_UP]


def test_a_rejection_is_told_with_the_crms_words_and_what_is_no_news_is_not_told() -> None:
    pending = replace(held("city", TextValue("Bonn")), sync=CrmSync(SyncState.PENDING, MORNING, "Ulm"))
    rejected = replace(pending, sync=CrmSync(SyncState.REJECTED, MORNING, "Ulm", "No."))
    [event] = told(KNOWN, CrmMerge(KNOWN, standings=(ValueChange(pending, rejected),)))
    assert (event.before, event.after) == (
        ValueStanding(CITY.id, SyncState.PENDING),
        ValueStanding(CITY.id, SyncState.REJECTED, "No."),
    )
    spelled = replace(pending, sync=CrmSync(SyncState.PENDING, MORNING, "ULM"))
    apart = replace(pending, sync=None)
    for each in (spelled, apart):
        assert told(KNOWN, CrmMerge(KNOWN, standings=(ValueChange(pending, each),))) == []


# How long to wait


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 15), (1, 30), (2, 60), (7, 1920), (8, 3600), (9, 3600), (10_000, 3600)]
)
@pytest.mark.parametrize("reason", [each for each in FailureReason if each in PASSING])
def test_each_pause_is_twice_as_long_up_to_an_hour(reason: FailureReason, attempts: int, seconds: int) -> None:
    assert pause(CrmFailed(reason, ""), attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("asked_for", "waits"),
    [
        (timedelta(seconds=90), timedelta(seconds=90)),
        (timedelta(0), timedelta(seconds=1)),
        (timedelta(days=9), timedelta(days=1)),
    ],
)
def test_the_crm_says_how_long_within_reason(asked_for: timedelta, waits: timedelta) -> None:
    assert pause(CrmFailed(FailureReason.RATE_LIMITED, "", asked_for), 5) == waits


@pytest.mark.parametrize(("left", "waits"), [(0.1, 15), (14.9, 15), (30, 30)])
def test_one_that_is_left_alone_is_not_looked_at_again_at_once(left: float, waits: int) -> None:
    paused = CrmFailed(FailureReason.PAUSED, "", timedelta(seconds=left))
    assert pause(paused, 0) == timedelta(seconds=waits)


@pytest.mark.parametrize("reason", [each for each in FailureReason if each not in PASSING])
def test_where_somebody_has_to_change_something_it_is_tried_now_and_then(reason: FailureReason) -> None:
    assert pause(CrmFailed(reason, "", timedelta(seconds=3)), 0) == LONGEST_PAUSE


def test_what_is_asked_by_holds_no_blank_field() -> None:
    # What the contract of connectors demands.
    identity = SocialIdentity(IdentityKey(Network.TWITTER, "5"), "jane")
    assert query_of(a_contact(identities=(identity,), values=(held("phone", None),)), DEFINITIONS, SETTINGS) == (
        LookUpQuery({"twitter_id": "5"})
    )
