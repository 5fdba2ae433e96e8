"""Contact notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.deleted_notes import DeletedNotePosition
from domain.notes import NotePosition
from domain.paging import PageRequest
from tests.builders import MORNING, a_deleted_note, a_note
from tests.persistence.explain_cases.case import Act, Case, Costs, within
from tests.persistence.explain_cases.contacts import CONTACT, TWO
from tests.persistence.noise import DELETED, NOTE_COUNT, a_noisy_note, note_id

PLACE = NotePosition(MORNING + timedelta(minutes=2), note_id(1, 100))
"""In the middle of 28 live notes of one millisecond: 84 to 125, without every third."""
NOTE = a_noisy_note(1, 100)
DELETED_PLACE = DeletedNotePosition(DELETED + timedelta(minutes=2), note_id(1, 102))
"""In the middle of 14 notes that were deleted in one millisecond."""
MISSING = [note_id(1, 99), note_id(1, 100, "other"), "nobody"]
"""Deleted, another organization's, and no note at all."""


def pages(position: NotePosition | None = None, *, backward: bool = False, size: int = 20) -> Act:
    return lambda stores: stores.notes.pages(TWO, PageRequest(size, position, is_backward=backward))


def deleted_pages(position: DeletedNotePosition | None = None, *, backward: bool = False) -> Act:
    return lambda stores: stores.notes.deleted_pages(TWO, PageRequest(20, position, is_backward=backward), DELETED)


FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]
BESIDE: Costs = [*FIRST, *[("aggregate", 0)] * 2]
"""Whether there is something on the other side is read from the index alone."""
DATED: Costs = [("aggregate", 44), *[("aggregate", 21)] * 2, *[("aggregate", 1)] * 2]
"""Of a deleted note, its date has to be looked at."""

CASES: list[Case] = [
    ("NoteStore.by_ids", "", lambda s: s.notes.by_ids([NOTE.id, *MISSING]), [("find", 1)]),
    ("NoteStore.pages", "first", pages(), FIRST),
    ("NoteStore.pages", "last", pages(backward=True), FIRST),
    ("NoteStore.pages", "after", pages(PLACE), BESIDE),
    ("NoteStore.pages", "before", pages(PLACE, backward=True), BESIDE),
    ("NoteStore.pages", "one", pages(PLACE, size=1), [("aggregate", 4), *[("aggregate", 2)] * 2, *BESIDE[3:]]),
    ("NoteWriter.find", "", within(lambda c: c.notes.find(NOTE.id)), [("find", 1)]),
    ("NoteWriter.find", "deleted", within(lambda c: c.notes.find(MISSING[0])), [("find", 0)]),
    ("NoteWriter.add", "", within(lambda c: c.notes.add(a_note(CONTACT.id))), []),
    ("NoteWriter.put", "", within(lambda c: c.notes.put(replace(NOTE, body="x"))), [("update", 1)]),
    ("NoteStore.kept_by_ids", "", lambda s: s.notes.kept_by_ids([NOTE.id, *MISSING], DELETED), [("find", 2)]),
    ("NoteStore.deleted_by_ids", "", lambda s: s.notes.deleted_by_ids([NOTE.id, *MISSING], DELETED), [("find", 1)]),
    ("NoteStore.deleted_pages", "first", deleted_pages(), FIRST),
    ("NoteStore.deleted_pages", "last", deleted_pages(backward=True), FIRST),
    ("NoteStore.deleted_pages", "after", deleted_pages(DELETED_PLACE), DATED),
    ("NoteStore.deleted_pages", "before", deleted_pages(DELETED_PLACE, backward=True), DATED),
    # Whether the date of each is past, no index says.
    (
        "NoteStore.deleted_counts",
        "",
        lambda s: s.notes.deleted_counts(TWO, DELETED),
        [("aggregate", 2 * NOTE_COUNT // 3), *[("aggregate", NOTE_COUNT // 3)] * 2],
    ),
    ("NoteWriter.find_deleted", "", within(lambda c: c.notes.find_deleted(MISSING[0], DELETED)), [("find", 1)]),
    ("NoteWriter.find_deleted", "live", within(lambda c: c.notes.find_deleted(NOTE.id, DELETED)), [("find", 0)]),
    ("NoteWriter.delete", "", within(lambda c: c.notes.delete(a_deleted_note(NOTE))), [("update", 1)]),
    ("NoteWriter.restore", "", within(lambda c: c.notes.restore(a_noisy_note(1, 99))), [("update", 1)]),
]
