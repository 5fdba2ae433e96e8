"""Pages of a list, by position and never by offset: rows that come and go neither hide nor repeat one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

P = TypeVar("P")
T = TypeVar("T")

DEFAULT_PAGE = 20
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class PageRequest(Generic[P]):
    """`size` rows after (or, backward, before) the position; from the start (or the end) where it is None."""

    size: int
    position: P | None = None
    is_backward: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in the list's own order, whichever way they were asked for."""

    rows: tuple[T, ...]
    has_previous: bool
    has_next: bool


def cut(rows: list[T], request: PageRequest[P], *, has_behind: bool) -> Page[T]:
    """Make a page of up to `size + 1` rows read from the position onward.

    Args:
        rows: in the order they were read, which is reversed where the request is backward.
        request: what was asked for.
        has_behind: whether a row lies on the other side of the position.
    """
    has_more, kept = len(rows) > request.size, rows[: request.size]
    if request.is_backward:
        return Page(tuple(reversed(kept)), has_previous=has_more, has_next=has_behind)
    return Page(tuple(kept), has_previous=has_behind, has_next=has_more)
