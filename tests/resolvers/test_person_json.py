"""The document of one person: every key, to the letter, and every kind of thing that can be in it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.agents import Agent, Directory, Role
from domain.attributes import CrmSync, SyncState
from domain.contact_json import contact_json
from domain.contacts import Contact, ContactValidation, CrmCandidate, LookUpOutcome
from domain.conversations import Conversation
from domain.crm import FailureReason
from domain.events import ContactEvent, EventKind, MergedContact, NoteVersion, State, ValueChange, ValueStanding
from domain.note_revisions import NoteRevision
from domain.notes import ContactNote
from domain.privacy import KeptNote, PersonRecord
from domain.values import (
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from domain.vip import VipStatus
from resolvers.person_json import person_json
from tests.builders import (
    EVERY_TYPE,
    MORNING,
    a_contact,
    a_conversation,
    a_conversation_note,
    a_note,
    a_team,
    an_agent,
    an_identity,
    an_organization,
    held,
)

ADA = an_agent("ada", role=Role.ADMIN)
DIRECTORY = Directory(
    an_organization(), {each.id: each for each in (an_agent("jo"), ADA)}, EVERY_TYPE, {"first-line": a_team()}
)
NOON = MORNING + timedelta(hours=3)
T_MORNING, T_NOON = "2026-11-23T09:00:00.000Z", "2026-11-23T12:00:00.000Z"
JO, FORMER = {"id": "jo", "name": "Jo"}, {"id": "left", "name": "Former agent"}


def document(
    contact: Contact,
    *events: ContactEvent,
    notes: tuple[KeptNote[ContactNote], ...] = (),
    revisions: tuple[NoteRevision, ...] = (),
    conversations: tuple[Conversation, ...] = (),
    by: Agent | None = None,
) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        person_json(PersonRecord(contact, notes, revisions, events, conversations), DIRECTORY, NOON, by)
    )
    return found


NEVER: dict[str, object] = {
    "outcome": "NEVER_ASKED",
    "askedAt": None,
    "recordId": None,
    "recordUrl": None,
    "candidates": [],
    "failure": None,
    "retryAt": None,
}
SYNCED = {"syncedAt": T_MORNING, "crmField": None, "message": None, "changedAt": None}


def test_the_document_of_a_contact_of_whom_little_is_known() -> None:
    text = person_json(PersonRecord(a_contact("c1", name="Zoë"), (), (), (), ()), DIRECTORY, NOON, None)
    # To the letter: the order of the keys is part of the shape.
    assert text.startswith('{\n  "format": "contact-graph/contact-export/1",\n')
    assert '"name": "Zoë"' in text
    assert list(json.loads(text).items()) == [
        ("format", "contact-graph/contact-export/1"),
        ("exportedAt", T_NOON),
        ("exportedBy", None),
        ("organization", {"id": "acme", "name": "Acme Ltd"}),
        (
            "contact",
            {
                "id": "c1",
                "name": "Zoë",
                "avatarUrl": None,
                "createdAt": T_MORNING,
                "updatedAt": T_MORNING,
                "version": 1,
                "importKey": None,
                "vip": None,
                "validation": NEVER,
            },
        ),
        ("identities", []),
        ("values", []),
        ("notes", []),
        ("conversations", []),
        ("timeline", []),
    ]


def test_the_document_says_all_of_a_contact() -> None:
    identity = replace(
        an_identity("7", handle="jane", is_primary=True),
        channel="@acme",
        secondary_identifier="Jane",
        picture_url="https://x.com/p.png",
    )
    contact = replace(
        a_contact("c1", identities=(identity,), import_key="k1", version=4),
        avatar_url="https://x.com/a.png",
        vip=VipStatus(MORNING, "left", "Loyal", NOON),
        validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "0035g"),
        values=(
            held("segment", SelectValue("size-m"), agent_id="jo", version=2, sync=SyncState.IN_SYNC),
            held("unknown", SelectValue("gone")),
            held("nickname", None),
        ),
    )
    found = document(contact, by=ADA)
    assert found["exportedBy"] == {"id": "ada", "name": "Ada"}
    assert found["contact"]["vip"] == {"since": T_MORNING, "setBy": FORMER, "reason": "Loyal", "expiresAt": T_NOON}
    assert found["contact"]["validation"] == {**NEVER, "outcome": "FOUND", "askedAt": T_MORNING, "recordId": "0035g"}
    assert (found["contact"]["avatarUrl"], found["contact"]["importKey"]) == ("https://x.com/a.png", "k1")
    assert found["identities"] == [
        {
            "network": "TWITTER",
            "externalId": "7",
            "handle": "jane",
            "secondaryIdentifier": "Jane",
            "channel": "@acme",
            "pictureUrl": "https://x.com/p.png",
            "profileUrl": "https://x.com/jane",
            "isPrimary": True,
        }
    ]
    provenance = {"source": "IMPORT", "at": T_MORNING, "agent": None}
    assert found["values"] == [
        {
            "definitionId": "d-segment",
            "key": "segment",
            "label": "Segment",
            "category": "CRM",
            "type": "SELECT",
            "value": {"id": "size-m", "label": "Medium"},
            "version": 2,
            "provenance": {**provenance, "agent": JO},
            "crm": {**SYNCED, "state": "IN_SYNC"},
        },
        {
            "definitionId": "d-unknown",
            "key": None,
            "label": None,
            "category": None,
            "type": "SELECT",
            "value": {"id": "gone", "label": None},
            "version": 1,
            "provenance": provenance,
            "crm": None,
        },
        {
            "definitionId": "d-nickname",
            "key": "nickname",
            "label": "Nickname",
            "category": "CUSTOM",
            "type": None,
            "value": None,
            "version": 1,
            "provenance": provenance,
            "crm": None,
        },
    ]


def test_a_person_is_told_of_as_everybody_is() -> None:
    """But for agents, who have a name here, and their places beside it."""
    contact = replace(
        a_contact("c1", identities=(an_identity(),), values=(held("segment", SelectValue("size-m"), agent_id="jo"),)),
        vip=VipStatus(MORNING, "jo", "Loyal", NOON),
        validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "r1", "https://x.example/1"),
    )
    of_many, of_one = contact_json(contact, EVERY_TYPE), document(contact)
    vip = {"agentId": "jo", **of_one["contact"]["vip"]}
    [value] = of_one["values"]
    of_one["contact"]["vip"] = {name: each for name, each in vip.items() if name != "setBy"}
    identities, attributes, _ = (of_many.pop(each) for each in ("identities", "attributes", "noteCount"))
    assert (of_many, identities) == (of_one["contact"], of_one["identities"])
    names, origin = {"definitionId", "key", "label", "category", "provenance"}, {"source", "at", "agentId"}
    assert {name: each for name, each in attributes["segment"].items() if name not in origin} == {
        name: each for name, each in value.items() if name not in names
    }


VALUES: list[tuple[str, Value, object]] = [
    ("bio", TextValue("Hi «you»"), "Hi «you»"),
    ("email", EmailValue("j@x.com"), "j@x.com"),
    ("phone", PhoneValue("+12022243441"), "+12022243441"),
    ("website", UrlValue("https://x.com"), "https://x.com"),
    ("language", LanguageValue("pt-BR"), "pt-BR"),
    ("followers", NumberValue(1.5), 1.5),
    ("newsletter", BooleanValue(False), False),
    ("birthday", DateValue(date(1990, 2, 3)), "1990-02-03"),
    ("last_met", DateTimeValue(datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)), "2026-01-02T03:04:05.678Z"),
    (
        "sizes",
        MultiSelectValue(("size-s", "size-x")),
        [{"id": "size-s", "label": "Small"}, {"id": "size-x", "label": "Huge"}],
    ),
]


@pytest.mark.parametrize(("key", "value", "written"), VALUES, ids=[each[0] for each in VALUES])
def test_a_value_of_each_type(key: str, value: Value, written: object) -> None:
    [found] = document(a_contact(values=(held(key, value),)))["values"]
    assert (found["key"], found["value"]) == (key, written)


def test_notes_are_told_with_their_authors_and_what_became_of_them() -> None:
    edited = replace(a_note("c1", "Two.", id="n1", author_id="left", version=2), edited_at=NOON, edited_by_id="jo")
    found = document(
        a_contact("c1"),
        notes=(KeptNote(edited, None, None), KeptNote(a_note("c1", id="n2"), NOON, "ada")),
        revisions=(NoteRevision("n1", "c1", 1, "One.", "left", MORNING),),
    )
    assert found["notes"] == [
        {
            "id": "n1",
            "body": "Two.",
            "version": 2,
            "createdAt": T_MORNING,
            "author": FORMER,
            "editedAt": T_NOON,
            "editedBy": JO,
            "deletedAt": None,
            "deletedBy": None,
            "earlierVersions": [{"version": 1, "body": "One.", "at": T_MORNING, "by": FORMER}],
        },
        {
            "id": "n2",
            "body": "Prefers mornings.",
            "version": 1,
            "createdAt": T_MORNING,
            "author": JO,
            "editedAt": None,
            "editedBy": None,
            "deletedAt": T_NOON,
            "deletedBy": {"id": "ada", "name": "Ada"},
            "earlierVersions": [],
        },
    ]


def test_a_conversation_is_told_with_who_has_it() -> None:
    full = replace(
        a_conversation("c1", "v1", external_id="x1", topics=("Returns",), agent_id="jo", team_id="first-line"),
        channel="@acme",
        last_activity_at=NOON,
        version=3,
    )
    bare = a_conversation("c1", "v2", external_id="x2", team_id="closed")
    told, untold = document(a_contact("c1"), conversations=(full, bare))["conversations"]
    assert told == {
        "id": "v1",
        "externalId": "x1",
        "network": "TWITTER",
        "identityExternalId": "1001",
        "channel": "@acme",
        "topics": ["Returns"],
        "state": "NEW",
        "receivedAt": T_MORNING,
        "firstActivityAt": T_MORNING,
        "lastActivityAt": T_NOON,
        "agent": JO,
        "team": {"id": "first-line", "name": "First Line"},
        "version": 3,
        "notes": [],
    }
    assert (untold["channel"], untold["topics"], untold["agent"], untold["team"]) == (None, [], None, None)


def test_notes_on_a_conversation_are_told_with_it_and_not_with_those_on_the_contact() -> None:
    edited = replace(a_conversation_note("v1", "b", id="k1", version=2), edited_at=NOON, edited_by_id="ada")
    record = PersonRecord(
        a_contact("c1"),
        (),
        (),
        (),
        (a_conversation("c1", "v1"), a_conversation("c1", "v2")),
        (KeptNote(edited, None, None), KeptNote(a_conversation_note("v2", id="k2"), NOON, "ada")),
        (NoteRevision("k1", "c1", 1, "a", "jo", MORNING),),
    )
    found = json.loads(person_json(record, DIRECTORY, NOON, None))
    first, second = ([*each["notes"]] for each in found["conversations"])
    assert found["notes"] == []
    ada = {"id": "ada", "name": "Ada"}
    assert first == [
        {
            "id": "k1",
            "body": "b",
            "version": 2,
            "createdAt": T_MORNING,
            "author": JO,
            "editedAt": T_NOON,
            "editedBy": ada,
            "deletedAt": None,
            "deletedBy": None,
            "earlierVersions": [{"version": 1, "body": "a", "at": T_MORNING, "by": JO}],
        }
    ]
    assert [(each["id"], each["deletedAt"], each["deletedBy"]) for each in second] == [("k2", T_NOON, ada)]


def test_where_each_value_stands_with_the_crm_is_told() -> None:
    """Of an attribute that there is no more, too: what the CRM holds of a person is the person's to know."""
    standings = [
        CrmSync(SyncState.PENDING, None, "Whig"),
        CrmSync(SyncState.REJECTED, MORNING, ("a", "b"), "No such party."),
        CrmSync(SyncState.CONFLICT, MORNING, 6.5, None, NOON),
        CrmSync(SyncState.IN_SYNC, MORNING, False),
    ]
    values = tuple(replace(held(f"k{n}", TextValue("x")), sync=each) for n, each in enumerate(standings))
    candidates = (CrmCandidate("r1", "Jane", "https://x.example/1"), CrmCandidate("r2"))
    validation = ContactValidation(LookUpOutcome.AMBIGUOUS, NOON, candidates=candidates)
    told = document(a_contact("c1", values=values, validation=validation))
    assert [each["crm"] for each in told["values"]] == [
        {**SYNCED, "state": "PENDING", "syncedAt": None, "crmField": "Whig"},
        {**SYNCED, "state": "REJECTED", "crmField": ["a", "b"], "message": "No such party."},
        {**SYNCED, "state": "CONFLICT", "crmField": 6.5, "changedAt": T_NOON},
        {**SYNCED, "state": "IN_SYNC", "crmField": False},
    ]
    assert told["contact"]["validation"] == {
        **NEVER,
        "outcome": "AMBIGUOUS",
        "askedAt": T_NOON,
        "candidates": [
            {"recordId": "r1", "name": "Jane", "url": "https://x.example/1"},
            {"recordId": "r2", "name": None, "url": None},
        ],
    }


STATES: list[tuple[EventKind, State, object]] = [
    (EventKind.CONTACT_RENAMED, "Jane", "Jane"),
    (EventKind.NOTE_EDITED, NoteVersion("n1", 2), {"noteId": "n1", "version": 2}),
    (
        EventKind.VIP_SET,
        VipStatus(MORNING, "jo", None, None),
        {"since": T_MORNING, "setBy": JO, "reason": None, "expiresAt": None},
    ),
    (
        EventKind.CONTACTS_MERGED,
        MergedContact("m1", "c2", "Janie"),
        {"mergeId": "m1", "contactId": "c2", "name": "Janie"},
    ),
    (
        EventKind.LOOKED_UP,
        ContactValidation(LookUpOutcome.AMBIGUOUS, MORNING, candidates=(CrmCandidate("r1", "Jane", None),)),
        {
            **NEVER,
            "outcome": "AMBIGUOUS",
            "askedAt": T_MORNING,
            "candidates": [{"recordId": "r1", "name": "Jane", "url": None}],
        },
    ),
    (
        EventKind.LOOKED_UP,
        ContactValidation(
            LookUpOutcome.FAILED, MORNING, "r1", "https://x.example/1", (), FailureReason.TIMED_OUT, MORNING
        ),
        {
            **NEVER,
            "outcome": "FAILED",
            "askedAt": T_MORNING,
            "recordId": "r1",
            "recordUrl": "https://x.example/1",
            "failure": "TIMED_OUT",
            "retryAt": T_MORNING,
        },
    ),
    (
        EventKind.SYNC_CHANGED,
        ValueStanding("gone", SyncState.REJECTED, "No."),
        {
            "definitionId": "gone",
            "key": None,
            "label": None,
            "category": None,
            "state": "REJECTED",
            "message": "No.",
        },
    ),
]


@pytest.mark.parametrize(("kind", "state", "written"), STATES, ids=[each[0].value for each in STATES])
def test_a_state_of_each_kind(kind: EventKind, state: State, written: object) -> None:
    event = ContactEvent("e1", "c1", NOON, kind, "jo", None, state)
    assert document(a_contact("c1"), event)["timeline"] == [
        {
            "id": "e1",
            "at": T_NOON,
            "kind": kind.value,
            "source": "AGENT",
            "agent": JO,
            "before": None,
            "after": written,
            "values": [],
        }
    ]


def test_of_a_merge_that_was_undone_nothing_of_the_other_is_told() -> None:
    other, values = MergedContact("m1", "c2", "Janie"), (ValueChange(None, held("bio", TextValue("theirs"))),)
    merged = ContactEvent("e1", "c1", NOON, EventKind.CONTACTS_MERGED, "ada", None, other, values)
    parted = ContactEvent("e2", "c1", NOON, EventKind.CONTACTS_UNMERGED, "ada", other, None, values)
    timeline = document(a_contact("c1"), merged, parted)["timeline"]
    nobody = {"mergeId": "m1", "contactId": None, "name": None}
    assert [(each["before"], each["after"], each["values"]) for each in timeline] == [
        (None, nobody, []),
        (nobody, None, []),
    ]


def test_an_identity_and_values_in_the_timeline_are_told_as_elsewhere() -> None:
    identity, old, new = an_identity(), held("bio", TextValue("a")), held("bio", TextValue("b"), version=2)
    added = ContactEvent("e1", "c1", NOON, EventKind.IDENTITY_ADDED, None, None, identity)
    changes = (ValueChange(old, new), ValueChange(None, held("fax", None)))
    changed = ContactEvent("e2", "c1", NOON, EventKind.VALUES_CHANGED, None, values=changes)
    found = document(a_contact("c1", identities=(identity,), values=(old, new)), added, changed)
    first, second = found["timeline"]
    assert (first["after"], first["agent"]) == (found["identities"][0], None)
    names = {"definitionId": "d-bio", "key": "bio", "label": "Bio", "category": "CUSTOM"}
    was, now = ({name: each[name] for name in each if name not in names} for each in found["values"])
    assert second["values"][0] == {**names, "before": was, "after": now}
    assert (second["values"][1]["key"], second["values"][1]["before"]) == ("fax", None)


def keys_of(node: object) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*(keys_of(each) for each in node.values()))
    return set().union(*(keys_of(each) for each in node)) if isinstance(node, list) else set()


def test_every_key_is_described() -> None:
    described = (Path(__file__).parents[2] / "docs" / "contact-export.md").read_text("utf-8")
    contact = replace(
        a_contact(
            "c1", identities=(an_identity(),), values=(held("segment", SelectValue("x"), sync=SyncState.PENDING),)
        ),
        vip=VipStatus(MORNING, "jo", None, None),
    )
    states = [
        ContactEvent(f"e{number}", "c1", NOON, kind, "jo", state) for number, (kind, state, _) in enumerate(STATES)
    ]
    change = ValueChange(None, contact.values[0])
    changed = ContactEvent("e9", "c1", NOON, EventKind.VALUES_CHANGED, "jo", values=(change,))
    found = document(
        contact,
        *states,
        changed,
        notes=(KeptNote(a_note("c1"), None, None),),
        conversations=(a_conversation(),),
        by=ADA,
    )
    keys = keys_of(found)
    assert len(keys) > 40
    assert {each for each in keys if f"`{each}`" not in described and f'"{each}"' not in described} == set()
