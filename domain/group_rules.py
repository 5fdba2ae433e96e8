"""What a contact group is: a name and a rule, made of conditions on attributes and VIP."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from domain.definitions import ValueType
from domain.values import Value


class GroupMatch(Enum):
    """How many of its conditions a contact of the group meets."""

    ALL = "ALL"
    ANY = "ANY"


class GroupOperator(Enum):
    GREATER_THAN = "GREATER_THAN"
    AT_LEAST = "AT_LEAST"
    LESS_THAN = "LESS_THAN"
    AT_MOST = "AT_MOST"
    EQUALS = "EQUALS"
    ANY_OF = "ANY_OF"
    CONTAINS = "CONTAINS"
    IS = "IS"
    NOT_EMPTY = "NOT_EMPTY"


_ORDERED = (
    *(GroupOperator.GREATER_THAN, GroupOperator.AT_LEAST, GroupOperator.LESS_THAN, GroupOperator.AT_MOST),
    *(GroupOperator.EQUALS, GroupOperator.NOT_EMPTY),
)
_ADDRESSES = (GroupOperator.EQUALS, GroupOperator.ANY_OF, GroupOperator.NOT_EMPTY)
_CHOICES = (GroupOperator.IS, GroupOperator.ANY_OF, GroupOperator.NOT_EMPTY)
OPERATORS: Mapping[ValueType, tuple[GroupOperator, ...]] = {
    ValueType.TEXT: (*_ADDRESSES[:2], GroupOperator.CONTAINS, GroupOperator.NOT_EMPTY),
    ValueType.NUMBER: _ORDERED,
    ValueType.BOOLEAN: (GroupOperator.IS, GroupOperator.NOT_EMPTY),
    ValueType.DATE: _ORDERED,
    ValueType.DATETIME: _ORDERED,
    ValueType.EMAIL: _ADDRESSES,
    ValueType.PHONE: _ADDRESSES,
    ValueType.URL: _ADDRESSES,
    ValueType.SELECT: _CHOICES,
    ValueType.MULTI_SELECT: (GroupOperator.ANY_OF, GroupOperator.CONTAINS, GroupOperator.NOT_EMPTY),
    ValueType.LANGUAGE: _CHOICES,
}
"""What can be asked of the values of each type."""


@dataclass(frozen=True, slots=True)
class AttributeCondition:
    """What the contact holds for the definition compares so with the operands; an empty attribute never does."""

    definition_id: str
    operator: GroupOperator
    operands: tuple[Value, ...] = ()
    """One; several of ANY_OF; none of NOT_EMPTY."""


@dataclass(frozen=True, slots=True)
class VipCondition:
    is_vip: bool


Condition = AttributeCondition | VipCondition


@dataclass(frozen=True, slots=True)
class GroupRule:
    match: GroupMatch
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class ContactGroup:
    id: str
    version: int
    name: str
    rule: GroupRule
    position: int
    """Its place in the order that the admins chose."""


def is_about(group: ContactGroup, definition_ids: Collection[str]) -> bool:
    """Tell whether one of the conditions is about one of the definitions."""
    conditions = group.rule.conditions
    return any(isinstance(each, AttributeCondition) and each.definition_id in definition_ids for each in conditions)
