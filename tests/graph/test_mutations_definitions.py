"""The mutations of attribute definitions, as the admins' form asks for them; and what agents see of it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.agents import Role
from domain.values import TextValue
from graph.nodes import encode_id
from tests.builders import EVERY_TYPE, a_contact, an_agent, held
from tests.conftest import World
from tests.graph.asking_graphql import (
    MORNING_TEXT,
    Answer,
    ask,
    contact_gid,
    definition_gid,
    execute,
    make_organization,
    the_schema,
)
from tests.graph.cases.definitions import DEFINITION
from tests.graph.cases.selections import CONTACT
from tests.graph.mutations import change, failure, unchanged

BIO, SEGMENT = definition_gid("bio"), definition_gid("segment")
NO_RULES: Answer = {
    **dict.fromkeys(("isRequired", "isUnique"), False),
    **dict.fromkeys(("minNumber", "maxNumber", "minLength", "maxLength", "earliest", "latest", "pattern", "message")),
}
ALL = f"{{ attributeDefinitions(includeArchived: true) {{ {DEFINITION} }} }}"
NO_IMPACT = dict.fromkeys(("valuesHeld", "valuesBroken", "valuesWithArchivedOptions", "duplicates"), 0)


async def by_key(world: World, agent: str = "ada") -> dict[str, Answer]:
    found = (await ask(world, ALL, agent=agent))["attributeDefinitions"]
    return {each["key"]: each for each in found}


async def updated(world: World, definition_id: str = BIO, **given: Any) -> Answer:
    """Change a definition; returns it."""
    answer = await change(world, "attributeDefinitionUpdate", {"definitionId": definition_id, **given}, agent="ada")
    assert answer["__typename"] == "AttributeDefinitionUpdateSuccess", answer
    definition: Answer = answer["definition"]
    return definition


async def refused(world: World, name: str = "attributeDefinitionUpdate", **given: Any) -> tuple[str, str, list[str]]:
    """Return how a change ends that must write nothing."""
    about = {} if name == "attributeDefinitionCreate" else {"definitionId": BIO}
    return failure(await unchanged(world, name, {**about, **given}, agent="ada"))


async def test_a_new_attribute_has_all_that_the_form_says(world: World) -> None:
    rules = {
        "isRequired": True,
        "isUnique": True,
        "minLength": 2,
        "maxLength": 8,
        "pattern": "[A-Z]+",
        "message": "Up.",
    }
    given = {
        "key": "customer_number",
        "label": " Customer number ",
        "labels": [{"language": "pt-br", "text": "Número"}, {"language": "DE", "text": "Kundennummer"}],
        "description": "As on the bill.",
        "descriptions": [{"language": "de", "text": "Wie auf der Rechnung."}],
        "category": "CRM",
        "valueType": "TEXT",
        "rules": rules,
        "crmAlias": "Customer__c",
        "syncRule": "MOST_RECENT",
        "isEnabled": False,
        "isEditable": False,
        "isSearchable": True,
        "isLookUp": True,
    }
    answer = await change(world, "attributeDefinitionCreate", given, agent="ada")
    expected = {
        **given,
        "id": answer["definition"]["id"],
        "label": "Customer number",
        "labels": [{"language": "de", "text": "Kundennummer"}, {"language": "pt-BR", "text": "Número"}],
        "version": 1,
        "position": len(EVERY_TYPE),
        "rules": {**NO_RULES, **rules},
        "options": [],
        "isArchived": False,
        "isAdminOnly": False,
    }
    assert answer == {"__typename": "AttributeDefinitionCreateSuccess", "definition": expected}
    assert (await by_key(world, "jo"))["customer_number"] == expected


async def test_a_new_attribute_needs_a_key_a_label_and_a_type_alone(world: World) -> None:
    given = {"key": "a", "label": "A", "valueType": "BOOLEAN"}
    definition = (await change(world, "attributeDefinitionCreate", given, agent="ada"))["definition"]
    off = dict.fromkeys(("isArchived", "isSearchable", "isLookUp", "isAdminOnly"), False)
    assert definition == {
        **given,
        **off,
        "id": definition["id"],
        "category": "CUSTOM",
        "version": 1,
        "position": 16,
        "rules": NO_RULES,
        "labels": [],
        "description": None,
        "descriptions": [],
        "options": [],
        "crmAlias": None,
        "syncRule": "ALWAYS_CRM",
        "isEnabled": True,
        "isEditable": True,
    }


async def test_a_new_choice_has_options_with_ids_of_ours(world: World) -> None:
    options = [{"label": "One", "labels": [{"language": "de", "text": "Eins"}]}, {"label": "Two"}]
    given = {"key": "choice", "label": "Choice", "valueType": "MULTI_SELECT", "options": options}
    made = (await change(world, "attributeDefinitionCreate", given, agent="ada"))["definition"]["options"]
    first, second = (each.pop("id") for each in made)
    assert made == [
        {"label": "One", "labels": [{"language": "de", "text": "Eins"}], "isArchived": False},
        {"label": "Two", "labels": [], "isArchived": False},
    ]
    assert len({first, second}) == 2
    # They are what an agent chooses by.
    await world.add_contacts(a_contact("c1"))
    chosen = {"contactId": contact_gid("c1"), "key": "choice", "value": {"multiSelect": [second, first]}}
    value = (await change(world, "contactAttributeSet", chosen))["attribute"]["value"]
    assert [each["id"] for each in value["options"]] == [first, second]


@pytest.mark.parametrize("key", ["bio", "fax"])
async def test_a_key_that_is_taken_names_who_has_it(world: World, key: str) -> None:
    document = """mutation ($input: AttributeDefinitionCreateInput!) { attributeDefinitionCreate(input: $input) {
      ... on AttributeKeyTaken { __typename code message path definition { id key isArchived } }
    } }"""
    before = await world.snapshot()
    given = {"key": key, "label": "Again", "valueType": "TEXT"}
    answer = (await ask(world, document, {"input": given}, agent="ada"))["attributeDefinitionCreate"]
    assert failure(answer) == ("AttributeKeyTaken", "KEY_TAKEN", ["input", "key"])
    assert answer["definition"] == {"id": definition_gid(key), "key": key, "isArchived": key == "fax"}
    assert ("Restore it." in answer["message"]) == (key == "fax")
    assert await world.snapshot() == before


async def test_the_rule_of_an_attribute_of_the_crm_is_one_of_four(world: World) -> None:
    for version, rule in enumerate(("PREFER_CRM", "MOST_RECENT", "NEVER", "ALWAYS_CRM"), 2):
        given = await updated(world, SEGMENT, syncRule=rule)
        assert (given["syncRule"], given["version"]) == (rule, version)
        # As with all that cannot be absent, null changes nothing.
        for left in ({"syncRule": None}, {}):
            assert await updated(world, SEGMENT, **left) == given
    assert (await by_key(world))["segment"]["syncRule"] == "ALWAYS_CRM"


async def test_what_is_left_out_stays_and_null_takes_away_what_may_be_absent(world: World) -> None:
    hints = [{"language": "de", "text": "Ein Satz."}]
    rules = {"maxLength": 9, "message": "Short.", "isRequired": True}
    full = await updated(world, description="A hint", descriptions=hints, crmAlias="Bio__c", rules=rules)
    assert (full["version"], full["rules"]) == (2, {**NO_RULES, **rules})
    assert await updated(world, label="About", isLookUp=True) == {
        **full,
        "label": "About",
        "isLookUp": True,
        "version": 3,
    }
    given: Answer = {"description": None, "crmAlias": None, "rules": {"maxLength": None}, "labels": []}
    gone: Answer = {
        "description": None,
        "crmAlias": None,
        "rules": {**NO_RULES, **rules, "maxLength": None},
        "labels": [],
    }
    bare = {**full, **gone, "label": "About", "isLookUp": True, "version": 4}
    assert await updated(world, **given) == bare
    # What cannot be absent is not taken away by null.
    names = ("label", "labels", "descriptions", "rules", "options", "isEnabled", "isEditable", "isSearchable")
    nulls = dict.fromkeys([*names, "isLookUp", "isAdminOnly"])
    rules_of_null = {"rules": {"isRequired": None, "isUnique": None}}
    for nothing in (nulls, rules_of_null):
        same = await unchanged(world, "attributeDefinitionUpdate", {"definitionId": BIO, **nothing}, agent="ada")
        assert (same["__typename"], same["definition"]) == ("AttributeDefinitionUpdateSuccess", bare)
    assert (await by_key(world))["bio"] == bare


async def test_options_are_renamed_without_touching_a_value_and_archived_where_they_are_left_out(world: World) -> None:
    given = {"contactId": contact_gid("c1"), "key": "segment", "value": {"select": "size-m"}}
    await world.add_contacts(a_contact("c1"))
    await change(world, "contactAttributeSet", given)
    contacts = (await world.snapshot())["contacts"]
    options = [{"id": "size-m", "label": "Middle"}, {"id": "size-s"}]
    renamed = await updated(world, SEGMENT, options=options)
    assert [(each["id"], each["label"], each["isArchived"]) for each in renamed["options"]] == [
        *(("size-m", "Middle", False), ("size-s", "Small", False), ("size-x", "Huge", True)),
    ]
    archived = await change(
        *(world, "attributeDefinitionUpdate"), {"definitionId": SEGMENT, "options": [{"id": "size-x"}]}, agent="ada"
    )
    assert [(each["id"], each["isArchived"]) for each in archived["definition"]["options"]] == [
        *(("size-x", False), ("size-m", True), ("size-s", True)),
    ]
    impact = {"valuesHeld": 1, "valuesBroken": 1, "valuesWithArchivedOptions": 1, "duplicates": 0}
    assert archived["impact"] == impact
    query = """query ($id: ID!) { contact(id: $id) { attribute(key: "segment") {
      ... on CrmAttribute { value { ... on SelectValue { option { label isArchived } } } } } } }"""
    data = await ask(world, query, {"id": contact_gid("c1")})
    assert data["contact"]["attribute"]["value"]["option"] == {"label": "Middle", "isArchived": True}
    assert (await world.snapshot())["contacts"] == contacts


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        ({"label": ""}, "BLANK", "label"),
        ({"labels": [{"language": "?", "text": "x"}]}, "NOT_A_LANGUAGE", "labels.0.language"),
        ({"descriptions": [{"language": "de", "text": " "}]}, "BLANK", "descriptions.0.text"),
        ({"description": ""}, "BLANK", "description"),
        ({"options": [{"label": "x"}]}, "CONTRADICTORY_RULES", "options"),
        ({"options": [{"id": "size-s"}]}, "UNKNOWN_OPTION", "options.0.id"),
        ({"options": [{}]}, "BLANK", "options.0.label"),
        ({"rules": {"pattern": r"(a)\1"}}, "NOT_A_PATTERN", "rules.pattern"),
        ({"rules": {"minLength": 2, "maxLength": 1}}, "CONTRADICTORY_RULES", "rules.minLength"),
        ({"rules": {"earliest": "2000-01-01"}}, "CONTRADICTORY_RULES", "rules.earliest"),
        ({"isAdminOnly": True, "isSearchable": True}, "CONTRADICTORY_RULES", "isAdminOnly"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_place(world: World, given: Answer, code: str, place: str) -> None:
    expected = ("ValidationFailed", code, ["input", *place.split(".")])
    assert await refused(world, **given) == expected
    assert await refused(world, **given, dryRun=True) == expected
    made = {"key": "new", "label": "New", "valueType": "TEXT", **given}
    assert await refused(world, "attributeDefinitionCreate", **made) == expected


@pytest.mark.parametrize("field", ["key", "category", "valueType"])
async def test_what_never_changes_is_not_in_the_input(world: World, field: str) -> None:
    given = the_schema().get_type_by_name("AttributeDefinitionUpdateInput")
    assert given is not None
    values = {"key": "other", "category": "COMMON", "valueType": "NUMBER"}
    document = (
        "mutation ($input: AttributeDefinitionUpdateInput!) { attributeDefinitionUpdate(input: $input) { __typename } }"
    )
    asked = await execute(world, document, {"input": {"definitionId": BIO, field: values[field]}}, agent="ada")
    assert [each.code for each in asked.mistakes] == ["BAD_USER_INPUT"]


async def test_a_dry_run_answers_like_the_change_and_writes_nothing(world: World) -> None:
    texts = ("Short", "short", "Much too long", None)
    values = [held("bio", None if each is None else TextValue(each)) for each in texts]
    await world.add_contacts(*(a_contact(f"c{n}", values=(each,)) for n, each in enumerate(values)))
    given = {"definitionId": BIO, "rules": {"maxLength": 5}, "version": 1}
    dry = await unchanged(world, "attributeDefinitionUpdate", {**given, "dryRun": True}, agent="ada")
    impact = {"valuesHeld": 3, "valuesBroken": 1, "valuesWithArchivedOptions": 0, "duplicates": 1}
    assert (dry["impact"], dry["definition"]["rules"]["maxLength"], dry["definition"]["version"]) == (impact, 5, 1)
    done = await change(world, "attributeDefinitionUpdate", given, agent="ada")
    assert done == {**dry, "definition": {**dry["definition"], "version": 2}}
    archive = {"definitionId": BIO, "dryRun": True}
    dry = await unchanged(world, "attributeDefinitionArchive", archive, agent="ada")
    assert (dry["impact"], dry["definition"]["isArchived"]) == (impact, True)
    # A key that comes with a dry run is not used up by it.
    keyed = {"definitionId": BIO, "label": "About", "idempotencyKey": "k1"}
    await unchanged(world, "attributeDefinitionUpdate", {**keyed, "dryRun": True}, agent="ada")
    assert (await change(world, "attributeDefinitionUpdate", keyed, agent="ada"))["definition"]["version"] == 3


async def test_an_attribute_with_duplicates_does_not_become_unique_and_two_who_hold_one_are_named(
    world: World,
) -> None:
    for n, text in enumerate(("A", "a", "b", "B", "c")):
        await world.add_contacts(a_contact(f"c{n}", name=f"Name {n}", values=(held("bio", TextValue(text)),)))
    document = f"""mutation ($input: AttributeDefinitionUpdateInput!) {{ attributeDefinitionUpdate(input: $input) {{
      ... on DuplicateValues {{ __typename code message path duplicates contacts {{ {CONTACT} }} }}
    }} }}"""
    before = await world.snapshot()
    for dry_run in (True, False):
        given = {"definitionId": BIO, "rules": {"isUnique": True}, "dryRun": dry_run}
        answer = (await ask(world, document, {"input": given}, agent="ada"))["attributeDefinitionUpdate"]
        assert failure(answer) == ("DuplicateValues", "VALUE_TAKEN", ["input", "rules", "isUnique"])
        assert (answer["duplicates"], "there are 2 such values" in answer["message"]) == (2, True)
        nobody = {"version": 1, "vip": None, "notes": {"totalCount": 0, "nodes": []}, "updatedAt": MORNING_TEXT}
        assert answer["contacts"] == [{"id": contact_gid(f"c{n}"), "name": f"Name {n}", **nobody} for n in (0, 1)]
    assert await world.snapshot() == before
    await world.driver.collection("contacts").delete_many({"_id": {"$in": ["c2"]}})
    answer = (await ask(world, document, {"input": given}, agent="ada"))["attributeDefinitionUpdate"]
    assert (answer["duplicates"], "such values" in answer["message"]) == (1, False)
    await world.driver.collection("contacts").delete_many({"_id": {"$in": ["c1"]}})
    assert (await updated(world, rules={"isUnique": True}))["rules"]["isUnique"] is True


async def test_the_admins_words_are_what_an_agent_reads(world: World) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    await updated(world, rules={"pattern": "[A-Z]+", "message": "Shout.", "isUnique": True, "isRequired": True})

    async def message(contact_id: str, **more: Any) -> str:
        name = "contactAttributeSet" if more else "contactAttributeClear"
        return str(
            (await unchanged(world, name, {"contactId": contact_gid(contact_id), "key": "bio", **more}))["message"]
        )

    assert await message("c1", value={"text": "hey"}) == "Shout."
    await change(world, "contactAttributeSet", {"contactId": contact_gid("c1"), "key": "bio", "value": {"text": "HEY"}})
    assert [await message("c2", value={"text": "HEY"}), await message("c1")] == ["Shout.", "Shout."]
    assert await message("c1", value={"text": " "}) != "Shout."


async def test_what_is_for_admins_alone_is_not_there_for_agents(world: World) -> None:
    await world.add_contacts(a_contact("c1", values=(held("bio", TextValue("Secret")),)))
    await updated(world, isAdminOnly=True)
    assert "bio" not in await by_key(world, "jo")
    assert (await by_key(world))["bio"]["isAdminOnly"] is True
    query = """query ($id: ID!, $definition: ID!) {
      node(id: $definition) { id } contact(id: $id) { attribute(key: "bio") { __typename } attributes { __typename
        ... on Attribute { key } } } }"""
    asked = {"id": contact_gid("c1"), "definition": BIO}
    hidden, shown = [await ask(world, query, asked, agent=each) for each in ("jo", "ada")]
    assert (hidden["node"], hidden["contact"]["attribute"], shown["node"]) == (None, None, {"id": BIO})
    assert "bio" not in [each["key"] for each in hidden["contact"]["attributes"]]
    assert "bio" in [each["key"] for each in shown["contact"]["attributes"]]
    answer = await unchanged(
        world, "contactAttributeSet", {"contactId": contact_gid("c1"), "key": "bio", "value": {"text": "x"}}
    )
    assert answer["__typename"] == "NotFound"


async def test_a_move_answers_with_all_in_their_new_order(world: World) -> None:
    name = "attributeDefinitionReorder"
    answer = await change(
        world, name, {"definitionId": BIO, "afterId": definition_gid("email"), "version": 1}, agent="ada"
    )
    keys = [each["key"] for each in answer["definitions"]]
    assert (keys[:4], len(keys)) == (["email", "bio", "phone", "website"], len(EVERY_TYPE))
    assert [each["position"] for each in answer["definitions"]] == list(range(len(keys)))
    assert list(await by_key(world)) == keys
    # To have moved is no change that an edit could lose.
    assert (await by_key(world))["bio"]["version"] == 1
    for first in ({}, {"afterId": None}):
        answer = await change(world, name, {"definitionId": definition_gid("fax"), **first}, agent="ada")
        assert answer["definitions"][0] == {"id": definition_gid("fax"), "key": "fax", "position": 0}
    for after in (BIO, definition_gid("nothing"), "nonsense", contact_gid("c1")):
        assert await refused(world, name, afterId=after) == ("ValidationFailed", "NOT_AN_ID", ["input", "afterId"])


async def test_a_conflict_carries_the_definition_in_the_askers_language(world: World) -> None:
    await make_organization(world, "nord", an_agent("al", role=Role.ADMIN, language="de"))
    theirs = encode_id("AttributeDefinition", "nord-d-bio")
    given = {"definitionId": theirs, "version": 9, "label": "x"}
    for name in ("Update", "Archive", "Restore", "Reorder"):
        sent = {key: value for key, value in given.items() if name == "Update" or key != "label"}
        answer = await unchanged(world, f"attributeDefinition{name}", sent, agent="al", organization="nord")
        assert failure(answer) == ("Conflict", "CONFLICT", ["input", "version"])
        assert answer["current"] == {
            "__typename": "AttributeDefinition",
            "id": given["definitionId"],
            "key": "bio",
            "label": "Über",
            "version": 1,
        }


async def test_an_archived_attribute_is_shown_where_it_is_held_and_brought_back(world: World) -> None:
    await world.add_contacts(a_contact("c1", values=(held("bio", TextValue("Hi")),)), a_contact("c2"))
    archived = await change(world, "attributeDefinitionArchive", {"definitionId": BIO, "version": 1}, agent="ada")
    assert (archived["definition"]["isArchived"], archived["impact"]) == (True, {**NO_IMPACT, "valuesHeld": 1})
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Contact {
      attribute(key: "bio") { ... on Attribute { canEdit lockedBecause } } } } }"""
    asked = {"ids": [contact_gid("c1"), contact_gid("c2")]}
    locked = {"attribute": {"canEdit": False, "lockedBecause": "ARCHIVED"}}
    assert (await ask(world, query, asked))["nodes"] == [locked, {"attribute": None}]
    again = await unchanged(world, "attributeDefinitionArchive", {"definitionId": BIO}, agent="ada")
    assert again["definition"]["version"] == 2
    restored = await change(world, "attributeDefinitionRestore", {"definitionId": BIO, "version": 2}, agent="ada")
    assert (restored["definition"]["isArchived"], restored["definition"]["version"]) == (False, 3)
    free = {"attribute": {"canEdit": True, "lockedBecause": None}}
    assert (await ask(world, query, asked))["nodes"] == [free, free]
