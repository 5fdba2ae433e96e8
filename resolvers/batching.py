"""What batch functions are made of: keys that name a page, and the one place that knows about their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from domain.paging import Page, PageRequest

K = TypeVar("K")
V = TypeVar("V")
M = TypeVar("M")
OWNER = TypeVar("OWNER")
P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class PageKey(Generic[OWNER, P]):
    """A page of an owner's list."""

    owner: OWNER
    request: PageRequest[P]


@dataclass(frozen=True, slots=True)
class AsOf(Generic[K]):
    """What the key leads to at a moment: of what is removed at a date."""

    key: K
    at: datetime


def by_key(
    fetch: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], missing: Callable[[K], M]
) -> Callable[[list[K]], Awaitable[list[V | M]]]:
    """Make a batch function of a store's method. Nothing else knows about the order of keys."""

    async def batch(keys: list[K]) -> list[V | M]:
        found = await fetch(keys)
        return [found[key] if key in found else missing(key) for key in keys]

    return batch


def paged(
    fetch: Callable[[Sequence[OWNER], PageRequest[P]], Awaitable[Mapping[OWNER, Page[V]]]],
) -> Callable[[Sequence[PageKey[OWNER, P]]], Awaitable[Mapping[PageKey[OWNER, P], Page[V]]]]:
    """Make of a store's method, which answers with the same page of many owners, one that answers page keys."""

    async def pages(keys: Sequence[PageKey[OWNER, P]]) -> Mapping[PageKey[OWNER, P], Page[V]]:
        owners_by_request: dict[PageRequest[P], list[OWNER]] = defaultdict(list)
        for key in keys:
            owners_by_request[key.request].append(key.owner)
        found: dict[PageKey[OWNER, P], Page[V]] = {}
        # Rarely more than one request: every member of a list is asked for the same page.
        for request, owners in owners_by_request.items():
            found.update({PageKey(owner, request): page for owner, page in (await fetch(owners, request)).items()})
        return found

    return pages


def as_of(
    fetch: Callable[[Sequence[K], datetime], Awaitable[Mapping[K, V]]],
) -> Callable[[Sequence[AsOf[K]]], Awaitable[Mapping[AsOf[K], V]]]:
    """Make of a store's method, which answers as of one moment, one that answers keys with moments of their own."""

    async def answers(keys: Sequence[AsOf[K]]) -> Mapping[AsOf[K], V]:
        # One moment for what is asked together, and that the last, so that nothing is shown past its date.
        found = await fetch(list(dict.fromkeys(each.key for each in keys)), max(each.at for each in keys))
        return {each: found[each.key] for each in keys if each.key in found}

    return answers
