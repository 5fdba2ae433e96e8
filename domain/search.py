"""Searching for contacts as people type: by the beginnings of words, without regard to accents and letter case.

What is written of a contact becomes words, and what is typed becomes beginnings of words. Both are plain text: nothing
of it ever becomes a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import phonenumbers

from domain.contacts import Contact, Network
from domain.definitions import AttributeDefinition, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.text import sort_key
from domain.value_rules import phone_value
from domain.values import EmailValue, PhoneValue, TextValue, UrlValue, Value

LONGEST_SEARCH = 200
"""Code points of a search."""
MOST_TERMS = 10
"""White-space separated parts of a search."""
LONGEST_WORD = 64
"""Code points that are kept of a word, and looked at in a search: enough for most e-mail addresses."""
MOST_WORDS = 60
"""Words that are kept of a contact."""
MOST_WORDS_OF_TEXT = 20
"""Words that are kept of one name or value: a long text must not push out what else there is."""
MOST_SOURCES = 20
"""Searchable attributes that one search looks into."""

SEARCHABLE_TYPES = frozenset({ValueType.TEXT, ValueType.EMAIL, ValueType.PHONE, ValueType.URL})
"""Value types of which an attribute can be searched: what people know a part of."""

_PHONE_NETWORKS = frozenset({Network.WHATSAPP, Network.SMS})
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile("['\u2019\u02bc]")
_ADDRESS = re.compile(r"[^\s@<>()\[\]\",;:]+@[^\s@<>()\[\]\",;:]+")
_DIGITS = re.compile(r"\d+", re.ASCII)
_PHONE_PART = re.compile(r"[+\d().\-/]*\d[\d().\-/]*", re.ASCII)
_CALLING_CODES = frozenset(f"+{each}" for each in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_WEB_PREFIX = re.compile(r"https?://(?:www\.)?")
_LONG_NUMBER = 7
"""Digits from which on a word is a number, such as that of a phone."""
SHORTEST_OF_NUMBER = 3
"""Digits by which such a number is found."""
_SHORTEST_WITH_TRUNK = 4
"""Digits from which on a trunk prefix is looked for in front of them."""


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    source: str | None = None
    """The definition whose value it stands in; None for the name and the identities."""


def begins(word: str, prefix: str) -> bool:
    """Tell whether the word is found by the prefix: long numbers from three digits on, for one or two fit too many."""
    return word.startswith(prefix) and (len(prefix) >= SHORTEST_OF_NUMBER or not is_number(word))


def is_number(word: str) -> bool:
    return len(word) >= _LONG_NUMBER and is_digits(word)


def is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a contact must have: for one of the readings, a word beginning with each of its prefixes."""

    readings: tuple[tuple[str, ...], ...]

    def fits(self, words: Sequence[str]) -> bool:
        return any(all(any(begins(word, each) for word in words) for each in reading) for reading in self.readings)


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for, and where: in the name, the identities and the values of the definitions in `sources`."""

    terms: tuple[Term, ...]
    """All of them must fit. None means that nothing was typed which could be in a word: that fits nobody."""
    sources: tuple[str, ...] = ()

    def fits(self, words: Iterable[Word]) -> bool:
        seen = [each.text for each in words if each.source is None or each.source in self.sources]
        return bool(self.terms) and all(each.fits(seen) for each in self.terms)


def searched_sources(definitions: Iterable[AttributeDefinition]) -> tuple[str, ...]:
    """Return the ids of those definitions that a search looks into: switched off or hidden, one is not searched."""
    searched = [each.id for each in definitions if _is_searched(each) and each.is_enabled]
    return tuple(searched[:MOST_SOURCES])


def _is_searched(definition: AttributeDefinition) -> bool:
    return definition.is_searchable and definition.value_type in SEARCHABLE_TYPES


def search_for(text: str, *, sources: tuple[str, ...], region: str) -> Search | Invalid:
    """Return what the text looks for, or why it is refused.

    Args:
        text: as typed.
        sources: ids of the definitions whose values are looked into.
        region: ISO 3166 country that a phone number without a prefix is read in.
    """
    if len(text) > LONGEST_SEARCH:
        return Invalid(ErrorCode.TOO_LONG, f"Search for less: at most {LONGEST_SEARCH} characters.")
    parts = sort_key(text).split()
    if not parts:
        return Invalid(ErrorCode.BLANK, "Write what to search for, or leave `search` out to list everyone.")
    if len(parts) > MOST_TERMS:
        return Invalid(ErrorCode.TOO_MANY, f"Search for fewer words: at most {MOST_TERMS}.")
    terms: list[Term] = []
    for is_phone, run in groupby(parts, key=lambda each: _PHONE_PART.fullmatch(each) is not None):
        together = list(run)
        terms += [_phone_term(" ".join(together), region)] if is_phone else _plain_terms(together)
    return Search(tuple(terms), sources)


def _plain_terms(parts: Iterable[str]) -> Iterator[Term]:
    for part in parts:
        address = _ADDRESS.search(part)
        if address and (prefixes := _prefixes(address.group())):
            # Its words are implied by the address: they are what an index knows of a short one.
            yield Term(((address.group()[:LONGEST_WORD], *prefixes),))
        elif prefixes := _prefixes(_APOSTROPHE.sub("", part)):
            yield Term((prefixes,))


def _prefixes(part: str) -> tuple[str, ...]:
    return tuple(each[:LONGEST_WORD] for each in _WORD.findall(part))


def _phone_term(run: str, region: str) -> Term:
    """Read digits as they are, as a number of the region or of any country, without a trunk prefix, group by group."""
    groups = _DIGITS.findall(run)
    digits = "".join(groups)[:LONGEST_WORD]
    readings = [(digits,), _international(digits)]
    if isinstance(number := phone_value(run, region), PhoneValue):
        readings.append(_international(number.phone))
    if len(digits) >= _SHORTEST_WITH_TRUNK and not run.startswith("+"):
        trunk = phonenumbers.ndd_prefix_for_region(region, True) or "0"
        readings.append((digits.lstrip("0") if digits.startswith("0") else digits.removeprefix(trunk),))
    readings.append(tuple(groups))
    return Term(tuple(each for each in dict.fromkeys(readings) if all(each) and each))


# A number is often a value and an identity of the same contact.
@lru_cache(maxsize=1_024)
def _international(digits: str) -> tuple[str, ...]:
    """Return the beginnings of the words of a number whose beginning this is, its country's prefix included."""
    try:
        number = phonenumbers.parse(f"+{digits.removeprefix('+')}")
    except phonenumbers.NumberParseException:
        return ()
    national = phonenumbers.national_significant_number(number)
    return (f"+{number.country_code}{national}", national) if len(national) >= SHORTEST_OF_NUMBER else ()


def words_of(contact: Contact, definitions: Iterable[AttributeDefinition]) -> tuple[Word, ...]:
    """Return the words by which the contact is found, those of the values of searchable definitions included."""
    own = dict.fromkeys(_few(words_of_text(contact.name)))
    for identity in contact.identities:
        is_phone = identity.key.network in _PHONE_NETWORKS
        for text, of_phone in (
            (identity.handle, _words_of_kept_phone),
            (identity.secondary_identifier, _words_of_phone),
        ):
            if text:
                own.update(dict.fromkeys(_few([*words_of_text(text), *(of_phone(text) if is_phone else ())])))
    found = [Word(each) for each in own]
    # The short ones first: what is known by heart must not be pushed out by what is written at length.
    searched = sorted(
        filter(_is_searched, definitions),
        key=lambda each: (each.value_type is ValueType.TEXT, each.position, each.key),
    )
    for definition in searched:
        held = contact.held(definition.id)
        if held is not None and held.value is not None:
            found += [Word(each, definition.id) for each in _few(_words_of_value(held.value))]
    return tuple(found[:MOST_WORDS])


def _few(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([each[:LONGEST_WORD] for each in words]))[:MOST_WORDS_OF_TEXT]


def _words_of_value(value: Value) -> list[str]:
    match value:
        case PhoneValue(phone):
            return _words_of_kept_phone(phone)
        case UrlValue(url):
            return words_of_text(_WEB_PREFIX.sub("", url.casefold(), count=1))
        case TextValue(text) | EmailValue(text):
            return words_of_text(text)
        case _:
            return []


def words_of_text(text: str) -> list[str]:
    """Return the words of a text: runs of letters and digits, e-mail addresses whole as well, O'Brien also as one."""
    folded = sort_key(text)
    words = _WORD.findall(folded)
    if "@" in folded:
        words = [*_ADDRESS.findall(folded), *words]
    if _APOSTROPHE.search(folded):
        words += _WORD.findall(_APOSTROPHE.sub("", folded))
    return words


def _words_of_kept_phone(phone: str) -> list[str]:
    """Return the words of a number that was checked: reading it once more would take thirty times as long."""
    code = next((phone[:end] for end in (2, 3, 4) if phone[:end] in _CALLING_CODES), "")
    national = phone[len(code) :]
    is_kept = code and is_digits(national) and len(national) >= SHORTEST_OF_NUMBER
    return [phone, national] if is_kept else _words_of_phone(phone)


def _words_of_phone(phone: str) -> list[str]:
    """Return the number with the country's prefix and without: a person may know it either way."""
    digits = "".join(_DIGITS.findall(phone))
    return list(_international(digits)) or _DIGITS.findall(digits)
