"""A customer list as a CRM: by what a record is found, and whose it is."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from domain.crm import MOST_CANDIDATES, CrmRecord, Field, LookUpQuery, RecordFound, RecordMissing, RecordsAmbiguous
from domain.text import is_blank, normalised
from domain.value_rules import phone_value
from domain.values import PhoneValue

_FEWEST_DIGITS, _LONGEST_PHONE = 7, 40
"""Of a text that is read as a phone number, its spaces and brackets counted too."""


def record_keys(record: CrmRecord, region: str) -> frozenset[str]:
    """Return everything by which the record is found."""
    return _keys(record.fields, region, is_asked=False)


def query_keys(query: LookUpQuery, region: str) -> frozenset[str]:
    """Return what a record that agrees in one of the fields has at least one of."""
    return _keys(query.fields, region, is_asked=True)


def _keys(fields: Mapping[str, Field | None], region: str, *, is_asked: bool) -> frozenset[str]:
    return frozenset(
        key for alias, field in fields.items() for key in field_keys(alias, field, region, is_asked=is_asked)
    )


def field_keys(alias: str, field: Field | None, region: str, *, is_asked: bool) -> frozenset[str]:
    """Return the keys of a field: two that count as the same have one in common. A blank one has none.

    Args:
        alias: of the field; under another one, nothing is the same.
        field: as the list or the one who asks spells it.
        region: ISO 3166 country that a phone number without a prefix is read in.
        is_asked: whether the field is what is looked for. Digits alone are then no phone number, which comes with its
            prefix: two account numbers would otherwise be one where a zero in front makes no difference to a phone.
    """
    # So that no two aliases and texts meet in one key, whatever is in them.
    under = alias.replace("\\", "\\\\").replace(":", "\\:")
    return frozenset(f"{under}:{text}" for text in _spellings(field, region, is_asked=is_asked))


def _spellings(field: Field | None, region: str, *, is_asked: bool) -> Iterable[str]:
    match field:
        case None:
            return ()
        case bool():
            # Before numbers: to Python it is one.
            return ("true" if field else "false",)
        case int() | float():
            return (_number_text(field),)
        case str():
            return _text_spellings(field, region, is_asked=is_asked)
        case _:
            return [each for item in field for each in _text_spellings(item, region, is_asked=is_asked)]


def _number_text(number: float) -> str:
    is_whole = isinstance(number, int) or number.is_integer()
    return str(int(number)) if is_whole else repr(number)


def _text_spellings(text: str, region: str, *, is_asked: bool) -> tuple[str, ...]:
    if is_blank(text):
        return ()
    spelled = folded(text)
    phone = None if is_asked and spelled.isdecimal() else _phone(spelled, region)
    return (spelled,) if phone is None else (spelled, phone)


def folded(text: str) -> str:
    """Return the text alike for every way to compose its characters, and for either case."""
    return normalised(unicodedata.normalize("NFD", text.strip()).casefold())


def _phone(text: str, region: str) -> str | None:
    """Return the number in E.164, None where the text is none: a number within words is not the text."""
    if len(text) > _LONGEST_PHONE or any(each.isalpha() for each in text):
        return None
    if sum(each.isdecimal() for each in text) < _FEWEST_DIGITS:
        return None
    phone = phone_value(text, region)
    return phone.phone if isinstance(phone, PhoneValue) else None


def answers(
    queries: Sequence[LookUpQuery], records: Iterable[CrmRecord], region: str
) -> list[RecordFound | RecordMissing | RecordsAmbiguous]:
    """Find each person's record: the one that agrees in most of what is known of them.

    Args:
        queries: what is known of each person.
        records: all that agree with one of the queries in one field; more do no harm.
        region: ISO 3166 country that a phone number without a prefix is read in.
    """
    ordered = sorted(records, key=lambda each: each.id)
    asked = {alias for query in queries for alias in query.fields}
    holders: dict[str, list[int]] = defaultdict(list)
    for place, record in enumerate(ordered):
        for alias in asked.intersection(record.fields):
            for key in field_keys(alias, record.fields[alias], region, is_asked=False):
                holders[key].append(place)
    return [_answer(query, ordered, holders, region) for query in queries]


def _answer(
    query: LookUpQuery, ordered: Sequence[CrmRecord], holders: Mapping[str, Sequence[int]], region: str
) -> RecordFound | RecordMissing | RecordsAmbiguous:
    agreeing: Counter[int] = Counter()
    for alias, field in query.fields.items():
        keys = field_keys(alias, field, region, is_asked=True)
        agreeing.update({place for key in keys for place in holders.get(key, ())})
    if not agreeing:
        return RecordMissing()
    most = max(agreeing.values())
    best = [ordered[place] for place in sorted(agreeing) if agreeing[place] == most]
    return RecordFound(best[0]) if len(best) == 1 else RecordsAmbiguous(tuple(best[:MOST_CANDIDATES]))


def with_fields(record: CrmRecord, wanted: Collection[str]) -> CrmRecord:
    """Return the record with the wanted fields alone."""
    return replace(record, fields={alias: field for alias, field in record.fields.items() if alias in wanted})
