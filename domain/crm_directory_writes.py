"""A customer list as a CRM: what a record becomes when the list is told it anew, and when a field is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.crm import CrmRecord, Field, FieldWrite, RecordWritten, WriteConflict
from domain.crm_directory import field_keys, folded
from domain.text import is_blank
from domain.value_texts import NO, YES


@dataclass(frozen=True, slots=True)
class ListChanges:
    """What became of the records that a list was told: each is counted once."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0


def told_over(held: CrmRecord, told: CrmRecord) -> CrmRecord:
    """Return the record as it is after it was told anew: what was not told, stays."""
    return replace(held, fields={**held.fields, **told.fields}, name=told.name or held.name, url=told.url or held.url)


def is_told(held: CrmRecord, told: CrmRecord) -> bool:
    """Tell whether the record says the same, to the letter."""
    return (held.name, held.url) == (told.name, told.url) and _exact(held.fields) == _exact(told.fields)


def written(record: CrmRecord, write: FieldWrite, region: str) -> CrmRecord | RecordWritten | WriteConflict:
    """Return the record with the fields set, or how the write ends because there is nothing to be written."""
    held = {alias: record.fields.get(alias) for alias in {*write.fields, *write.expected}}
    changed = [
        alias
        for alias, expected in write.expected.items()
        if not _is_same(held[alias], expected, region)
        and not (alias in write.fields and _is_exactly(held[alias], write.fields[alias]))
    ]
    if all(_is_exactly(held[alias], field) for alias, field in write.fields.items()):
        return RecordWritten(record)
    if changed:
        return WriteConflict(record)
    return replace(record, fields={**record.fields, **write.fields})


def _exact(fields: Mapping[str, Field | None]) -> dict[str, tuple[bool, Field | None]]:
    # True equals 1 to Python, and is another thing to say.
    return {alias: (isinstance(field, bool), field) for alias, field in fields.items()}


def _is_exactly(one: Field | None, other: Field | None) -> bool:
    return _exact({"": one}) == _exact({"": other})


def _is_same(held: Field | None, expected: Field | None, region: str) -> bool:
    """Tell whether a field means what it was expected to, however either is spelled."""
    ours, theirs = _items(held), _items(expected)
    return all(any(_means(one, other, region) for other in theirs) for one in ours) and all(
        any(_means(one, other, region) for one in ours) for other in theirs
    )


def _items(field: Field | None) -> tuple[str | float | bool, ...]:
    items = field if isinstance(field, tuple) else () if field is None else (field,)
    return tuple(each for each in items if not isinstance(each, str) or not is_blank(each))


def _means(one: str | float | bool, other: str | float | bool, region: str) -> bool:
    for text, plain in ((one, other), (other, one)):
        if isinstance(text, str) and not isinstance(plain, str):
            return _says(text, plain)
    ours = field_keys("", one, region, is_asked=False)
    if ours & field_keys("", other, region, is_asked=True):
        return True
    moment = _moment(one)
    return moment is not None and moment == _moment(other)


def _says(text: str, plain: float | bool) -> bool:
    word = folded(text)
    if isinstance(plain, bool):
        return word in (YES if plain else NO)
    try:
        return float(word) == plain
    except ValueError:
        return False


def _moment(field: str | float | bool) -> datetime | None:
    """Return the moment that a text in ISO 8601 names, which may be said with any offset."""
    try:
        moment = datetime.fromisoformat(field.strip()) if isinstance(field, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
