"""One mutation by one agent at a moment of its own, by which what it wrote can be told from everything else."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from domain.contacts import Contact
from domain.events import EventKind, State, ValueChange
from resolvers.context import Context


@dataclass(slots=True)
class Known:
    """What the agents have seen so far, which others may have changed since."""

    contacts: list[str]
    value_versions: dict[tuple[str, str], int] = field(default_factory=dict)
    """By contact and key."""
    contact_versions: dict[str, int] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    """The versions by id; deleted ones stay, to be edited and deleted in vain."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a success says that it wrote: the one entry that the log must have of it."""

    contact_id: str
    kind: EventKind
    after: State = None
    values: tuple[ValueChange, ...] = ()
    """Of which `before` is not told by any answer, and None here."""
    contact: Contact | None = None
    """As answered, where its own version was changed."""


Act = Callable[[Context, str | None], Awaitable[object]]
"""Runs the mutation, with an idempotency key or without."""
Tell = Callable[[object, Context], Written | None]
"""Says what the answer says was written, None where nothing was; fails for an answer that there must not be."""


@dataclass(frozen=True, slots=True)
class Operation:
    act: Act
    tell: Tell


Maker = Callable[[random.Random, Known, int], Operation]
"""Makes a random operation of a kind; the number is its own, to make of it what nobody else writes."""


def is_next(after: int, stated: int | None) -> bool:
    """Tell whether a change made the version that follows on the one that was stated, if one was."""
    return stated is None or after == stated + 1


def seen(version: int | None, chance: random.Random) -> int | None:
    """State the version that was seen, another one, or none."""
    return chance.choice([version, version, None, None, (version or 0) + 1])
