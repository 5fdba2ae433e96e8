"""Contact groups: rules of the admins over attributes and VIP, and who is in each.

Membership is nothing that is kept: it follows, at any moment, from what is known of a contact and from the rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never, cast

from domain import filters
from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.filter_checks import checked_test
from domain.filters import (
    NOBODY,
    Above,
    AllOf,
    AnyOf,
    Below,
    Contains,
    Filter,
    HasAll,
    HasAny,
    Holds,
    IsOneOf,
    IsVip,
    NoneOf,
    OfAttribute,
    Test,
)
from domain.group_rules import (
    OPERATORS,
    AttributeCondition,
    Condition,
    ContactGroup,
    GroupMatch,
    GroupOperator,
    GroupRule,
    VipCondition,
)
from domain.outcomes import ErrorCode, Invalid
from domain.values import (
    VALUE_TYPES,
    TextValue,
    Value,
    chosen,
)

LONGEST_NAME = 100
"""Code points of a group's name."""
MOST_GROUPS = 100
MOST_CONDITIONS = 20
MOST_OPERANDS = 50


@dataclass(frozen=True, slots=True)
class GroupChanged:
    group: ContactGroup


@dataclass(frozen=True, slots=True)
class GroupsReordered:
    groups: tuple[ContactGroup, ...]
    """All of them in their new order."""


@dataclass(frozen=True, slots=True)
class GroupDeleted:
    group_id: str


@dataclass(frozen=True, slots=True)
class StaleGroup:
    """The caller saw an older version. Nothing was changed; this is the group now."""

    current: ContactGroup


@dataclass(frozen=True, slots=True)
class GroupNameTaken:
    """Another group has the name, letter case and accents aside. Nothing was changed."""

    holder: ContactGroup


def checked_rule(rule: GroupRule, definitions: Iterable[AttributeDefinition], region: str) -> GroupRule | Invalid:
    """Return the rule with its operands as they are kept, or why it is refused; `path` ends in the condition."""
    if not 1 <= len(rule.conditions) <= MOST_CONDITIONS:
        advice = f"Give 1 to {MOST_CONDITIONS} conditions."
        return Invalid(ErrorCode.TOO_MANY, advice, ("input", "conditions"))
    by_id = {each.id: each for each in definitions}
    kept: list[Condition] = []
    for index, each in enumerate(rule.conditions):
        condition = each
        if isinstance(each, AttributeCondition):
            checked = _checked(each, by_id[each.definition_id], region)
            if isinstance(checked, Invalid):
                return checked.at("input", "conditions", str(index), "attribute", *checked.path)
            condition = checked
        kept.append(condition)
    return GroupRule(rule.match, tuple(kept))


def _checked(
    condition: AttributeCondition, definition: AttributeDefinition, region: str
) -> AttributeCondition | Invalid:
    if definition.is_archived or not definition.is_enabled:
        advice = f"«{definition.key}» is out of use: choose an attribute that is not."
        return Invalid(ErrorCode.ATTRIBUTE_DISABLED, advice, ("key",))
    operators = OPERATORS[definition.value_type]
    if condition.operator not in operators:
        choices = ", ".join(each.value for each in operators)
        return Invalid(ErrorCode.WRONG_OPERATOR, f"Ask of «{definition.key}» one of {choices}.", ("operator",))
    count = len(condition.operands)
    least, most = _counts(condition.operator)
    if not least <= count <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        return Invalid(ErrorCode.TOO_MANY, f"Give {wanted} values with {condition.operator.value}.", ("values",))
    for value in condition.operands:
        if VALUE_TYPES[type(value)] is not definition.value_type:
            advice = f"Give values of type {definition.value_type.value}, which «{definition.key}» has."
            return Invalid(ErrorCode.WRONG_TYPE, advice, ("values",))
    test = checked_test(definition, None, _test(condition), region=region)
    if isinstance(test, Invalid):
        return test.at("values")
    # In the form that is kept, such as a phone number with its country prefix.
    operands = test.values if isinstance(test, IsOneOf) else condition.operands
    return AttributeCondition(condition.definition_id, condition.operator, operands)


def _counts(operator: GroupOperator) -> tuple[int, int]:
    match operator:
        case GroupOperator.NOT_EMPTY:
            return 0, 0
        case GroupOperator.ANY_OF:
            return 1, MOST_OPERANDS
        case _:
            return 1, 1


def _test(condition: AttributeCondition) -> Test:
    operator, operands = condition.operator, condition.operands
    match operator:
        case GroupOperator.NOT_EMPTY:
            return Holds()
        case GroupOperator.GREATER_THAN | GroupOperator.AT_LEAST:
            return Above(_bound(operands), inclusive=operator is GroupOperator.AT_LEAST)
        case GroupOperator.LESS_THAN | GroupOperator.AT_MOST:
            return Below(_bound(operands), inclusive=operator is GroupOperator.AT_MOST)
        case GroupOperator.CONTAINS:
            return Contains(operands[0].text) if isinstance(operands[0], TextValue) else HasAll(_options(operands))
        case GroupOperator.EQUALS | GroupOperator.ANY_OF | GroupOperator.IS:
            return HasAny(_options(operands)) if _options(operands) else IsOneOf(operands)
        case _:
            assert_never(operator)


def _bound(operands: Sequence[Value]) -> filters.OrderedValue:
    # By the table of operators, which each rule was held to.
    return cast("filters.OrderedValue", operands[0])


def _options(operands: Iterable[Value]) -> tuple[str, ...]:
    return tuple(option_id for each in operands for option_id in chosen(each))


def filter_of(rule: GroupRule, definitions: Iterable[AttributeDefinition], now: datetime) -> Filter:
    """Return the filter that lets pass who is in the group at the moment.

    A condition on an attribute that is out of use is met by nobody.
    """
    usable = {each.id for each in definitions if each.is_enabled and not each.is_archived}
    conditions = tuple(_filter(each, usable, now) for each in rule.conditions)
    return AllOf(conditions) if rule.match is GroupMatch.ALL else AnyOf(conditions)


def _filter(condition: Condition, usable: Collection[str], now: datetime) -> Filter:
    match condition:
        case AttributeCondition(definition_id):
            return OfAttribute(definition_id, _test(condition)) if definition_id in usable else NOBODY
        case VipCondition(is_vip):
            return IsVip(now) if is_vip else NoneOf((IsVip(now),))
        case _:
            assert_never(condition)


def groups_of(
    contact: Contact, groups: Iterable[ContactGroup], definitions: Sequence[AttributeDefinition], now: datetime
) -> tuple[ContactGroup, ...]:
    """Return the groups that the contact is in, in their order."""
    return tuple(each for each in groups if filters.passes(contact, filter_of(each.rule, definitions, now)))


def moved(groups: Sequence[ContactGroup], group_id: str, after_id: str | None) -> tuple[ContactGroup, ...]:
    """Return the groups with one moved behind another, or to the front, numbered from 0; both are among them."""
    rest = [each for each in groups if each.id != group_id]
    [taken] = [each for each in groups if each.id == group_id]
    place = 0 if after_id is None else [each.id for each in rest].index(after_id) + 1
    return tuple(replace(each, position=at) for at, each in enumerate([*rest[:place], taken, *rest[place:]]))


def broken_conditions(rule: GroupRule, definitions: Iterable[AttributeDefinition]) -> tuple[int, ...]:
    """Return which conditions, counted from 0, are about an attribute that is out of use."""
    usable = {each.id for each in definitions if each.is_enabled and not each.is_archived}
    return tuple(
        index
        for index, each in enumerate(rule.conditions)
        if isinstance(each, AttributeCondition) and each.definition_id not in usable
    )
