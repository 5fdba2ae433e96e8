"""What is told to those who listen while it happens, and how their listening ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NewType

from domain.contacts import Contact
from domain.conversations import Conversation
from domain.events import ContactEvent

Cursor = NewType("Cursor", str)
"""A place in the order of everything that is written: a later one compares greater."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What one can listen to."""

    kind: str
    organization_id: str
    subject_id: str


def contact_topic(organization_id: str, contact_id: str) -> Topic:
    return Topic("contact", organization_id, contact_id)


def queue_topic(organization_id: str) -> Topic:
    """Return the topic of the whole queue: a conversation may go from one team's to another's."""
    return Topic("queue", organization_id, "")


@dataclass(frozen=True, slots=True)
class Happened:
    """An entry was added to the log of what happens to contacts."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Gone:
    """A contact was deleted, and with it its conversations."""

    contact_id: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A conversation was written: it may wait, in whichever place, or not any more."""

    conversation_id: str


News = Happened | Gone | Placed


@dataclass(frozen=True, slots=True)
class Notice:
    """That something was written: small, and shared by all who hear of it. What there is to show is read anew."""

    cursor: Cursor
    topics: frozenset[Topic]
    news: News
    is_joining: bool = False
    """Whoever listens to one of the topics listens to all of them from here on: contacts were merged, or parted."""


class Ending(Enum):
    """Why a subscription ended that could have gone on."""

    TOO_SLOW = "TOO_SLOW"
    HISTORY_LOST = "HISTORY_LOST"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - no password
    AGENT_INACTIVE = "AGENT_INACTIVE"


@dataclass(frozen=True, slots=True)
class NoPlace:
    """What was given as a place to go on from cannot be one."""


class ChangeKind(Enum):
    """Why the contact is told."""

    STARTED = "STARTED"
    CHANGED = "CHANGED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True)
class ContactChange:
    cursor: Cursor
    kind: ChangeKind
    contact: Contact | None
    """As it is now; None where it was deleted."""
    event: ContactEvent | None
    """Of CHANGED."""


class QueueChangeKind(Enum):
    """What became of the queue."""

    STARTED = "STARTED"
    PLACED = "PLACED"
    LEFT = "LEFT"
    CONTACT_DELETED = "CONTACT_DELETED"


@dataclass(frozen=True, slots=True)
class QueueChange:
    cursor: Cursor
    kind: QueueChangeKind
    conversation_id: str | None = None
    """Of PLACED and LEFT."""
    conversation: Conversation | None = None
    """As it is now, where it is there."""
    contact_id: str | None = None
    """Of CONTACT_DELETED."""
