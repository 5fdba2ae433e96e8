"""The stored shape of a contact group and its rule."""

from __future__ import annotations

from typing import assert_never

from domain.group_rules import (
    AttributeCondition,
    Condition,
    ContactGroup,
    GroupMatch,
    GroupOperator,
    GroupRule,
    VipCondition,
)
from domain.naming import name_key
from persistence.driver import Document
from persistence.value_documents import from_value, to_value


def from_group(group: ContactGroup, organization_id: str) -> Document:
    return {
        "_id": group.id,
        "org": organization_id,
        "version": group.version,
        "name": group.name,
        "nameKey": name_key(group.name),
        "position": group.position,
        "match": group.rule.match.value,
        "conditions": [_from_condition(each) for each in group.rule.conditions],
    }


def to_group(document: Document) -> ContactGroup:
    conditions = tuple(_to_condition(each) for each in document["conditions"])
    return ContactGroup(
        id=document["_id"],
        version=document["version"],
        name=document["name"],
        rule=GroupRule(GroupMatch(document["match"]), conditions),
        position=document["position"],
    )


def _from_condition(condition: Condition) -> Document:
    match condition:
        case AttributeCondition(definition_id, operator, operands):
            return {"d": definition_id, "operator": operator.value, "operands": [from_value(each) for each in operands]}
        case VipCondition(is_vip):
            return {"vip": is_vip}
        case _:
            assert_never(condition)


def _to_condition(document: Document) -> Condition:
    if "vip" in document:
        return VipCondition(document["vip"])
    operands = tuple(to_value(each) for each in document["operands"])
    return AttributeCondition(document["d"], GroupOperator(document["operator"]), operands)
