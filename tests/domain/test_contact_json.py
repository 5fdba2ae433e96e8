"""A contact as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import orjson

from domain.attributes import Source, SyncState
from domain.contact_json import contact_json
from domain.contacts import ContactValidation, CrmCandidate, LookUpOutcome
from domain.values import DateTimeValue, DateValue, MultiSelectValue, SelectValue, TextValue
from domain.vip import VipStatus
from tests.builders import EVERY_TYPE, MORNING, a_contact, an_identity, held

MORNING_TEXT = "2026-11-23T09:00:00.000Z"
NEVER: dict[str, object] = {
    "outcome": "NEVER_ASKED",
    "askedAt": None,
    "recordId": None,
    "recordUrl": None,
    "candidates": [],
    "failure": None,
    "retryAt": None,
}


def test_everything_is_told_with_where_it_came_from() -> None:
    contact = replace(
        a_contact(
            "c1",
            identities=(an_identity(is_primary=True),),
            values=(
                held("bio", TextValue("Hi"), source=Source.AGENT, agent_id="jo", version=3),
                held("birthday", DateValue(date(1990, 2, 3))),
                held("last_met", DateTimeValue(MORNING)),
                held("sizes", MultiSelectValue(("size-s",))),
                held("rank", None, version=2),
                held("segment", SelectValue("gone"), sync=SyncState.PENDING),
                held("of another organization", TextValue("x")),
            ),
            vip=VipStatus(MORNING, "ada", "Loyal", MORNING),
            validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "r1", "https://crm.example/r1"),
            note_count=2,
            import_key="k1",
            version=4,
        ),
        avatar_url="https://example.com/a.png",
    )
    found = contact_json(contact, EVERY_TYPE)
    imported = {"source": "IMPORT", "at": MORNING_TEXT, "agentId": None, "crm": None}
    by_agent = {**imported, "source": "AGENT", "agentId": "jo"}
    waiting = {"state": "PENDING", "syncedAt": MORNING_TEXT, "crmField": None, "message": None, "changedAt": None}
    assert found == {
        "id": "c1",
        "name": "Jane Roe",
        "avatarUrl": "https://example.com/a.png",
        "identities": [
            {
                "network": "TWITTER",
                "externalId": "1001",
                "handle": "jane",
                "secondaryIdentifier": None,
                "channel": None,
                "pictureUrl": None,
                "profileUrl": "https://x.com/jane",
                "isPrimary": True,
            }
        ],
        "attributes": {
            "bio": {"type": "TEXT", "value": "Hi", "version": 3, **by_agent},
            "birthday": {"type": "DATE", "value": "1990-02-03", "version": 1, **imported},
            "last_met": {"type": "DATETIME", "value": MORNING_TEXT, "version": 1, **imported},
            "sizes": {"type": "MULTI_SELECT", "value": [{"id": "size-s", "label": "Small"}], "version": 1, **imported},
            "rank": {"type": None, "value": None, "version": 2, **imported},
            "segment": {
                "type": "SELECT",
                "value": {"id": "gone", "label": None},
                "version": 1,
                **imported,
                "crm": waiting,
            },
        },
        "vip": {"since": MORNING_TEXT, "agentId": "ada", "reason": "Loyal", "expiresAt": MORNING_TEXT},
        "validation": {
            **NEVER,
            "outcome": "FOUND",
            "askedAt": MORNING_TEXT,
            "recordId": "r1",
            "recordUrl": "https://crm.example/r1",
        },
        "noteCount": 2,
        "version": 4,
        "importKey": "k1",
        "createdAt": MORNING_TEXT,
        "updatedAt": MORNING_TEXT,
    }
    assert orjson.loads(orjson.dumps(found)) == found


def test_what_there_is_not_is_null() -> None:
    found = contact_json(a_contact("c1", vip=VipStatus(MORNING, "ada", None, None)), EVERY_TYPE)
    assert found["vip"]["expiresAt"] is None
    assert found["validation"] == NEVER
    assert contact_json(a_contact("c1"), ())["vip"] is None


def test_whom_the_crm_may_mean_is_told() -> None:
    validation = ContactValidation(LookUpOutcome.AMBIGUOUS, MORNING, candidates=(CrmCandidate("r1", "Jane"),))
    assert contact_json(a_contact("c1", validation=validation), ())["validation"] == {
        **NEVER,
        "outcome": "AMBIGUOUS",
        "askedAt": MORNING_TEXT,
        "candidates": [{"recordId": "r1", "name": "Jane", "url": None}],
    }
