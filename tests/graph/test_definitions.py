"""Attribute definitions: what admins decided, in the asker's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.definitions import AttributeCategory, AttributeDefinition, Option, ValueRules, ValueType
from tests.builders import EVERY_TYPE, a_definition, an_agent
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, make_organization, refused

EVERYTHING = """query ($category: AttributeCategory, $archived: Boolean! = false) {
  attributeDefinitions(category: $category, includeArchived: $archived) {
    __typename id version key label labels { __typename language text }
    description descriptions { __typename language text } category valueType position
    isEnabled isArchived isEditable isSearchable isLookUp isAdminOnly crmAlias syncRule
    rules {
      __typename isRequired isUnique minNumber maxNumber minLength maxLength earliest latest pattern message
    }
    options { __typename id label labels { __typename language text } isArchived }
  }
}"""
KEYS = EVERYTHING.replace("__typename id version key", "key").partition("label")[0] + "} }"
LABELS = "{ attributeDefinitions { key label options { label } } }"

NO_RULES = {
    **dict.fromkeys(("isRequired", "isUnique"), False),
    **dict.fromkeys(("minNumber", "maxNumber", "minLength", "maxLength", "earliest", "latest", "pattern", "message")),
}


def expected(definition: AttributeDefinition, global_id: str, **more: object) -> Answer:
    return {
        "__typename": "AttributeDefinition",
        "id": global_id,
        "version": definition.version,
        "key": definition.key,
        "label": definition.label,
        "labels": [],
        "description": definition.description,
        "descriptions": [],
        "category": definition.category.value,
        "valueType": definition.value_type.value,
        "position": definition.position,
        "isEnabled": definition.is_enabled,
        "isArchived": definition.is_archived,
        "isEditable": definition.is_editable,
        "isSearchable": definition.is_searchable,
        "isLookUp": definition.is_look_up,
        "isAdminOnly": definition.is_admin_only,
        "crmAlias": definition.crm_alias,
        "syncRule": definition.sync_rule.value,
        "rules": {"__typename": "AttributeRules", **NO_RULES},
        "options": [],
        **more,
    }


def localized(language: str, text: str) -> Answer:
    return {"__typename": "LocalizedText", "language": language, "text": text}


def an_option(option_id: str, label: str, is_archived: bool, *labels: Answer) -> Answer:
    kind = "AttributeOption"
    return {"__typename": kind, "id": option_id, "label": label, "labels": list(labels), "isArchived": is_archived}


async def test_a_definition_is_whole(world: World) -> None:
    rules = ValueRules(True, -1.5, 1e9, 2, 80, date(1900, 1, 1), date(2099, 12, 31), True, "[a-z]+", "Letters.")
    whole = replace(
        a_definition(
            "tier",
            ValueType.SELECT,
            labels={"pt-br": "Nível", "de": "Stufe"},
            rules=rules,
            options=(Option("o1", "Gold", {"zh-hant": "金"}), Option("o2", "Tin", {}, True)),
        ),
        descriptions={"de": "Was sie zahlen."},
        crm_alias="Tier__c",
        version=7,
        description="What they pay for.",
        is_searchable=True,
        is_look_up=True,
        is_editable=False,
        is_enabled=False,
    )
    await make_organization(world, "nord", an_agent("al"), definitions=[whole])
    data = await ask(world, EVERYTHING, agent="al", organization="nord")
    assert data["attributeDefinitions"] == [
        expected(
            whole,
            "QXR0cmlidXRlRGVmaW5pdGlvbjpub3JkLWQtdGllcg",
            rules={
                "__typename": "AttributeRules",
                "isRequired": True,
                "isUnique": True,
                "minNumber": -1.5,
                "maxNumber": 1e9,
                "minLength": 2,
                "maxLength": 80,
                "earliest": "1900-01-01",
                "latest": "2099-12-31",
                "pattern": "[a-z]+",
                "message": "Letters.",
            },
            labels=[localized("de", "Stufe"), localized("pt-BR", "Nível")],
            descriptions=[localized("de", "Was sie zahlen.")],
            options=[an_option("o1", "Gold", False, localized("zh-Hant", "金")), an_option("o2", "Tin", True)],
        )
    ]


async def test_a_definition_without_rules_and_options_has_nulls_and_an_empty_list(world: World) -> None:
    (phone,) = [each for each in EVERY_TYPE if each.key == "phone"]
    data = await ask(world, EVERYTHING, {"category": "COMMON"})
    assert data["attributeDefinitions"][1] == expected(phone, "QXR0cmlidXRlRGVmaW5pdGlvbjpkLXBob25l")


@pytest.mark.parametrize("archived", [False, True])
@pytest.mark.parametrize("category", [None, *AttributeCategory])
async def test_definitions_are_listed_in_order_by_category_and_archived_ones_when_asked_for(
    world: World, category: AttributeCategory | None, archived: bool
) -> None:
    wanted = {"category": None if category is None else category.value, "archived": archived}
    data = await ask(world, KEYS, wanted)
    assert [each["key"] for each in data["attributeDefinitions"]] == [
        each.key
        for each in EVERY_TYPE
        if (category is None or each.category is category) and (archived or not each.is_archived)
    ]


async def test_the_admins_order_decides_and_then_the_key(world: World) -> None:
    definitions = [a_definition(key, position=position) for key, position in (("b", 1), ("c", 0), ("a", 1))]
    await make_organization(world, "nord", an_agent("al"), definitions=definitions)
    data = await ask(world, KEYS, agent="al", organization="nord")
    assert [each["key"] for each in data["attributeDefinitions"]] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("languages", "own", "label", "options"),
    [
        ((), None, "Bio", ["Small", "Medium", "Huge"]),
        (("de",), None, "Über", ["Klein", "Medium", "Huge"]),
        (("de-AT",), None, "Über", ["Klein", "Medium", "Huge"]),
        (("DE",), None, "Über", ["Klein", "Medium", "Huge"]),
        (("pt-BR",), None, "Sobre", ["Small", "Medium", "Huge"]),
        # Nobody translated it into the Portuguese of Portugal.
        (("pt-PT",), None, "Bio", ["Small", "Medium", "Huge"]),
        (("fr", "pt-br", "de"), None, "Sobre", ["Klein", "Medium", "Huge"]),
        # The organization's own language is there as it is: nothing behind it is wanted more.
        (("fr", "en", "de"), None, "Bio", ["Small", "Medium", "Huge"]),
        (("en-GB", "de"), None, "Bio", ["Small", "Medium", "Huge"]),
        (("tlh",), None, "Bio", ["Small", "Medium", "Huge"]),
        (("not a tag", ""), None, "Bio", ["Small", "Medium", "Huge"]),
        ((), "de", "Über", ["Klein", "Medium", "Huge"]),
        (("fr",), "de", "Über", ["Klein", "Medium", "Huge"]),
        (("pt-BR",), "de", "Sobre", ["Klein", "Medium", "Huge"]),
        (("en",), "de", "Bio", ["Small", "Medium", "Huge"]),
    ],
)
async def test_labels_are_in_the_requests_language_then_the_agents_then_the_organizations(
    world: World, languages: tuple[str, ...], own: str | None, label: str, options: list[str]
) -> None:
    await make_organization(world, "nord", an_agent("al", language=own))
    data = await ask(world, LABELS, agent="al", organization="nord", languages=languages)
    found = {each["key"]: each for each in data["attributeDefinitions"]}
    assert found["bio"]["label"] == label
    assert [each["label"] for each in found["sizes"]["options"]] == options
    assert found["newsletter"]["label"] == "Newsletter"


@pytest.mark.parametrize(
    ("languages", "description"),
    [((), "A hint"), (("de-AT",), "Ein Hinweis"), (("fr", "pt-BR"), "Uma dica"), (("en", "de"), "A hint")],
)
async def test_a_description_is_in_the_language_that_the_label_would_be_in(
    world: World, languages: tuple[str, ...], description: str
) -> None:
    hints = {"de": "Ein Hinweis", "pt-br": "Uma dica"}
    hinted = replace(a_definition("a"), description="A hint", descriptions=hints)
    # What has a description in other languages alone has one for those who read them.
    foreign = replace(a_definition("b", position=1), descriptions=hints)
    await make_organization(world, "nord", an_agent("al"), definitions=[hinted, foreign])
    query = "{ attributeDefinitions { description } }"
    data = await ask(world, query, agent="al", organization="nord", languages=languages)
    found = [each["description"] for each in data["attributeDefinitions"]]
    assert found == [description, None if description == "A hint" else description]


async def test_an_organization_without_definitions_has_an_empty_list(world: World) -> None:
    await make_organization(world, "nord", an_agent("al"), definitions=[])
    assert await ask(world, KEYS, agent="al", organization="nord") == {"attributeDefinitions": []}


async def test_a_category_that_there_is_not_is_refused(world: World) -> None:
    mistake = await refused(world, KEYS, {"category": "SECRET"})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ())
