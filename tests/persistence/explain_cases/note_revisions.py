"""The versions that notes had before."""

from __future__ import annotations

from domain.events import NoteVersion
from domain.note_revisions import RevisionPosition
from domain.paging import PageRequest
from tests.builders import MORNING, a_note
from tests.persistence.explain_cases.case import Act, Case, Costs, within
from tests.persistence.explain_cases.contacts import CONTACT
from tests.persistence.noise import VERSIONS, note_id

TWO = [note_id(1, 1), note_id(2, 2)]
KEYS = [NoteVersion(note_id(1, 1), 7), NoteVersion(note_id(1, 1), 61), NoteVersion(note_id(1, 1, "other"), 7)]
"""Kept, not there, and another organization's."""
MIDDLE = RevisionPosition(VERSIONS // 2)


def pages(position: RevisionPosition | None = None, *, backward: bool = False) -> Act:
    return lambda stores: stores.revisions.pages(TWO, PageRequest(20, position, is_backward=backward))


FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]
BESIDE: Costs = [*FIRST, *[("aggregate", 0)] * 2]

CASES: list[Case] = [
    ("RevisionStore.by_versions", "", lambda s: s.revisions.by_versions(KEYS, MORNING), [("find", 1)]),
    ("RevisionStore.pages", "first", pages(), FIRST),
    ("RevisionStore.pages", "last", pages(backward=True), FIRST),
    ("RevisionStore.pages", "after", pages(MIDDLE), BESIDE),
    ("RevisionStore.pages", "before", pages(MIDDLE, backward=True), BESIDE),
    ("RevisionStore.counts", "", lambda s: s.revisions.counts(TWO), [("aggregate", 0)] * 3),
    ("RevisionWriter.find", "", within(lambda c: c.revisions.find(KEYS[0])), [("find", 1)]),
    ("RevisionWriter.keep", "", within(lambda c: c.revisions.keep(a_note(CONTACT.id))), []),
    ("RevisionWriter.expire", "", within(lambda c: c.revisions.expire(TWO[0], MORNING)), [("update", VERSIONS)]),
    ("RevisionWriter.expire", "not", within(lambda c: c.revisions.expire(TWO[0], None)), [("update", VERSIONS)]),
]
