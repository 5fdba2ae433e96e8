"""Notes added, edited and deleted: each outcome, and exactly what is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from domain.agents import Plan
from domain.capabilities import Barrier, Capability, Forbidden
from domain.deleted_notes import DeletedNote
from domain.events import EventKind, NoteVersion
from domain.notes import LONGEST_NOTE, NOTE_RETENTION, NoteAdded, NoteDeleted, NoteEdited, NotePosition, StaleNote
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import PageRequest
from persistence.note_documents import from_deleted
from resolvers import notes
from resolvers.context import Context
from tests.builders import a_contact, a_note
from tests.conftest import World
from tests.resolvers.changing import NOW, asker, happened, log, on_plan, stored

CONTACT = a_contact("c1", note_count=1)
NOTE = a_note("c1", "Old", id="n1")
UNTIL = NOW + NOTE_RETENTION


async def add(context: Context, body: str = "New", contact_id: str = "c1") -> object:
    return await notes.add(context, contact_id=contact_id, body=body, idempotency_key=None)


async def edit(context: Context, body: str = "New", note_id: str = "n1", version: int | None = None) -> object:
    return await notes.edit(context, note_id=note_id, body=body, version=version, idempotency_key=None)


async def delete(context: Context, note_id: str = "n1", version: int | None = None) -> object:
    return await notes.delete(context, note_id=note_id, version=version, idempotency_key=None)


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(CONTACT)
    await world.add_notes(NOTE)
    return world


async def test_an_added_note_is_kept_counted_and_logged(seeded: World) -> None:
    result = await add(await asker(seeded, "ada"), "One\r\ntwo")
    assert isinstance(result, NoteAdded)
    note = result.note
    assert note == a_note("c1", "One\ntwo", id=note.id, author_id="ada", created_at=NOW)
    assert result.contact == replace(CONTACT, note_count=2) == await stored(seeded)
    assert await seeded.stores().notes.by_ids([note.id]) == {note.id: note}
    assert await log(seeded) == [happened(EventKind.NOTE_ADDED, None, NoteVersion(note.id, 1), agent="ada")]


async def test_any_agent_edits_and_the_author_stays(seeded: World) -> None:
    edited = replace(NOTE, body="New", version=2, edited_at=NOW, edited_by_id="ada")
    assert await edit(await asker(seeded, "ada"), version=1) == NoteEdited(edited)
    assert await seeded.stores().notes.by_ids(["n1"]) == {"n1": edited}
    assert await stored(seeded) == CONTACT
    versions = (NoteVersion("n1", 1), NoteVersion("n1", 2))
    assert await log(seeded) == [happened(EventKind.NOTE_EDITED, *versions, agent="ada")]


async def test_a_deleted_note_is_out_of_sight_uncounted_and_logged(seeded: World) -> None:
    assert await delete(await asker(seeded, "ada"), version=1) == NoteDeleted(
        NOTE, replace(CONTACT, note_count=0), UNTIL
    )
    assert await seeded.stores().notes.by_ids(["n1"]) == {}
    assert await stored(seeded) == replace(CONTACT, note_count=0)
    [kept] = (await seeded.snapshot())["contactNotes"]
    assert kept == from_deleted(DeletedNote(NOTE, NOW, "ada", UNTIL), "acme")
    assert await log(seeded) == [happened(EventKind.NOTE_DELETED, NoteVersion("n1", 1), agent="ada")]


async def test_without_a_version_the_note_is_changed_as_it_is(seeded: World) -> None:
    assert isinstance(await edit(await asker(seeded), "Two"), NoteEdited)
    assert isinstance(await edit(await asker(seeded), "Three"), NoteEdited)
    assert (await seeded.stores().notes.by_ids(["n1"]))["n1"].version == 3
    assert isinstance(await delete(await asker(seeded)), NoteDeleted)


async def test_an_edit_that_changes_nothing_writes_nothing(seeded: World) -> None:
    before = await seeded.snapshot()
    assert await edit(await asker(seeded, "ada"), "Old", version=1) == NoteEdited(NOTE)
    assert await seeded.snapshot() == before


Change = Callable[[Context], Awaitable[object]]
BLANK = Invalid(ErrorCode.BLANK, "Write something: the text is empty or only white space.", ("input", "body"))
LONG = Invalid(ErrorCode.TOO_LONG, "Shorten the text by 1: at most 2000 characters are kept.", ("input", "body"))
REFUSALS: list[tuple[str, Change, object]] = [
    ("add, blank", lambda c: add(c, " \n"), BLANK),
    ("add, too long", lambda c: add(c, "x" * (LONGEST_NOTE + 1)), LONG),
    ("add, no contact", lambda c: add(c, contact_id="nobody"), NotFound(Kind.CONTACT)),
    ("edit, blank", lambda c: edit(c, "\u200b"), BLANK),
    ("edit, too long", lambda c: edit(c, "x" * (LONGEST_NOTE + 1)), LONG),
    ("edit, no note", lambda c: edit(c, note_id="nothing"), NotFound(Kind.NOTE)),
    ("edit, stale", lambda c: edit(c, version=2), StaleNote(NOTE)),
    ("edit to the same, stale", lambda c: edit(c, "Old", version=7), StaleNote(NOTE)),
    ("delete, no note", lambda c: delete(c, "nothing"), NotFound(Kind.NOTE)),
    ("delete, stale", lambda c: delete(c, version=0), StaleNote(NOTE)),
]


@pytest.mark.parametrize(("change", "answer"), [each[1:] for each in REFUSALS], ids=[each[0] for each in REFUSALS])
async def test_what_is_refused_writes_nothing(seeded: World, change: Change, answer: object) -> None:
    before = await seeded.snapshot()
    assert await change(await asker(seeded)) == answer
    assert await seeded.snapshot() == before


OTHERS: list[tuple[Change, Kind]] = [(add, Kind.CONTACT), (edit, Kind.NOTE), (delete, Kind.NOTE)]


@pytest.mark.parametrize(("change", "kind"), OTHERS, ids=["add", "edit", "delete"])
async def test_another_organizations_agent_finds_nothing_to_change(seeded: World, change: Change, kind: Kind) -> None:
    before = await seeded.snapshot()
    assert await change(await asker(seeded, "mo", "other")) == NotFound(kind)
    assert await seeded.snapshot() == before


@pytest.mark.parametrize("change", [add, edit, delete], ids=["add", "edit", "delete"])
@pytest.mark.parametrize("plan", [Plan.PROFESSIONAL, Plan.TEAM], ids=lambda each: each.value)
async def test_a_plan_without_notes_changes_none(seeded: World, plan: Plan, change: Change) -> None:
    context = await on_plan(seeded, plan)
    await seeded.add_contacts(a_contact("p1"), organization_id="planned")
    await seeded.add_notes(a_note("p1", id="pn"), organization_id="planned")
    before = await seeded.snapshot()
    assert await change(context) == Forbidden(Capability.WRITE_NOTES, Barrier.PLAN)
    assert await seeded.snapshot() == before


@pytest.mark.parametrize("change", [edit, delete], ids=["edit", "delete"])
async def test_a_deleted_note_is_not_there_any_more(seeded: World, change: Change) -> None:
    await delete(await asker(seeded))
    before = await seeded.snapshot()
    assert await change(await asker(seeded)) == NotFound(Kind.NOTE)
    assert await seeded.snapshot() == before


async def test_a_note_whose_contact_is_gone_is_not_deleted(seeded: World) -> None:
    await seeded.add_notes(a_note("gone", id="n9"))
    before = await seeded.snapshot()
    assert await delete(await asker(seeded), "n9") == NotFound(Kind.NOTE)
    assert await seeded.snapshot() == before


async def test_what_the_same_request_asks_next_sees_the_change(seeded: World) -> None:
    context = await asker(seeded)
    request: PageRequest[NotePosition] = PageRequest(10)

    async def bodies() -> tuple[list[str], int, str | None]:
        page = await notes.page(context, "c1", request)
        contact, one = await context.loaders.contact_by_id.load("c1"), await notes.find(context, "n1")
        assert contact is not None
        return [each.note.body for each in page.rows], contact.note_count, None if one is None else one.note.body

    assert await bodies() == (["Old"], 1, "Old")
    await edit(context, "Edited")
    assert await bodies() == (["Edited"], 1, "Edited")
    await add(context, "Added")
    assert await bodies() == (["Added", "Edited"], 2, "Edited")
    await delete(context)
    assert await bodies() == (["Added"], 1, None)
