"""Contact groups as front ends see them: the rule as it can be shown again, who is in it, and what a contact shows."""

from __future__ import annotations

import pytest

from domain.group_rules import AttributeCondition, GroupMatch, GroupOperator, VipCondition
from domain.values import NumberValue, SelectValue, TextValue
from domain.vip import VipStatus
from graph.nodes import encode_id
from persistence.definition_documents import from_definition
from tests.builders import MORNING, a_contact, a_definition, a_group, an_organization, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, contact_gid, definition_gid
from tests.graph.test_operations import document

BIO = AttributeCondition("d-bio", GroupOperator.CONTAINS, (TextValue("tea"),))
KNOWN = AttributeCondition("d-followers", GroupOperator.AT_LEAST, (NumberValue(1_000),))
SMALL = AttributeCondition("d-segment", GroupOperator.IS, (SelectValue("size-s"),))
GROUPS = (
    a_group("g2", KNOWN, BIO, name="Well known", match=GroupMatch.ANY, position=1),
    a_group("g1", name="VIPs", position=0),
    a_group("g3", SMALL, VipCondition(is_vip=False), name="Small", position=2),
)
NAMES = "query ($id: ID!) { contact(id: $id) { groups { name } } }"


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    known, tea = held("followers", NumberValue(2_000)), held("bio", TextValue("Green TEA"))
    small = held("segment", SelectValue("size-s"))
    await world.add_contacts(
        a_contact("c1", name="Ann", values=(known,), vip=VipStatus(MORNING, "jo", None, None)),
        a_contact("c2", name="Bob", values=(tea, small)),
        a_contact("c3", name="Cid"),
    )
    await world.add_groups(*GROUPS)


async def groups_of(world: World, contact_id: str, agent: str = "jo") -> list[str]:
    data = await ask(world, NAMES, {"id": contact_gid(contact_id)}, agent=agent)
    return [each["name"] for each in data["contact"]["groups"]]


async def test_a_contact_shows_its_groups_in_the_admins_order(world: World) -> None:
    assert [await groups_of(world, each) for each in ("c1", "c2", "c3")] == [
        ["VIPs", "Well known"],
        ["Well known", "Small"],
        [],
    ]


async def test_the_groups_are_told_with_rules_and_members(world: World) -> None:
    found = (await ask(world, document("25-contact-groups")))["contactGroups"]
    assert [(each["name"], each["match"], each["version"]) for each in found] == [
        ("VIPs", "ALL", 1),
        ("Well known", "ANY", 1),
        ("Small", "ALL", 1),
    ]
    members = [[each["name"] for each in group["contacts"]["nodes"]] for group in found]
    assert members == [["Ann"], ["Ann", "Bob"], ["Bob"]]
    followers = {"id": definition_gid("followers"), "key": "followers", "label": "Followers"}
    bio = {"id": definition_gid("bio"), "key": "bio", "label": "Bio"}
    segment = {"id": definition_gid("segment"), "key": "segment", "label": "Segment"}
    small = {"id": "size-s", "label": "Small"}
    assert [each["conditions"] for each in found] == [
        [{"isVip": True}],
        [
            {"definition": followers, "operator": "AT_LEAST", "isBroken": False, "values": [{"number": 1000.0}]},
            {"definition": bio, "operator": "CONTAINS", "isBroken": False, "values": [{"text": "tea"}]},
        ],
        [
            {"definition": segment, "operator": "IS", "isBroken": False, "values": [{"option": small}]},
            {"isVip": False},
        ],
    ]


async def test_members_are_paged_and_counted(world: World) -> None:
    query = """query ($id: ID!, $after: String) { node(id: $id) { ... on ContactGroup {
      contacts(first: 1, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } } } }"""
    given: Answer = {"id": encode_id("ContactGroup", "g2")}
    first = (await ask(world, query, given))["node"]["contacts"]
    assert (first["totalCount"], first["nodes"], first["pageInfo"]["hasNextPage"]) == (2, [{"name": "Ann"}], True)
    second = (await ask(world, query, {**given, "after": first["pageInfo"]["endCursor"]}))["node"]["contacts"]
    assert (second["nodes"], second["pageInfo"]["hasNextPage"]) == ([{"name": "Bob"}], False)


async def test_who_is_in_follows_each_change_at_once(world: World) -> None:
    set_bio = """mutation ($id: ID!, $text: String!) {
      contactAttributeSet(input: {contactId: $id, key: "bio", value: {text: $text}}) {
        ... on ContactAttributeSetSuccess { contact { groups { name } } } }
    }"""
    data = await ask(world, set_bio, {"id": contact_gid("c3"), "text": "Teapots"})
    assert data["contactAttributeSet"]["contact"]["groups"] == [{"name": "Well known"}]
    given = {"groupId": encode_id("ContactGroup", "g1"), "conditions": [{"isVip": False}]}
    await ask(world, document("27-contact-group-update"), {"input": given}, agent="ada")
    assert await groups_of(world, "c3") == ["VIPs", "Well known"]


async def test_a_rule_comes_back_as_it_was_given(world: World) -> None:
    conditions = [
        {"attribute": {"key": "phone", "operator": "ANY_OF", "values": [{"phone": "(202) 224-3441"}]}},
        {"attribute": {"key": "email", "operator": "NOT_EMPTY"}},
        {"isVip": False},
    ]
    given = {"name": "Callers", "match": "ALL", "conditions": conditions}
    answer = (await ask(world, document("26-contact-group-create"), {"input": given}, agent="ada"))[
        "contactGroupCreate"
    ]
    phone, email, vip = answer["group"]["conditions"]
    assert (phone["operator"], phone["values"]) == ("ANY_OF", [{"phone": "+12022243441"}])
    assert (email["operator"], email["values"], vip) == ("NOT_EMPTY", [], {"isVip": False})


async def test_a_name_that_another_group_has_is_refused_with_that_group(world: World) -> None:
    before = await world.snapshot()
    given = {"name": "vips", "match": "ALL", "conditions": [{"isVip": True}]}
    answer = (await ask(world, document("26-contact-group-create"), {"input": given}, agent="ada"))[
        "contactGroupCreate"
    ]
    assert (answer["__typename"], answer["group"]["name"], answer["path"]) == (
        "GroupNameTaken",
        "VIPs",
        ["input", "name"],
    )
    patch = {"groupId": encode_id("ContactGroup", "g2"), "name": "ViPs"}
    answer = (await ask(world, document("27-contact-group-update"), {"input": patch}, agent="ada"))[
        "contactGroupUpdate"
    ]
    assert (answer["__typename"], answer["code"]) == ("GroupNameTaken", "NAME_TAKEN")
    assert await world.snapshot() == before


async def test_a_group_whose_attribute_went_out_of_use_says_so_and_has_nobody_by_it(world: World) -> None:
    archive = "mutation ($id: ID!) { attributeDefinitionArchive(input: {definitionId: $id}) { __typename } }"
    await ask(world, archive, {"id": definition_gid("followers")}, agent="ada")
    found = (await ask(world, document("25-contact-groups")))["contactGroups"][1]
    assert [each["isBroken"] for each in found["conditions"]] == [True, False]
    assert [each["name"] for each in found["contacts"]["nodes"]] == ["Bob"]
    assert await groups_of(world, "c1") == ["VIPs"]


async def test_groups_about_hidden_attributes_are_the_admins_alone(world: World) -> None:
    secret = a_definition("secret", position=40, is_admin_only=True)
    await world.driver.collection("attributeDefinitions").insert_one(from_definition(secret, "acme"))
    await world.add_organization(an_organization("acme"), [], [])
    risky = AttributeCondition("d-secret", GroupOperator.NOT_EMPTY)
    await world.add_groups(a_group("g4", risky, name="Risky", position=3))
    await world.add_contacts(a_contact("c4", values=(held("secret", TextValue("x")),)))
    assert await groups_of(world, "c4") == []
    assert await groups_of(world, "c4", "ada") == ["Risky"]
    query = "query ($id: ID!) { contactGroups { name } node(id: $id) { __typename } }"
    given = {"id": encode_id("ContactGroup", "g4")}
    mine, admins = await ask(world, query, given), await ask(world, query, given, agent="ada")
    assert (len(mine["contactGroups"]), mine["node"]) == (3, None)
    assert (len(admins["contactGroups"]), admins["node"]) == (4, {"__typename": "ContactGroup"})
