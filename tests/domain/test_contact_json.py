"""A contact as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import orjson

from domain.attributes import Source
from domain.contact_json import contact_json
from domain.contacts import ContactValidation, LookUpOutcome
from domain.values import DateTimeValue, DateValue, MultiSelectValue, TextValue
from domain.vip import VipStatus
from tests.builders import EVERY_TYPE, MORNING, a_contact, an_identity, held

MORNING_TEXT = "2026-11-23T09:00:00+00:00"


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
                held("of another organization", TextValue("x")),
            ),
            vip=VipStatus(MORNING, "ada", "Loyal", MORNING),
            validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "r1"),
            note_count=2,
        ),
        avatar_url="https://example.com/a.png",
    )
    found = contact_json(contact, EVERY_TYPE)
    imported = {"source": "IMPORT", "at": MORNING_TEXT, "agentId": None}
    by_agent = {"source": "AGENT", "at": MORNING_TEXT, "agentId": "jo"}
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
            "sizes": {"type": "MULTI_SELECT", "value": ["size-s"], "version": 1, **imported},
            "rank": {"type": None, "value": None, "version": 2, **imported},
        },
        "vip": {"since": MORNING_TEXT, "agentId": "ada", "reason": "Loyal", "expiresAt": MORNING_TEXT},
        "validation": {"outcome": "FOUND", "askedAt": MORNING_TEXT, "recordId": "r1"},
        "noteCount": 2,
        "createdAt": MORNING_TEXT,
        "updatedAt": MORNING_TEXT,
    }
    assert orjson.loads(orjson.dumps(found)) == found


def test_what_there_is_not_is_null() -> None:
    found = contact_json(a_contact("c1", vip=VipStatus(MORNING, "ada", None, None)), EVERY_TYPE)
    assert found["vip"]["expiresAt"] is None
    assert found["validation"] == {"outcome": "NEVER_ASKED", "askedAt": None, "recordId": None}
    assert contact_json(a_contact("c1"), ())["vip"] is None
