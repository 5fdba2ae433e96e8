"""Deleting a contact: what goes, and the little that a log keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.contacts import Contact, Network
from domain.text import normalised

_LONGEST_HINT = 2
"""Letters of a name that are told."""


@dataclass(frozen=True, slots=True)
class DeletedContact:
    """An entry of the log: enough for an admin to recognise what they did, and too little to know a person by."""

    id: str
    deleted_id: str
    """Of the contact, which nothing is found by any more. Not called `contact_id`: this is no data of a contact."""
    hint: str
    networks: tuple[Network, ...]
    """That the contact wrote from, each once, in the order of the identities."""
    at: datetime
    admin_id: str
    is_erasure: bool
    """Whether it was done at the person's own request, with a receipt."""


@dataclass(frozen=True, slots=True)
class DeletionPosition:
    """A place in the log of an organization, and among its receipts: newest first, then by id."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class ContactDeleted:
    """The contact is gone."""

    deletion: DeletedContact


def position(deletion: DeletedContact) -> DeletionPosition:
    return DeletionPosition(deletion.at, deletion.id)


def entry(contact: Contact, *, entry_id: str, at: datetime, admin_id: str, is_erasure: bool) -> DeletedContact:
    """Return what the log keeps of the contact."""
    networks = tuple(dict.fromkeys(each.key.network for each in contact.identities))
    return DeletedContact(entry_id, contact.id, hint(contact.name), networks, at, admin_id, is_erasure)


def hint(name: str) -> str:
    """Return the beginning of a name, such as `Ja…`: never more than half of it, and of one letter nothing."""
    shown = normalised(name).strip().lstrip("@+")
    return f"{shown[: min(_LONGEST_HINT, len(shown) // 2)].rstrip()}…"
