"""Searching for several words: the contacts that have them all are come by in the index of words, without documents.

The index lists who has a word by name. The words take turns in leading: who has the one next is read, and the others
are asked which of those have them too. So a rare word, wherever in the search it stands, leads past all who have but a
common one; and of two words that stand in different parts of the list, each leads past the part of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

Key = tuple[str, str]
"""A contact's place by name: what its name sorts by, and its id."""

MOST_KEYS = 2_000
"""Keys that one command reads or asks for: some ten milliseconds."""
GROWTH = 4
"""How many times more are read each time: the few that fill a page cost little, and many take few commands."""
_GOOD_SHARE = 8
"""Where one of so many keys is one of all words, no other word would lead much faster."""


class Keys(Protocol):
    """The contacts that may have a word."""

    async def behind(self, place: Key | None, size: int) -> Sequence[Key]:
        """Return the next ones behind the place, the first ones where it is None."""

    async def among(self, keys: Sequence[Key]) -> Sequence[Key]:
        """Return which of the keys are theirs, in the same order."""


@dataclass(slots=True)
class Walk:
    """The contacts that may have all of the words, in order."""

    words: Sequence[Keys]
    place: Key | None
    """Up to where they were looked for."""
    size: int
    """How many keys are read next."""
    is_over: bool = False
    _waiting: list[Key] = field(default_factory=list)
    _turns: Sequence[int] = ()
    """The number of the word that leads, and those of the others in the order that they are asked in."""
    _shares: list[float] = field(default_factory=list)
    """How many of those that a word was last asked about had it: nobody, as long as it was not."""

    def __post_init__(self) -> None:
        self._turns = range(len(self.words))
        self._shares = [0.0] * len(self.words)

    async def take(self, count: int) -> Sequence[Key]:
        """Return the next ones: fewer only where there are no more."""
        while len(self._waiting) < count and not self.is_over:
            self._waiting += await self._onward()
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    async def _onward(self) -> Sequence[Key]:
        leader, *others = self._turns
        read = found = await self.words[leader].behind(self.place, self.size)
        for each in others:
            if found:
                asked, found = found, await self.words[each].among(found)
                self._shares[each] = len(found) / len(asked)
        if len(read) < self.size:
            self.is_over = True
        else:
            self.place = read[-1]
        if len(found) * _GOOD_SHARE < len(read):
            # Whose word fewest have leads; whose word nearly all have would lead nowhere.
            following, *rest = sorted(others, key=self._shares.__getitem__)
            self._turns = [following, *sorted([*rest, leader], key=self._shares.__getitem__)]
        self.size = min(self.size * GROWTH, MOST_KEYS)
        return found
