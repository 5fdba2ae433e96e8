"""What two contacts come to as one: what each of them knew is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, ContactValidation, LookUpOutcome, SocialIdentity, with_value
from domain.definitions import AttributeDefinition
from domain.events import ValueChange
from domain.merging import AVATAR, NAME, Choices, MergeConflict, MergeField, MergePoint, Side
from domain.merging_crm import taken_over
from domain.vip import VipStatus


@dataclass(frozen=True, slots=True)
class Union:
    """What a merge comes to. Where a conflict is undecided, `survivor` keeps its own."""

    survivor: Contact
    values: tuple[ValueChange, ...]
    conflicts: tuple[MergeConflict, ...]


def union(
    survivor: Contact,
    other: Contact,
    choices: Choices,
    *,
    agent_id: str,
    now: datetime,
    definitions: Iterable[AttributeDefinition] = (),
) -> Union:
    """Return what the survivor becomes.

    What is equal, or on one side only, is taken. Of two names and of two pictures the survivor's is kept, and of two
    values of an attribute neither before somebody chooses; a choice decides wherever the two differ, so that choosing
    the side that is empty leaves the attribute empty. Values keep their provenance and become the survivor's next
    version. Of VIP, the status that holds; of the validation, the one that found the contact; of both, the survivor's.
    By the definitions it is known what the CRM is to be told of the values that the survivor takes over.
    """
    name, name_conflict = _text(NAME, survivor.name, other.name, choices)
    avatar, avatar_conflict = _text(AVATAR, survivor.avatar_url, other.avatar_url, choices)
    cleared_by = Provenance(Source.AGENT, now, agent_id)
    points = list(_points(survivor, other, choices))
    validation = _validation(survivor.validation, other.validation)
    is_their_record = validation.record_id == other.validation.record_id
    changes = tuple(_changes(points, cleared_by, {each.id: each for each in definitions}, is_their_record))
    merged = _united(reduce(with_value, (each.after for each in changes), survivor), other, now)
    merged = replace(merged, name=name or survivor.name, avatar_url=avatar, validation=validation)
    of_values = [each.conflict for each in points]
    conflicts = [each for each in (name_conflict, avatar_conflict, *of_values) if each is not None]
    return Union(merged, changes, tuple(conflicts))


def _united(survivor: Contact, other: Contact, now: datetime) -> Contact:
    """Return the survivor, which has the values already, with all else that nobody chooses."""
    keys = [each for each in _import_keys(survivor, other) if each is not None]
    return replace(
        survivor,
        # Beyond the versions of both: whoever knew either of them knows an older one.
        version=max(survivor.version, other.version) + 1,
        identities=_identities(survivor, other),
        vip=_vip(survivor.vip, other.vip, now),
        note_count=survivor.note_count + other.note_count,
        created_at=min(survivor.created_at, other.created_at),
        updated_at=now,
        import_key=keys[0] if keys else None,
        merged_import_keys=tuple(keys[1:]),
        merged_ids=(*survivor.merged_ids, *other.merged_ids, other.id),
    )


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


def _changes(
    points: Sequence[_Point],
    cleared_by: Provenance,
    definitions: Mapping[str, AttributeDefinition],
    is_their_record: bool,
) -> Iterator[ValueChange]:
    for each in points:
        if each.taken is not Side.OTHER:
            continue
        version = 1 if each.mine is None else each.mine.version + 1
        definition = definitions.get(each.definition_id)
        sync = taken_over(definition, each.mine, each.theirs, is_their_record=is_their_record)
        empty = HeldValue(each.definition_id, None, cleared_by, version)
        yield ValueChange(each.mine, replace(each.theirs or empty, version=version, sync=sync))


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
