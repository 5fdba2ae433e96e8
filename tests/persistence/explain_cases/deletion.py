"""Deleting a contact, and the log of it."""

from __future__ import annotations

from datetime import timedelta

from domain.deletion import DeletionPosition
from domain.paging import PageRequest
from tests.builders import MORNING
from tests.erasing import a_deletion
from tests.persistence.explain_cases.case import Act, Case, within
from tests.persistence.noise import contact_id
from tests.persistence.noise_privacy import SHARED, UNFINISHED, deletion_id

PLACE = DeletionPosition(MORNING + timedelta(minutes=30), deletion_id(30))
NEW = a_deletion("x-new", deleted_id=contact_id(250))


def log(position: DeletionPosition | None = None, *, backward: bool = False) -> Act:
    return lambda stores: stores.deletions.page(PageRequest(20, position, is_backward=backward))


FORGOTTEN = [("find", 1), ("find", 20), ("delete", SHARED // 3), *[("update", 1)] * (SHARED // 3)]
"""Of somebody else's log: where it is, what happened from the merge to its end, and what of it is written anew."""
FORGOTTEN_BEYOND = [
    *[("find", 1), ("find", 2), *[("update", 1)] * 3],
    *[("find", 1), ("find", 2)],
    *[("find", 1), ("find", 0)],
]
"""Of whom that one was part of in between: who they are, the merge and its end, which are written anew there and in the
journal, and what happened meanwhile. Nobody else was part of them."""
FINISHED = [
    ("find", 2),
    *FORGOTTEN,
    *FORGOTTEN_BEYOND,
    *[("delete", 0)] * 7,
    ("delete", 2),
    ("delete", 1),
    ("update", 1),
]
"""Of a deleted contact that nothing is left of but what happened to somebody else, a merge and five answers, of which
the answers are counted apart."""

CASES: list[Case] = [
    ("DeletionStore.page", "first", log(), [("aggregate", 21), ("aggregate", 21)]),
    ("DeletionStore.page", "last", log(backward=True), [("aggregate", 21), ("aggregate", 21)]),
    ("DeletionStore.page", "after", log(PLACE), [("aggregate", 21), ("aggregate", 21), ("aggregate", 0)]),
    ("DeletionStore.by_id", "", lambda s: s.deletions.by_id(deletion_id(7)), [("find", 1)]),
    ("DeletionStore.by_id", "another's", lambda s: s.deletions.by_id(deletion_id(7, "other")), [("find", 0)]),
    ("DeletionStore.count", "", lambda s: s.deletions.count(), [("aggregate", 0)]),
    (
        "DeletionStore.finish",
        "",
        lambda s: s.deletions.finish(),
        [("find", UNFINISHED), *[*FINISHED, ("delete", 5)] * UNFINISHED],
    ),
    ("DeletionWriter.counts", "", within(lambda c: c.deletions.counts(contact_id(1))), [("aggregate", 0)] * 9),
    (
        *("DeletionWriter.counts", "merged"),
        within(lambda c: c.deletions.counts(contact_id(1), [contact_id(2), "acme-gone-3"])),
        [("aggregate", 0)] * 9,
    ),
    ("DeletionWriter.delete", "", within(lambda c: c.deletions.delete(NEW)), [("delete", 1)]),
]
