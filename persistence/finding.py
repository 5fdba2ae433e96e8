"""Finding contacts: a page or the number of those that a search and a filter leave, in any of the orders.

A page is read from an index that has its order, without sorting. Only where a filter leaves few contacts, which an
index of its own knows, are those read and sorted instead: it would take long to come across them in the order.
A search for several words goes by all of them: by one alone, many would be come across that lack another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from pymongo.errors import ExecutionTimeout

from domain.contacts import Contact
from domain.finding import EVERYONE, ContactQuery
from domain.ordering import ContactPosition
from domain.paging import Page, PageRequest, cut
from persistence.conditions import all_of, beside, either, joined
from persistence.deadlines import Deadline, TooSlowError
from persistence.derived import WITHOUT_WORDS
from persistence.documents import to_contact
from persistence.driver import Document, Driver
from persistence.filter_queries import Range, query_of, ranges_of
from persistence.names import BY_ORGANIZATION, BY_WORD, CONTACTS
from persistence.order_queries import Part, parts_of, place_in
from persistence.search_queries import search_query
from persistence.word_searches import WordSearch
from persistence.word_walks import MOST_KEYS

PATIENCE_MS = 5_000
"""How long the database may work at one page or count, whatever commands it takes."""
FEW = 2_000
"""Contacts that are read and sorted where a filter leaves no more: some ten milliseconds."""
KEYS_PER_ROW = 4
"""Keys of one word of several that are read first, for each row of a page: who has the others too fills most pages."""
_MOST_PROBES = 3


@dataclass(frozen=True, slots=True)
class _Way:
    """How the contacts of a list are come by."""

    starts: tuple[Document, ...]
    """Conditions that an index leads to the contacts by: each of them has one."""
    rest: Document
    """What else they meet."""
    index: str | None = None
    """The one that the conditions go with; None for that of the order."""
    is_short: bool = False
    """Whether few contacts meet the conditions: they are read, whatever their place in the order, and sorted."""

    def at(self, places: Sequence[Document]) -> Document:
        """Return the condition of the contacts in one of the places."""
        if self.is_short:
            return beside(either(self.starts), all_of([either(places), self.rest]))
        # Each start at each place is one exact range of an index; the server merges them in order.
        ranges = [joined(start, each) for start in self.starts for each in places]
        return beside(either(ranges), self.rest)


class FindingStore:
    """Finds the contacts of one organization."""

    def __init__(
        self,
        driver: Driver,
        organization_id: str,
        patience_ms: int = PATIENCE_MS,
        few: int = FEW,
        keys_per_row: int = KEYS_PER_ROW,
    ) -> None:
        self._contacts = driver.collection(CONTACTS)
        self._organization_id = organization_id
        self._patience_ms = patience_ms
        self._few = few
        self._keys_per_row = keys_per_row

    async def page(self, request: PageRequest[ContactPosition], query: ContactQuery = EVERYONE) -> Page[Contact]:
        """Return a page of the list; raises TooSlowError. A search is listed by name."""
        if _finds_nobody(query):
            return Page((), has_previous=False, has_next=False)
        try:
            return await self._page(request, query, Deadline.of(self._patience_ms))
        except ExecutionTimeout as problem:
            raise TooSlowError from problem

    async def count(self, query: ContactQuery = EVERYONE) -> int:
        """Return the length of the whole list; raises TooSlowError."""
        if _finds_nobody(query):
            return 0
        try:
            return await self._count(query, Deadline.of(self._patience_ms))
        except ExecutionTimeout as problem:
            raise TooSlowError from problem

    async def _count(self, query: ContactQuery, deadline: Deadline) -> int:
        # Nothing is sorted here: a range of many is as good, but for that of a search.
        ranges = list(ranges_of(query.filter))
        many = ranges[0] if ranges and query.search is None else None
        short = await self._short(ranges, deadline)
        if short is None and (several := self._several_words(query, MOST_KEYS, deadline)):
            return await several.count()
        way = self._way(query, short or many)
        return await self._contacts.count_documents(
            way.at([{}]), hint=way.index or BY_ORGANIZATION, maxTimeMS=deadline.left_ms()
        )

    async def _page(
        self, request: PageRequest[ContactPosition], query: ContactQuery, deadline: Deadline
    ) -> Page[Contact]:
        parts, step = parts_of(query.order), -1 if request.is_backward else 1
        ranges = list(ranges_of(query.filter))
        # What bounds the order's own field is a bound of what is read in that order.
        own = [each.condition for each in ranges if each.index == parts[0].index]
        short = await self._short(ranges, deadline)
        first_keys = self._keys_per_row * (request.size + 1)
        if short is None and (several := self._several_words(query, first_keys, deadline)):
            return await _page_of(several, request)
        way = self._way(query, short, own)
        rows: list[Document] = []
        for part, conditions in _stretch(parts, request.position, step, inclusive=False):
            rows += await self._rows(way, part, conditions, step, request.size + 1 - len(rows), deadline)
            if len(rows) > request.size:
                break
        place = request.position
        has_behind = place is not None and await self._has_behind(way, parts, place, -step, deadline)
        return cut([to_contact(each) for each in rows], request, has_behind=has_behind)

    async def _has_behind(
        self, way: _Way, parts: Sequence[Part], place: ContactPosition, step: int, deadline: Deadline
    ) -> bool:
        for part, conditions in _stretch(parts, place, step, inclusive=True):
            found = await self._contacts.find_one(
                way.at(conditions), {"_id": 1}, hint=way.index or part.index, max_time_ms=deadline.left_ms()
            )
            if found is not None:
                return True
        return False

    async def _rows(
        self, way: _Way, part: Part, conditions: Sequence[Document], step: int, limit: int, deadline: Deadline
    ) -> list[Document]:
        found = (
            self._contacts.find(way.at(conditions), WITHOUT_WORDS)
            .sort(part.sort(step))
            .limit(limit)
            .hint(way.index or part.index)
            .max_time_ms(deadline.left_ms())
        )
        return await found.to_list(None)

    def _several_words(self, query: ContactQuery, first_keys: int, deadline: Deadline) -> WordSearch | None:
        """Return the search, where it is one for several words."""
        search = None if query.search is None else search_query(query.search)
        if search is None or len(search.words) == 1:
            return None
        part, wanted = parts_of(query.order)[0], query_of(query.filter)
        return WordSearch(self._contacts, self._organization_id, search, wanted, part, deadline, first_keys)

    def _way(self, query: ContactQuery, short: Range | None, own: Sequence[Document] = ()) -> _Way:
        org: Document = {"org": self._organization_id}
        wanted = [query_of(query.filter)]
        if query.search is not None:
            search = search_query(query.search)
            if short is None:
                starts = tuple({**org, **each} for each in search.starts)
                return _Way(starts, all_of([*wanted, search.rest]), BY_WORD)
            wanted.append(search.whole)
        if short is None:
            return _Way((reduce(joined, own, org),), all_of(wanted))
        return _Way(({**org, **short.condition},), all_of(wanted), short.index, is_short=True)

    async def _short(self, ranges: Sequence[Range], deadline: Deadline) -> Range | None:
        """Return a range that holds few contacts, if there is one: those are soon read and sorted."""
        for each in ranges[:_MOST_PROBES]:
            found = await self._contacts.count_documents(
                {"org": self._organization_id, **each.condition},
                limit=self._few + 1,
                hint=each.index,
                maxTimeMS=deadline.left_ms(),
            )
            if found <= self._few:
                return each
        return None


def _finds_nobody(query: ContactQuery) -> bool:
    return query.search is not None and not query.search.terms


async def _page_of(several: WordSearch, request: PageRequest[ContactPosition]) -> Page[Contact]:
    step = -1 if request.is_backward else 1
    _, place = (0, None) if request.position is None else place_in([several.part], request.position)
    rows = await several.rows(place, step, request.size + 1)
    has_behind = place is not None and await several.has_from(place, -step)
    return cut([to_contact(each) for each in rows], request, has_behind=has_behind)


def _stretch(
    parts: Sequence[Part], position: ContactPosition | None, step: int, *, inclusive: bool
) -> Iterator[tuple[Part, Sequence[Document]]]:
    """Yield the parts from the position onward, each with the conditions that its rows meet one of."""
    onward = list(range(len(parts)))[::step]
    start = None
    if position is not None:
        start, place = place_in(parts, position)
        onward = onward[onward.index(start) :]
        yield parts[start], list(parts[start].beyond(place, step, inclusive=inclusive))
    for number in onward:
        if number != start:
            yield parts[number], [parts[number].condition]
