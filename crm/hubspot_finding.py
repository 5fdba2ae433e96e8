"""Asking HubSpot for several people at once, in as few requests as it allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from crm.hubspot_api import MOST_READ, PAGE_SIZE, HubSpotApi
from crm.hubspot_look_up import EMAIL, MOST_CROWDED, Pool, Search, broad, has_any, narrow, searchable
from domain.crm import CrmFailed, LookUpQuery

_MOST_PAGES = 5
"""Of a search. Where more agree than these hold, it is searched for who agrees in several fields at once."""


@dataclass(slots=True)
class Finding:
    """What is found of each of the people, by their place among the queries."""

    api: HubSpotApi
    queries: Mapping[int, LookUpQuery]
    properties: Sequence[str]
    pool: Pool
    open: set[int] = field(default_factory=set)
    """Those of whom somebody may agree in more than was found so far."""

    async def run(self) -> CrmFailed | None:
        """Ask until nobody is open any more; returns why that cannot be done."""
        self.open = set(self.queries)
        return await self._ask_for_addresses() or await self._search_broadly()

    async def _ask_for_addresses(self) -> CrmFailed | None:
        # Letters in another case are the same address, and one that is asked for twice is refused.
        addresses = {
            address.strip().lower(): None
            for query in self.queries.values()
            if isinstance(address := query.fields.get(EMAIL), str)
        }
        for batch in batches(list(addresses)):
            found = await self.api.contacts(batch, self.properties, id_property=EMAIL)
            if isinstance(found, CrmFailed):
                return found
            self.pool.add(found)
        # No two contacts have the same address: nobody else agrees in as much as one who agrees in everything.
        self._close(
            person
            for person in self.open
            if not searchable(self.queries[person])
            or (EMAIL in self.queries[person].fields and self._agrees_in(person, len(self.queries[person].fields)))
        )
        return None

    async def _search_broadly(self) -> CrmFailed | None:
        """Search for everybody who agrees in anything with one of the people."""
        crowded = set[str]()
        for search in list(broad(self._still(self.open), self.properties)):
            found = await self._crowded(search)
            if isinstance(found, CrmFailed):
                return found
            crowded |= found
        return await self._search_narrowly(crowded)

    async def _crowded(self, search: Search) -> set[str] | CrmFailed:
        """Return the properties in which too many agree to be read: everybody who agrees in another one is known."""
        crowded = set[str]()
        is_complete = await self._search(search, _MOST_PAGES)
        if is_complete is False and len(search.groups) == 1:
            return set(search.groups[0])
        if is_complete is False:
            for group in search.groups:
                is_complete = await self._search(replace(search, groups=[group]), _MOST_PAGES)
                if isinstance(is_complete, CrmFailed):
                    return is_complete
                crowded |= set() if is_complete else set(group)
        return is_complete if isinstance(is_complete, CrmFailed) else crowded

    async def _search_narrowly(self, crowded: Collection[str]) -> CrmFailed | None:
        """Search for who agrees in all crowded properties, then in all but one, and so on: until nobody agrees in more.

        Whoever is not known yet agrees in crowded properties alone.
        """
        self._close([each for each in self.open if not has_any(self.queries[each], crowded)])
        for size in range(MOST_CROWDED, 0, -1):
            self._close([each for each in self.open if self._agrees_in(each, size + 1)])
            for search in list(narrow(self._still(self.open), size, crowded, self.properties)):
                failure = await self._search_each(search, size, crowded)
                if failure is not None:
                    return failure
        self._close(set(self.open))
        return None

    async def _search_each(self, search: Search, size: int, crowded: Collection[str]) -> CrmFailed | None:
        """Search for the people together; one by one where more agree with them than a page holds."""
        is_complete = await self._search(search, 1)
        if is_complete is False and len(search.people) > 1:
            for person in sorted(search.people):
                for alone in narrow({person: self.queries[person]}, size, crowded, self.properties):
                    # So many agree with this one that nobody is told from the others: a page of them says so.
                    is_complete = await self._search(alone, 1)
                    if isinstance(is_complete, CrmFailed):
                        return is_complete
        return is_complete if isinstance(is_complete, CrmFailed) else None

    async def _search(self, search: Search, most_pages: int) -> bool | CrmFailed:
        """Read the contacts; returns whether these were all, and stops where they will not be."""
        after = "0"
        for _ in range(most_pages):
            page = await self.api.search(search.groups, self.properties, after)
            if isinstance(page, CrmFailed):
                return page
            self.pool.add(page.contacts)
            if page.after is None:
                return True
            if page.total > most_pages * PAGE_SIZE:
                return False
            after = page.after
        return False

    def _still(self, people: Collection[int]) -> Mapping[int, LookUpQuery]:
        return {person: query for person, query in self.queries.items() if person in people}

    def _agrees_in(self, person: int, size: int) -> bool:
        return self.pool.best(self.queries[person])[0] >= size

    def _close(self, people: Iterable[int]) -> None:
        self.open -= set(people)


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield as many as HubSpot reads at once."""
    return (ids[start : start + MOST_READ] for start in range(0, len(ids), MOST_READ))
