"""Conversation notes."""

from __future__ import annotations

from dataclasses import replace

from domain.notes import NotePosition, position
from domain.paging import PageRequest
from tests.builders import MORNING, a_conversation_note, a_deleted_note
from tests.persistence.explain_cases.case import Act, Case, Costs, within
from tests.persistence.noise_conversations import EACH, NOTES_EACH, a_noisy_note, conversation_id, owner_id

ONE, GONE = a_noisy_note(1, 100), a_noisy_note(1, 99)
TWO = [conversation_id(1, 0), conversation_id(2, 0)]


def pages(place: NotePosition | None = None, *, backward: bool = False) -> Act:
    return lambda s: s.conversation_notes.pages(TWO, PageRequest(20, place, is_backward=backward))


FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]
BESIDE: Costs = [*FIRST, *[("aggregate", 0)] * 2]

CASES: list[Case] = [
    ("ConversationNoteStore.pages", "first", pages(), FIRST),
    ("ConversationNoteStore.pages", "last", pages(backward=True), FIRST),
    ("ConversationNoteStore.pages", "after", pages(position(ONE)), BESIDE),
    ("ConversationNoteStore.counts", "", lambda s: s.conversation_notes.counts(TWO), [("aggregate", 0)] * 3),
    ("ConversationNoteStore.by_ids", "", lambda s: s.conversation_notes.by_ids([ONE.id, GONE.id]), [("find", 1)]),
    ("ConversationNoteWriter.find", "", within(lambda c: c.conversation_notes.find(ONE.id)), [("find", 1)]),
    ("ConversationNoteWriter.add", "", within(lambda c: c.conversation_notes.add(a_conversation_note())), []),
    (
        "ConversationNoteWriter.put",
        "",
        within(lambda c: c.conversation_notes.put(replace(ONE, body="x"))),
        [("update", 1)],
    ),
    (
        "ConversationNoteWriter.delete",
        "",
        within(lambda c: c.conversation_notes.delete(a_deleted_note(ONE))),
        [("update", 1)],
    ),
    (
        "ConversationNoteStore.kept_by_ids",
        "",
        lambda s: s.conversation_notes.kept_by_ids([ONE.id, GONE.id], MORNING),
        [("find", 2)],
    ),
    (
        "ConversationNoteStore.deleted_by_ids",
        "",
        lambda s: s.conversation_notes.deleted_by_ids([ONE.id, GONE.id], MORNING),
        [("find", 1)],
    ),
    (
        "ConversationNoteStore.deleted_pages",
        "",
        lambda s: s.conversation_notes.deleted_pages(TWO, PageRequest(20), MORNING),
        FIRST,
    ),
    # Whether the date of each is past, no index says.
    (
        "ConversationNoteStore.deleted_counts",
        "",
        lambda s: s.conversation_notes.deleted_counts(TWO, MORNING),
        [("aggregate", 2 * NOTES_EACH // 3), *[("aggregate", NOTES_EACH // 3)] * 2],
    ),
    (
        "ConversationNoteWriter.find_deleted",
        "",
        within(lambda c: c.conversation_notes.find_deleted(GONE.id, MORNING)),
        [("find", 1)],
    ),
    ("ConversationNoteWriter.restore", "", within(lambda c: c.conversation_notes.restore(GONE)), [("update", 1)]),
    (
        "ConversationNoteWriter.follow",
        "",
        within(lambda c: c.conversation_notes.follow(owner_id(1))),
        [("find", EACH), ("find", NOTES_EACH), ("update", NOTES_EACH), ("update", NOTES_EACH)],
    ),
    ("ConversationNoteWriter.follow", "nothing", within(lambda c: c.conversation_notes.follow("x")), [("find", 0)]),
]
