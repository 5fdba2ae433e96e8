"""The stored shape of an attribute definition."""

from __future__ import annotations

from datetime import date

from domain.definitions import AttributeCategory, AttributeDefinition, Option, SyncRule, ValueRules, ValueType
from persistence.documents import without_none
from persistence.driver import Document


def from_definition(definition: AttributeDefinition, organization_id: str) -> Document:
    return without_none(
        {
            "_id": definition.id,
            "org": organization_id,
            "key": definition.key,
            "label": definition.label,
            "labels": dict(definition.labels),
            "category": definition.category.value,
            "type": definition.value_type.value,
            "position": definition.position,
            "description": definition.description,
            "descriptions": dict(definition.descriptions),
            "rules": _from_rules(definition.rules),
            "options": [_from_option(each) for each in definition.options],
            "isEnabled": definition.is_enabled,
            "isEditable": definition.is_editable,
            "isSearchable": definition.is_searchable,
            "isLookUp": definition.is_look_up,
            "isArchived": definition.is_archived,
            "crmAlias": definition.crm_alias,
            "syncRule": None if definition.sync_rule is SyncRule.ALWAYS_CRM else definition.sync_rule.value,
            "isAdminOnly": definition.is_admin_only,
            "version": definition.version,
            "isDeriving": definition.is_deriving or None,
        }
    )


def to_definition(document: Document) -> AttributeDefinition:
    return AttributeDefinition(
        id=document["_id"],
        key=document["key"],
        label=document["label"],
        category=AttributeCategory(document["category"]),
        value_type=ValueType(document["type"]),
        position=document["position"],
        labels=document["labels"],
        description=document.get("description"),
        rules=_to_rules(document["rules"]),
        options=tuple(_to_option(each) for each in document["options"]),
        is_enabled=document["isEnabled"],
        is_editable=document["isEditable"],
        is_searchable=document["isSearchable"],
        is_look_up=document["isLookUp"],
        crm_alias=document.get("crmAlias"),
        sync_rule=SyncRule(document.get("syncRule", SyncRule.ALWAYS_CRM)),
        is_archived=document["isArchived"],
        descriptions=document["descriptions"],
        is_admin_only=document["isAdminOnly"],
        version=document["version"],
    )


def _from_option(option: Option) -> Document:
    return {"id": option.id, "label": option.label, "labels": dict(option.labels), "isArchived": option.is_archived}


def _to_option(document: Document) -> Option:
    return Option(document["id"], document["label"], document["labels"], document["isArchived"])


def _from_rules(rules: ValueRules) -> Document:
    return without_none(
        {
            "required": rules.required or None,
            "unique": rules.is_unique or None,
            "minNumber": rules.min_number,
            "maxNumber": rules.max_number,
            "minLength": rules.min_length,
            "maxLength": rules.max_length,
            "earliest": None if rules.earliest is None else rules.earliest.isoformat(),
            "latest": None if rules.latest is None else rules.latest.isoformat(),
            "pattern": rules.pattern,
            "message": rules.message,
        }
    )


def _to_rules(document: Document) -> ValueRules:
    earliest, latest = document.get("earliest"), document.get("latest")
    return ValueRules(
        required=document.get("required", False),
        is_unique=document.get("unique", False),
        min_number=document.get("minNumber"),
        max_number=document.get("maxNumber"),
        min_length=document.get("minLength"),
        max_length=document.get("maxLength"),
        earliest=None if earliest is None else date.fromisoformat(earliest),
        latest=None if latest is None else date.fromisoformat(latest),
        pattern=document.get("pattern"),
        message=document.get("message"),
    )
