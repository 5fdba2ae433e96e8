"""Privacy: a person's data given to them, or erased at their request with a receipt."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Generic

from domain.contacts import Contact
from domain.conversation_notes import ConversationNote
from domain.conversations import Conversation
from domain.deletion import DeletionPosition
from domain.events import ContactEvent
from domain.note_revisions import NoteRevision
from domain.notes import ContactNote, N
from domain.outcomes import Invalid
from domain.text import clean

LONGEST_REASON = 500
"""Code points of the reason."""


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """How much was removed, of each kind of thing that is kept about a contact."""

    notes: int = 0
    """Deleted ones included."""
    revisions: int = 0
    """Earlier versions of notes of either kind."""
    values: int = 0
    identities: int = 0
    events: int = 0
    """What happened to somebody else who was taken for the contact is theirs, and not counted where it is cut down."""
    merges: int = 0
    conversations: int = 0
    answers: int = 0
    """First answers to idempotency keys, which carry the contact."""
    conversation_notes: int = 0
    """Deleted ones included."""


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What an organization can show for an erasure. It says nothing of the person but that they are gone."""

    id: str
    organization_id: str
    deleted_id: str
    """Of the contact. Not called `contact_id`: this is no data of a contact."""
    at: datetime
    admin_id: str
    reason: str | None
    counts: ErasureCounts

    @property
    def document(self) -> str:
        """Return the receipt as one line of JSON, always in the same letters."""
        said = {
            "receipt": self.id,
            "organization": self.organization_id,
            "contact": self.deleted_id,
            "erasedAt": self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "erasedBy": self.admin_id,
            "reason": self.reason,
            "removed": _spelled(self.counts),
        }
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the document in hexadecimal digits."""
        return hashlib.sha256(self.document.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ContactErased:
    """The person is gone, and an import will not bring them back unasked."""

    receipt: ErasureReceipt


def _spelled(counts: ErasureCounts) -> dict[str, int]:
    """Return what the document says of the counts. Receipts of before there were conversation notes stay as filed."""
    told = asdict(counts)
    conversation_notes = told.pop("conversation_notes")
    return {**told, "conversationNotes": conversation_notes} if conversation_notes else told


def position(receipt: ErasureReceipt) -> DeletionPosition:
    return DeletionPosition(receipt.at, receipt.id)


def erasure_reason(text: str) -> str | Invalid:
    reason = clean(text, longest=LONGEST_REASON)
    return reason.at("input", "reason") if isinstance(reason, Invalid) else reason


@dataclass(frozen=True, slots=True)
class KeptNote(Generic[N]):
    """A note with what became of it."""

    note: N
    deleted_at: datetime | None
    deleted_by_id: str | None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Everything that is kept of one contact, in the order in which it came about."""

    contact: Contact
    notes: tuple[KeptNote[ContactNote], ...]
    revisions: tuple[NoteRevision, ...]
    """The earlier versions of the notes."""
    events: tuple[ContactEvent, ...]
    conversations: tuple[Conversation, ...]
    conversation_notes: tuple[KeptNote[ConversationNote], ...] = ()
    conversation_note_revisions: tuple[NoteRevision, ...] = ()
