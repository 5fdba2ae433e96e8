"""What a contact's document holds for searching: its words, and the beginnings of them that an index knows."""

from __future__ import annotations

from collections.abc import Sequence

from domain.search import SHORTEST_OF_NUMBER, Word, is_digits, is_number
from persistence.documents import without_none
from persistence.driver import Document

# Code points of the beginnings that are indexed. Each more costs space, and time at every write; each fewer has more
# contacts read in vain by a search for the letters in between. These were measured: see bench/finding.py.
_OF_LETTERS = (1, 2, 4)
_OF_DIGITS = (1, 2, 3, 6, 9)
_OF_ADDRESS = (8, 12, 20)


def from_words(words: Sequence[Word]) -> Document:
    """Return the words, and every beginning of theirs of an indexed length, each once."""
    own = {gram for each in words if each.source is None for gram in _grams(each.text)}
    # What the name begins with is found by it, whatever else begins so.
    others = {
        gram_of_value(gram, each.source)
        for each in words
        if each.source is not None
        for gram in _grams(each.text)
        if gram not in own
    }
    return {"grams": sorted(own | others), "words": _by_source(words)}


def _grams(word: str) -> list[str]:
    shortest = SHORTEST_OF_NUMBER if is_number(word) else 1
    return [word[:length] for length in _lengths(word) if shortest <= length <= len(word)]


def _lengths(text: str) -> tuple[int, ...]:
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
