"""The receipt of an erasure: the same to the letter, with a fingerprint that anybody can compute."""

from __future__ import annotations

import hashlib
from dataclasses import fields, replace

from domain.deletion import DeletionPosition
from domain.outcomes import ErrorCode, Invalid
from domain.privacy import LONGEST_REASON, ErasureCounts, erasure_reason, position
from tests.builders import MORNING
from tests.erasing import a_receipt

DOCUMENT = (
    '{"receipt":"x1","organization":"acme","contact":"c1","erasedAt":"2026-11-23T09:00:00.000Z","erasedBy":"ada",'
    '"reason":"Auf Wunsch gelöscht.","removed":{"notes":1,"revisions":2,"values":3,"identities":4,"events":5,'
    '"merges":6,"conversations":7,"answers":8,"conversationNotes":9}}'
)


def test_a_receipt_is_one_line_and_its_fingerprint_is_of_that_line() -> None:
    receipt = replace(a_receipt(), reason="Auf Wunsch gelöscht.")
    assert receipt.document == DOCUMENT
    assert receipt.fingerprint == hashlib.sha256(DOCUMENT.encode()).hexdigest()
    assert position(receipt) == DeletionPosition(MORNING, "x1")


def test_a_receipt_of_before_there_were_conversation_notes_stays_as_it_was_filed() -> None:
    receipt = a_receipt()
    document = replace(receipt, counts=replace(receipt.counts, conversation_notes=0)).document
    assert document.endswith('"conversations":7,"answers":8}}')


def test_whatever_is_altered_alters_the_fingerprint() -> None:
    receipt = a_receipt()
    other = replace(a_receipt("x2", organization_id="other"), deleted_id="c2", admin_id="jo", reason=None)
    altered = [
        replace(receipt, **{each: getattr(other, each)})
        for each in ("id", "organization_id", "deleted_id", "admin_id", "reason")
    ]
    altered += [replace(receipt, counts=replace(receipt.counts, **{each.name: 0})) for each in fields(ErasureCounts)]
    altered.append(replace(receipt, at=MORNING.replace(microsecond=1000)))
    prints = {each.fingerprint for each in [receipt, *altered]}
    assert len(prints) == len(altered) + 1


def test_a_reason_is_a_text_with_something_in_it() -> None:
    assert erasure_reason("Asked\r\nby letter.") == "Asked\nby letter."
    long = erasure_reason("x" * (LONGEST_REASON + 1))
    assert isinstance(long, Invalid)
    assert (long.code, long.path) == (ErrorCode.TOO_LONG, ("input", "reason"))
    blank = erasure_reason(" ")
    assert isinstance(blank, Invalid)
    assert (blank.code, blank.path) == (ErrorCode.BLANK, ("input", "reason"))
