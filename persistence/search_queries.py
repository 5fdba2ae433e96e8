"""A search as MongoDB's conditions: what an index leads to, and what is then left to be seen."""

from __future__ import annotations

from dataclasses import dataclass

from domain.search import SHORTEST_OF_NUMBER, Search, Term, is_digits
from persistence.driver import Document
from persistence.filter_queries import LAST
from persistence.search_documents import gram_of_value, has_names, longest_gram, number_word


@dataclass(frozen=True, slots=True)
class SearchQuery:
    starts: tuple[Document, ...]
    """Ranges of the index of words. Whom the search means is in one of them."""
    rest: Document
    """What else they meet; empty where being in one of them is all."""
    whole: Document
    """What they meet, without the index."""


def search_query(search: Search) -> SearchQuery:
    """Return the conditions of a search that has terms."""
    anchor = max(search.terms, key=_precision)
    sought = list(dict.fromkeys(map(_anchor, anchor.readings)))
    grams = dict.fromkeys(map(longest_gram, sought))
    tagged = [gram_of_value(gram, source) for source in search.sources for gram in grams]
    starts: list[Document] = [{"search.grams": each} for each in (*grams, *tagged)]
    for each in sought:
        if len(each) > 1 and has_names(each):
            starts.append({"search.grams": each[0], "nameKey": {"$gte": each, "$lt": each + LAST}})
    is_all = len(search.terms) == 1 and all(each == (longest_gram(each[0]),) for each in anchor.readings)
    whole = {"$and": [_of_term(each, search) for each in search.terms]}
    return SearchQuery(tuple(starts), {} if is_all else whole, whole)


def _anchor(reading: tuple[str, ...]) -> str:
    """Return the word of which the longest beginning is indexed: the fewest contacts have it."""
    return max(reading, key=lambda each: len(longest_gram(each)))


def _precision(term: Term) -> tuple[int, int]:
    """Return how few contacts the term leads to: by the letters that it is looked for by, and the ways to read it."""
    return min(len(longest_gram(_anchor(each))) for each in term.readings), -len(term.readings)


def _of_term(term: Term, search: Search) -> Document:
    return {"$or": [{"$and": [_of_prefix(each, search) for each in reading]} for reading in term.readings]}


def _of_prefix(prefix: str, search: Search) -> Document:
    starts = [prefix]
    if is_digits(prefix) and len(prefix) >= SHORTEST_OF_NUMBER:
        starts.append(number_word(prefix))
    seen = {"$in": [None, *search.sources]}
    return {
        "$or": [
            {"search.words": {"$elemMatch": {"s": seen, "w": {"$elemMatch": {"$gte": each, "$lt": each + LAST}}}}}
            for each in starts
        ]
    }
