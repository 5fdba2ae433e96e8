"""The log of what happened: every kind of state, exactly as it is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.events import ContactEvent, EventKind, State
from domain.values import NumberValue
from domain.vip import VipStatus
from persistence.documents import from_held, from_vip
from persistence.indexes import EVENTS
from persistence.note_documents import from_note
from tests.builders import MORNING, a_note, held
from tests.conftest import World

NOTE = replace(a_note("c1", id="n1", version=2), edited_at=MORNING, edited_by_id="ada")
VIP = VipStatus(MORNING, "jo", "Spends a lot", None)
VALUE = held("followers", NumberValue(3))

STATES: list[tuple[State, dict[str, Any]]] = [
    (NOTE, from_note(NOTE, "acme")),
    (VIP, from_vip(VIP)),
    (VALUE, from_held(VALUE)),
]


@pytest.mark.parametrize(("state", "document"), STATES, ids=["note", "vip", "value"])
async def test_what_was_before_and_after_is_kept_whole(world: World, state: State, document: dict[str, Any]) -> None:
    first = ContactEvent("e1", "c1", MORNING, EventKind.NOTE_ADDED, "jo", None, state)
    last = ContactEvent("e2", "c1", MORNING, EventKind.NOTE_DELETED, None, state, None)
    await world.stores().transact(lambda changes: changes.events.add(first, last))
    common = {"org": "acme", "contact": "c1", "at": MORNING}
    assert await world.driver.collection(EVENTS).find().sort("_id").to_list(None) == [
        {"_id": "e1", **common, "kind": "NOTE_ADDED", "agent": "jo", "after": document},
        {"_id": "e2", **common, "kind": "NOTE_DELETED", "before": document},
    ]


@pytest.mark.parametrize("kind", list(EventKind), ids=lambda each: each.value)
async def test_every_kind_is_kept_by_its_name_and_for_its_organization(world: World, kind: EventKind) -> None:
    event = ContactEvent("e1", "c1", MORNING, kind, None)
    await world.stores("other").transact(lambda changes: changes.events.add(event))
    assert await world.driver.collection(EVENTS).find().to_list(None) == [
        {"_id": "e1", "org": "other", "contact": "c1", "at": MORNING, "kind": kind.value}
    ]
