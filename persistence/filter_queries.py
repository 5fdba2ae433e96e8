"""Filters as MongoDB's conditions: made of constants and values alone, whatever was typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from domain.contacts import LookUpOutcome
from domain.filters import (
    Above,
    AllOf,
    AnyOf,
    Below,
    Contains,
    Filter,
    Happened,
    Happening,
    HasAll,
    HasAny,
    HasNone,
    HasNotes,
    Holds,
    IsOneOf,
    IsVip,
    LookedUp,
    NoneOf,
    OfAttribute,
    OnNetwork,
    StartsWith,
)
from domain.text import sort_key
from persistence.contact_indexes import FIRST_MOMENT
from persistence.driver import Document
from persistence.names import BY_CREATION, BY_NOTE_COUNT, BY_UPDATE, BY_VALUE, BY_VIP
from persistence.value_documents import comparable

LAST = "\U0010ffff"
"""Behind every text with the same beginning."""


IndexedTest = Holds | IsOneOf | StartsWith | Above | Below | HasAny | HasAll | HasNone
"""What an index answers: none knows what a text contains."""


@dataclass(frozen=True, slots=True)
class Range:
    """A condition that one index answers."""

    condition: Document
    index: str


def query_of(wanted: Filter) -> Document:
    """Return the condition that the contacts meet whom the filter lets pass."""
    match wanted:
        case AllOf(filters):
            return {"$and": [query_of(each) for each in filters]} if filters else {}
        case AnyOf(filters):
            return {"$or": [query_of(each) for each in filters]}
        case NoneOf(filters):
            return {"$nor": [query_of(each) for each in filters]}
        case OfAttribute(definition_id, test):
            if isinstance(test, Contains):
                return {"$expr": _contains(definition_id, sort_key(test.text))}
            return {"values": {"$elemMatch": {"d": definition_id, "k": _of_value(test)}}}
        case OnNetwork(network):
            # The colon ends the network's name in the key, and the semicolon is what follows it.
            between = {"$gte": f"{network.value}:", "$lt": f"{network.value};"}
            return {"identities": {"$elemMatch": {"key": between}}}
        case IsVip(now):
            return {"vipSince": {"$gte": FIRST_MOMENT}, "vip.expires": {"$not": {"$lte": now}}}
        case LookedUp(outcome):
            return {"validation.outcome": None if outcome is LookUpOutcome.NEVER_ASKED else outcome.value}
        case Happened(what, since, before):
            bounds = {"$gte": since, "$lt": before}
            return {_MOMENTS[what][0]: {name: each for name, each in bounds.items() if each is not None}}
        case HasNotes():
            return {"noteCount": {"$gt": 0}}
        case _:
            assert_never(wanted)


_MOMENTS = {Happening.CREATED: ("created", BY_CREATION), Happening.UPDATED: ("updated", BY_UPDATE)}


def _of_value(test: IndexedTest) -> Document:
    match test:
        case Holds():
            return {"$exists": True}
        case IsOneOf(values):
            return {"$in": [comparable(each) for each in values]}
        case StartsWith(text):
            prefix = sort_key(text)
            return {"$gte": prefix, "$lt": prefix + LAST}
        case Above(bound, inclusive):
            return {"$gte" if inclusive else "$gt": comparable(bound)}
        case Below(bound, inclusive):
            return {"$lte" if inclusive else "$lt": comparable(bound)}
        case HasAny(option_ids):
            return {"$in": list(option_ids)}
        case HasAll(option_ids):
            return {"$all": list(option_ids)}
        case HasNone(option_ids):
            return {"$exists": True, "$nin": list(option_ids)}
        case _:
            assert_never(test)


def _contains(definition_id: str, text: str) -> Document:
    """Look for the text as it is, which a pattern that was made of it would not."""
    held = {
        "$filter": {
            "input": {"$ifNull": ["$values", []]},
            "as": "each",
            "cond": {
                "$and": [
                    {"$eq": ["$$each.d", {"$literal": definition_id}]},
                    {"$gte": [{"$indexOfCP": [{"$ifNull": ["$$each.k", ""]}, {"$literal": text}]}, 0]},
                ]
            },
        }
    }
    return {"$gt": [{"$size": held}, 0]}


def ranges_of(wanted: Filter) -> Iterator[Range]:
    """Yield what every contact that passes is found by in an index, whatever else the filter asks for."""
    match wanted:
        case AllOf(filters):
            for each in filters:
                yield from ranges_of(each)
        case OfAttribute(definition_id, Contains()):
            yield Range({"values.d": definition_id}, BY_VALUE)
        case OfAttribute():
            # The index leaves out who holds nothing: only a query that says the same may use it.
            yield Range({"values.d": {"$exists": True}, **query_of(wanted)}, BY_VALUE)
        case IsVip():
            yield Range({"vipSince": {"$gte": FIRST_MOMENT}}, BY_VIP)
        case Happened(what):
            yield Range(query_of(wanted), _MOMENTS[what][1])
        case HasNotes():
            yield Range(query_of(wanted), BY_NOTE_COUNT)
        case _:
            return
