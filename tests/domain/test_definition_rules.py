"""What a definition has to keep to: each refusal with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.definition_rules import (
    LONGEST_LABEL,
    LONGEST_PATTERN,
    MOST_LANGUAGES,
    MOST_OPTIONS,
    checked_definition,
    key_problem,
)
from domain.definitions import AttributeDefinition, Option, ValueRules, ValueType, moved
from domain.outcomes import ErrorCode, Invalid
from domain.patterns import matches, pattern_problem
from domain.value_rules import checked
from domain.values import NumberValue, TextValue
from tests.builders import a_definition


@pytest.mark.parametrize("key", ["a", "a1", "first_name", "a" * 60])
def test_a_key_is_a_name_for_programs(key: str) -> None:
    assert key_problem(key) is None


@pytest.mark.parametrize("key", ["", "A", "1a", "_a", "a-b", "a b", "é", "a" * 61, "a\n"])
def test_another_key_is_refused(key: str) -> None:
    problem = key_problem(key)
    assert problem is not None
    assert (problem.code, problem.path) == (ErrorCode.NOT_A_KEY, ("input", "key"))


def test_texts_are_kept_normalised_and_languages_in_small_letters() -> None:
    given_ = replace(
        a_definition("size", ValueType.SELECT, options=(Option("o1", " One ", {"de": " Eins "}),)),
        label=" Größe ",
        labels={"pt-BR": " Tamanho "},
        description=" Hint ",
        descriptions={"DE": " Hinweis "},
        crm_alias=" Size__c ",
        rules=ValueRules(message=" Choose. "),
    )
    assert checked_definition(given_) == replace(
        given_,
        label="Größe",
        labels={"pt-br": "Tamanho"},
        description="Hint",
        descriptions={"de": "Hinweis"},
        crm_alias="Size__c",
        options=(Option("o1", "One", {"de": "Eins"}),),
        rules=ValueRules(message="Choose."),
    )


SELECT = a_definition("size", ValueType.SELECT, options=(Option("o1", "One"),))
REFUSED: list[tuple[AttributeDefinition, dict[str, Any], ErrorCode, str]] = [
    (a_definition(), {"label": " "}, ErrorCode.BLANK, "label"),
    (a_definition(), {"label": "x" * (LONGEST_LABEL + 1)}, ErrorCode.TOO_LONG, "label"),
    (a_definition(), {"labels": {"german": "x", "x": "y"}}, ErrorCode.NOT_A_LANGUAGE, "labels"),
    (a_definition(), {"labels": {"de": ""}}, ErrorCode.BLANK, "labels"),
    (a_definition(), {"labels": {f"a{n:03}": "x" for n in range(MOST_LANGUAGES + 1)}}, ErrorCode.TOO_MANY, "labels"),
    (a_definition(), {"descriptions": {"de": ""}}, ErrorCode.BLANK, "descriptions"),
    (a_definition(), {"description": "x" * 501}, ErrorCode.TOO_LONG, "description"),
    (a_definition(), {"crm_alias": "x" * 101}, ErrorCode.TOO_LONG, "crmAlias"),
    (a_definition(), {"options": (Option("o", "O"),)}, ErrorCode.CONTRADICTORY_RULES, "options"),
    (SELECT, {"options": ()}, ErrorCode.CONTRADICTORY_RULES, "options"),
    (SELECT, {"options": (Option("o", "O", {}, True),)}, ErrorCode.CONTRADICTORY_RULES, "options"),
    (SELECT, {"options": (Option("o", "O"),) * (MOST_OPTIONS + 1)}, ErrorCode.TOO_MANY, "options"),
    (SELECT, {"options": (Option("o", "O"), Option("p", ""))}, ErrorCode.BLANK, "options.1.label"),
    (SELECT, {"options": (Option("o", "O", {"de": ""}),)}, ErrorCode.BLANK, "options.0.labels"),
    (a_definition(), {"rules": ValueRules(min_number=1)}, ErrorCode.CONTRADICTORY_RULES, "rules.minNumber"),
    (a_definition(), {"rules": ValueRules(latest=date(2000, 1, 1))}, ErrorCode.CONTRADICTORY_RULES, "rules.latest"),
    (SELECT, {"rules": ValueRules(pattern="a")}, ErrorCode.CONTRADICTORY_RULES, "rules.pattern"),
    (
        a_definition(value_type=ValueType.NUMBER),
        {"rules": ValueRules(min_number=2, max_number=1)},
        ErrorCode.CONTRADICTORY_RULES,
        "rules.minNumber",
    ),
    (a_definition(), {"rules": ValueRules(min_length=0)}, ErrorCode.CONTRADICTORY_RULES, "rules.minLength"),
    (a_definition(), {"rules": ValueRules(max_length=5001)}, ErrorCode.CONTRADICTORY_RULES, "rules.maxLength"),
    (SELECT, {"rules": ValueRules(is_unique=True)}, ErrorCode.CONTRADICTORY_RULES, "rules.isUnique"),
    (a_definition(), {"rules": ValueRules(message="")}, ErrorCode.BLANK, "rules.message"),
    (a_definition(), {"rules": ValueRules(pattern="(?=a)")}, ErrorCode.NOT_A_PATTERN, "rules.pattern"),
    (
        a_definition(),
        {"rules": ValueRules(pattern="a" * (LONGEST_PATTERN + 1))},
        ErrorCode.NOT_A_PATTERN,
        "rules.pattern",
    ),
    (SELECT, {"is_searchable": True}, ErrorCode.CONTRADICTORY_RULES, "isSearchable"),
    (a_definition(), {"is_searchable": True, "is_admin_only": True}, ErrorCode.CONTRADICTORY_RULES, "isAdminOnly"),
    (a_definition(), {"is_look_up": True, "is_admin_only": True}, ErrorCode.CONTRADICTORY_RULES, "isAdminOnly"),
]


@pytest.mark.parametrize(
    ("definition", "change", "code", "place"), REFUSED, ids=[f"{r[3]}-{r[2].value}" for r in REFUSED]
)
def test_what_contradicts_itself_is_refused_at_its_place(
    definition: AttributeDefinition, change: dict[str, Any], code: ErrorCode, place: str
) -> None:
    found = checked_definition(replace(definition, **change))
    assert isinstance(found, Invalid)
    assert (found.code, found.path) == (code, ("input", *place.split(".")))


@pytest.mark.parametrize("pattern", ["(?=a)", "(?<!a)b", r"(a)\1", "[a", "a**", "(a{500}){500}", "\ud800"])
def test_a_pattern_whose_time_could_not_be_bounded_is_refused(pattern: str) -> None:
    assert (pattern_problem(pattern) or "").startswith("Give a pattern in the syntax of RE2")


def test_a_pattern_has_to_match_the_whole_text() -> None:
    assert pattern_problem("(a+)+") is None
    assert matches("(a+)+", "a" * 5_000)
    # What takes a back-tracking engine longer than the universe has been there takes this one a millisecond.
    assert not matches("(a+)+", "a" * 5_000 + "!")
    assert not matches("[A-Z]{2}", "xABx")
    definition = a_definition(rules=ValueRules(pattern=r"[A-Z]{2}-\d+"))
    assert checked(definition, TextValue("AB-12"), region="US") == TextValue("AB-12")
    refused = Invalid(ErrorCode.PATTERN_MISMATCH, r"Give a text that matches the pattern [A-Z]{2}-\d+")
    assert checked(definition, TextValue("AB-12\n"), region="US") == refused


def test_where_a_rule_is_broken_the_admins_have_the_word() -> None:
    short = a_definition(rules=ValueRules(max_length=3, message="Three letters."))
    assert checked(short, TextValue("four"), region="US") == Invalid(ErrorCode.TOO_LONG, "Three letters.")
    # What no rule of theirs forbids is said in ours.
    blank = checked(short, TextValue(" "), region="US")
    assert isinstance(blank, Invalid)
    assert (blank.code, blank.message != "Three letters.") == (ErrorCode.BLANK, True)
    wrong = checked(short, NumberValue(1), region="US")
    assert isinstance(wrong, Invalid)
    assert wrong.code is ErrorCode.WRONG_TYPE


@settings(deadline=None, max_examples=50)
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
