"""Importing contacts: what a row says, checked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from domain.contacts import SocialIdentity
from domain.definitions import AttributeDefinition
from domain.identities import LONGEST_NAME, named
from domain.import_mappings import IdentityColumns, ImportMapping
from domain.outcomes import Invalid
from domain.text import clean, normalised
from domain.value_rules import checked, url_value
from domain.value_texts import value_of_text
from domain.values import UrlValue, Value


@dataclass(frozen=True, slots=True)
class RowIdentity:
    identity: SocialIdentity
    may_be_left_out: bool
    has_handle: bool
    """Whether the row gives the handle itself, and not only an id that stands in for it."""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    import_key: str | None
    identities: tuple[RowIdentity, ...]
    values: Mapping[str, Value]
    """By definition id; an empty cell is absent, and leaves what the contact has."""
    record_id: str | None
    remarks: tuple[str, ...] = ()
    """What the row says that is not taken over, and why."""
    may_be_left_out: frozenset[str] = frozenset()
    """Definition ids of the values without which the row may be imported."""
    contact_id: str | None = None
    """Whom the row is about, where the table was exported from here."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Nothing of the row was written; each reason names the column."""

    reasons: tuple[str, ...]


RAGGED = Rejected(("The row has more or fewer cells than the header.",))


def row_of(
    mapping: ImportMapping, cells: Mapping[str, str], definitions: Collection[AttributeDefinition], region: str
) -> Row | Rejected:
    """Return what the row says, or everything that is wrong with it.

    Args:
        mapping: whose columns are all in the table.
        cells: by column, as they stand in the file.
        definitions: the organization's.
        region: ISO 3166 country for phone numbers without a prefix.
    """
    reasons: list[str] = []
    remarks: list[str] = []
    name = clean(cells[mapping.name].strip(), longest=LONGEST_NAME)
    if isinstance(name, Invalid):
        reasons.append(f"{mapping.name}: {name.message}")
    values: dict[str, Value] = {}
    by_key = {each.key: each for each in definitions}
    for attribute, column in mapping.attributes.items():
        value = _value(by_key[attribute], cells[column.column].strip(), mapping.separator, region)
        if isinstance(value, Invalid):
            (remarks if column.may_be_left_out else reasons).append(f"{column.column}: {value.message}")
        elif value is not None:
            values[by_key[attribute].id] = value
    identities = [(columns, _identity(columns, cells, region)) for columns in mapping.identities]
    reasons.extend(
        f"{columns.handle or columns.external_id}: {each.message}"
        for columns, each in identities
        if isinstance(each, Invalid)
    )
    found = tuple(each for _, each in identities if isinstance(each, RowIdentity))
    key = _import_key(mapping, cells)
    contact_id = None if mapping.contact_id is None else cells[mapping.contact_id].strip() or None
    if key is None and contact_id is None and all(each is None for _, each in identities):
        reasons.append("Fill in one of the identities: nothing tells whom the row is about.")
    if reasons or isinstance(name, Invalid):
        return Rejected(tuple(reasons))
    record_id = None if mapping.record_id is None else cells[mapping.record_id].strip() or None
    optional = frozenset(by_key[each].id for each, column in mapping.attributes.items() if column.may_be_left_out)
    return Row(name, key, found, values, record_id, tuple(remarks), optional, contact_id)


def _value(definition: AttributeDefinition, text: str, separator: str, region: str) -> Value | Invalid | None:
    if not text:
        return None
    value = value_of_text(definition, text, separator=separator)
    return value if isinstance(value, Invalid) else checked(definition, value, region=region)


def _identity(columns: IdentityColumns, cells: Mapping[str, str], region: str) -> RowIdentity | Invalid | None:
    handle = "" if columns.handle is None else cells[columns.handle].strip()
    external_id = "" if columns.external_id is None else cells[columns.external_id].strip()
    if not handle and not external_id:
        return None
    name = named(columns.network, region, external_id=external_id, handle=handle)
    if isinstance(name, Invalid):
        return name
    profile = _profile_url(columns, name.handle, name.key.external_id)
    if isinstance(profile, Invalid):
        return profile
    return RowIdentity(
        SocialIdentity(name.key, name.handle, profile_url=profile), columns.may_be_left_out, bool(handle)
    )


def _profile_url(columns: IdentityColumns, handle: str, external_id: str) -> str | Invalid | None:
    if columns.profile_url is None:
        return None
    filled = columns.profile_url.replace("{handle}", quote(handle)).replace("{external_id}", quote(external_id))
    url = url_value(filled)
    return url.url if isinstance(url, UrlValue) else url


def _import_key(mapping: ImportMapping, cells: Mapping[str, str]) -> str | None:
    """Return what stands for the row's key columns, or None where one of them is empty."""
    parts = [normalised(cells[each].strip()) for each in mapping.key]
    if not parts or not all(parts):
        return None
    # Escaped, so that a line end within a cell is not taken for the next cell.
    return hashlib.sha256(b"\n".join(each.encode("unicode_escape") for each in parts)).hexdigest()
