"""Deleted notes: restored to their place until their retention ends, and gone for everybody after that."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.agents import Plan
from domain.capabilities import Barrier, Capability, Forbidden
from domain.deleted_notes import DeletedNote, StaleDeletedNote
from domain.events import EventKind, NoteVersion
from domain.notes import NOTE_RETENTION, ContactNote, NoteDeleted, NoteEdited, NoteRestored, StaleNote
from domain.outcomes import KeyReused, Kind, NotFound
from domain.paging import PageRequest
from resolvers import deleted_notes, notes
from resolvers.context import Context
from tests.builders import MORNING, a_contact, a_note, an_agent
from tests.conftest import Commands, World
from tests.resolvers.changing import NOW, asker, happened, log, on_plan, stored

OLD, NEW = a_note("c1", "Old", id="n1"), a_note("c1", "New", id="n2", created_at=MORNING + timedelta(minutes=1))
UNTIL = NOW + NOTE_RETENTION
LATER = NOW + timedelta(hours=1)
INSTANT = timedelta(milliseconds=1)


@pytest.fixture
async def seeded(world: World) -> World:
    """A contact with two notes, of which the older was edited by Ada and then deleted by Jo."""
    await world.add_contacts(a_contact("c1", note_count=2))
    await world.add_notes(OLD, NEW)
    ada = await asker(world, "ada", at=NOW - timedelta(hours=1))
    await notes.edit(ada, note_id="n1", body="Edited", version=1, idempotency_key=None)
    deleted = await notes.delete(await asker(world), note_id="n1", version=2, idempotency_key=None)
    assert isinstance(deleted, NoteDeleted)
    assert deleted.restorable_until == UNTIL
    return world


EDITED = replace(OLD, body="Edited", version=2, edited_at=NOW - timedelta(hours=1), edited_by_id="ada")
DELETED = DeletedNote(EDITED, NOW, "jo", UNTIL)


async def restore(context: Context, note_id: str = "n1", version: int | None = None, key: str | None = None) -> object:
    return await deleted_notes.restore(context, note_id=note_id, version=version, idempotency_key=key)


async def listed(world: World, at: datetime = NOW) -> list[DeletedNote[ContactNote]]:
    context = await asker(world, at=at)
    page = await deleted_notes.page(context, "c1", PageRequest(20))
    assert await deleted_notes.count(context, "c1") == len(page.rows)
    return [each.deleted for each in page.rows]


async def test_a_restored_note_is_back_in_its_place_and_counted(seeded: World) -> None:
    context = await asker(seeded, "ada", at=LATER)
    back = replace(EDITED, version=3, restored_at=LATER, restored_by_id="ada")
    result = await restore(context, version=2)
    assert result == NoteRestored(back, await stored(seeded))
    assert (await stored(seeded)).note_count == 2
    page = await notes.page(context, "c1", PageRequest(9))
    assert [each.note for each in page.rows] == [NEW, back]
    assert await listed(seeded) == []
    assert all("purge" not in each for each in (await seeded.snapshot())["noteRevisions"])
    restored = happened(EventKind.NOTE_RESTORED, NoteVersion("n1", 2), NoteVersion("n1", 3), agent="ada")
    assert (await log(seeded))[-1] == replace(restored, at=LATER)


async def test_its_past_goes_and_comes_back_with_it(seeded: World) -> None:
    purge = {each["_id"]: each["purge"] for each in (await seeded.snapshot())["noteRevisions"]}
    assert purge == {"n1:1": UNTIL}
    await restore(await asker(seeded))
    again = await notes.delete(await asker(seeded, at=LATER), note_id="n1", version=3, idempotency_key=None)
    assert isinstance(again, NoteDeleted)
    purge = {each["_id"]: each["purge"] for each in (await seeded.snapshot())["noteRevisions"]}
    assert purge == dict.fromkeys(("n1:1", "n1:2"), LATER + NOTE_RETENTION)


async def test_what_can_be_restored_is_listed_with_who_deleted_it(seeded: World, commands: Commands) -> None:
    context = await asker(seeded)
    await notes.delete(await asker(seeded, "ada", at=LATER), note_id="n2", version=None, idempotency_key=None)
    commands.clear()
    page, one = await asyncio.gather(
        deleted_notes.page(context, "c1", PageRequest(9)), deleted_notes.page(context, "c2", PageRequest(9))
    )
    assert commands.names() == ["aggregate"]
    assert [each.deleted.note.id for each in page.rows] == ["n2", "n1"]
    assert one.rows == ()
    signed = page.rows[1]
    assert signed.deleted == DELETED
    assert (signed.note.author, signed.deleter) == (an_agent("jo"), an_agent("jo"))
    assert signed.note.editor is not None
    assert signed.note.editor.id == "ada"
    assert await deleted_notes.find(context, "n1") == signed
    assert await deleted_notes.find(await asker(seeded, "mo", "other"), "n1") is None


async def test_from_its_date_on_it_is_gone_whoever_has_removed_it(seeded: World) -> None:
    just_before, then = await asker(seeded, at=UNTIL - INSTANT), await asker(seeded, at=UNTIL)
    assert await listed(seeded, UNTIL - INSTANT) == [DELETED]
    assert await listed(seeded, UNTIL) == []
    assert await deleted_notes.find(then, "n1") is None
    before = await seeded.snapshot()
    for version in (None, 2, 7):
        assert await restore(then, version=version) == NotFound(Kind.NOTE)
    assert await seeded.snapshot() == before
    assert isinstance(await restore(just_before), NoteRestored)


async def test_the_operators_retention_counts_from_the_deletion_on(seeded: World) -> None:
    context = replace(await asker(seeded), note_retention=timedelta(days=1))
    deleted = await notes.delete(context, note_id="n2", version=None, idempotency_key=None)
    assert isinstance(deleted, NoteDeleted)
    assert deleted.restorable_until == NOW + timedelta(days=1)
    # A deletion before has the date that it was given.
    assert [each.note.id for each in await listed(seeded, NOW + timedelta(days=1))] == ["n1"]
    assert [each.note.id for each in await listed(seeded, NOW + timedelta(days=1) - INSTANT)] == ["n2", "n1"]


async def test_what_is_not_deleted_stays_as_it_is(seeded: World) -> None:
    before, contact = await seeded.snapshot(), await stored(seeded)
    for version in (None, 1):
        assert await restore(await asker(seeded), "n2", version) == NoteRestored(NEW, contact)
    assert await restore(await asker(seeded), "n2", 2) == StaleNote(NEW)
    assert await seeded.snapshot() == before


async def test_what_cannot_be_restored_is_refused_and_nothing_written(seeded: World) -> None:
    small = await on_plan(seeded, Plan.TEAM)
    before = await seeded.snapshot()
    for stale in (0, 1, 3):
        assert await restore(await asker(seeded), version=stale) == StaleDeletedNote(DELETED)
    assert await restore(await asker(seeded), "nothing") == NotFound(Kind.NOTE)
    assert await restore(await asker(seeded, "mo", "other")) == NotFound(Kind.NOTE)
    assert await restore(small) == Forbidden(Capability.WRITE_NOTES, Barrier.PLAN)
    assert await seeded.snapshot() == before


async def test_a_note_whose_contact_is_gone_is_not_restored(seeded: World) -> None:
    await seeded.driver.collection("contacts").delete_one({"_id": "c1"})
    before = await seeded.snapshot()
    for each in ("n1", "n2"):
        assert await restore(await asker(seeded), each) == NotFound(Kind.NOTE)
    assert await deleted_notes.find(await asker(seeded), "n1") is None
    assert await seeded.snapshot() == before


async def test_a_repetition_is_answered_as_the_first_time(seeded: World) -> None:
    first = await restore(await asker(seeded), version=2, key="k")
    assert isinstance(first, NoteRestored)
    await notes.delete(await asker(seeded), note_id="n1", version=3, idempotency_key=None)
    after = await seeded.snapshot()
    # By now it is deleted again, and of another version; past its date as well.
    assert await restore(await asker(seeded), version=2, key="k") == first
    assert await restore(await asker(seeded, at=UNTIL + timedelta(days=9)), version=2, key="k") == first
    assert await restore(await asker(seeded), version=3, key="k") == KeyReused()
    assert await seeded.snapshot() == after


async def test_of_many_who_restore_it_one_does(seeded: World) -> None:
    context = await asker(seeded)
    results = await asyncio.gather(*(restore(context, version=2) for _ in range(20)))
    assert Counter(type(each) for each in results) == {NoteRestored: 1, StaleNote: 19}
    [back] = [each.note for each in results if isinstance(each, NoteRestored)]
    assert all(each == StaleNote(back) for each in results if isinstance(each, StaleNote))
    assert (await stored(seeded)).note_count == 2
    assert [each.kind for each in await log(seeded)][2:] == [EventKind.NOTE_RESTORED]


async def test_deleting_restoring_and_editing_at_once_keeps_count_and_past(seeded: World) -> None:
    async def turn(number: int) -> object:
        context = await asker(seeded, at=LATER + timedelta(seconds=number))
        match number % 3:
            case 0:
                return await notes.delete(context, note_id="n1", version=None, idempotency_key=None)
            case 1:
                return await restore(context)
            case _:
                body = f"Body {number}"
                return await notes.edit(context, note_id="n1", body=body, version=None, idempotency_key=None)

    results = await asyncio.gather(*(turn(each) for each in range(45)))
    assert {type(each) for each in results} <= {NoteDeleted, NoteRestored, NoteEdited, NotFound}
    live = await seeded.stores().notes.by_ids(["n1", "n2"])
    assert (await stored(seeded)).note_count == len(live)
    kept = (await seeded.stores().notes.kept_by_ids(["n1"], LATER))["n1"]
    snapshot = await seeded.snapshot()
    versions = sorted(each["place"]["version"] for each in snapshot["noteRevisions"])
    assert versions == list(range(1, kept.version))
    # All of it has the note's date, or none.
    kept_of_it = [*snapshot["noteRevisions"], *(each for each in snapshot["contactNotes"] if each["_id"] == "n1")]
    dates = {each.get("purge") for each in kept_of_it}
    assert len(dates) == 1
    assert (None in dates) is ("n1" in live)


async def test_what_the_same_request_asks_next_sees_the_change(seeded: World) -> None:
    context = await asker(seeded)

    async def seen() -> tuple[int, int, bool, int]:
        page = await deleted_notes.page(context, "c1", PageRequest(9))
        contact = await context.loaders.contact_by_id.load("c1")
        assert contact is not None
        count, found = await deleted_notes.count(context, "c1"), await deleted_notes.find(context, "n1")
        return len(page.rows), count, found is not None, contact.note_count

    assert await seen() == (1, 1, True, 1)
    await restore(context)
    assert await seen() == (0, 0, False, 2)
    await notes.delete(context, note_id="n1", version=None, idempotency_key=None)
    assert await seen() == (1, 1, True, 1)
