"""What a contact's document holds for searching: its words, and the beginnings of them that an index knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

from domain.search import SHORTEST_OF_NUMBER, Word, is_digits, is_number
from persistence.documents import without_none
from persistence.driver import Document

# Code points of the beginnings that are indexed. Each more costs space, and time at every write; each fewer has more
# contacts read in vain by a search for the letters in between. These were measured: see bench/finding.py.
_OF_LETTERS = (1, 2, 4)
_OF_DIGITS = (1, 2, 3, 6)
_OF_ADDRESS = (10, 16)


def from_words(words: Sequence[Word], name_key: str) -> Document:
    """Return the words, and the beginnings of theirs that are indexed, each once.

    What the name begins with is found by the name, which the index has as well. Left out of the beginnings, Jana and
    her handle are not in the way of who looks for Jane: a list by name would have all of the one before the other.
    """
    own = {gram for each in words if each.source is None for gram in _grams(each.text, name_key)}
    # What is in the name or a handle is found there, whatever else begins so.
    others = {
        gram_of_value(gram, each.source)
        for each in words
        if each.source is not None
        for gram in _grams(each.text, name_key)
        if gram not in own
    }
    return {"grams": sorted(own | others), "words": _by_source(words)}


def _grams(word: str, name_key: str) -> Iterable[str]:
    lengths = _lengths(word)
    if lengths is not _OF_LETTERS or not name_key.startswith(word[0]):
        return _beginnings(word)
    return _grams_beyond_name(word, [each for each in lengths if each <= len(word)], name_key)


# The same first names, the same companies and providers of e-mail stand in many contacts that are written together.
@lru_cache(maxsize=4_096)
def _beginnings(word: str) -> tuple[str, ...]:
    lengths = _lengths(word)
    shortest = SHORTEST_OF_NUMBER if lengths is _OF_DIGITS and is_number(word) else 1
    return tuple(word[:each] for each in lengths if shortest <= each <= len(word))


def _grams_beyond_name(word: str, lengths: Sequence[int], name_key: str) -> Iterator[str]:
    for length, following in zip_longest(lengths, lengths[1:]):
        # Whoever looks for so much, and not yet for the next indexed length, looks for a beginning of the name.
        sought = word if following is None else word[: following - 1]
        if length == 1 or not name_key.startswith(sought):
            yield word[:length]


def has_names(text: str) -> bool:
    """Tell whether names that begin with the text are found by their own order, from their first letter on."""
    return _lengths(text) is _OF_LETTERS


def _lengths(text: str) -> tuple[int, ...]:
    if text.isalpha():
        # Most words are: the rest need not be asked.
        return _OF_LETTERS
    if "@" in text:
        return _OF_ADDRESS
    if text.startswith("+"):
        # A number with the country's prefix: the one without is indexed.
        return ()
    return _OF_DIGITS if is_digits(text) else _OF_LETTERS


def longest_gram(prefix: str) -> str:
    """Return the longest indexed beginning of what is looked for; empty where there is none."""
    return max((prefix[:length] for length in _lengths(prefix) if length <= len(prefix)), key=len, default="")


def gram_of_value(gram: str, definition_id: str) -> str:
    """Return the indexed form of a beginning in a value: a search can leave out those of a definition."""
    return f"{definition_id}|{gram}"


def _by_source(words: Sequence[Word]) -> list[Document]:
    texts: dict[str | None, list[str]] = {}
    for each in words:
        texts.setdefault(each.source, []).append(number_word(each.text) if is_number(each.text) else each.text)
    return [without_none({"s": source, "w": found}) for source, found in texts.items()]


def number_word(digits: str) -> str:
    """Return the kept form of a long number, or of its beginning: apart from other words, for one or two digits."""
    return f"#{digits}"
