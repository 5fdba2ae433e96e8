"""What happened to a contact: one entry a change, written with the change or not at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from domain.attributes import HeldValue, Source, SyncState
from domain.contacts import ContactValidation, SocialIdentity
from domain.vip import VipStatus


class EventKind(Enum):
    """What happened; it decides what `before` and `after` of the event are."""

    CONTACT_CREATED = "CONTACT_CREATED"
    CONTACT_RENAMED = "CONTACT_RENAMED"
    IDENTITY_ADDED = "IDENTITY_ADDED"
    IDENTITY_REMOVED = "IDENTITY_REMOVED"
    IDENTITY_CHANGED = "IDENTITY_CHANGED"
    VALUES_CHANGED = "VALUES_CHANGED"
    NOTE_ADDED = "NOTE_ADDED"
    NOTE_EDITED = "NOTE_EDITED"
    NOTE_DELETED = "NOTE_DELETED"
    NOTE_RESTORED = "NOTE_RESTORED"
    VIP_SET = "VIP_SET"
    VIP_CLEARED = "VIP_CLEARED"
    CONTACTS_MERGED = "CONTACTS_MERGED"
    CONTACTS_UNMERGED = "CONTACTS_UNMERGED"
    LOOKED_UP = "LOOKED_UP"
    SYNC_CHANGED = "SYNC_CHANGED"


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value, before and after, whole: a cleared one has no value in `after`."""

    before: HeldValue | None
    after: HeldValue


@dataclass(frozen=True, slots=True)
class ValueKey:
    """Names a value: whose it is, and of which definition."""

    contact_id: str
    definition_id: str


@dataclass(frozen=True, slots=True)
class NoteVersion:
    """Names a version of a note. What it said is kept with the note, so that it goes when the note is erased."""

    note_id: str
    version: int


@dataclass(frozen=True, slots=True)
class MergedContact:
    """The contact that became one with this one, or parted from it."""

    merge_id: str
    contact_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ValueStanding:
    """Where a value stands between here and the CRM."""

    definition_id: str
    state: SyncState
    message: str | None = None
    """Of REJECTED: the CRM's words."""


State = str | SocialIdentity | NoteVersion | VipStatus | MergedContact | ContactValidation | ValueStanding | None
"""A name of CONTACT_…, an identity of IDENTITY_…, a version of NOTE_…, a status of VIP_…, a contact of CONTACTS_…, a
validation of LOOKED_UP, a standing of SYNC_CHANGED."""


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """Before and after are the whole thing that changed: enough to show it, and to bring it back."""

    id: str
    contact_id: str
    at: datetime
    kind: EventKind
    agent_id: str | None
    """None where no agent did it: an import, a network, the CRM."""
    before: State = None
    after: State = None
    values: tuple[ValueChange, ...] = ()
    """Of VALUES_CHANGED; of CONTACT_CREATED, the values that the contact began with; of CONTACTS_MERGED and
    CONTACTS_UNMERGED, the values that the contact took over or gave back."""
    source: Source = Source.AGENT


@dataclass(frozen=True, slots=True)
class EventPosition:
    """A place in the order of what happened to a contact: newest first, then by id."""

    at: datetime
    id: str


def position(event: ContactEvent) -> EventPosition:
    return EventPosition(event.at, event.id)


def creation_values(values: tuple[HeldValue, ...]) -> tuple[ValueChange, ...]:
    return tuple(ValueChange(None, each) for each in values)


def about_others(event: ContactEvent, hidden: Collection[str]) -> ContactEvent | None:
    """Return the event without values of the hidden definitions, or None where it is about nothing else."""
    if isinstance(event.after, ValueStanding) and event.after.definition_id in hidden:
        return None
    values = tuple(each for each in event.values if each.after.definition_id not in hidden)
    if len(values) == len(event.values):
        return event
    return None if event.kind is EventKind.VALUES_CHANGED and not values else replace(event, values=values)
