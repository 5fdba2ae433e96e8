"""Contact groups: what can be asked of each value type, who is in a group, and what becomes of a broken rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from domain.agents import Directory, Role
from domain.contact_groups import (
    MOST_CONDITIONS,
    MOST_OPERANDS,
    broken_conditions,
    checked_rule,
    filter_of,
    groups_of,
    moved,
)
from domain.definitions import ValueType
from domain.filters import passes
from domain.group_rules import (
    OPERATORS,
    AttributeCondition,
    Condition,
    GroupMatch,
    GroupOperator,
    GroupRule,
    VipCondition,
)
from domain.outcomes import ErrorCode, Invalid
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
from domain.vip import VipStatus
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_definition, a_group, an_organization, held

O = GroupOperator  # noqa: E741 - the table below is read by columns
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

# The attribute, the operator, the operands; values that are in the group, and values that are not.
TABLE: list[tuple[str, GroupOperator, list[Value], list[Value], list[Value]]] = [
    ("bio", O.EQUALS, [TextValue("Café")], [TextValue("CAFE"), TextValue("café")], [TextValue("Cafés")]),
    ("bio", O.ANY_OF, [TextValue("a"), TextValue("b")], [TextValue("B")], [TextValue("ab")]),
    ("bio", O.CONTAINS, [TextValue("ee  É")], [TextValue("Coffee expert")], [TextValue("Coffee")]),
    ("bio", O.NOT_EMPTY, [], [TextValue("x")], []),
    ("followers", O.GREATER_THAN, [NumberValue(7)], [NumberValue(7.5)], [NumberValue(7), NumberValue(0)]),
    ("followers", O.AT_LEAST, [NumberValue(7)], [NumberValue(7), NumberValue(8)], [NumberValue(6)]),
    ("followers", O.LESS_THAN, [NumberValue(7)], [NumberValue(0)], [NumberValue(7)]),
    ("followers", O.AT_MOST, [NumberValue(0)], [NumberValue(0)], [NumberValue(1)]),
    ("followers", O.EQUALS, [NumberValue(0)], [NumberValue(0)], [NumberValue(1)]),
    ("newsletter", O.IS, [BooleanValue(False)], [BooleanValue(False)], [BooleanValue(True)]),
    ("newsletter", O.NOT_EMPTY, [], [BooleanValue(False)], []),
    (
        "birthday",
        O.LESS_THAN,
        [DateValue(date(2000, 1, 1))],
        [DateValue(date(1999, 12, 31))],
        [DateValue(date(2000, 1, 1))],
    ),
    (
        "last_met",
        O.AT_LEAST,
        [DateTimeValue(NOON)],
        [DateTimeValue(NOON)],
        [DateTimeValue(NOON - timedelta(seconds=1))],
    ),
    ("email", O.EQUALS, [EmailValue("A@X.com")], [EmailValue("a@x.com")], [EmailValue("b@x.com")]),
    ("phone", O.ANY_OF, [PhoneValue("202-224-3441")], [PhoneValue("+12022243441")], [PhoneValue("+12022243442")]),
    ("website", O.EQUALS, [UrlValue("https://x.com/")], [UrlValue("https://X.com/")], [UrlValue("https://y.com/")]),
    ("segment", O.IS, [SelectValue("size-s")], [SelectValue("size-s")], [SelectValue("size-m")]),
    (
        "segment",
        O.ANY_OF,
        [SelectValue("size-s"), SelectValue("size-x")],
        [SelectValue("size-x")],
        [SelectValue("size-m")],
    ),
    (
        "sizes",
        O.ANY_OF,
        [MultiSelectValue(("size-s", "size-m"))],
        [MultiSelectValue(("size-m",))],
        [MultiSelectValue(())],
    ),
    (
        "sizes",
        O.CONTAINS,
        [MultiSelectValue(("size-s", "size-m"))],
        [MultiSelectValue(("size-s", "size-m", "size-x"))],
        [MultiSelectValue(("size-s",))],
    ),
    ("sizes", O.NOT_EMPTY, [], [MultiSelectValue(())], []),
    ("language", O.IS, [LanguageValue("pt-br")], [LanguageValue("pt-BR")], [LanguageValue("pt")]),
]


def rule(*conditions: Condition, match: GroupMatch = GroupMatch.ALL) -> GroupRule:
    return GroupRule(match, conditions)


def on(key: str, operator: GroupOperator = O.NOT_EMPTY, *operands: Value) -> AttributeCondition:
    return AttributeCondition(f"d-{key}", operator, operands)


def is_in(value: Value | None, *, key: str, of: GroupRule) -> bool:
    return passes(a_contact(values=(held(key, value),)), filter_of(of, EVERY_TYPE, MORNING))


@pytest.mark.parametrize(("key", "operator", "operands", "inside", "outside"), TABLE)
def test_each_operator_says_who_is_in(
    key: str, operator: GroupOperator, operands: list[Value], inside: list[Value], outside: list[Value]
) -> None:
    checked = checked_rule(rule(on(key, operator, *operands)), EVERY_TYPE, "US")
    assert isinstance(checked, GroupRule)
    assert [is_in(each, key=key, of=checked) for each in inside] == [True] * len(inside)
    assert [is_in(each, key=key, of=checked) for each in [*outside, None]] == [False] * (len(outside) + 1)
    # What was checked is taken again as it is.
    assert checked_rule(checked, EVERY_TYPE, "US") == checked


def test_every_operator_of_every_type_is_in_the_table_and_no_other_is_taken() -> None:
    types = {each.key: each.value_type for each in EVERY_TYPE}
    shown = {(types[key], operator) for key, operator, *_ in TABLE}
    assert {each for each, _ in shown} == set(ValueType) == set(OPERATORS)
    for definition in (each for each in EVERY_TYPE if each.is_enabled and not each.is_archived):
        for operator in GroupOperator:
            checked = checked_rule(rule(on(definition.key, operator)), EVERY_TYPE, "US")
            if operator in OPERATORS[definition.value_type]:
                assert not isinstance(checked, Invalid) or checked.code is ErrorCode.TOO_MANY
            else:
                assert isinstance(checked, Invalid)
                path = ("input", "conditions", "0", "attribute", "operator")
                assert (checked.code, checked.path) == (ErrorCode.WRONG_OPERATOR, path)


BIO = on("bio")
REFUSED = [
    pytest.param([], ErrorCode.TOO_MANY, (), id="no condition"),
    pytest.param([BIO] * (MOST_CONDITIONS + 1), ErrorCode.TOO_MANY, (), id="too many conditions"),
    pytest.param([BIO, on("fax")], ErrorCode.ATTRIBUTE_DISABLED, ("1", "attribute", "key"), id="archived"),
    pytest.param([on("pager")], ErrorCode.ATTRIBUTE_DISABLED, ("0", "attribute", "key"), id="switched off"),
    pytest.param([on("bio", O.EQUALS)], ErrorCode.TOO_MANY, ("0", "attribute", "values"), id="no value"),
    pytest.param(
        [on("bio", O.NOT_EMPTY, TextValue("x"))],
        ErrorCode.TOO_MANY,
        ("0", "attribute", "values"),
        id="a value too many",
    ),
    pytest.param(
        [on("bio", O.ANY_OF, *[TextValue("x")] * (MOST_OPERANDS + 1))],
        *(ErrorCode.TOO_MANY, ("0", "attribute", "values")),
        id="too many values",
    ),
    pytest.param(
        [on("bio", O.EQUALS, NumberValue(1))], ErrorCode.WRONG_TYPE, ("0", "attribute", "values"), id="another type"
    ),
    pytest.param(
        [on("segment", O.IS, SelectValue("none"))],
        *(ErrorCode.UNKNOWN_OPTION, ("0", "attribute", "values")),
        id="no option",
    ),
    pytest.param(
        [on("phone", O.EQUALS, PhoneValue("12"))], ErrorCode.NOT_A_PHONE, ("0", "attribute", "values"), id="no number"
    ),
    pytest.param([on("bio", O.CONTAINS, TextValue(" "))], ErrorCode.BLANK, ("0", "attribute", "values"), id="blank"),
]


@pytest.mark.parametrize(("conditions", "code", "path"), REFUSED)
def test_what_is_no_rule_is_refused_where_it_is_wrong(
    conditions: list[Condition], code: ErrorCode, path: tuple[str, ...]
) -> None:
    refused = checked_rule(rule(*conditions), EVERY_TYPE, "US")
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, ("input", "conditions", *path))


def test_all_or_any_of_the_conditions_are_to_be_met() -> None:
    conditions = (BIO, VipCondition(is_vip=True))
    nobody, talker = a_contact(), a_contact(values=(held("bio", TextValue("x")),))
    vip = replace(nobody, vip=VipStatus(MORNING, "jo", None, None))
    both = replace(talker, vip=vip.vip)
    every_one = (nobody, talker, vip, both)
    for match, expected in ((GroupMatch.ALL, [False, False, False, True]), (GroupMatch.ANY, [False, True, True, True])):
        wanted = filter_of(rule(*conditions, match=match), EVERY_TYPE, MORNING)
        assert [passes(each, wanted) for each in every_one] == expected


def test_a_vip_is_in_until_the_time_has_come() -> None:
    vip = a_contact(vip=VipStatus(MORNING, "jo", None, NOON))
    groups = (a_group("g1"), a_group("g2", VipCondition(is_vip=False)))
    assert groups_of(vip, groups, EVERY_TYPE, NOON - timedelta(seconds=1)) == groups[:1]
    assert groups_of(vip, groups, EVERY_TYPE, NOON) == groups[1:]


def test_a_condition_on_what_is_out_of_use_is_met_by_nobody() -> None:
    contact = a_contact(values=(held("fax", TextValue("x")), held("bio", TextValue("x"))))
    broken = rule(on("fax"), BIO, on("pager"))
    assert broken_conditions(broken, EVERY_TYPE) == (0, 2)
    assert not passes(contact, filter_of(broken, EVERY_TYPE, MORNING))
    assert passes(contact, filter_of(replace(broken, match=GroupMatch.ANY), EVERY_TYPE, MORNING))


def test_who_may_not_see_an_attribute_knows_of_no_group_about_it() -> None:
    secret = a_definition("secret", position=40, is_admin_only=True)
    groups = (a_group("g1", on("secret"), BIO), a_group("g2", BIO), a_group("g3"))
    directory = Directory(an_organization(), {}, (*EVERY_TYPE, secret), groups=groups)
    assert directory.seen_by(Role.ADMIN).groups == groups
    assert directory.seen_by(Role.AGENT).groups == groups[1:]


@pytest.mark.parametrize(
    ("group_id", "after_id", "expected"),
    [("g0", None, "g0 g1 g2"), ("g2", None, "g2 g0 g1"), ("g0", "g1", "g1 g0 g2"), ("g0", "g2", "g1 g2 g0")],
)
def test_one_is_moved_behind_another_or_to_the_front(group_id: str, after_id: str | None, expected: str) -> None:
    after = moved([a_group(f"g{each}", position=each * 7) for each in range(3)], group_id, after_id)
    assert " ".join(each.id for each in after) == expected
    assert [each.position for each in after] == [0, 1, 2]
