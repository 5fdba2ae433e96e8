"""Pages of notes, newest first: none is lost or repeated, whatever is added and deleted meanwhile."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ids import new_id
from domain.notes import ContactNote, NotePosition, position
from domain.paging import Page, PageRequest
from persistence.driver import DriverName
from persistence.stores import Stores
from tests.builders import MORNING, a_deleted_note, a_note
from tests.conftest import World


@pytest.fixture
def driver_name() -> DriverName:
    """One of the two: what is asked for is the same by either, and tests of each store see to how it is answered."""
    return DriverName.PYMONGO


def newest_first(notes: list[ContactNote]) -> list[ContactNote]:
    return sorted(notes, key=lambda each: (each.created_at, each.id), reverse=True)


class Walker:
    """Turns page after page of one contact's notes while it adds and deletes, and knows what should be seen."""

    def __init__(self, stores: Stores, dice: Random) -> None:
        self.stores, self.dice, self.contact_id = stores, dice, new_id()
        self.live: list[ContactNote] = []
        self.passed: set[str] = set()
        """Notes that did not exist during the whole walk."""
        self.made = 0

    async def add(self) -> None:
        # Three moments and ids in no order of time: nearly every place lies among equals.
        self.made += 1
        moment = MORNING + timedelta(milliseconds=self.dice.randrange(3))
        note_id = f"{self.dice.randrange(10**9):09}{self.made}{self.contact_id}"
        note = a_note(self.contact_id, id=note_id, created_at=moment)
        await self.stores.transact(lambda changes: changes.notes.add(note))
        self.live.append(note)

    async def meddle(self) -> None:
        for _ in range(self.dice.randrange(3)):
            await self.add()
            self.passed.add(self.live[-1].id)
        for _ in range(self.dice.randrange(3)):
            if self.live:
                gone = self.live.pop(self.dice.randrange(len(self.live)))
                self.passed.add(gone.id)
                await self.delete(gone)

    async def delete(self, note: ContactNote) -> None:
        await self.stores.transact(lambda changes: changes.notes.delete(a_deleted_note(note)))

    async def page(self, request: PageRequest[NotePosition]) -> Page[ContactNote]:
        """Ask for the page, and hold it against a plain reading of everything that is there."""
        found = (await self.stores.notes.pages([self.contact_id], request))[self.contact_id]
        assert found == self.expected(request)
        return found

    def expected(self, request: PageRequest[NotePosition]) -> Page[ContactNote]:
        rows = newest_first(self.live)
        beyond, behind = rows, list[ContactNote]()
        if (place := request.position) is not None:
            key = (place.created_at, place.id)
            older = [each for each in rows if (each.created_at, each.id) < key]
            newer = [each for each in rows if (each.created_at, each.id) > key]
            at = [each for each in rows if (each.created_at, each.id) == key]
            beyond, behind = (newer, [*at, *older]) if request.is_backward else (older, [*newer, *at])
        if request.is_backward:
            kept = beyond[max(0, len(beyond) - request.size) :]
            return Page(tuple(kept), has_previous=len(beyond) > request.size, has_next=bool(behind))
        return Page(tuple(beyond[: request.size]), has_previous=bool(behind), has_next=len(beyond) > request.size)

    async def walk(self, *, backward: bool) -> list[str]:
        """Return the ids of all notes that were seen, in the order in which they lie."""
        seen: list[str] = []
        place: NotePosition | None = None
        while True:
            page = await self.page(PageRequest(self.dice.randint(1, 6), place, is_backward=backward))
            ids = [each.id for each in page.rows]
            seen = [*ids, *seen] if backward else [*seen, *ids]
            if not (page.has_previous if backward else page.has_next):
                return seen
            place = position(page.rows[0 if backward else -1])
            await self.meddle()


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
# The world may serve all examples: each has a contact of its own.
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), count=st.integers(0, 25))
async def test_notes_that_come_and_go_neither_hide_nor_repeat_one(
    world: World, backward: bool, seed: int, count: int
) -> None:
    walker = Walker(world.stores(), Random(seed))
    for _ in range(count):
        await walker.add()
    start = newest_first(walker.live)
    seen = await walker.walk(backward=backward)
    assert len(seen) == len(set(seen))
    stayed = [each.id for each in start if each.id not in walker.passed]
    assert [each for each in seen if each in set(stayed)] == stayed


# The world may serve all examples: each has a contact of its own.
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
async def test_a_page_from_any_place_in_any_direction_is_what_a_plain_reading_gives(world: World, seed: int) -> None:
    dice = Random(seed)
    walker = Walker(world.stores(), dice)
    for _ in range(12):
        await walker.add()
    places = [position(each) for each in walker.live]
    for _ in range(4):
        await walker.meddle()
    for place in places:
        for backward in (False, True):
            await walker.page(PageRequest(dice.randint(1, 8), place, is_backward=backward))
