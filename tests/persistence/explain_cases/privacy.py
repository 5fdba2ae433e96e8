"""Receipts, tombstones and everything about one person."""

from __future__ import annotations

from datetime import timedelta

from domain.deletion import DeletionPosition
from domain.paging import PageRequest
from tests.builders import MORNING
from tests.erasing import a_receipt
from tests.persistence.explain_cases.case import Act, Case, within
from tests.persistence.noise import EVENT_COUNT, NOTE_COUNT, REVISION_COUNT, contact_id
from tests.persistence.noise_merging import old_id
from tests.persistence.noise_privacy import TRACES, deletion_id

PLACE = DeletionPosition(MORNING + timedelta(minutes=30), deletion_id(30))
NEW = a_receipt("x-new")


def receipts(position: DeletionPosition | None = None, *, backward: bool = False) -> Act:
    return lambda stores: stores.privacy.receipts(PageRequest(20, position, is_backward=backward))


CASES: list[Case] = [
    ("PrivacyStore.receipts", "first", receipts(), [("aggregate", 21), ("aggregate", 21)]),
    ("PrivacyStore.receipts", "last", receipts(backward=True), [("aggregate", 21), ("aggregate", 21)]),
    ("PrivacyStore.receipts", "after", receipts(PLACE), [("aggregate", 21), ("aggregate", 21), ("aggregate", 0)]),
    ("PrivacyStore.receipt", "", lambda s: s.privacy.receipt(deletion_id(7)), [("find", 1)]),
    ("PrivacyStore.count", "", lambda s: s.privacy.count(), [("aggregate", 0)]),
    (
        "PrivacyStore.person",
        "",
        lambda s: s.privacy.person(contact_id(1), MORNING),
        [("find", 1), ("find", NOTE_COUNT), ("find", REVISION_COUNT), ("find", EVENT_COUNT), *[("find", 0)] * 3],
    ),
    (
        "PrivacyStore.person",
        "merged away",
        lambda s: s.privacy.person(old_id(3), MORNING),
        [("find", 0), ("find", 1), *[("find", 0)] * 6],
    ),
    ("PrivacyWriter.add", "", within(lambda c: c.privacy.add(NEW)), []),
    (
        "PrivacyWriter.entomb",
        "",
        within(lambda c: c.privacy.entomb(TRACES[:2], MORNING)),
        [("findAndModify", 1), ("update", 1), ("update", 1)],
    ),
    (
        "PrivacyWriter.tombstones",
        "",
        within(lambda c: c.privacy.tombstones([*TRACES[:3], "email:nobody@example.com"])),
        [("find", 1), ("find", 3)],
    ),
]
