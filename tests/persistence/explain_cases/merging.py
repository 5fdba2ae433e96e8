"""Merges, and possible duplicates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.duplicates import DuplicateKind, SharedKey
from domain.merging import MergeEnd, MergePosition
from domain.paging import PageRequest
from tests.builders import EVERY_TYPE, MORNING
from tests.persistence.explain_cases.case import Act, Case, Costs, within
from tests.persistence.noise_merging import a_noisy_merge, merge_id, survivor_id

TWO = [survivor_id(1), survivor_id(2)]
MERGE = replace(a_noisy_merge(2, 0), id="new", other_id=survivor_id(1))
"""Takes up a survivor: with 20 live and 10 deleted notes, 33 events, and 25 merges of its own."""
UNDONE = replace(a_noisy_merge(1, 1), states=None, end=MergeEnd(MORNING, "jo"))
MIDDLE = MergePosition(MORNING + timedelta(minutes=22), merge_id(1, 22))
KEYS = [
    SharedKey(DuplicateKind.SAME_EMAIL, "shared@example.com"),
    SharedKey(DuplicateKind.SAME_PHONE, "+12025550100"),
]


def pages(position: MergePosition | None = None) -> Act:
    return lambda stores: stores.merges.pages(TWO, PageRequest(20, position))


FIRST: Costs = [("aggregate", 42), *[("aggregate", 21)] * 2]

CASES: list[Case] = [
    (
        "MergeStore.by_ids",
        "",
        lambda s: s.merges.by_ids([MERGE.id, merge_id(1, 1), merge_id(1, 1, "other")]),
        [("find", 1)],
    ),
    ("MergeStore.pages", "first", pages(), FIRST),
    ("MergeStore.pages", "after", pages(MIDDLE), [*FIRST, *[("aggregate", 0)] * 2]),
    ("MergeStore.counts", "", lambda s: s.merges.counts(TWO), [("aggregate", 0)]),
    # Those that it took up, and then those that they took up, which is told by the same entries.
    ("MergeStore.kin", "", lambda s: s.merges.kin(TWO[0]), [("find", 25), ("find", 25)]),
    ("MergeStore.kin", "of one alone", lambda s: s.merges.kin("nobody"), [("find", 0)]),
    ("MergeWriter.find", "", within(lambda c: c.merges.find(merge_id(1, 1))), [("find", 1)]),
    ("MergeWriter.movable", "", within(lambda c: c.merges.movable(TWO[0])), [("aggregate", 0)] * 5),
    ("MergeWriter.returnable", "", within(lambda c: c.merges.returnable(merge_id(1, 1))), [("aggregate", 0)] * 4),
    (
        "MergeWriter.take_up",
        "",
        within(lambda c: c.merges.take_up(MERGE)),
        [("delete", 1), ("update", 30), ("update", 33), *[("update", 0)] * 4, ("update", 25)],
    ),
    (
        "MergeWriter.give_back",
        "",
        within(lambda c: c.merges.give_back(UNDONE)),
        [
            *[("update", 30), ("update", 30), ("update", 0)],
            *[("find", 0), ("update", 0)],
            *[("find", 3), ("find", 3), ("update", 3), ("update", 1), ("update", 1)],
        ],
    ),
    (
        "DuplicateStore.sharing",
        "",
        lambda s: s.duplicates.sharing(KEYS, EVERY_TYPE[:2]),
        [("find", 1), ("find", 8)],
    ),
]
