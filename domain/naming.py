"""The names of what admins make: contact groups, skill sets and teams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from domain.outcomes import Invalid
from domain.text import clean, sort_key


class Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


def checked_name(text: str, *, longest: int) -> str | Invalid:
    """Return the name as it is kept, on one line, or why it is refused. The length is in code points."""
    name = clean(" ".join(text.split()), longest=longest)
    return name.at("input", "name") if isinstance(name, Invalid) else name


def name_key(name: str) -> str:
    """Return what two of a kind may not have in common."""
    return sort_key(name)


def namesake(every: Iterable[N], made: N) -> N | None:
    """Return another one that has the name already, letter case and accents aside."""
    key = name_key(made.name)
    return next((each for each in every if each.id != made.id and name_key(each.name) == key), None)
