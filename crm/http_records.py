"""Records of a CRM as JSON, and back: the protocol of `crm.http_connector`."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from domain.crm import (
    MOST_CANDIDATES,
    CrmFailed,
    CrmRecord,
    FailureReason,
    Field,
    LookUpAnswer,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
)
from domain.crm_settings import HttpConnection

_LONGEST_ID = 500
_LONGEST_MESSAGE = 500
_LARGEST_EXACT = 2**53
"""Up to which every whole number is a float."""

Json = str | int | float | bool | list[str] | None


class _WrongTypeError(Exception):
    """A field holds what none can hold."""


@dataclass(frozen=True, slots=True)
class Records:
    """Reads what the CRM answers."""

    connection: HttpConnection

    def answer_of(self, given: object, wanted: Collection[str]) -> LookUpAnswer:
        """Return what the JSON says of one person."""
        if given is None or given in ({}, []):
            return RecordMissing()
        found: dict[str, CrmRecord] = {}
        for each in (given if isinstance(given, list) else [given])[:MOST_CANDIDATES]:
            record = self.record_of(each, wanted)
            if isinstance(record, CrmFailed):
                return record
            # One that is told twice is still one.
            found[record.id] = record
        if len(found) == 1:
            return RecordFound(*found.values())
        return RecordsAmbiguous(tuple(found.values()))

    def record_of(self, given: object, wanted: Collection[str]) -> CrmRecord | CrmFailed:
        """Return the record with its wanted fields."""
        if not isinstance(given, dict):
            return unreadable("A record must be a JSON object.")
        alias = self.connection.record_id_alias
        record_id = _id(given.get(alias))
        if record_id is None:
            return unreadable(f"A record has no «{alias}», by which it could be told from others.")
        fields: dict[str, Field | None] = {}
        for each in wanted:
            if each in given:
                try:
                    fields[each] = _field(given[each])
                except _WrongTypeError:
                    return unreadable(f"«{each}» is neither text, a number, true, false, null nor a list of texts.")
        return CrmRecord(
            record_id,
            fields,
            name=_text(self._told(given, self.connection.name_alias)),
            url=self._url(record_id),
            updated_at=_moment(self._told(given, self.connection.updated_at_alias)),
        )

    def _told(self, given: Mapping[object, object], alias: str | None) -> object:
        return None if alias is None else given.get(alias)

    def _url(self, record_id: str) -> str | None:
        template = self.connection.record_url
        return None if template is None else template.replace("{id}", quote(record_id, safe=""))


def unreadable(message: str) -> CrmFailed:
    return CrmFailed(FailureReason.UNREADABLE, message)


def json_of_fields(fields: Mapping[str, Field | None]) -> dict[str, Json]:
    return {alias: _json(field) for alias, field in fields.items()}


def message_of(given: object, default: str) -> str:
    """Return the CRM's words for an agent: one line, without what would draw it otherwise than it is."""
    told = given.get("message") if isinstance(given, dict) else None
    if not isinstance(told, str):
        return default
    visible = "".join(each for each in " ".join(told.split()) if not unicodedata.category(each).startswith("C"))
    return visible[:_LONGEST_MESSAGE] or default


def _json(field: Field | None) -> Json:
    if isinstance(field, tuple):
        return list(field)
    if isinstance(field, float) and field.is_integer():
        # As others write it.
        return int(field)
    return field


def _field(given: object) -> Field | None:
    match given:
        case None | str() | bool() | float():
            return given
        case int():
            # As text where a float would be another number: the long number of an account, mostly.
            return float(given) if abs(given) <= _LARGEST_EXACT else str(given)
        case list() if all(isinstance(each, str) for each in given):
            return tuple(given) or None
        case _:
            raise _WrongTypeError


def _id(given: object) -> str | None:
    if isinstance(given, int) and not isinstance(given, bool):
        return str(given)
    return given if isinstance(given, str) and given.strip() and len(given) <= _LONGEST_ID else None


def _text(given: object) -> str | None:
    return given.strip() or None if isinstance(given, str) else None


def _moment(given: object) -> datetime | None:
    """Return the moment where it is spelt in ISO 8601, with its zone."""
    try:
        moment = datetime.fromisoformat(given) if isinstance(given, str) else None
        return None if moment is None or moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
