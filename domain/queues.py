"""The queue: the order in which conversations are answered, and the places in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.conversations import Conversation


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """A place in the queue: the highest score first; among equals the oldest, then by id."""

    score: int
    received_at: datetime
    id: str


def position(conversation: Conversation) -> QueuePosition:
    return QueuePosition(score(conversation), conversation.received_at, conversation.id)


def score(_conversation: Conversation) -> int:
    """Return how many prioritized rules move it up. VIP alone moves nothing."""
    return 0
