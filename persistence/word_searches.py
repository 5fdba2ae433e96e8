"""What a search for several words finds, by name: who has them all is read from the index, then the documents of those.

The documents say whether they are meant: the index knows beginnings of words alone, and nothing of a filter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pymongo.asynchronous.collection import AsyncCollection

from persistence.conditions import all_of, beside, either, joined
from persistence.deadlines import Deadline
from persistence.derived import WITHOUT_WORDS
from persistence.driver import Document
from persistence.names import BY_ORGANIZATION, BY_WORD
from persistence.order_queries import Part
from persistence.search_queries import SearchQuery, WordQuery
from persistence.word_walks import GROWTH, MOST_KEYS, Key, Walk

_ONLY_KEY: Document = {"nameKey": 1}
"""The id comes with it: the index has both, so that no document is read."""


@dataclass(frozen=True, slots=True)
class _WordKeys:
    """The contacts that may have one of the words."""

    contacts: AsyncCollection[Document]
    organization_id: str
    word: WordQuery
    part: Part
    step: int
    deadline: Deadline

    async def behind(self, place: Key | None, size: int) -> Sequence[Key]:
        places = [{}] if place is None else list(self.part.beyond(place, self.step, inclusive=False))
        starts: list[Document] = [{"org": self.organization_id, **each} for each in self.word.starts]
        # Each is one exact range of the index; the server merges them in order.
        ranges = [joined(start, each) for start in starts for each in places]
        found = self.contacts.find(either(ranges), _ONLY_KEY, limit=size, batch_size=size)
        found = found.sort(self.part.sort(self.step)).hint(BY_WORD).max_time_ms(self.deadline.left_ms())
        return [(each["nameKey"], each["_id"]) for each in await found.to_list(None)]

    async def among(self, keys: Sequence[Key]) -> Sequence[Key]:
        unknown = [key for key in keys if not self.word.is_called(key[0])]
        found = await self._having_beginnings(unknown) if unknown else frozenset()
        return [key for key in keys if key in found or self.word.is_called(key[0])]

    async def _having_beginnings(self, keys: Sequence[Key]) -> frozenset[Key]:
        query = {
            "org": self.organization_id,
            "search.grams": {"$in": list(self.word.grams)},
            "nameKey": {"$in": list({name for name, _ in keys})},
            "_id": {"$in": [each for _, each in keys]},
        }
        found = self.contacts.find(query, _ONLY_KEY, batch_size=len(keys) + 1).hint(BY_WORD)
        found = found.max_time_ms(self.deadline.left_ms())
        return frozenset([(each["nameKey"], each["_id"]) for each in await found.to_list(None)])


@dataclass(frozen=True, slots=True)
class WordSearch:
    """Those whom the search finds and who meet what else is wanted."""

    contacts: AsyncCollection[Document]
    organization_id: str
    search: SearchQuery
    wanted: Document
    part: Part
    """The order: by name, either way."""
    deadline: Deadline
    first_keys: int
    """How many keys are read at first."""

    async def rows(self, place: Key | None, step: int, limit: int) -> list[Document]:
        """Return the documents of the next ones behind the place (before it, where the step is -1)."""
        walk = self._walk(place, step)
        rows: list[Document] = []
        size = limit
        while len(rows) < limit and (keys := await walk.take(size)):
            rows += await self._documents(keys)
            size = min(size * GROWTH, MOST_KEYS)
        return rows[:limit]

    async def has_from(self, place: Key, step: int) -> bool:
        """Tell whether there is one at the place, as most often, or behind it."""
        return bool(await self._documents([place]) or await self.rows(place, step, 1))

    async def count(self) -> int:
        walk, count = self._walk(None, 1), 0
        while keys := await walk.take(MOST_KEYS):
            count += len(keys) if self.search.is_exact and not self.wanted else await self._count(keys)
        return count

    def _walk(self, place: Key | None, step: int) -> Walk:
        words = [
            _WordKeys(self.contacts, self.organization_id, each, self.part, step, self.deadline)
            for each in self.search.words
        ]
        return Walk(words, place, self.first_keys)

    async def _documents(self, keys: Sequence[Key]) -> list[Document]:
        """Return the documents that are meant, in the order of the keys."""
        found = self.contacts.find(self._meant(keys), WITHOUT_WORDS, batch_size=len(keys) + 1)
        found = found.hint(BY_ORGANIZATION).max_time_ms(self.deadline.left_ms())
        # Who was renamed since the key was read has another place by now.
        documents = {(each["nameKey"], each["_id"]): each for each in await found.to_list(None)}
        return [documents[key] for key in keys if key in documents]

    async def _count(self, keys: Sequence[Key]) -> int:
        return await self.contacts.count_documents(
            self._meant(keys), hint=BY_ORGANIZATION, maxTimeMS=self.deadline.left_ms()
        )

    def _meant(self, keys: Sequence[Key]) -> Document:
        ids = [each for _, each in keys]
        return beside({"org": self.organization_id, "_id": {"$in": ids}}, all_of([self.wanted, self.search.whole]))
