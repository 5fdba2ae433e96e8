"""What happened to a contact while it was one with another, told without what is the other's since they parted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.attributes import HeldValue
from domain.events import ContactEvent, EventKind, MergedContact, State, ValueChange, ValueStanding

_OF_MERGING = frozenset({EventKind.CONTACTS_MERGED, EventKind.CONTACTS_UNMERGED})


@dataclass(frozen=True, slots=True)
class Parting:
    """From when to when two contacts were one, and what the survivor had of the other in that time."""

    merge_id: str
    since: datetime
    until: datetime
    ended_by: str
    """Id of the event that tells of the end, in the survivor's log."""
    names: frozenset[str]
    taken: frozenset[HeldValue]
    """The values that it took over, as `_as_came` has them."""
    given_back: frozenset[str]
    """Ids of the definitions whose values were the other's to the end."""

    def covers(self, event: ContactEvent) -> bool:
        """Tell whether it happened while the two were one."""
        return self.since <= event.at <= self.until


def undone_merges(events: Iterable[ContactEvent]) -> frozenset[str]:
    """Return the ids of the merges that were undone, as what happened to either of the contacts tells."""
    undone = [each.before for each in events if each.kind is EventKind.CONTACTS_UNMERGED]
    return frozenset(each.merge_id for each in undone if isinstance(each, MergedContact))


def own_events(events: Sequence[ContactEvent]) -> tuple[ContactEvent, ...]:
    """Return what happened to the contact, without the values and the names of whom it was merged with and parted from.

    Whatever tells of nothing else is left out, but for the merge and its undoing, of which the values are. The CRM's
    answers while the two were one were about both: that it was asked is told, and not what it said.
    """
    undone, parted = undone_merges(events), tuple(partings(events))
    told = (replace(each, values=()) if _merge_of(each) in undone else each for each in events)
    return tuple(own for each in told if (own := _own(each, parted)) is not None)


def _own(event: ContactEvent, parted: Iterable[Parting]) -> ContactEvent | None:
    for parting in parted:
        own = without_other(event, parting)
        if own is None:
            return None
        event = own
    return event


def partings(events: Iterable[ContactEvent]) -> Iterator[Parting]:
    """Yield one for each merge that the events tell of together with its undoing."""
    of_merging = [(merge, each) for each in events if (merge := _merge_of(each)) and each.kind in _OF_MERGING]
    began = {merge_id: each for merge_id, each in of_merging if each.kind is EventKind.CONTACTS_MERGED}
    for merge_id, ended in of_merging:
        # Whoever was taken up has no such event: nothing happened to them in between.
        if ended.kind is EventKind.CONTACTS_UNMERGED and (merged := began.get(merge_id)) is not None:
            others = [each for each in (merged.after, ended.before) if isinstance(each, MergedContact)]
            yield Parting(
                merge_id,
                merged.at,
                ended.at,
                ended.id,
                frozenset(each.name for each in others),
                frozenset(_as_came(each.after) for each in merged.values),
                frozenset(each.after.definition_id for each in ended.values),
            )


def _merge_of(event: ContactEvent) -> str | None:
    state = event.after or event.before
    return state.merge_id if isinstance(state, MergedContact) else None


def without_other(event: ContactEvent, parting: Parting) -> ContactEvent | None:
    """Return what the event, of the survivor's log, tells without what is the other's; None where it tells no more.

    What happened before the two were one, and since they parted, is told whole.
    """
    return _without_other(event, parting) if parting.covers(event) else event


def within(inner: Parting, outer: Parting) -> Parting:
    """Return what a third contact had of the other, by the parting of that one from the survivor."""
    theirs = inner.given_back & outer.given_back
    return replace(inner, names=outer.names, taken=outer.taken, given_back=theirs)


def without_carried(event: ContactEvent, parting: Parting) -> ContactEvent:
    """Return what the event tells, of a third contact that was merged with the survivor meanwhile or parted from it.

    What the survivor brought and took away that was the other's is no longer told, nor its name.
    """
    if not parting.covers(event):
        return event
    before, after = (_unnamed(each, parting.names) for each in (event.before, event.after))
    own = _own_after if event.kind is EventKind.CONTACTS_MERGED else _own_before
    return replace(event, before=before, after=after, values=tuple(own(each, parting) for each in event.values))


def _unnamed(state: State, names: Collection[str]) -> State:
    return replace(state, name="") if isinstance(state, MergedContact) and state.name in names else state


def _without_other(event: ContactEvent, parting: Parting) -> ContactEvent | None:
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
        case EventKind.CONTACTS_MERGED:
            # With a third contact, whose values these became.
            return replace(event, values=tuple(_own_before(each, parting) for each in event.values))
        case EventKind.CONTACTS_UNMERGED:
            # From that one, when the values became again what they had been.
            return replace(event, values=tuple(_own_after(each, parting) for each in event.values))
        case _:
            return event


def _own_change(change: ValueChange, parting: Parting) -> ValueChange:
    is_theirs = change.before is not None and _as_came(change.before) in parting.taken
    return replace(change, before=None) if is_theirs else change


def _own_before(change: ValueChange, parting: Parting) -> ValueChange:
    is_given_back = change.after.definition_id in parting.given_back
    return replace(change, before=None) if is_given_back else _own_change(change, parting)


def _own_after(change: ValueChange, parting: Parting) -> ValueChange:
    """Return the change, empty where it gave the other's value back: that a third contact's was taken away stays."""
    after = change.after
    is_theirs = after.definition_id in parting.given_back or _as_came(after) in parting.taken
    return replace(change, after=replace(after, value=None, sync=None)) if is_theirs else change


def _as_came(value: HeldValue) -> HeldValue:
    """Return the value as it can be known again, whatever is done about it: how it stands with the CRM, and merges.

    A merge that was undone gives values back by new versions.
    """
    return replace(value, version=0, sync=None)
