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


def timelines(position: EventPosition | None = None, hidden: tuple[str, ...] = ()) -> Act:
    return lambda stores: stores.events.timelines([contact_id(1), contact_id(2)], PageRequest(20, position), hidden)


ALL_HIDDEN = ("d-bio", "d-rank")
FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]

CASES: list[Case] = [
    (
        "EventStore.by_ids",
        "",
        lambda s: s.events.by_ids([event_id(1, 3), event_id(1, 3, "other"), "nothing"]),
        [("find", 1)],
    ),
    ("EventStore.timelines", "first", timelines(), FIRST),
    ("EventStore.timelines", "after", timelines(MIDDLE), [*FIRST, *[("aggregate", 0)] * 2]),
    # One hidden definition of two takes no event away.
    ("EventStore.timelines", "one hidden", timelines(hidden=("d-rank",)), FIRST),
    # Each third event is about VIP: what is passed over is read, and nothing beyond it.
    (
        "EventStore.timelines",
        "all hidden",
        timelines(hidden=ALL_HIDDEN),
        [("aggregate", 126), *[("aggregate", 63)] * 2],
    ),
    (
        "EventStore.timeline_counts",
        "",
        lambda s: s.events.timeline_counts([contact_id(1), contact_id(2)]),
        [("aggregate", 0)] * 3,
    ),
    (
        "EventStore.timeline_counts",
        "all hidden",
        lambda s: s.events.timeline_counts([contact_id(1)], ALL_HIDDEN),
        [("aggregate", EVENT_COUNT), ("aggregate", EVENT_COUNT)],
    ),
    ("EventStore.histories", "first", histories(), FIRST),
    ("EventStore.histories", "after", histories(MIDDLE), [*FIRST, *[("aggregate", 0)] * 2]),
    ("EventStore.history_counts", "", lambda s: s.events.history_counts(KEYS), [("aggregate", 0)] * 3),
    ("EventWriter.of_version", "", within(lambda c: c.events.of_version(KEYS[0], 44)), [("find", 1)]),
    ("EventWriter.of_version", "absent", within(lambda c: c.events.of_version(KEYS[0], 45)), [("find", 0)]),
    ("EventWriter.add", "", within(lambda c: c.events.add(EVENT)), []),
]
