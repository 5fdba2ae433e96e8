"""Pages of timelines, newest first: what is hidden is in none of them, and nothing else is lost or repeated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events import ContactEvent, EventKind, EventPosition, ValueChange, position
from domain.ids import new_id
from domain.paging import Page, PageRequest
from domain.values import TextValue
from tests.builders import MORNING, held
from tests.conftest import World

KEYS = ("bio", "email", "rank", "risk")
HIDDEN: list[tuple[str, ...]] = [(), ("d-rank",), ("d-rank", "d-risk"), tuple(f"d-{each}" for each in KEYS)]


def newest_first(events: Collection[ContactEvent]) -> list[ContactEvent]:
    return sorted(events, key=lambda each: (each.at, each.id), reverse=True)


class Walker:
    """Turns page after page of two contacts' timelines while more happens, and knows what should be seen."""

    def __init__(self, world: World, dice: Random) -> None:
        self.stores, self.strangers, self.dice = world.stores(), world.stores("other"), dice
        self.contact_ids = (new_id(), new_id())
        self.happened: dict[str, list[ContactEvent]] = {each: [] for each in self.contact_ids}
        self.hidden = dice.choice(HIDDEN)

    def an_event(self, contact_id: str) -> ContactEvent:
        # Three moments and ids in no order of time: nearly every place lies among equals.
        moment = MORNING + timedelta(milliseconds=self.dice.randrange(3))
        # Mostly about values: of nothing else is anything hidden.
        kind = self.dice.choice([*[EventKind.VALUES_CHANGED] * 5, EventKind.CONTACT_CREATED, EventKind.CONTACTS_MERGED])
        keys = self.dice.sample(KEYS, self.dice.randint(kind is EventKind.VALUES_CHANGED, 2))
        values = tuple(ValueChange(None, held(each, TextValue("x"))) for each in keys)
        event_id = f"{self.dice.randrange(10**9):09}{new_id()}"
        return ContactEvent(event_id, contact_id, moment, kind, "jo", values=values)

    async def add(self, events: Sequence[ContactEvent]) -> None:
        await self.stores.transact(lambda changes: changes.events.add(*events))

    async def happen(self, number: int) -> None:
        for contact_id in self.contact_ids:
            events = [self.an_event(contact_id) for _ in range(number)]
            if events:
                await self.add(events)
            self.happened[contact_id] += events

    async def happen_to_strangers(self) -> None:
        """Let something happen to contacts of the same ids in another organization."""
        events = [self.an_event(each) for each in self.contact_ids]
        await self.strangers.transact(lambda changes: changes.events.add(*events))

    def shown(self, contact_id: str) -> list[ContactEvent]:
        """Return what a plain reading of everything gives."""
        return [
            each
            for each in newest_first(self.happened[contact_id])
            if each.kind is not EventKind.VALUES_CHANGED
            or any(of.after.definition_id not in self.hidden for of in each.values)
        ]

    async def pages(self, request: PageRequest[EventPosition]) -> dict[str, Page[ContactEvent]]:
        """Ask for the page of both, and hold it against a plain reading."""
        found = await self.stores.events.timelines(self.contact_ids, request, self.hidden)
        assert found == {each: self.expected(each, request) for each in self.contact_ids}
        return dict(found)

    def expected(self, contact_id: str, request: PageRequest[EventPosition]) -> Page[ContactEvent]:
        rows = self.shown(contact_id)
        beyond, behind = rows, list[ContactEvent]()
        if (place := request.position) is not None:
            key = (place.at, place.id)
            older = [each for each in rows if (each.at, each.id) < key]
            newer = [each for each in rows if (each.at, each.id) > key]
            at = [each for each in rows if (each.at, each.id) == key]
            beyond, behind = (newer, [*at, *older]) if request.is_backward else (older, [*newer, *at])
        if request.is_backward:
            kept = beyond[max(0, len(beyond) - request.size) :]
            return Page(tuple(kept), has_previous=len(beyond) > request.size, has_next=bool(behind))
        return Page(tuple(beyond[: request.size]), has_previous=bool(behind), has_next=len(beyond) > request.size)

    async def walk(self, *, backward: bool) -> list[str]:
        """Return the ids of all events of the first contact that were seen, in the order in which they lie."""
        seen: list[str] = []
        place: EventPosition | None = None
        while True:
            request = PageRequest(self.dice.randint(1, 6), place, is_backward=backward)
            page = (await self.pages(request))[self.contact_ids[0]]
            ids = [each.id for each in page.rows]
            seen = [*ids, *seen] if backward else [*seen, *ids]
            if not (page.has_previous if backward else page.has_next):
                return seen
            place = position(page.rows[0 if backward else -1])
            await self.happen(self.dice.randrange(2))


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
# The world may serve all examples: each has contacts of its own.
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), number=st.integers(0, 20))
async def test_what_happens_meanwhile_neither_hides_nor_repeats_an_event(
    world: World, backward: bool, seed: int, number: int
) -> None:
    walker = Walker(world, Random(seed))
    await walker.happen(number)
    await walker.happen_to_strangers()
    start = [each.id for each in walker.shown(walker.contact_ids[0])]
    seen = await walker.walk(backward=backward)
    assert len(seen) == len(set(seen))
    assert [each for each in seen if each in set(start)] == start


# The world may serve all examples: each has contacts of its own.
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
async def test_a_page_from_any_place_in_any_direction_is_what_a_plain_reading_gives(world: World, seed: int) -> None:
    """From the places of hidden events too, of the other contact's, and of sizes that are all or none."""
    dice = Random(seed)
    walker = Walker(world, dice)
    await walker.happen(10)
    await walker.happen_to_strangers()
    for contact_id in walker.contact_ids:
        for event in walker.happened[contact_id]:
            size = dice.choice([0, 1, 2, 3, 5, 30])
            await walker.pages(PageRequest(size, position(event), is_backward=dice.random() < 0.5))
    counts = await walker.stores.events.timeline_counts([*walker.contact_ids, "nobody"], walker.hidden)
    shown = {each: len(walker.shown(each)) for each in walker.contact_ids}
    assert counts == {**shown, "nobody": 0}
