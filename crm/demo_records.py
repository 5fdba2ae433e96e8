"""The customers that the demo's CRM knows: who is found, and what is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeGuard

from domain import clock

Value = str | float | bool | list[str] | None
Record = dict[str, Value]
MOST_FOUND = 25
"""More than anybody wants to choose from."""
_FEWEST_DIGITS = 7
_LONGEST_COUNTRY_CODE = 3


@dataclass(frozen=True, slots=True)
class Applied:
    """What was written, in the order in which it was."""

    key: str | None
    """None where it was not written through the API: behind the callers' backs."""
    record_id: str
    values: Record


@dataclass(frozen=True, slots=True)
class Refused:
    """What cannot be written, in words for whoever wanted to."""

    message: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A field holds something else than was expected."""

    record: Record


@dataclass(slots=True)
class DemoRecords:
    records: list[Record]
    record_id_alias: str
    phone_aliases: Collection[str] = ("phone",)
    """Of fields that agree when their digits do, with or without the country code."""
    updated_at_alias: str | None = None
    now: Callable[[], datetime] = clock.now
    keep: Callable[[list[Record]], None] = lambda _records: None
    """Called with each change, before it is answered."""
    applied: list[Applied] = field(default_factory=list)

    def find(self, query: Mapping[str, Value]) -> Record | list[Record] | None:
        """Return the record that agrees in most of the fields; all of them where several do."""
        agreeing = [(sum(self._agrees(each, *asked) for asked in query.items()), each) for each in self.records]
        most = max((count for count, _ in agreeing), default=0)
        found = [dict(each) for count, each in agreeing if count == most and most > 0][:MOST_FOUND]
        return found if len(found) > 1 else next(iter(found), None)

    def record(self, record_id: str) -> Record | None:
        """Return the record itself."""
        return next((each for each in self.records if each[self.record_id_alias] == record_id), None)

    def write(
        self, key: str, record_id: str, values: Record, expected: Mapping[str, Value]
    ) -> Record | Refused | Changed | None:
        """Write the values, once for a key; returns the record as it is then, None where there is none."""
        record = self.record(record_id)
        if record is None or any(each.key == key for each in self.applied):
            return record
        for alias in values:
            if alias not in record or alias in (self.record_id_alias, self.updated_at_alias):
                return Refused(f"There is no field «{alias}» that could be changed.")
        for alias, value in expected.items():
            held = record.get(alias)
            if not self._is_same(alias, held, value) and not self._is_same(alias, held, values.get(alias)):
                return Changed(record)
        return self._apply(Applied(key, record_id, values), record)

    def change(self, record_id: str, values: Record) -> Record | None:
        """Change a record as somebody else would who uses the CRM."""
        record = self.record(record_id)
        return None if record is None else self._apply(Applied(None, record_id, values), record)

    def _apply(self, applied: Applied, record: Record) -> Record:
        record.update(applied.values)
        if self.updated_at_alias is not None:
            record[self.updated_at_alias] = self.now().isoformat()
        self.applied.append(applied)
        self.keep(self.records)
        return record

    def _agrees(self, record: Record, alias: str, given: Value) -> bool:
        held, asked = _texts(record.get(alias)), _texts(given)
        if alias in self.phone_aliases:
            return any(_is_same_phone(one, other) for one in held for other in asked)
        return bool({each.casefold() for each in held} & {each.casefold() for each in asked})

    def _is_same(self, alias: str, one: Value, other: Value) -> bool:
        texts, others = _texts(one), _texts(other)
        if alias in self.phone_aliases and len(texts) == len(others) == 1:
            return texts == others or _is_same_phone(texts[0], others[0])
        return texts == others


def is_record(given: object) -> TypeGuard[Record]:
    """Tell whether the JSON holds values by alias, and nothing else."""
    return isinstance(given, dict) and all(_is_value(each) for each in given.values())


def _is_value(given: object) -> bool:
    if isinstance(given, list):
        return all(isinstance(each, str) for each in given)
    return given is None or isinstance(given, str | float | int)


def _texts(value: Value) -> list[str]:
    """Return how the value is spelt, whatever its type; nothing where it is blank."""
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, float | int):
        return [f"{value:.15g}"]
    return [value.strip()] if value is not None and value.strip() else []


def _is_same_phone(one: str, other: str) -> bool:
    shorter, longer = sorted((_digits(one), _digits(other)), key=len)
    is_number = len(shorter) >= _FEWEST_DIGITS and len(longer) - len(shorter) <= _LONGEST_COUNTRY_CODE
    return is_number and longer.endswith(shorter)


def _digits(text: Iterable[str]) -> str:
    return "".join(each for each in text if "0" <= each <= "9")
