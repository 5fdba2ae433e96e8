"""Attribute definitions in and out of their stored shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from domain.definitions import AttributeCategory, AttributeDefinition, Option, ValueRules, ValueType
from persistence.definition_documents import from_definition, to_definition
from tests.builders import a_definition
from tests.persistence.strategies import definitions, through_bson

BARE = {
    "_id": "d-bio",
    "org": "acme",
    "key": "bio",
    "label": "Bio",
    "labels": {},
    "descriptions": {},
    "category": "CUSTOM",
    "type": "TEXT",
    "position": 0,
    "rules": {},
    "options": [],
    "isEnabled": True,
    "isEditable": True,
    "isSearchable": False,
    "isLookUp": False,
    "isArchived": False,
    "isAdminOnly": False,
    "version": 1,
}


def test_a_bare_definition_stores_nothing_that_it_has_not() -> None:
    assert from_definition(a_definition(), "acme") == BARE
    assert to_definition(BARE) == a_definition()


def test_a_full_definition_stores_everything() -> None:
    rules = ValueRules(
        True, 0, 9.5, 1, 20, date(1900, 1, 1), date(2100, 12, 31), is_unique=True, pattern="[a-z]+", message="Letters"
    )
    option = Option("o1", "One", {"de": "Eins"}, True)
    full = replace(
        a_definition("size", ValueType.SELECT, AttributeCategory.CRM, position=4, labels={"de": "Größe"}),
        description="How large",
        rules=rules,
        options=(option,),
        is_searchable=True,
        is_look_up=True,
        crm_alias="Size__c",
        descriptions={"de": "Wie groß"},
        is_admin_only=True,
        version=3,
    )
    document = from_definition(full, "acme")
    assert document == {
        **BARE,
        "_id": "d-size",
        "key": "size",
        "label": "Size",
        "labels": {"de": "Größe"},
        "category": "CRM",
        "type": "SELECT",
        "position": 4,
        "description": "How large",
        "rules": {
            "required": True,
            "minNumber": 0,
            "maxNumber": 9.5,
            "minLength": 1,
            "maxLength": 20,
            "earliest": "1900-01-01",
            "latest": "2100-12-31",
            "pattern": "[a-z]+",
            "message": "Letters",
            "unique": True,
        },
        "options": [{"id": "o1", "label": "One", "labels": {"de": "Eins"}, "isArchived": True}],
        "isSearchable": True,
        "isLookUp": True,
        "crmAlias": "Size__c",
        "descriptions": {"de": "Wie groß"},
        "isAdminOnly": True,
        "version": 3,
        "isDeriving": True,
    }
    assert to_definition(document) == full


@settings(max_examples=300)
@given(definitions)
def test_every_definition_comes_back_as_it_went(definition: AttributeDefinition) -> None:
    assert to_definition(through_bson(from_definition(definition, "acme"))) == definition


@pytest.mark.parametrize("field", ["category", "type"])
def test_a_definition_of_an_unknown_kind_is_an_error(field: str) -> None:
    with pytest.raises(ValueError, match="'NEW' is not a valid"):
        to_definition({**BARE, field: "NEW"})
