"""A customer list in a table: the record that a row is, or what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.crm import CrmRecord, Field
from domain.crm_directory_rows import ListColumns, record_of_row, several_of
from domain.definitions import AttributeCategory, ValueType
from domain.imports import Rejected
from tests.builders import a_definition

COLUMNS = ListColumns(record_id="id", name="name", url="page", several=frozenset({"tags"}))
ROW = {"id": " A-1 ", "name": "Jane", "page": "https://crm.example/1", "tags": "Gold; Silver;;", "city": " Bonn "}
FIELDS: dict[str, Field | None] = {
    "id": "A-1",
    "name": "Jane",
    "page": "https://crm.example/1",
    "tags": ("Gold", "Silver"),
    "city": "Bonn",
}


def test_a_row_is_a_record_with_every_column() -> None:
    assert record_of_row(COLUMNS, ROW) == CrmRecord("A-1", FIELDS, "Jane", "https://crm.example/1")
    assert record_of_row(ListColumns(record_id="id"), {"id": "1", "tags": "a;b"}) == CrmRecord(
        "1", {"id": "1", "tags": "a;b"}
    )


def test_empty_cells_are_blank_fields() -> None:
    row = {**ROW, "name": "", "page": " ", "tags": " ", "city": "\u200b"}
    fields: dict[str, Field | None] = {"id": "A-1", "name": None, "page": None, "tags": None, "city": None}
    assert record_of_row(COLUMNS, row) == CrmRecord("A-1", fields)
    # None of several is something to say.
    assert record_of_row(COLUMNS, {**ROW, "tags": ";"}) == CrmRecord(
        "A-1", {**FIELDS, "tags": ()}, "Jane", "https://crm.example/1"
    )


def test_another_separator_is_of_any_length() -> None:
    columns = replace(COLUMNS, separator="||")
    assert record_of_row(columns, {**ROW, "tags": "a;b || c"}) == CrmRecord(
        "A-1", {**FIELDS, "tags": ("a;b", "c")}, "Jane", "https://crm.example/1"
    )


@pytest.mark.parametrize(
    ("cells", "reasons"),
    [
        ({"id": ""}, ("id: Write something: the text is empty or only white space.",)),
        ({"id": "x" * 201}, ("id: Shorten the text by 1: at most 200 characters are kept.",)),
        ({"page": "javascript:alert(1)"}, ("page: Give a web address such as https://example.com/page.",)),
        (
            {"id": " ", "name": "a\x00", "page": "none"},
            (
                "id: Write something: the text is empty or only white space.",
                "name: Remove the character U+0000: it cannot be kept in a text.",
                "page: Give a web address such as https://example.com/page.",
            ),
        ),
    ],
)
def test_everything_that_is_wrong_with_a_row_is_told(cells: dict[str, str], reasons: tuple[str, ...]) -> None:
    assert record_of_row(COLUMNS, {**ROW, **cells}) == Rejected(reasons)


def test_the_columns_that_are_needed() -> None:
    assert COLUMNS.needed() == {"id", "name", "page"}
    assert ListColumns(record_id="id").needed() == {"id"}


def test_a_record_holds_several_of_what_the_crm_manages_so() -> None:
    crm, several = AttributeCategory.CRM, ValueType.MULTI_SELECT
    definitions = [
        a_definition("tags", several, crm),
        replace(a_definition("sizes", several, crm), crm_alias="size_codes"),
        a_definition("gone", several, crm, is_archived=True),
        a_definition("own", several, AttributeCategory.CUSTOM),
        a_definition("city", ValueType.TEXT, crm),
    ]
    assert several_of(definitions) == {"tags", "size_codes"}
