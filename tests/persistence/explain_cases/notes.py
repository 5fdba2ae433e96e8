"""Contact notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.notes import NotePosition
from domain.paging import PageRequest
from tests.builders import MORNING, a_note
from tests.persistence.explain_cases.case import Act, Case, Costs, within
from tests.persistence.explain_cases.contacts import CONTACT, TWO
from tests.persistence.noise import a_noisy_note, note_id

PLACE = NotePosition(MORNING + timedelta(minutes=2), note_id(1, 100))
"""In the middle of 28 live notes of one millisecond: 84 to 125, without every third."""
NOTE = a_noisy_note(1, 100)
MISSING = [note_id(1, 99), note_id(1, 100, "other"), "nobody"]
"""Deleted, another organization's, and no note at all."""


def pages(position: NotePosition | None = None, *, backward: bool = False, size: int = 20) -> Act:
    return lambda stores: stores.notes.pages(TWO, PageRequest(size, position, is_backward=backward))


FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]
BESIDE: Costs = [*FIRST, *[("aggregate", 0)] * 2]
"""Whether there is something on the other side is read from the index alone."""

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
    ("NoteWriter.delete", "", within(lambda c: c.notes.delete(NOTE.id, agent_id="jo", at=MORNING)), [("update", 1)]),
]
