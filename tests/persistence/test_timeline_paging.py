"""Pages of a timeline: what a plain reading gives, with events of one moment and with some that are hidden."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events import ContactEvent, EventKind, EventPosition, ValueChange, about_others, position
from domain.ids import new_id
from domain.paging import PageRequest
from domain.values import TextValue
from persistence.driver import DriverName
from tests.builders import MORNING, held
from tests.conftest import World


@pytest.fixture
def driver_name() -> DriverName:
    """One of the two: what is asked for is the same by either, and tests of each store see to how it is answered."""
    return DriverName.PYMONGO


OPEN, HIDDEN = (ValueChange(None, held(each, TextValue("x"))) for each in ("bio", "secret"))
SHAPES = {
    "open": (EventKind.VALUES_CHANGED, (OPEN,)),
    "hidden": (EventKind.VALUES_CHANGED, (HIDDEN,)),
    "mixed": (EventKind.VALUES_CHANGED, (OPEN, HIDDEN)),
    "began with it": (EventKind.CONTACT_CREATED, (HIDDEN,)),
    "other": (EventKind.VIP_SET, ()),
}
HAPPENED = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(sorted(SHAPES))), max_size=14)


# The world may serve all examples: each has a contact of its own.
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=HAPPENED, size=st.integers(1, 6), backward=st.booleans())
async def test_a_page_is_what_a_plain_reading_gives(
    world: World, happened: list[tuple[int, str]], size: int, backward: bool
) -> None:
    contact_id, stores = new_id(), world.stores()
    events = [
        ContactEvent(new_id(), contact_id, MORNING + timedelta(milliseconds=at), kind, "jo", values=values)
        for at, (kind, values) in ((at, SHAPES[shape]) for at, shape in happened)
    ]
    if events:
        await stores.transact(lambda changes: changes.events.add(*events))
    for hidden in (frozenset[str](), frozenset({"d-secret"})):
        shown = [each for each in events if about_others(each, hidden) is not None]
        expected = sorted(shown, key=lambda each: (each.at, each.id), reverse=True)
        assert (await stores.events.timeline_counts([contact_id], hidden)).get(contact_id, 0) == len(expected)
        seen: list[ContactEvent] = []
        place: EventPosition | None = None
        while True:
            request = PageRequest(size, place, is_backward=backward)
            page = (await stores.events.timelines([contact_id], request, hidden))[contact_id]
            seen = [*page.rows, *seen] if backward else [*seen, *page.rows]
            assert (page.has_next if backward else page.has_previous) == (place is not None)
            if not (page.has_previous if backward else page.has_next):
                break
            assert len(page.rows) == size
            place = position(page.rows[0 if backward else -1])
        assert seen == expected
