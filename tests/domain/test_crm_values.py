"""Fields of a CRM's record as values, and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from domain.crm import Field
from domain.crm_values import alias, field_of_value, value_of_field
from domain.definitions import AttributeDefinition, Option, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_rules import checked
from domain.values import (
    VALUE_TYPES,
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    Value,
)
from tests.builders import SIZES, a_definition
from tests.persistence.strategies import values

MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
DEFINITIONS = {each: a_definition(f"a-{each.value.lower()}", each, options=SIZES) for each in ValueType}


def read(value_type: ValueType, field: Field | None) -> Value | Invalid | None:
    return value_of_field(DEFINITIONS[value_type], field, region="US")


@pytest.mark.parametrize("field", [None, "", "  "])
@pytest.mark.parametrize("value_type", ValueType)
def test_a_blank_field_is_no_value(value_type: ValueType, field: Field | None) -> None:
    assert read(value_type, field) is None


@pytest.mark.parametrize(
    ("value_type", "field", "value"),
    [
        (ValueType.TEXT, "Paris", TextValue("Paris")),
        (ValueType.TEXT, 12.0, TextValue("12")),
        (ValueType.TEXT, True, TextValue("true")),
        (ValueType.TEXT, ("Paris",), TextValue("Paris")),
        (ValueType.NUMBER, 12.5, NumberValue(12.5)),
        (ValueType.NUMBER, 0.0, NumberValue(0.0)),
        (ValueType.NUMBER, " 12.5 ", NumberValue(12.5)),
        (ValueType.BOOLEAN, False, BooleanValue(False)),
        (ValueType.BOOLEAN, "true", BooleanValue(True)),
        (ValueType.BOOLEAN, 0.0, BooleanValue(False)),
        (ValueType.DATE, "2026-11-23", DateValue(date(2026, 11, 23))),
        (ValueType.DATE, "2026-11-23T08:30:00Z", DateValue(date(2026, 11, 23))),
        (ValueType.DATE, 1_763_856_000_000.0, DateValue(date(2025, 11, 23))),
        (ValueType.DATETIME, "2026-11-23T08:30:00Z", DateTimeValue(MORNING)),
        (ValueType.DATETIME, MORNING.timestamp() * 1000, DateTimeValue(MORNING)),
        (ValueType.EMAIL, "Ada@Example.com", EmailValue("Ada@example.com")),
        (ValueType.PHONE, "202-224-3441", PhoneValue("+12022243441")),
        (ValueType.PHONE, 2022243441.0, PhoneValue("+12022243441")),
        (ValueType.SELECT, "Small", SelectValue("size-s")),
        (ValueType.MULTI_SELECT, "medium; Small", MultiSelectValue(("size-s", "size-m"))),
        (ValueType.MULTI_SELECT, ("Medium", "size-s"), MultiSelectValue(("size-s", "size-m"))),
        (ValueType.MULTI_SELECT, (), MultiSelectValue(())),
    ],
)
def test_a_field_is_read_as_the_definition_means_it(value_type: ValueType, field: Field, value: Value) -> None:
    assert read(value_type, field) == value


@pytest.mark.parametrize(
    ("value_type", "field", "code"),
    [
        (ValueType.NUMBER, "many", ErrorCode.NOT_A_NUMBER),
        (ValueType.NUMBER, True, ErrorCode.NOT_A_NUMBER),
        (ValueType.NUMBER, ("1", "2"), ErrorCode.WRONG_TYPE),
        (ValueType.BOOLEAN, 2.0, ErrorCode.NOT_A_BOOLEAN),
        (ValueType.DATE, 12.0, ErrorCode.NOT_A_DATE),
        (ValueType.DATE, float("inf"), ErrorCode.NOT_A_DATE),
        (ValueType.DATETIME, float("nan"), ErrorCode.NOT_A_DATE),
        (ValueType.DATETIME, 1e300, ErrorCode.NOT_A_DATE),
        (ValueType.DATE, "23.11.2026", ErrorCode.NOT_A_DATE),
        (ValueType.EMAIL, "nobody", ErrorCode.NOT_AN_EMAIL),
        (ValueType.SELECT, "Enormous", ErrorCode.UNKNOWN_OPTION),
        (ValueType.MULTI_SELECT, ("Medium", "Enormous"), ErrorCode.UNKNOWN_OPTION),
    ],
)
def test_a_field_that_means_no_value_says_why(value_type: ValueType, field: Field, code: ErrorCode) -> None:
    refused = read(value_type, field)
    assert isinstance(refused, Invalid)
    assert refused.code is code


@given(values)
def test_what_is_written_is_read_as_the_same(value: Value) -> None:
    definition = DEFINITIONS[VALUE_TYPES[type(value)]]
    kept = checked(definition, value, region="US")
    if isinstance(kept, Invalid):
        return
    assert value_of_field(definition, field_of_value(definition, kept), region="US") == kept


def test_no_value_is_a_blank_field() -> None:
    assert field_of_value(DEFINITIONS[ValueType.TEXT], None) is None


def test_an_option_is_named_by_its_label_and_one_that_is_gone_by_its_id() -> None:
    definition: AttributeDefinition = a_definition("size", ValueType.SELECT, options=(Option("s", "Small"),))
    assert field_of_value(definition, SelectValue("s")) == "Small"
    assert field_of_value(definition, SelectValue("gone")) == "gone"


def test_the_alias_is_the_key_where_there_is_none() -> None:
    assert alias(a_definition("size", ValueType.TEXT)) == "size"
    assert alias(replace(a_definition("size", ValueType.TEXT), crm_alias="Size__c")) == "Size__c"
