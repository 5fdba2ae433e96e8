"""Deleted notes: kept until their date, listed by when they were deleted, and brought back as they were."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings

from domain.deleted_notes import DeletedNote, position
from domain.note_revisions import restored
from domain.notes import ContactNote
from domain.paging import Page, PageRequest
from persistence.names import NOTES
from persistence.note_documents import deleted_place, from_deleted, from_note, to_deleted
from persistence.stores import Changes
from tests.builders import MORNING, a_deleted_note, a_note
from tests.conftest import World
from tests.persistence.strategies import deleted_notes, through_bson

DAY = timedelta(days=1)
WRITTEN = [a_note("c1", f"Note {each}", id=f"n{each}", created_at=MORNING - each * DAY) for each in range(4)]
"""The later its number, the older."""
UNTIL = MORNING + 30 * DAY
DELETED = [a_deleted_note(each, at=MORNING + number * DAY, until=UNTIL) for number, each in enumerate(WRITTEN)]
"""The later its number, the later it was deleted."""
LAST_FIRST = tuple(reversed(DELETED))
NOTHING: Page[DeletedNote[ContactNote]] = Page((), has_previous=False, has_next=False)


async def delete(world: World, *deleted: DeletedNote[ContactNote]) -> None:
    async def work(changes: Changes) -> None:
        for each in deleted:
            await changes.notes.delete(each)

    await world.add_notes(*(each.note for each in deleted))
    await world.stores().transact(work)


@settings(max_examples=100)
@given(deleted_notes)
def test_every_deleted_note_comes_back_as_it_went(deleted: DeletedNote[ContactNote]) -> None:
    document = through_bson(from_deleted(deleted, "acme"))
    assert to_deleted(document) == deleted
    assert document["place"] == through_bson(deleted_place(position(deleted)))
    assert document["isLive"] is False


async def test_what_can_be_restored_is_listed_by_its_deletion(world: World) -> None:
    mine, anothers = a_note("c1", id="live"), a_deleted_note(a_note("c2", id="m"), until=UNTIL)
    await delete(world, *DELETED, anothers)
    await world.add_notes(mine)
    notes = world.stores().notes
    assert await notes.deleted_pages(["c1", "c2", "c3"], PageRequest(2), MORNING) == {
        "c1": Page(LAST_FIRST[:2], has_previous=False, has_next=True),
        "c2": Page((anothers,), has_previous=False, has_next=False),
        "c3": NOTHING,
    }
    after = await notes.deleted_pages(["c1"], PageRequest(2, position(LAST_FIRST[1])), MORNING)
    assert after == {"c1": Page(LAST_FIRST[2:], has_previous=True, has_next=False)}
    before = await notes.deleted_pages(["c1"], PageRequest(2, position(LAST_FIRST[3]), is_backward=True), MORNING)
    assert before == {"c1": Page(LAST_FIRST[1:3], has_previous=True, has_next=True)}
    assert await notes.deleted_counts(["c1", "c2", "c3"], MORNING) == {"c1": 4, "c2": 1, "c3": 0}
    assert (await notes.pages(["c1"], PageRequest(9)))["c1"].rows == (mine,)
    assert await notes.deleted_by_ids(["n1", "live", "nothing"], MORNING) == {"n1": DELETED[1]}
    assert await notes.kept_by_ids(["n1", "live", "nothing"], MORNING) == {"n1": WRITTEN[1], "live": mine}


async def test_what_is_past_its_date_is_not_there_for_anybody(world: World) -> None:
    """Also before MongoDB has come by to remove it."""
    late = a_deleted_note(a_note("c1", id="late"), at=MORNING, until=UNTIL + timedelta(milliseconds=1))
    await delete(world, *DELETED, late)
    stores, notes, ids = world.stores(), world.stores().notes, ["n0", "n1", "n2", "n3", "late"]

    async def one(note_id: str, moment: datetime) -> DeletedNote[ContactNote] | None:
        return await stores.transact(lambda changes: changes.notes.find_deleted(note_id, moment))

    async def seen(at: timedelta) -> list[object]:
        moment = UNTIL + at
        found = [
            await notes.deleted_by_ids(ids, moment),
            await notes.kept_by_ids(ids, moment),
            (await notes.deleted_pages(["c1"], PageRequest(9), moment))["c1"].rows,
            await notes.deleted_counts(["c1"], moment),
        ]
        return [*found, *[each for each in [await one(name, moment) for name in ids] if each is not None]]

    everyone = {each.note.id: each for each in (*DELETED, late)}
    assert await seen(timedelta(milliseconds=-1)) == [
        everyone,
        {name: each.note for name, each in everyone.items()},
        (*LAST_FIRST, late),
        {"c1": 5},
        *everyone.values(),
    ]
    assert await seen(timedelta()) == [{"late": late}, {"late": late.note}, (late,), {"c1": 1}, late]
    assert await seen(timedelta(milliseconds=1)) == [{}, {}, (), {"c1": 0}]


async def test_a_restored_note_is_where_it_was(world: World) -> None:
    await delete(world, DELETED[1])
    await world.add_notes(WRITTEN[0], WRITTEN[2])
    back = restored(WRITTEN[1], agent_id="bo", at=UNTIL)
    stores = world.stores()
    await stores.transact(lambda changes: changes.notes.restore(back))
    assert (await stores.notes.pages(["c1"], PageRequest(9)))["c1"].rows == (WRITTEN[0], back, WRITTEN[2])
    assert await world.driver.collection(NOTES).find_one({"_id": "n1"}) == from_note(back, "acme")
    assert await stores.notes.deleted_by_ids(["n1"], MORNING) == {}
    # What is live is not restored over.
    before = await world.snapshot()
    await stores.transact(lambda changes: changes.notes.restore(WRITTEN[1]))
    assert await world.snapshot() == before


async def test_another_organization_sees_and_restores_nothing(world: World) -> None:
    await delete(world, *DELETED)
    before, theirs = await world.snapshot(), world.stores("other")
    assert await theirs.notes.deleted_by_ids(["n1"], MORNING) == {}
    assert await theirs.notes.kept_by_ids(["n1"], MORNING) == {}
    assert await theirs.notes.deleted_pages(["c1"], PageRequest(5), MORNING) == {"c1": NOTHING}
    assert await theirs.notes.deleted_counts(["c1"], MORNING) == {"c1": 0}
    assert await theirs.transact(lambda changes: changes.notes.find_deleted("n1", MORNING)) is None
    await theirs.transact(lambda changes: changes.notes.restore(WRITTEN[1]))
    assert await world.snapshot() == before
