"""The stored shape of the receipt of an erasure."""

from __future__ import annotations

from dataclasses import asdict

from domain.notes import N
from domain.privacy import ErasureCounts, ErasureReceipt, KeptNote, position
from persistence.deletion_documents import deletion_place
from persistence.documents import without_none
from persistence.driver import Document
from persistence.note_documents import NoteKind


def from_receipt(receipt: ErasureReceipt) -> Document:
    return without_none(
        {
            "_id": receipt.id,
            "org": receipt.organization_id,
            "deleted": receipt.deleted_id,
            "place": deletion_place(position(receipt)),
            "admin": receipt.admin_id,
            "reason": receipt.reason,
            "counts": asdict(receipt.counts),
        }
    )


def to_receipt(document: Document) -> ErasureReceipt:
    return ErasureReceipt(
        id=document["_id"],
        organization_id=document["org"],
        deleted_id=document["deleted"],
        at=document["place"]["at"],
        admin_id=document["admin"],
        reason=document.get("reason"),
        counts=ErasureCounts(**document["counts"]),
    )


def to_kept_note(document: Document, kind: NoteKind[N]) -> KeptNote[N]:
    return KeptNote(kind.read(document), document.get("deleted"), document.get("deleter"))
