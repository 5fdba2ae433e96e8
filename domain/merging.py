"""Merging: two contacts that are one person become one. What may be chosen, what it comes to, and how it can end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.attributes import HeldValue
from domain.contacts import Contact

MOST_MOVED = 20_000
"""Notes, events, conversations and notes on these, deleted notes included, that one transaction moves."""


class Side(Enum):
    """Which of the two contacts: the one that stays, or the one that becomes part of it."""

    SURVIVOR = "SURVIVOR"
    OTHER = "OTHER"


class MergeField(Enum):
    """What two contacts can differ in so that somebody may choose."""

    NAME = "NAME"
    AVATAR = "AVATAR"
    ATTRIBUTE = "ATTRIBUTE"


@dataclass(frozen=True, slots=True)
class MergePoint:
    """One thing in which the contacts can differ."""

    field: MergeField
    definition_id: str | None = None
    """Of ATTRIBUTE."""


NAME, AVATAR = MergePoint(MergeField.NAME), MergePoint(MergeField.AVATAR)

Choices = Mapping[MergePoint, Side]


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """Both contacts have something, and not the same. The candidates are names, addresses of pictures or values."""

    point: MergePoint
    survivor: str | HeldValue
    other: str | HeldValue
    chosen: Side | None
    """None where somebody has to choose before the merge can be made."""


@dataclass(frozen=True, slots=True)
class MergeMoves:
    """How much goes from one contact to the other."""

    identities: int
    notes: int
    events: int
    values: int
    conversations: int = 0


@dataclass(frozen=True, slots=True)
class MergePreview:
    moves: MergeMoves
    conflicts: tuple[MergeConflict, ...]
    """The name first, then the picture, then attributes."""

    @property
    def is_resolved(self) -> bool:
        return all(each.chosen is not None for each in self.conflicts)


@dataclass(frozen=True, slots=True)
class MergeStates:
    """The contacts before the merge, and what it made of them: enough to undo it."""

    survivor_was: Contact
    other_was: Contact
    became: Contact


@dataclass(frozen=True, slots=True)
class MergeEnd:
    """When, and by whom, a merge was undone."""

    at: datetime
    agent_id: str


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge that was made, as the journal has it."""

    id: str
    survivor_id: str
    other_id: str
    other_name: str
    at: datetime
    agent_id: str
    states: MergeStates | None = None
    """None of a merge that was undone: the contacts are themselves again."""
    end: MergeEnd | None = None


@dataclass(frozen=True, slots=True)
class MergePosition:
    """A place in the order of a contact's merges: newest first, then by id."""

    at: datetime
    id: str


def position(merge: Merge) -> MergePosition:
    return MergePosition(merge.at, merge.id)


@dataclass(frozen=True, slots=True)
class ContactsMerged:
    contact: Contact
    """The survivor, as it is with what the other one had."""
    merge: Merge
    """Without the states."""
    preview: MergePreview


@dataclass(frozen=True, slots=True)
class MergeForeseen:
    """A dry run: nothing was changed, and the contact is as it was."""

    contact: Contact
    preview: MergePreview


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The contacts differ where somebody has to choose. Nothing was changed."""

    preview: MergePreview


@dataclass(frozen=True, slots=True)
class NoSuchSide:
    """Nobody of that id in the asker's organization."""

    side: Side


@dataclass(frozen=True, slots=True)
class StaleSide:
    """The caller saw an older version of one of the two. Nothing was changed; this is the contact now."""

    side: Side
    current: Contact
