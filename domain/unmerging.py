"""Undoing a merge: both contacts as they were, and what happened since stays with the survivor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from functools import reduce

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, SocialIdentity, with_value
from domain.definitions import AttributeDefinition
from domain.events import ValueChange
from domain.identity_changes import one_primary
from domain.merging import Merge, MergeMoves, MergeStates
from domain.merging_crm import given_back, is_others_record, is_told_by_crm, validation_without


class ContradictionKind(Enum):
    """What happened since that contradicts undoing a merge."""

    LATER_MERGE = "LATER_MERGE"
    IDENTITY_GONE = "IDENTITY_GONE"
    VALUE_CHANGED = "VALUE_CHANGED"
    VALUE_TAKEN = "VALUE_TAKEN"
    NAME_CHANGED = "NAME_CHANGED"
    AVATAR_CHANGED = "AVATAR_CHANGED"
    VIP_CHANGED = "VIP_CHANGED"


@dataclass(frozen=True, slots=True)
class Contradiction:
    kind: ContradictionKind
    identity: SocialIdentity | None = None
    """Of IDENTITY_GONE, as the other contact had it."""
    definition_id: str | None = None
    """Of VALUE_CHANGED and VALUE_TAKEN."""


@dataclass(frozen=True, slots=True)
class Contradicted:
    """The merge cannot be undone. Nothing was changed."""

    reasons: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """The two contacts after undoing, and the values that the survivor gives back."""

    survivor: Contact
    other: Contact
    values: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class ContactsUnmerged:
    contact: Contact
    """The survivor, as it is without what the other one had."""
    other: Contact
    """As it is again."""
    merge: Merge
    """As it is in the journal now."""
    moves: MergeMoves


@dataclass(frozen=True, slots=True)
class UnmergeForeseen:
    """A dry run: nothing was changed, and the contact is as it was."""

    contact: Contact
    merge: Merge
    moves: MergeMoves


def contradictions(states: MergeStates, now: Contact) -> tuple[Contradiction, ...]:
    """Return what in the survivor, as it is now, contradicts undoing the merge; empty where nothing does.

    The last merge is undone first. All that was taken from the other contact must still be here as it came: its
    identities, and what the survivor took over of its name, picture, VIP and values.
    """
    if now.id != states.survivor_was.id or now.merged_ids != states.became.merged_ids:
        return (Contradiction(ContradictionKind.LATER_MERGE),)
    here = {each.key for each in now.identities}
    gone = [each for each in states.other_was.identities if each.key not in here]
    return (
        *(Contradiction(ContradictionKind.IDENTITY_GONE, identity=each) for each in gone),
        *_changed_fields(states, now),
        *(
            Contradiction(ContradictionKind.VALUE_CHANGED, definition_id=each.definition_id)
            for each in _taken(states)
            if not _is_as_it_came(now.held(each.definition_id), each)
        ),
    )


def _changed_fields(states: MergeStates, now: Contact) -> Iterator[Contradiction]:
    was, became = states.survivor_was, states.became
    fields = [
        (ContradictionKind.NAME_CHANGED, was.name, became.name, now.name),
        (ContradictionKind.AVATAR_CHANGED, was.avatar_url, became.avatar_url, now.avatar_url),
        (ContradictionKind.VIP_CHANGED, was.vip, became.vip, now.vip),
    ]
    for kind, before, after, today in fields:
        if before != after != today:
            yield Contradiction(kind)


def _taken(states: MergeStates) -> list[HeldValue]:
    """Return the values that the survivor took over, as it took them."""
    return [each for each in states.became.values if each != states.survivor_was.held(each.definition_id)]


def _is_as_it_came(held: HeldValue | None, taken: HeldValue) -> bool:
    """Tell whether nobody set it since; a later merge that was undone has left its versions, and a CRM its news."""
    if held is None:
        return False
    return (held.value, held.provenance) == (taken.value, taken.provenance) or is_told_by_crm(held)


def parted(
    states: MergeStates,
    now: Contact,
    *,
    notes: int,
    agent_id: str,
    at: datetime,
    definitions: Iterable[AttributeDefinition] = (),
) -> Parted:
    """Return both contacts as undoing leaves them, where nothing contradicts it.

    Args:
        states: of the merge.
        now: the survivor.
        notes: how many live notes go back.
        agent_id: who undoes it.
        at: when.
        definitions: by which it is known what the CRM is to be told of the values that are given back.
    """
    was, became, version = states.survivor_was, states.became, now.version + 1
    validation = validation_without(was.validation, became.validation, now.validation)
    is_same_record = validation.record_id is not None and validation.record_id == now.validation.record_id
    cleared_by, known = Provenance(Source.AGENT, at, agent_id), {each.id: each for each in definitions}
    changes = tuple(_given_back(states, now, cleared_by, known, is_same_record=is_same_record))
    survivor = reduce(with_value, (each.after for each in changes), now)
    # One number for both: it is new to whoever knew either of them.
    survivor = replace(
        _without_other(states, survivor), version=version, validation=validation, note_count=now.note_count - notes
    )
    returned = replace(states.other_was, version=version, identities=_returned(states, now), note_count=notes)
    return Parted(replace(survivor, updated_at=at), replace(returned, updated_at=at), changes)


def _without_other(states: MergeStates, now: Contact) -> Contact:
    """Return the survivor without what it took over that is no value."""
    was, became = states.survivor_was, states.became
    return replace(
        now,
        name=was.name if was.name != became.name else now.name,
        avatar_url=was.avatar_url if was.avatar_url != became.avatar_url else now.avatar_url,
        vip=was.vip if was.vip != became.vip else now.vip,
        identities=_kept(states, now),
        created_at=was.created_at,
        import_key=was.import_key if now.import_key == became.import_key else now.import_key,
        merged_import_keys=was.merged_import_keys,
        merged_ids=was.merged_ids,
    )


def _given_back(
    states: MergeStates,
    now: Contact,
    cleared_by: Provenance,
    definitions: Mapping[str, AttributeDefinition],
    *,
    is_same_record: bool,
) -> Iterator[ValueChange]:
    taken = {each.definition_id: each for each in (*_taken(states), *_told_of_others_record(states, now))}
    for before in now.values:
        came = taken.get(before.definition_id)
        is_news = came is not None and (before.value, before.provenance) != (came.value, came.provenance)
        if came is None or (is_news and is_same_record):
            # What the survivor's own record has told since is the survivor's.
            continue
        was, version = states.survivor_was.held(before.definition_id), before.version + 1
        definition = definitions.get(before.definition_id)
        sync = given_back(definition, was, before, is_same_record=is_same_record)
        empty = HeldValue(before.definition_id, None, cleared_by, version)
        yield ValueChange(before, replace(was or empty, version=version, sync=sync))


def _told_of_others_record(states: MergeStates, now: Contact) -> Iterator[HeldValue]:
    """Return what the CRM has told since of a record that goes with the other contact."""
    if not is_others_record(states.survivor_was.validation, states.became.validation, now.validation):
        return
    for each in now.values:
        known = states.became.held(each.definition_id)
        is_news = known is None or (each.value, each.provenance) != (known.value, known.provenance)
        if is_news and is_told_by_crm(each):
            yield each


def _kept(states: MergeStates, now: Contact) -> tuple[SocialIdentity, ...]:
    theirs = {each.key for each in states.other_was.identities}
    kept = tuple(each for each in now.identities if each.key not in theirs)
    if any(each.is_primary for each in kept):
        return kept
    was = states.survivor_was.identities
    primary = next((each.key for each in was if each.is_primary), None)
    # One that never had a primary is given back as it was.
    return kept if was and primary is None else one_primary(kept, primary)


def _returned(states: MergeStates, now: Contact) -> tuple[SocialIdentity, ...]:
    """Return the other's identities in their order, each with what its network has told since."""
    today = {each.key: each for each in now.identities}
    return tuple(replace(today[each.key], is_primary=each.is_primary) for each in states.other_was.identities)
