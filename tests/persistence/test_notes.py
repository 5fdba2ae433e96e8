"""Reading and changing contact notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.notes import NOTE_RETENTION, ContactNote, position
from domain.paging import Page, PageRequest
from persistence.names import NOTES
from tests.builders import MORNING, a_deleted_note, a_note
from tests.conftest import World

LATER = MORNING + timedelta(hours=1)
NOTES_OF_C1 = [
    a_note("c1", f"Note {each}", id=f"n{each}", created_at=MORNING + timedelta(minutes=each)) for each in range(5)
]
NEWEST_FIRST = tuple(reversed(NOTES_OF_C1))


async def test_notes_are_found_by_their_ids(world: World) -> None:
    await world.add_notes(*NOTES_OF_C1)
    found = await world.stores().notes.by_ids(["n3", "n1", "nobody"])
    assert found == {"n1": NOTES_OF_C1[1], "n3": NOTES_OF_C1[3]}


async def test_the_newest_notes_of_many_contacts_come_at_once(world: World) -> None:
    other = a_note("c2", id="m1")
    await world.add_notes(*NOTES_OF_C1, other)
    pages = await world.stores().notes.pages(["c1", "c2", "c3"], PageRequest(2))
    assert pages == {
        "c1": Page(NEWEST_FIRST[:2], has_previous=False, has_next=True),
        "c2": Page((other,), has_previous=False, has_next=False),
        "c3": Page((), has_previous=False, has_next=False),
    }


async def test_the_same_page_after_a_place_is_read_of_each_contact(world: World) -> None:
    others = [a_note("c2", id=f"m{each}", created_at=MORNING + timedelta(minutes=each)) for each in range(4)]
    await world.add_notes(*NOTES_OF_C1, *others)
    request = PageRequest(1, position(NOTES_OF_C1[3]))
    assert await world.stores().notes.pages(["c1", "c2"], request) == {
        "c1": Page((NOTES_OF_C1[2],), has_previous=True, has_next=True),
        # «m3» sorts before «n3»: of the same minute, it comes after the place.
        "c2": Page((others[3],), has_previous=False, has_next=True),
    }


async def test_an_edited_note_is_kept_as_it_is_given(world: World) -> None:
    await world.add_notes(*NOTES_OF_C1)
    stores = world.stores()
    edited = replace(NOTES_OF_C1[2], body="New", version=2, edited_at=LATER, edited_by_id="ada")
    await stores.transact(lambda changes: changes.notes.put(edited))
    assert await stores.notes.by_ids(["n2"]) == {"n2": edited}
    assert (await stores.notes.pages(["c1"], PageRequest(5)))["c1"].rows[2] == edited


async def test_an_added_note_is_there(world: World) -> None:
    stores = world.stores()
    await stores.transact(lambda changes: changes.notes.add(NOTES_OF_C1[0]))
    assert await stores.transact(lambda changes: changes.notes.find("n0")) == NOTES_OF_C1[0]
    assert await stores.notes.by_ids(["n0"]) == {"n0": NOTES_OF_C1[0]}


async def test_a_deleted_note_is_out_of_sight_and_kept(world: World) -> None:
    await world.add_notes(*NOTES_OF_C1)
    stores = world.stores()
    [before] = await world.driver.collection(NOTES).find({"_id": "n2"}).to_list(None)
    await stores.transact(lambda changes: changes.notes.delete(a_deleted_note(NOTES_OF_C1[2], at=LATER)))
    assert await stores.notes.by_ids(["n2"]) == {}
    assert await stores.transact(lambda changes: changes.notes.find("n2")) is None
    rows = (await stores.notes.pages(["c1"], PageRequest(5)))["c1"].rows
    assert [each.id for each in rows] == ["n4", "n3", "n1", "n0"]
    [after] = await world.driver.collection(NOTES).find({"_id": "n2"}).to_list(None)
    assert after == {
        **before,
        "isLive": False,
        "place": {"deleted": LATER, "id": "n2"},
        "deleted": LATER,
        "deleter": "ada",
        "purge": LATER + NOTE_RETENTION,
    }


async def test_a_deleted_note_is_neither_edited_nor_deleted_again(world: World) -> None:
    await world.add_notes(*NOTES_OF_C1)
    stores = world.stores()
    await stores.transact(lambda changes: changes.notes.delete(a_deleted_note(NOTES_OF_C1[2], at=LATER)))
    before = await world.snapshot()
    await stores.transact(lambda changes: changes.notes.put(replace(NOTES_OF_C1[2], body="New")))
    await stores.transact(lambda changes: changes.notes.delete(a_deleted_note(NOTES_OF_C1[2], agent_id="jo")))
    assert await world.snapshot() == before


async def test_another_organization_sees_and_changes_nothing(world: World) -> None:
    await world.add_notes(*NOTES_OF_C1)
    before = await world.snapshot()
    theirs = world.stores("other")
    nothing: Page[ContactNote] = Page((), has_previous=False, has_next=False)
    place = position(NOTES_OF_C1[2])
    assert await theirs.notes.by_ids(["n1", "n2"]) == {}
    for request in (PageRequest(5), PageRequest(5, place), PageRequest(5, place, is_backward=True)):
        assert await theirs.notes.pages(["c1"], request) == {"c1": nothing}
    assert await theirs.transact(lambda changes: changes.notes.find("n1")) is None
    await theirs.transact(lambda changes: changes.notes.put(replace(NOTES_OF_C1[1], body="Mine")))
    await theirs.transact(lambda changes: changes.notes.delete(a_deleted_note(NOTES_OF_C1[1], agent_id="eve")))
    assert await world.snapshot() == before
