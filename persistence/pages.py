"""The same page of many lists, in one command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.paging import Page, PageRequest, cut
from persistence.driver import Document, Driver, Pipeline

P = TypeVar("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lists(Generic[P, T]):
    """One collection that holds a list for each of many owners, newest first.

    A document's `place` is its place in the list as one value: such documents compare by their fields, from the first
    on. A page is then one range of one index, which no `$or` over two fields is.
    """

    collection: str
    owner: str
    """The field that says whose list a document is in."""
    place: Callable[[P], Document]
    read: Callable[[Document], T]

    async def pages(
        self, driver: Driver, condition: Document, owners: Sequence[str], request: PageRequest[P]
    ) -> Mapping[str, Page[T]]:
        """Return the page of each owner.

        A `$lookup` with a sorted, limited pipeline reads only the rows that it returns, at any number of rows;
        `$group` and `$setWindowFields` would read every row of every contact.

        Args:
            driver: to the database.
            condition: what the rows share; with the owner and the place, an index serves it.
            owners: whose lists.
            request: which page of each.
        """
        documents = [{"_id": each} for each in owners]
        answer = await driver.aggregate_documents(documents, self._lookups(condition, request))
        return {
            each["_id"]: cut([self.read(row) for row in each["page"]], request, has_behind=bool(each.get("behind")))
            for each in answer
        }

    async def counts(self, driver: Driver, condition: Document, owners: Sequence[str]) -> Mapping[str, int]:
        """Return how many rows each owner's list has, read from the index alone."""
        lookup = self._joined("counts", [{"$match": condition}, {"$count": "rows"}])
        answer = await driver.aggregate_documents([{"_id": each} for each in owners], [lookup])
        # Of an empty list there is no count.
        return {each["_id"]: sum(count["rows"] for count in each["counts"]) for each in answer}

    def _lookups(self, condition: Document, request: PageRequest[P]) -> Pipeline:
        step = 1 if request.is_backward else -1
        page = self._lookup("page", {**condition, **self._beyond(request.position, step)}, step, request.size + 1)
        if request.position is None:
            return [page]
        # Whether there is one is all that is asked: the index says it, without the document.
        beyond = self._beyond(request.position, -step, inclusive=True)
        behind = self._lookup("behind", {**condition, **beyond}, -step, 1)
        behind["$lookup"]["pipeline"].append({"$project": {"_id": 0, "org": 1}})
        return [page, behind]

    def _lookup(self, name: str, condition: Document, step: int, limit: int) -> Document:
        return self._joined(name, [{"$match": condition}, {"$sort": {"place": step}}, {"$limit": limit}])

    def _joined(self, name: str, pipeline: list[Document]) -> Document:
        return {
            "$lookup": {
                "from": self.collection,
                "localField": "_id",
                "foreignField": self.owner,
                "pipeline": pipeline,
                "as": name,
            }
        }

    def _beyond(self, position: P | None, step: int, *, inclusive: bool = False) -> Document:
        if position is None:
            return {}
        beyond = "$gt" if step > 0 else "$lt"
        return {"place": {f"{beyond}e" if inclusive else beyond: self.place(position)}}
