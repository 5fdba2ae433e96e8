"""Conditions of MongoDB put together, so that the index that is meant for them serves them."""

from __future__ import annotations

from collections.abc import Sequence

from persistence.driver import Document


def joined(one: Document, other: Document) -> Document:
    return {"$and": [one, other]} if one.keys() & other.keys() else {**one, **other}


def either(conditions: Sequence[Document]) -> Document:
    return conditions[0] if len(conditions) == 1 else {"$or": list(conditions)}


def all_of(conditions: Sequence[Document]) -> Document:
    met = [each for each in conditions if each]
    return {"$and": met} if met else {}


def beside(condition: Document, rest: Document) -> Document:
    """Return the condition with the rest in a form that no index is considered for: denied twice, it stays the same."""
    return {"$and": [condition, {"$nor": [{"$nor": [rest]}]}]} if rest else condition
