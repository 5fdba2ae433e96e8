"""Merging: two contacts that are one person become one, and what each of them knew is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, ContactValidation, LookUpOutcome, SocialIdentity, with_value
from domain.events import ValueChange
from domain.vip import VipStatus

MOST_MOVED = 50_000
"""Notes and events of the other contact, deleted notes included, that one transaction moves."""


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


@dataclass(frozen=True, slots=True)
class Union:
    """What a merge comes to. Where a conflict is undecided, `survivor` keeps its own."""

    survivor: Contact
    values: tuple[ValueChange, ...]
    conflicts: tuple[MergeConflict, ...]


def union(survivor: Contact, other: Contact, choices: Choices, *, agent_id: str, now: datetime) -> Union:
    """Return what the survivor becomes.

    What is equal, or on one side only, is taken. Of two names and of two pictures the survivor's is kept, and of two
    values of an attribute neither before somebody chooses; a choice decides wherever the two differ, so that choosing
    the side that is empty leaves the attribute empty. Values keep their provenance and become the survivor's next
    version. Of VIP, the status that holds; of the validation, the one that found the contact; of both, the survivor's.
    """
    name, name_conflict = _text(NAME, survivor.name, other.name, choices)
    avatar, avatar_conflict = _text(AVATAR, survivor.avatar_url, other.avatar_url, choices)
    cleared_by = Provenance(Source.AGENT, now, agent_id)
    points = list(_points(survivor, other, choices))
    changes = tuple(_changes(points, cleared_by))
    keys = [each for each in _import_keys(survivor, other) if each is not None]
    merged = survivor
    for change in changes:
        merged = with_value(merged, change.after)
    merged = replace(
        merged,
        # Beyond the versions of both: whoever knew either of them knows an older one.
        version=max(survivor.version, other.version) + 1,
        name=name or survivor.name,
        avatar_url=avatar,
        identities=_identities(survivor, other),
        vip=_vip(survivor.vip, other.vip, now),
        validation=_validation(survivor.validation, other.validation),
        note_count=survivor.note_count + other.note_count,
        created_at=min(survivor.created_at, other.created_at),
        updated_at=now,
        import_key=keys[0] if keys else None,
        merged_import_keys=tuple(keys[1:]),
        merged_ids=(*survivor.merged_ids, *other.merged_ids, other.id),
    )
    of_values = [each.conflict for each in points]
    conflicts = [each for each in (name_conflict, avatar_conflict, *of_values) if each is not None]
    return Union(merged, changes, tuple(conflicts))


def _text(
    point: MergePoint, mine: str | None, theirs: str | None, choices: Choices
) -> tuple[str | None, MergeConflict | None]:
    if mine == theirs or mine is None or theirs is None:
        absent = choices.get(point, Side.SURVIVOR if theirs is None else Side.OTHER)
        return (mine if absent is Side.SURVIVOR else theirs), None
    chosen = choices.get(point, Side.SURVIVOR)
    return (mine if chosen is Side.SURVIVOR else theirs), MergeConflict(point, mine, theirs, chosen)


@dataclass(frozen=True, slots=True)
class _Point:
    """One attribute that the two contacts differ in."""

    definition_id: str
    mine: HeldValue | None
    theirs: HeldValue | None
    taken: Side | None
    conflict: MergeConflict | None


def _points(survivor: Contact, other: Contact, choices: Choices) -> Iterator[_Point]:
    for definition_id in dict.fromkeys(each.definition_id for each in (*survivor.values, *other.values)):
        mine, theirs = survivor.held(definition_id), other.held(definition_id)
        is_mine, is_theirs = (each is not None and each.value is not None for each in (mine, theirs))
        if mine is not None and theirs is not None and is_mine and is_theirs:
            if mine.value == theirs.value:
                continue
            point = MergePoint(MergeField.ATTRIBUTE, definition_id)
            chosen = choices.get(point)
            yield _Point(definition_id, mine, theirs, chosen, MergeConflict(point, mine, theirs, chosen))
        elif is_mine or is_theirs:
            point = MergePoint(MergeField.ATTRIBUTE, definition_id)
            taken = choices.get(point, Side.SURVIVOR if is_mine else Side.OTHER)
            yield _Point(definition_id, mine, theirs, taken, None)


def _changes(points: Sequence[_Point], cleared_by: Provenance) -> Iterator[ValueChange]:
    for each in points:
        if each.taken is not Side.OTHER:
            continue
        version = 1 if each.mine is None else each.mine.version + 1
        empty = HeldValue(each.definition_id, None, cleared_by, version)
        yield ValueChange(each.mine, empty if each.theirs is None else replace(each.theirs, version=version))


def _identities(survivor: Contact, other: Contact) -> tuple[SocialIdentity, ...]:
    if any(each.is_primary for each in survivor.identities):
        return (*survivor.identities, *(replace(each, is_primary=False) for each in other.identities))
    return (*survivor.identities, *other.identities)


def _vip(mine: VipStatus | None, theirs: VipStatus | None, now: datetime) -> VipStatus | None:
    known = [each for each in (mine, theirs) if each is not None]
    return next((each for each in known if each.is_current(now)), known[0] if known else None)


def _validation(mine: ContactValidation, theirs: ContactValidation) -> ContactValidation:
    if mine.is_validated or theirs.outcome is LookUpOutcome.NEVER_ASKED:
        return mine
    return theirs if theirs.is_validated or mine.outcome is LookUpOutcome.NEVER_ASKED else mine


def _import_keys(survivor: Contact, other: Contact) -> Iterator[str | None]:
    for each in (survivor, other):
        yield each.import_key
        yield from each.merged_import_keys
