"""What happened to a contact while it was one with another, told without what is the other's since they parted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.attributes import HeldValue
from domain.events import ContactEvent, EventKind, MergedContact, ValueChange, ValueStanding

_OF_MERGING = frozenset({EventKind.CONTACTS_MERGED, EventKind.CONTACTS_UNMERGED})


@dataclass(frozen=True, slots=True)
class _Parting:
    """From when to when two contacts were one, and what the survivor had of the other in that time."""

    since: datetime
    until: datetime
    names: frozenset[str]
    taken: frozenset[HeldValue]
    """The values that it took over. Where they stood with the CRM is no part of them."""
    given_back: frozenset[str]
    """Ids of the definitions whose values were the other's to the end."""


def undone_merges(events: Iterable[ContactEvent]) -> frozenset[str]:
    """Return the ids of the merges that were undone, as what happened to either of the contacts tells."""
    undone = [each.before for each in events if each.kind is EventKind.CONTACTS_UNMERGED]
    return frozenset(each.merge_id for each in undone if isinstance(each, MergedContact))


def own_events(events: Sequence[ContactEvent]) -> tuple[ContactEvent, ...]:
    """Return what happened to the contact, without the values and the names of whom it was merged with and parted from.

    Whatever tells of nothing else is left out, but for the merge and its undoing, of which the values are. The CRM's
    answers while the two were one were about both: that it was asked is told, and not what it said.
    """
    undone, partings = undone_merges(events), tuple(_partings(events))
    told = (replace(each, values=()) if _merge_of(each) in undone else each for each in events)
    return tuple(own for each in told if (own := _own(each, partings)) is not None)


def _own(event: ContactEvent, partings: Iterable[_Parting]) -> ContactEvent | None:
    own: ContactEvent | None = event
    for parting in partings:
        if own is not None and parting.since <= own.at <= parting.until:
            own = _without_other(own, parting)
    return own


def _partings(events: Iterable[ContactEvent]) -> Iterator[_Parting]:
    of_merging = [(_merge_of(each), each) for each in events if each.kind in _OF_MERGING]
    began = {merge_id: each for merge_id, each in of_merging if each.kind is EventKind.CONTACTS_MERGED}
    for merge_id, ended in of_merging:
        # Whoever was taken up has no such event: nothing happened to them in between.
        if ended.kind is EventKind.CONTACTS_UNMERGED and (merged := began.get(merge_id)) is not None:
            others = [each for each in (merged.after, ended.before) if isinstance(each, MergedContact)]
            yield _Parting(
                merged.at,
                ended.at,
                frozenset(each.name for each in others),
                frozenset(replace(each.after, sync=None) for each in merged.values),
                frozenset(each.after.definition_id for each in ended.values),
            )


def _merge_of(event: ContactEvent) -> str | None:
    state = event.after or event.before
    return state.merge_id if isinstance(state, MergedContact) else None


def _without_other(event: ContactEvent, parting: _Parting) -> ContactEvent | None:
    match event.kind:
        case EventKind.VALUES_CHANGED:
            values = tuple(
                _own_change(each, parting)
                for each in event.values
                if each.after.definition_id not in parting.given_back
            )
            return replace(event, values=values) if values else None
        case EventKind.SYNC_CHANGED:
            standing = event.after
            is_theirs = isinstance(standing, ValueStanding) and standing.definition_id in parting.given_back
            return None if is_theirs else event
        case EventKind.CONTACT_RENAMED:
            before, after = (None if each in parting.names else each for each in (event.before, event.after))
            return replace(event, before=before, after=after)
        case EventKind.LOOKED_UP:
            return replace(event, before=None, after=None)
        case _:
            return event


def _own_change(change: ValueChange, parting: _Parting) -> ValueChange:
    is_theirs = change.before is not None and replace(change.before, sync=None) in parting.taken
    return replace(change, before=None) if is_theirs else change
