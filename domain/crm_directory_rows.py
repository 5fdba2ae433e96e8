"""A customer list in a table: the record that a row is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.crm import CrmRecord, Field
from domain.crm_values import SEPARATOR, alias
from domain.definitions import AttributeCategory, AttributeDefinition, ValueType
from domain.identities import LONGEST_NAME
from domain.imports import Rejected
from domain.outcomes import Invalid
from domain.text import clean, is_blank
from domain.value_rules import url_value

LONGEST_RECORD_ID = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumns:
    """What the columns of a list are; the name of each is an alias, whatever else it is."""

    record_id: str
    name: str | None = None
    url: str | None = None
    several: frozenset[str] = frozenset()
    """Columns whose cells hold several texts."""
    separator: str = SEPARATOR
    """Between them."""

    def needed(self) -> frozenset[str]:
        return frozenset(each for each in (self.record_id, self.name, self.url) if each is not None)


def several_of(definitions: Iterable[AttributeDefinition]) -> frozenset[str]:
    """Return the aliases of what the CRM manages of which a record holds several."""
    return frozenset(
        alias(each)
        for each in definitions
        if each.category is AttributeCategory.CRM and each.value_type is ValueType.MULTI_SELECT and not each.is_archived
    )


def record_of_row(columns: ListColumns, cells: Mapping[str, str]) -> CrmRecord | Rejected:
    """Return the record that the row is, or everything that is wrong with it.

    Args:
        columns: all of which that are needed are in the table.
        cells: by column, as they stand in the file.
    """
    record_id = clean(cells[columns.record_id].strip(), longest=LONGEST_RECORD_ID)
    name = None if columns.name is None else _name(cells[columns.name])
    url = None if columns.url is None else _url(cells[columns.url])
    told = ((columns.record_id, record_id), (columns.name, name), (columns.url, url))
    reasons = tuple(f"{column}: {each.message}" for column, each in told if isinstance(each, Invalid))
    if isinstance(record_id, Invalid) or isinstance(name, Invalid) or isinstance(url, Invalid):
        return Rejected(reasons)
    return CrmRecord(record_id, {column: _field(columns, column, cell) for column, cell in cells.items()}, name, url)


def _name(cell: str) -> str | Invalid | None:
    return None if is_blank(cell) else clean(cell.strip(), longest=LONGEST_NAME)


def _url(cell: str) -> str | Invalid | None:
    if is_blank(cell):
        return None
    url = url_value(cell)
    return url if isinstance(url, Invalid) else url.url


def _field(columns: ListColumns, column: str, cell: str) -> Field | None:
    if is_blank(cell):
        return None
    if column in columns.several:
        return tuple(each.strip() for each in cell.split(columns.separator) if not is_blank(each))
    return cell.strip()
