"""What happened to contacts."""

from __future__ import annotations

from datetime import timedelta

from domain.events import ContactEvent, EventKind, EventPosition, ValueKey
from domain.paging import PageRequest
from tests.builders import MORNING
from tests.persistence.explain_cases.case import Act, Case, Costs, within
from tests.persistence.explain_cases.contacts import CONTACT
from tests.persistence.noise import EVENT_COUNT, contact_id, event_id

EVENT = ContactEvent("e1", CONTACT.id, MORNING, EventKind.VIP_SET, "jo")
KEYS = [ValueKey(contact_id(1), "d-bio"), ValueKey(contact_id(2), "d-rank")]
MIDDLE = EventPosition(MORNING + timedelta(minutes=EVENT_COUNT // 2), event_id(1, EVENT_COUNT // 2))


def histories(position: EventPosition | None = None) -> Act:
    return lambda stores: stores.events.histories(KEYS, PageRequest(20, position))


FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]

CASES: list[Case] = [
    ("EventStore.histories", "first", histories(), FIRST),
    ("EventStore.histories", "after", histories(MIDDLE), [*FIRST, *[("aggregate", 0)] * 2]),
    ("EventStore.history_counts", "", lambda s: s.events.history_counts(KEYS), [("aggregate", 0)] * 3),
    ("EventWriter.of_version", "", within(lambda c: c.events.of_version(KEYS[0], 44)), [("find", 1)]),
    ("EventWriter.of_version", "absent", within(lambda c: c.events.of_version(KEYS[0], 45)), [("find", 0)]),
    ("EventWriter.add", "", within(lambda c: c.events.add(EVENT)), []),
]
