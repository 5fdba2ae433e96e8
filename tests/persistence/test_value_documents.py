"""Values in and out of their stored shape."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.definitions import ValueType
from domain.values import (
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from persistence.value_documents import from_value, to_value
from tests.persistence.strategies import VALUES, through_bson

NOON = datetime(2026, 11, 23, 12, 0, 0, 123000, tzinfo=UTC)

SHAPES: list[tuple[Value, dict[str, Any]]] = [
    (TextValue("hi"), {"t": "TEXT", "c": "hi"}),
    (NumberValue(1.5), {"t": "NUMBER", "c": 1.5}),
    (BooleanValue(False), {"t": "BOOLEAN", "c": False}),
    (DateValue(date(1999, 2, 3)), {"t": "DATE", "c": "1999-02-03"}),
    (DateTimeValue(NOON), {"t": "DATETIME", "c": NOON}),
    (EmailValue("a@example.com"), {"t": "EMAIL", "c": "a@example.com"}),
    (PhoneValue("+14155550100"), {"t": "PHONE", "c": "+14155550100"}),
    (UrlValue("https://example.com"), {"t": "URL", "c": "https://example.com"}),
    (SelectValue("size-s"), {"t": "SELECT", "c": "size-s"}),
    (MultiSelectValue(("size-m", "size-s")), {"t": "MULTI_SELECT", "c": ["size-m", "size-s"]}),
    (MultiSelectValue(()), {"t": "MULTI_SELECT", "c": []}),
    (LanguageValue("pt-BR"), {"t": "LANGUAGE", "c": "pt-BR"}),
]


def test_every_value_type_has_a_shape_here() -> None:
    assert {document["t"] for _, document in SHAPES} == {each.value for each in ValueType}


@pytest.mark.parametrize(("value", "document"), SHAPES, ids=lambda each: str(each)[:30])
def test_a_value_is_stored_as_its_type_and_content(value: Value, document: dict[str, Any]) -> None:
    assert from_value(value) == document
    assert to_value(document) == value


@pytest.mark.parametrize("value_type", list(ValueType), ids=lambda each: each.value)
@settings(max_examples=40)
@given(data=st.data())
def test_every_value_comes_back_as_it_went(value_type: ValueType, data: st.DataObject) -> None:
    value = data.draw(VALUES[value_type])
    assert to_value(through_bson(from_value(value))) == value


def test_a_stored_value_of_an_unknown_type_is_an_error() -> None:
    with pytest.raises(ValueError, match="'HOLOGRAM' is not a valid ValueType"):
        to_value({"t": "HOLOGRAM", "c": "?"})
