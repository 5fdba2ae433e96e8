"""What a definition has to keep to: each refusal with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.definition_rules import (
    LONGEST_PATTERN,
    MOST_DEFINITIONS,
    MOST_OPTIONS,
    contradiction,
    key_problem,
    too_many,
)
from domain.definitions import AttributeCategory, AttributeDefinition, Option, SyncRule, ValueRules, ValueType, moved
from domain.outcomes import ErrorCode, Invalid
from domain.search import MOST_SOURCES
from tests.builders import SIZES, a_definition


@pytest.mark.parametrize("key", ["a", "a1", "first_name", "a" * 60])
def test_a_key_is_a_name_for_programs(key: str) -> None:
    assert key_problem(key) is None


@pytest.mark.parametrize("key", ["", "A", "1a", "_a", "a-b", "a b", "é", "a" * 61, "a\n"])
def test_another_key_is_refused(key: str) -> None:
    problem = key_problem(key)
    assert problem is not None
    assert (problem.code, problem.path) == (ErrorCode.NOT_A_KEY, ("input", "key"))


OF_EACH_TYPE = {
    each: a_definition(value_type=each, options=SIZES if "SELECT" in each.value else ()) for each in ValueType
}
TEXT, NUMBER, DATE = OF_EACH_TYPE[ValueType.TEXT], OF_EACH_TYPE[ValueType.NUMBER], OF_EACH_TYPE[ValueType.DATE]
SELECT = OF_EACH_TYPE[ValueType.SELECT]
ARCHIVED = Option("o", "O", {}, True)
REFUSED: list[tuple[AttributeDefinition, dict[str, Any], ErrorCode, str]] = [
    (TEXT, {"options": SIZES}, ErrorCode.CONTRADICTORY_RULES, "options"),
    (SELECT, {"options": ()}, ErrorCode.CONTRADICTORY_RULES, "options"),
    (SELECT, {"options": (ARCHIVED,)}, ErrorCode.CONTRADICTORY_RULES, "options"),
    (SELECT, {"options": (SIZES[0], *(ARCHIVED,) * MOST_OPTIONS)}, ErrorCode.TOO_MANY, "options"),
    (TEXT, {"rules": ValueRules(min_length=0)}, ErrorCode.CONTRADICTORY_RULES, "rules.minLength"),
    (TEXT, {"rules": ValueRules(max_length=0)}, ErrorCode.CONTRADICTORY_RULES, "rules.maxLength"),
    (TEXT, {"rules": ValueRules(max_length=5001)}, ErrorCode.CONTRADICTORY_RULES, "rules.maxLength"),
    (TEXT, {"rules": ValueRules(min_length=3, max_length=2)}, ErrorCode.CONTRADICTORY_RULES, "rules.minLength"),
    (NUMBER, {"rules": ValueRules(min_number=2, max_number=1.9)}, ErrorCode.CONTRADICTORY_RULES, "rules.minNumber"),
    (
        DATE,
        {"rules": ValueRules(earliest=date(2000, 1, 2), latest=date(2000, 1, 1))},
        ErrorCode.CONTRADICTORY_RULES,
        "rules.earliest",
    ),
    (TEXT, {"rules": ValueRules(pattern="(?=a)")}, ErrorCode.NOT_A_PATTERN, "rules.pattern"),
    (TEXT, {"rules": ValueRules(pattern="a" * (LONGEST_PATTERN + 1))}, ErrorCode.NOT_A_PATTERN, "rules.pattern"),
    (NUMBER, {"is_searchable": True}, ErrorCode.CONTRADICTORY_RULES, "isSearchable"),
    (TEXT, {"is_searchable": True, "is_admin_only": True}, ErrorCode.CONTRADICTORY_RULES, "isAdminOnly"),
    (TEXT, {"is_look_up": True, "is_admin_only": True}, ErrorCode.CONTRADICTORY_RULES, "isAdminOnly"),
    *(
        (replace(TEXT, category=category), {"sync_rule": rule}, ErrorCode.CONTRADICTORY_RULES, "syncRule")
        for category in (AttributeCategory.COMMON, AttributeCategory.CUSTOM)
        for rule in (SyncRule.PREFER_CRM, SyncRule.MOST_RECENT, SyncRule.NEVER)
    ),
]


@pytest.mark.parametrize(
    ("definition", "change", "code", "place"), REFUSED, ids=[f"{r[3]}-{r[2].value}" for r in REFUSED]
)
def test_what_contradicts_itself_is_refused_at_its_place(
    definition: AttributeDefinition, change: dict[str, Any], code: ErrorCode, place: str
) -> None:
    found = contradiction(replace(definition, **change))
    assert isinstance(found, Invalid)
    assert (found.code, found.path) == (code, ("input", *place.split(".")))


ACCEPTED: list[tuple[AttributeDefinition, dict[str, Any]]] = [
    (SELECT, {"options": (SIZES[0], *(ARCHIVED,) * (MOST_OPTIONS - 1))}),
    (TEXT, {"rules": ValueRules(min_length=1, max_length=5000)}),
    (TEXT, {"rules": ValueRules(min_length=7, max_length=7, pattern="a" * LONGEST_PATTERN, message="So.")}),
    (NUMBER, {"rules": ValueRules(min_number=-1.5, max_number=-1.5, is_unique=True, required=True)}),
    (DATE, {"rules": ValueRules(earliest=date(2000, 1, 1), latest=date(2000, 1, 1))}),
    (TEXT, {"is_searchable": True, "is_look_up": True}),
    (TEXT, {"is_admin_only": True}),
    *((replace(TEXT, category=AttributeCategory.CRM), {"sync_rule": each}) for each in SyncRule),
    *((TEXT, {"category": each, "sync_rule": SyncRule.ALWAYS_CRM}) for each in AttributeCategory),
]


@pytest.mark.parametrize(("definition", "change"), ACCEPTED)
def test_what_agrees_with_itself_is_accepted_up_to_each_bound(
    definition: AttributeDefinition, change: dict[str, Any]
) -> None:
    assert contradiction(replace(definition, **change)) is None


FITTING: dict[str, tuple[dict[str, Any], set[str]]] = {
    "minNumber": ({"min_number": 0}, {"NUMBER"}),
    "maxNumber": ({"max_number": 0}, {"NUMBER"}),
    "minLength": ({"min_length": 1}, {"TEXT"}),
    "maxLength": ({"max_length": 1}, {"TEXT"}),
    "pattern": ({"pattern": "a"}, {"TEXT"}),
    "earliest": ({"earliest": date(2000, 1, 1)}, {"DATE", "DATETIME"}),
    "latest": ({"latest": date(2000, 1, 1)}, {"DATE", "DATETIME"}),
    "isUnique": ({"is_unique": True}, {each.value for each in ValueType} - {"BOOLEAN", "SELECT", "MULTI_SELECT"}),
}


@pytest.mark.parametrize("name", FITTING)
def test_each_rule_is_one_of_some_value_types_alone(name: str) -> None:
    rules, fitting = FITTING[name]
    found = {each: contradiction(replace(of, rules=ValueRules(**rules))) for each, of in OF_EACH_TYPE.items()}
    assert {each.value for each, problem in found.items() if problem is None} == fitting
    refused = [each for each in found.values() if each is not None]
    assert {(each.code, each.path) for each in refused} == {
        (ErrorCode.CONTRADICTORY_RULES, ("input", "rules", name)),
    }


def test_there_are_not_too_many_of_them() -> None:
    others = [a_definition(f"k{n}", is_searchable=n < MOST_SOURCES) for n in range(MOST_DEFINITIONS)]
    new, searched = a_definition("new"), a_definition("new", is_searchable=True)
    assert too_many(new, others[1:]) is None
    problem = too_many(new, others)
    assert problem is not None
    assert (problem.code, problem.path) == (ErrorCode.TOO_MANY, ("input", "key"))
    assert too_many(searched, others[1:]) is None
    problem = too_many(searched, others[:-1])
    assert problem is not None
    assert (problem.code, problem.path) == (ErrorCode.TOO_MANY, ("input", "isSearchable"))
    # One that is there already is not counted twice.
    assert too_many(others[0], others) is None


@settings(max_examples=100)
@given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), max_size=12))
def test_moving_is_taking_out_and_putting_in(count: int, moves: list[tuple[int, int]]) -> None:
    definitions = tuple(a_definition(f"k{each}", position=each) for each in range(count))
    model = [each.id for each in definitions]
    for taken, after in moves:
        what, where = f"d-k{taken % count}", None if after < 0 else f"d-k{after % count}"
        if what == where:
            continue
        definitions = moved(definitions, what, where)
        model.remove(what)
        model.insert(0 if where is None else model.index(where) + 1, what)
    assert [each.id for each in definitions] == model
    assert [each.position for each in definitions] == list(range(count))
