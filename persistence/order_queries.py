"""Orders as ranges of indexes: parts that follow one another, each in the order of one index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.ordering import ContactPosition, Direction, Order, OrderField
from persistence.contact_indexes import FIRST_MOMENT
from persistence.driver import Document
from persistence.names import BY_CREATION, BY_NAME, BY_NOTE_COUNT, BY_UPDATE, BY_VIP, NEWEST_VIP

_FIELDS: Mapping[OrderField, tuple[str, str]] = {
    OrderField.NAME: ("nameKey", BY_NAME),
    OrderField.CREATED_AT: ("created", BY_CREATION),
    OrderField.UPDATED_AT: ("updated", BY_UPDATE),
    OrderField.NOTE_COUNT: ("noteCount", BY_NOTE_COUNT),
}
_STEPS = {Direction.ASC: 1, Direction.DESC: -1}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list whose rows lie side by side in an index."""

    condition: Document
    """What the part's rows share."""
    keys: tuple[tuple[str, int], ...]
    """The fields that order them, each with 1 for ascending or -1, the id last."""
    index: str

    def sort(self, step: int) -> list[tuple[str, int]]:
        """Return the order, reversed where the step is -1."""
        return [(field, way * step) for field, way in self.keys]

    def beyond(self, place: Sequence[Any], step: int, *, inclusive: bool) -> Iterator[Document]:
        """Yield what the rows behind the place meet (before it, where the step is -1): one exact range each.

        Args:
            place: a value for each of the keys.
            step: 1 or -1.
            inclusive: whether the row at the place is one of them.
        """
        for last in reversed(range(len(self.keys))):
            field, way = self.keys[last]
            beyond = "$gt" if way * step > 0 else "$lt"
            if inclusive and last == len(self.keys) - 1:
                beyond += "e"
            same = {name: value for (name, _), value in zip(self.keys[:last], place, strict=False)}
            # The part's own bound stays beside the new one: only so may the index of VIPs alone be used.
            bound = {**self.condition.get(field, {}), beyond: place[last]}
            yield {**self.condition, **same, field: bound}


def parts_of(order: Order) -> tuple[Part, ...]:
    """Return the parts of the list, first to last: of VIPs by when they became so, then of everyone else."""
    first, last = order[0], _STEPS[order[-1].direction]
    if first.field is not OrderField.VIP_SINCE:
        field, index = _FIELDS[first.field]
        return (Part({}, ((field, last), ("_id", last)), index),)
    way = _STEPS[first.direction]
    by_name = (("nameKey", last), ("_id", last))
    index = BY_VIP if way == last else NEWEST_VIP
    vips = Part({"vipSince": {"$gte": FIRST_MOMENT}}, (("vipSince", way), *by_name), index)
    # Theirs is false, which no order of the index has behind the VIPs whichever way they are listed.
    others = Part({"vipSince": False}, by_name, BY_VIP)
    return (vips, others)


def place_in(parts: Sequence[Part], position: ContactPosition) -> tuple[int, tuple[Any, ...]]:
    """Return which part the position lies in, and its place there: a value for each of the part's keys."""
    place = (*position.keys, position.id)
    return (0, place) if position.keys[0] is not None else (len(parts) - 1, place[1:])
