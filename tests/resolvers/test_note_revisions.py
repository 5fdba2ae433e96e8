"""The past of a note: every version is kept as it was, can be read by name, and can be brought back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.agents import Plan
from domain.capabilities import Barrier, Capability, Forbidden
from domain.events import EventKind, NoteVersion
from domain.note_revisions import NoteRevision, revision_of
from domain.notes import NoteEdited, NoteRestored, StaleNote
from domain.outcomes import KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from resolvers import deleted_notes, note_revisions, notes
from resolvers.context import Context
from tests.builders import a_contact, a_note
from tests.conftest import Commands, World
from tests.resolvers.changing import NOW, asker, happened, log, on_plan

NOTE = a_note("c1", "One.", id="n1")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(a_contact("c1", note_count=1))
    await world.add_notes(NOTE)
    return world


async def edit(context: Context, body: str) -> None:
    edited = await notes.edit(context, note_id="n1", body=body, version=None, idempotency_key=None)
    assert isinstance(edited, NoteEdited)


async def revert(
    context: Context, to: int, note_id: str = "n1", version: int | None = None, key: str | None = None
) -> object:
    return await note_revisions.revert(
        context, note_id=note_id, restore_version=to, version=version, idempotency_key=key
    )


async def past(world: World, note_id: str = "n1") -> tuple[NoteRevision, ...]:
    page = await note_revisions.page(await asker(world), note_id, PageRequest(20))
    assert not page.has_next
    assert await note_revisions.count(await asker(world), note_id) == len(page.rows)
    return page.rows


async def test_every_version_is_kept_when_the_next_is_made(seeded: World) -> None:
    assert await past(seeded) == ()
    await edit(await asker(seeded, "ada"), "Two.")
    await edit(await asker(seeded, "jo", at=LATER), "Three.")
    await edit(await asker(seeded, "ada", at=LATER), "Three.")
    assert await past(seeded) == (
        NoteRevision("n1", "c1", 2, "Two.", "ada", NOW),
        revision_of(NOTE),
    )


async def test_a_version_is_brought_back_as_a_new_one(seeded: World) -> None:
    await edit(await asker(seeded, "ada"), "Two.")
    context = await asker(seeded, "ada", at=LATER)
    third = replace(NOTE, version=3, edited_at=LATER, edited_by_id="ada")
    assert await revert(context, 1, version=2) == NoteEdited(third)
    assert (await notes.find(context, "n1")) == await notes.signed(context, third)
    assert [(each.version, each.body) for each in await past(seeded)] == [(2, "Two."), (1, "One.")]
    # What was replaced by it can be brought back as well.
    fourth = await revert(await asker(seeded), 2)
    assert isinstance(fourth, NoteEdited)
    assert (fourth.note.version, fourth.note.body, fourth.note.author_id) == (4, "Two.", "jo")
    steps = [("ada", NOW), ("ada", LATER), ("jo", NOW)]
    expected = [
        replace(happened(EventKind.NOTE_EDITED, NoteVersion("n1", n), NoteVersion("n1", n + 1), agent=who), at=at)
        for n, (who, at) in enumerate(steps, start=1)
    ]
    assert await log(seeded) == expected


async def test_going_back_to_what_it_says_already_changes_nothing(seeded: World) -> None:
    await edit(await asker(seeded), "Two.")
    await edit(await asker(seeded), "One.")
    before, now = await seeded.snapshot(), (await seeded.stores().notes.by_ids(["n1"]))["n1"]
    for version in (3, 1):
        assert await revert(await asker(seeded, "ada", at=LATER), version) == NoteEdited(now)
    assert await seeded.snapshot() == before


async def test_what_cannot_be_brought_back_is_refused_and_nothing_written(seeded: World) -> None:
    await edit(await asker(seeded), "Two.")
    await seeded.add_notes(a_note("c1", id="n2"))
    small = await on_plan(seeded, Plan.TEAM)
    before, now = await seeded.snapshot(), (await seeded.stores().notes.by_ids(["n1"]))["n1"]
    context = await asker(seeded)
    for version in (3, 0, -1, 2**31 - 1, -(2**31)):
        assert await revert(context, version) == NotFound(Kind.VERSION)
        assert await revert(context, version, version=9) == NotFound(Kind.VERSION)
    assert await revert(context, 1, "n2", version=1) == NoteEdited(a_note("c1", id="n2"))
    assert await revert(context, 2, "n2") == NotFound(Kind.VERSION)
    assert await revert(context, 1, "nothing") == NotFound(Kind.NOTE)
    for stale in (1, 3):
        assert await revert(context, 1, version=stale) == StaleNote(now)
    assert await revert(await asker(seeded, "mo", "other"), 1) == NotFound(Kind.NOTE)
    assert await revert(small, 1) == Forbidden(Capability.WRITE_NOTES, Barrier.PLAN)
    assert await seeded.snapshot() == before


async def test_a_repeated_revert_is_answered_as_the_first(seeded: World) -> None:
    await edit(await asker(seeded), "Two.")
    first = await revert(await asker(seeded), 1, version=2, key="k")
    after = await seeded.snapshot()
    assert await revert(await asker(seeded, at=LATER), 1, version=2, key="k") == first
    assert await revert(await asker(seeded), 2, version=2, key="k") == KeyReused()
    assert await seeded.snapshot() == after


async def test_the_author_stays_whatever_others_do(seeded: World) -> None:
    """Edited, reverted, deleted and restored by somebody else, and again."""
    author, place = NOTE.author_id, NOTE.created_at
    for turn in range(2):
        context = await asker(seeded, "ada", at=LATER + timedelta(minutes=turn))
        await edit(context, f"Ada's {turn}")
        assert isinstance(await revert(context, 1), NoteEdited)
        await notes.delete(context, note_id="n1", version=None, idempotency_key=None)
        back = await deleted_notes.restore(context, note_id="n1", version=None, idempotency_key=None)
        assert isinstance(back, NoteRestored)
        assert (back.note.author_id, back.note.created_at, back.note.body) == (author, place, "One.")
    signed = await notes.find(await asker(seeded), "n1")
    assert signed is not None
    assert (signed.author.id, signed.note.created_at, signed.note.version) == (author, place, 7)
    assert [each.version for each in await past(seeded)] == [6, 5, 4, 3, 2, 1]
    assert [each.agent_id for each in await past(seeded)] == ["ada"] * 5 + ["jo"]


async def test_what_the_log_names_can_be_read(seeded: World, commands: Commands) -> None:
    """Every version that an event names, of a live note and of a deleted one, in two commands and the contact's."""
    await seeded.add_contacts(a_contact("c2", note_count=1))
    await seeded.add_notes(a_note("c2", "Gone.", id="n2"))
    await edit(await asker(seeded, "ada"), "Two.")
    for each in ("n2", "n1"):
        await notes.delete(await asker(seeded), note_id=each, version=None, idempotency_key=None)
    await deleted_notes.restore(await asker(seeded, at=LATER), note_id="n1", version=None, idempotency_key=None)
    wanted = {state for event in await log(seeded) for state in (event.before, event.after) if state is not None}
    assert wanted == {NoteVersion("n2", 1), *(NoteVersion("n1", each) for each in (1, 2, 3))}
    context, keys = await asker(seeded), [*(NoteVersion("n1", each) for each in (1, 2, 3)), NoteVersion("n2", 1)]
    commands.clear()
    found = await asyncio.gather(*(notes.version_of(context, each) for each in keys))
    assert [each and (each.body, each.agent_id, each.at) for each in found] == [
        ("One.", "jo", NOTE.created_at),
        ("Two.", "ada", NOW),
        ("Two.", "jo", LATER),
        ("Gone.", "jo", NOTE.created_at),
    ]
    assert commands.names() == ["find", "find", "find"]


async def test_a_version_that_nobody_has_any_more_is_none(seeded: World, commands: Commands) -> None:
    await edit(await asker(seeded), "Two.")
    context = await asker(seeded)
    for each in (NoteVersion("n1", 3), NoteVersion("n1", 0), NoteVersion("nothing", 1)):
        assert await notes.version_of(context, each) is None
    assert await notes.version_of(await asker(seeded, "mo", "other"), NoteVersion("n1", 1)) is None
    commands.clear()
    # Of a current version nothing else is looked for.
    assert await notes.version_of(await asker(seeded), NoteVersion("n1", 2)) is not None
    assert [each.command["find"] for each in commands.sent if each.command_name == "find"][-2:] == [
        "contactNotes",
        "contacts",
    ]
    await notes.delete(await asker(seeded), note_id="n1", version=None, idempotency_key=None)
    end = NOW + context.note_retention
    for version in (1, 2):
        just_before = await asker(seeded, at=end - timedelta(milliseconds=1))
        assert await notes.version_of(just_before, NoteVersion("n1", version)) is not None
        assert await notes.version_of(await asker(seeded, at=end), NoteVersion("n1", version)) is None


async def test_the_versions_of_a_deleted_contacts_note_are_not_there(seeded: World) -> None:
    """Though it may take a moment until they are removed."""
    await edit(await asker(seeded), "Two.")
    await seeded.driver.collection("contacts").delete_one({"_id": "c1"})
    for version in (1, 2):
        assert await notes.version_of(await asker(seeded), NoteVersion("n1", version)) is None
    before = await seeded.snapshot()
    for version in (1, 2):
        assert await revert(await asker(seeded), version) == NotFound(Kind.NOTE)
    assert await seeded.snapshot() == before


async def test_the_past_of_many_notes_is_one_command(seeded: World, commands: Commands) -> None:
    await seeded.add_notes(a_note("c1", id="n2"))
    await edit(await asker(seeded), "Two.")
    context = await asker(seeded)
    commands.clear()
    pages = await asyncio.gather(*(note_revisions.page(context, each, PageRequest(2)) for each in ("n1", "n2")))
    assert pages == [Page((revision_of(NOTE),), False, False), Page((), False, False)]
    assert commands.names() == ["aggregate"]
    assert await asyncio.gather(*(note_revisions.count(context, each) for each in ("n1", "n2", "n9"))) == [1, 0, 0]
    assert commands.names() == ["aggregate"] * 2
