"""A search as MongoDB's conditions: what an index leads to, and what is then left to be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.search import SHORTEST_OF_NUMBER, Search, Term, is_digits
from persistence.driver import Document
from persistence.filter_queries import LAST
from persistence.search_documents import gram_of_value, has_names, longest_gram, number_word


@dataclass(frozen=True, slots=True)
class WordQuery:
    """Where the index of words has one term of a search."""

    grams: tuple[str, ...]
    """Indexed beginnings: whoever may have the term has one of them, or is called so."""
    names: tuple[str, ...]
    """Beginnings of the names of those who have none of them."""
    is_exact: bool
    """Whether everyone whom this leads to has the term."""

    @property
    def starts(self) -> Iterator[Document]:
        """Yield the ranges of the index, each of which has its contacts by name."""
        for each in self.grams:
            yield {"search.grams": each}
        for each in self.names:
            yield {"search.grams": each[0], "nameKey": {"$gte": each, "$lt": each + LAST}}

    def is_called(self, name_key: str) -> bool:
        """Tell whether one of whom this leads to is found by the name."""
        return any(each <= name_key < each + LAST for each in self.names)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    words: tuple[WordQuery, ...]
    """Each different term, that to which the fewest contacts lead first."""
    whole: Document
    """What those whom the search means meet, without the index."""

    @property
    def starts(self) -> Iterator[Document]:
        """Yield ranges of the index of words: whom the search means is in one of them."""
        return self.words[0].starts

    @property
    def is_exact(self) -> bool:
        """Whether whoever is in a range of each term is meant."""
        return all(each.is_exact for each in self.words)

    @property
    def rest(self) -> Document:
        """What they meet beside being in one of the ranges."""
        return {} if len(self.words) == 1 and self.is_exact else self.whole


def search_query(search: Search) -> SearchQuery:
    """Return the conditions of a search that has terms."""
    terms = sorted(dict.fromkeys(search.terms), key=_precision, reverse=True)
    whole = {"$and": [_of_term(each, search) for each in terms]}
    return SearchQuery(tuple(_word_query(each, search.sources) for each in terms), whole)


def _word_query(term: Term, sources: Sequence[str]) -> WordQuery:
    sought = list(dict.fromkeys(map(_anchor, term.readings)))
    grams = dict.fromkeys(map(longest_gram, sought))
    tagged = [gram_of_value(gram, source) for source in sources for gram in grams]
    names = [each for each in sought if len(each) > 1 and has_names(each)]
    is_exact = all(each == (longest_gram(each[0]),) for each in term.readings)
    return WordQuery((*grams, *tagged), tuple(names), is_exact)


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
