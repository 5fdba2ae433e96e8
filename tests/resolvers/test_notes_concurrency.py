"""Many at once: every version has one winner, every count is right, every key is one change."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise

from domain.events import EventKind, NoteVersion
from domain.notes import NoteAdded, NoteDeleted, NoteEdited, StaleNote
from domain.outcomes import NotFound
from resolvers import notes
from tests.builders import a_contact, a_note
from tests.conftest import World
from tests.resolvers.changing import asker, log, stored


async def test_of_a_hundred_edits_of_one_version_exactly_one_wins(world: World) -> None:
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(a_note("c1", "Old", id="n1"))
    context = await asker(world)
    for version in (1, 2, 3):
        edits = [
            notes.edit(context, note_id="n1", body=f"{version}.{each}", version=version, idempotency_key=None)
            for each in range(100)
        ]
        results = await asyncio.gather(*edits)
        assert Counter(type(each) for each in results) == {NoteEdited: 1, StaleNote: 99}
        [winner] = [each.note for each in results if isinstance(each, NoteEdited)]
        assert winner.version == version + 1
        assert await world.stores().notes.by_ids(["n1"]) == {"n1": winner}
        assert all(each.current == winner for each in results if isinstance(each, StaleNote))
    events = await log(world)
    assert [each.kind for each in events] == [EventKind.NOTE_EDITED] * 3
    assert [each.after for each in events] == [NoteVersion("n1", each) for each in (2, 3, 4)]


async def test_edits_without_a_version_are_all_made_one_after_the_other(world: World) -> None:
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(a_note("c1", "Old", id="n1"))
    context = await asker(world)

    async def edit(body: str) -> object:
        return await notes.edit(context, note_id="n1", body=body, version=None, idempotency_key=None)

    results = await asyncio.gather(*(edit(str(each)) for each in range(30)))
    assert sorted(each.note.version for each in results if isinstance(each, NoteEdited)) == list(range(2, 32))
    # Each was made on what the one before it left.
    versions = [NoteVersion("n1", each) for each in range(1, 32)]
    assert [(each.before, each.after) for each in await log(world)] == list(pairwise(versions))


async def test_fifty_notes_added_at_once_are_all_there_and_counted(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    context = await asker(world)
    adds = [notes.add(context, contact_id="c1", body=f"Note {each}", idempotency_key=None) for each in range(50)]
    results = await asyncio.gather(*adds)
    assert sorted(each.contact.note_count for each in results if isinstance(each, NoteAdded)) == list(range(1, 51))
    assert (await stored(world)).note_count == 50
    snapshot = await world.snapshot()
    assert {each["body"] for each in snapshot["contactNotes"]} == {f"Note {each}" for each in range(50)}
    assert len(snapshot["contactNotes"]) == 50
    assert [each.kind for each in await log(world)] == [EventKind.NOTE_ADDED] * 50


async def test_a_note_deleted_by_many_is_deleted_once(world: World) -> None:
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(a_note("c1", id="n1"))
    context = await asker(world)
    deletes = [notes.delete(context, note_id="n1", version=None, idempotency_key=None) for _ in range(30)]
    results = await asyncio.gather(*deletes)
    assert Counter(type(each) for each in results) == {NoteDeleted: 1, NotFound: 29}
    assert (await stored(world)).note_count == 0
    assert [each.kind for each in await log(world)] == [EventKind.NOTE_DELETED]


async def test_a_hundred_repetitions_of_one_key_make_one_note(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    context = await asker(world)
    adds = [notes.add(context, contact_id="c1", body="Once", idempotency_key="k") for _ in range(100)]
    results = await asyncio.gather(*adds)
    first = results[0]
    assert isinstance(first, NoteAdded)
    assert results == [first] * 100
    snapshot = await world.snapshot()
    assert [each["_id"] for each in snapshot["contactNotes"]] == [first.note.id]
    assert (await stored(world)).note_count == 1
    assert len(snapshot["idempotentAnswers"]) == len(snapshot["contactEvents"]) == 1
