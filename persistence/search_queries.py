"""A search as MongoDB's conditions: what an index leads to, and what is then left to be seen."""

from __future__ import annotations

from dataclasses import dataclass

from domain.search import SHORTEST_OF_NUMBER, Search, Term, is_digits
from persistence.driver import Document
from persistence.filter_queries import LAST
from persistence.search_documents import gram_of_value, longest_gram, number_word


@dataclass(frozen=True, slots=True)
class SearchQuery:
    grams: tuple[str, ...]
    """Whom the search means has one of these."""
    rest: Document
    """What else they meet; empty where having one of them is all."""


def search_query(search: Search) -> SearchQuery:
    """Return the conditions of a search that has terms."""
    anchor = max(search.terms, key=_precision)
    grams = list(dict.fromkeys(_gram(each) for each in anchor.readings))
    tagged = [gram_of_value(gram, source) for source in search.sources for gram in grams]
    is_all = len(search.terms) == 1 and all(each == (_gram(each),) for each in anchor.readings)
    rest = {} if is_all else {"$and": [_of_term(each, search) for each in search.terms]}
    return SearchQuery((*grams, *tagged), rest)


def _gram(reading: tuple[str, ...]) -> str:
    """Return the longest indexed beginning of one of the words: the fewest contacts have it."""
    return max(map(longest_gram, reading), key=len)


def _precision(term: Term) -> tuple[int, int]:
    """Return how few contacts the term leads to: by the letters that it is looked for by, and the ways to read it."""
    return min(len(_gram(each)) for each in term.readings), -len(term.readings)


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
