"""Conversation notes: each outcome, what is kept of their past, and that they go where their conversation goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.conversation_notes import (
    ConversationNote,
    ConversationNoteAdded,
    ConversationNoteDeleted,
    ConversationNoteEdited,
    ConversationNoteRestored,
    StaleConversationNote,
    StaleDeletedConversationNote,
)
from domain.deleted_notes import DeletedNote
from domain.merging import ContactsMerged
from domain.notes import LONGEST_NOTE, NOTE_RETENTION
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import PageRequest
from domain.unmerging import ContactsUnmerged
from resolvers import conversation_note_revisions, merging, unmerging
from resolvers import conversation_notes as notes
from resolvers.context import Context
from resolvers.merging import MergeOrder
from tests.builders import MORNING, a_contact, a_conversation, a_conversation_note, an_identity
from tests.conftest import World
from tests.resolvers.changing import NOW, asker

V1 = a_conversation("c1", "v1", identity=an_identity("1").key)
NOTE = a_conversation_note("v1", id="k1")
EDITED = replace(NOTE, version=2, body="b", edited_at=NOW, edited_by_id="jo")
UNTIL = NOW + NOTE_RETENTION


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(a_contact("c1", identities=(an_identity("1"),)), a_contact("c2"))
    await world.add_conversations(V1)
    await world.add_conversation_notes(NOTE)
    return world


async def edit(world: World, body: str = "b", version: int | None = None, note_id: str = "k1") -> object:
    return await notes.edit(await asker(world), note_id=note_id, body=body, version=version, idempotency_key=None)


async def delete(world: World, version: int | None = None, note_id: str = "k1") -> object:
    return await notes.delete(await asker(world), note_id=note_id, version=version, idempotency_key=None)


async def restore(world: World, version: int | None = None, note_id: str = "k1") -> object:
    return await notes.restore(await asker(world), note_id=note_id, version=version, idempotency_key=None)


async def listed(world: World) -> list[ConversationNote]:
    snapshot = await world.snapshot()
    found = await world.stores().conversation_notes.by_ids([each["_id"] for each in snapshot["conversationNotes"]])
    return list(found.values())


async def test_what_is_added_is_signed_and_kept_with_the_contact_of_the_conversation(seeded: World) -> None:
    made = await notes.add(await asker(seeded), conversation_id="v1", body="x\r\ny", idempotency_key=None)
    assert isinstance(made, ConversationNoteAdded)
    assert made == ConversationNoteAdded(
        ConversationNote(made.note.id, "c1", 1, "x\ny", "jo", NOW, conversation_id="v1"), V1
    )
    assert await listed(seeded) == [NOTE, made.note] or await listed(seeded) == [made.note, NOTE]


async def test_an_edit_keeps_the_author_and_the_version_before(seeded: World) -> None:
    assert await edit(seeded) == ConversationNoteEdited(EDITED)
    assert await listed(seeded) == [EDITED]
    [kept] = (await seeded.snapshot())["conversationNoteRevisions"]
    assert (kept["note"], kept["contact"], kept["body"], kept["agent"]) == ("k1", "c1", NOTE.body, "jo")
    assert (kept["at"], kept["place"]) == (MORNING, {"version": 1})
    before = await seeded.snapshot()
    # The same again writes nothing.
    assert await edit(seeded) == ConversationNoteEdited(EDITED)
    assert await seeded.snapshot() == before


async def revert(world: World, restore_version: int, version: int | None = None, note_id: str = "k1") -> object:
    return await conversation_note_revisions.revert(
        await asker(world), note_id=note_id, restore_version=restore_version, version=version, idempotency_key=None
    )


async def past(world: World) -> list[tuple[int, str, str]]:
    """Return version, body and writer of the earlier versions as an agent reads them."""
    context = await asker(world)
    page = await conversation_note_revisions.page(context, "k1", PageRequest(10))
    assert await conversation_note_revisions.count(context, "k1") == len(page.rows)
    return [(each.version, each.body, each.agent_id) for each in page.rows]


async def test_going_back_to_an_earlier_version_makes_a_new_one(seeded: World) -> None:
    assert await past(seeded) == []
    await edit(seeded)
    back = replace(EDITED, version=3, body=NOTE.body)
    assert await revert(seeded, 1, version=2) == ConversationNoteEdited(back)
    assert await past(seeded) == [(2, "b", "jo"), (1, NOTE.body, NOTE.author_id)]
    before = await seeded.snapshot()
    # To what it says already, and to itself: nothing is written.
    assert await revert(seeded, 1) == await revert(seeded, 3) == ConversationNoteEdited(back)
    assert await revert(seeded, 9) == NotFound(Kind.VERSION)
    assert await revert(seeded, 1, note_id="k9") == NotFound(Kind.NOTE)
    assert await revert(seeded, 2, version=2) == StaleConversationNote(back)
    assert await seeded.snapshot() == before


async def test_a_note_of_a_contact_who_is_gone_is_not_written(seeded: World) -> None:
    await edit(seeded)
    await seeded.driver.collection("contacts").delete_many({"_id": "c1"})
    before = await seeded.snapshot()
    assert await revert(seeded, 1) == await revert(seeded, 2) == NotFound(Kind.NOTE)
    assert await edit(seeded, "c") == NotFound(Kind.NOTE)
    assert await seeded.snapshot() == before


async def test_a_deleted_note_is_restored_with_its_past(seeded: World) -> None:
    await edit(seeded)
    assert await delete(seeded) == ConversationNoteDeleted(EDITED, V1, UNTIL)
    assert await listed(seeded) == []
    gone = await seeded.snapshot()
    assert [each["purge"] for each in gone["conversationNotes"]] == [UNTIL]
    assert [each["purge"] for each in gone["conversationNoteRevisions"]] == [UNTIL]
    deleted = DeletedNote(EDITED, NOW, "jo", UNTIL)
    assert await restore(seeded, version=1) == StaleDeletedConversationNote(deleted)
    assert await seeded.snapshot() == gone
    back = replace(EDITED, version=3, restored_at=NOW, restored_by_id="jo")
    assert await restore(seeded) == ConversationNoteRestored(back, V1)
    assert await listed(seeded) == [back]
    there = await seeded.snapshot()
    assert ["purge" in each for each in there["conversationNoteRevisions"]] == [False, False]
    assert await restore(seeded) == ConversationNoteRestored(back, V1)
    assert await restore(seeded, version=2) == StaleConversationNote(back)
    assert await seeded.snapshot() == there


async def test_what_is_refused_writes_nothing(seeded: World) -> None:
    await seeded.add_conversation_notes(a_conversation_note("v9", contact_id="c9", id="left"))
    await seeded.add_conversations(a_conversation("c9", "v9"))
    before = await seeded.snapshot()
    assert await edit(seeded, version=7) == StaleConversationNote(NOTE)
    assert await delete(seeded, version=7) == StaleConversationNote(NOTE)
    # Of a contact who is deleted, and of nobody.
    for each in ("left", "nothing"):
        assert await edit(seeded, note_id=each) == NotFound(Kind.NOTE)
        assert await delete(seeded, note_id=each) == NotFound(Kind.NOTE)
        assert await restore(seeded, note_id=each) == NotFound(Kind.NOTE)
        assert await notes.find(await asker(seeded), each) is None
    for each in ("v9", "nothing"):
        added = await notes.add(await asker(seeded), conversation_id=each, body="x", idempotency_key=None)
        assert added == NotFound(Kind.CONVERSATION)
    long = await edit(seeded, "x" * (LONGEST_NOTE + 1))
    blank = await notes.add(await asker(seeded), conversation_id="v1", body=" ", idempotency_key=None)
    assert isinstance(long, Invalid)
    assert isinstance(blank, Invalid)
    assert (long.code, long.path) == (ErrorCode.TOO_LONG, ("input", "body"))
    assert (blank.code, blank.path) == (ErrorCode.BLANK, ("input", "body"))
    assert await seeded.snapshot() == before


async def test_a_deleted_note_of_a_contact_who_is_gone_is_not_found(seeded: World) -> None:
    await delete(seeded)
    await seeded.driver.collection("contacts").delete_many({"_id": "c1"})
    before = await seeded.snapshot()
    assert await restore(seeded) == NotFound(Kind.NOTE)
    assert await notes.find_deleted(await asker(seeded), "k1") is None
    assert await seeded.snapshot() == before


async def restorable(context: Context, conversation_id: str = "v1") -> list[DeletedNote[ConversationNote]]:
    page = await notes.deleted_page(context, conversation_id, PageRequest(20))
    assert await notes.deleted_count(context, conversation_id) == len(page.rows)
    return [each.deleted for each in page.rows]


async def test_what_was_deleted_is_listed_until_its_retention_ends(seeded: World) -> None:
    await seeded.add_conversations(a_conversation("c1", "v2"))
    await seeded.add_conversation_notes(a_conversation_note("v2", id="k2"))
    await edit(seeded)
    await delete(seeded)
    await delete(seeded, note_id="k2")
    last_moment = UNTIL - timedelta(milliseconds=1)
    for at, expected in ((NOW, [DeletedNote(EDITED, NOW, "jo", UNTIL)]), (UNTIL, [])):
        assert await restorable(await asker(seeded, at=at)) == expected
    [found] = await restorable(await asker(seeded, at=last_moment), "v2")
    assert found.note.id == "k2"
    assert await restorable(await asker(seeded, "mo", "other")) == []
    page = await notes.deleted_page(await asker(seeded), "v1", PageRequest(20))
    [signed] = page.rows
    assert (signed.deleter.id, signed.note.author.id) == ("jo", NOTE.author_id)


async def test_what_the_same_request_asks_next_sees_what_was_deleted_and_restored(seeded: World) -> None:
    context = await asker(seeded)
    assert await restorable(context) == []
    await notes.delete(context, note_id="k1", version=None, idempotency_key=None)
    assert len(await restorable(context)) == 1
    await notes.restore(context, note_id="k1", version=None, idempotency_key=None)
    assert await restorable(context) == []


def whose(snapshot: dict[str, list[dict[str, object]]]) -> dict[str, set[object]]:
    names = ("conversations", "conversationNotes", "conversationNoteRevisions")
    return {name: {each["contact"] for each in snapshot[name]} for name in names}


async def test_notes_go_with_their_conversation_into_a_merge_and_back(seeded: World) -> None:
    await edit(seeded)
    await seeded.add_conversation_notes(a_conversation_note("v1", id="k2"))
    await delete(seeded, note_id="k2")
    everything = ("conversations", "conversationNotes", "conversationNoteRevisions")
    before = await seeded.snapshot()
    merged = await merging.merge(await asker(seeded, "ada"), MergeOrder("c2", "c1"), idempotency_key=None)
    assert isinstance(merged, ContactsMerged), merged
    assert whose(await seeded.snapshot()) == {each: {"c2"} for each in everything}
    # What is written in between goes back too.
    added = await notes.add(await asker(seeded), conversation_id="v1", body="x", idempotency_key=None)
    assert isinstance(added, ConversationNoteAdded)
    assert added.note.contact_id == "c2"
    parted = await unmerging.unmerge(
        await asker(seeded, "ada"), merge_id=merged.merge.id, is_dry_run=False, idempotency_key=None
    )
    assert isinstance(parted, ContactsUnmerged), parted
    after = await seeded.snapshot()
    assert whose(after) == {each: {"c1"} for each in everything}
    others = [each for each in after["conversationNotes"] if each["_id"] != added.note.id]
    assert others == before["conversationNotes"]
    assert after["conversationNoteRevisions"] == before["conversationNoteRevisions"]
