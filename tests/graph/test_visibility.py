"""What the admins keep to themselves: to an agent, a hidden attribute is one that there is not, wherever they look."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from domain.attributes import HeldValue
from domain.definitions import AttributeCategory, Option, ValueRules, ValueType
from domain.events import ContactEvent, EventKind, creation_values
from domain.values import SelectValue, TextValue
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_definition, an_identity, an_organization, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, contact_gid, definition_gid
from tests.graph.cases.selections import VALUE
from tests.graph.mutations import change, document, failure, unchanged

HIDDEN = [
    a_definition("solvency", position=40, label="Solvency", is_admin_only=True, rules=ValueRules(is_unique=True)),
    a_definition(
        *("risk", ValueType.SELECT, AttributeCategory.CRM),
        position=41,
        label="Risk",
        options=(Option("risk-high", "Grave"),),
        is_admin_only=True,
    ),
]
SECRETS = ("solvency", "Solvency", "risk", "Grave", "doubtful", "d-solvency")
"""Any word of which in an answer is a leak."""
VALUES = (
    held("solvency", TextValue("doubtful")),
    held("risk", SelectValue("risk-high")),
    held("bio", TextValue("Hi.")),
)
CONTACT_ID = contact_gid("c1")

EVERYTHING = f"""query ($id: ID!, $nodes: [ID!]!, $node: ID!) {{
  attributeDefinitions(includeArchived: true) {{ id key label options {{ id label }} }}
  contacts {{ nodes {{ attributes {{ ... on Attribute {{ key label {VALUE} }} }} }} }}
  contactByIdentity(network: TWITTER, externalId: "1001") {{ attributes {{ ... on Attribute {{ key }} }} }}
  node(id: $node) {{ id ... on Attribute {{ key {VALUE} }} }}
  nodes(ids: $nodes) {{ id ... on AttributeDefinition {{ key }} ... on Attribute {{ key history {{ totalCount }} }} }}
  contact(id: $id) {{
    one: attribute(key: "solvency") {{ ... on Attribute {{ id }} }}
    two: attribute(key: "risk") {{ ... on Attribute {{ id history {{ nodes {{ {VALUE} }} }} }} }}
    attributes(categories: [CUSTOM, CRM]) {{ ... on Attribute {{
      key definition {{ label }} history {{ totalCount nodes {{ version {VALUE} }} }}
    }} }}
  }}
}}"""
NAMED = {
    "id": CONTACT_ID,
    "node": encode_id("CustomAttribute", "c1:solvency"),
    "nodes": [
        *(definition_gid("solvency"), definition_gid("risk")),
        *(encode_id("CrmAttribute", "c1:risk"), encode_id("CustomAttribute", "c1:risk")),
    ],
}
MUTATIONS: list[tuple[str, Answer]] = [
    ("contactAttributeSet", {"key": "solvency", "value": {"text": "doubtful"}}),
    ("contactAttributeSet", {"key": "risk", "value": {"select": "nothing"}}),
    ("contactAttributeClear", {"key": "solvency", "version": 9}),
    ("contactAttributeRestore", {"key": "solvency", "restoreVersion": 1}),
]


@pytest.fixture(autouse=True)
async def secrets(world: World) -> None:
    await world.add_organization(an_organization("acme"), [], HIDDEN)
    await keep(world, VALUES)


async def keep(world: World, values: tuple[HeldValue, ...]) -> None:
    await world.add_contacts(a_contact("c1", identities=(an_identity(),), values=values), a_contact("c2"))
    event = ContactEvent("e1", "c1", MORNING, EventKind.CONTACT_CREATED, None, None, "Jane", creation_values(values))
    await world.stores().transact(lambda changes: changes.events.add(event))


async def test_an_agent_reads_nothing_of_it_and_an_admin_all(world: World) -> None:
    seen = await ask(world, EVERYTHING, NAMED, agent="ada")
    for secret in SECRETS[:-1]:
        assert secret in json.dumps(seen)
    found = await ask(world, EVERYTHING, NAMED, agent="jo")
    for secret in SECRETS:
        assert secret not in json.dumps(found)
    assert (found["node"], found["nodes"]) == (None, [None] * 4)
    assert (found["contact"]["one"], found["contact"]["two"]) == (None, None)
    # What is not hidden is all there.
    keys = [each["key"] for each in found["contact"]["attributes"]]
    admins = [each["key"] for each in seen["contact"]["attributes"]]
    assert admins == [*keys, "solvency", "risk"]


async def test_an_agent_who_names_it_is_answered_as_of_a_key_that_there_is_not(world: World) -> None:
    before = await world.snapshot()
    for name, given in MUTATIONS:
        for contact_id in ("c1", "c2", "nobody"):
            named = {**given, "contactId": contact_gid(contact_id)}
            answer = await change(world, name, named)
            assert failure(answer) == ("NotFound", "NOT_FOUND", ["input", "key"])
            assert answer == await change(world, name, {**named, "key": "shoe"})
    assert await world.snapshot() == before


SET = """mutation ($input: ContactAttributesSetInput!) { contactAttributesSet(input: $input) {
  __typename ... on ValuesRefused { errors { __typename code message path } }
} }"""


async def test_an_agent_who_names_it_among_others_is_answered_likewise(world: World) -> None:
    """Even with the value that another contact holds alone, which nothing may tell."""
    before = await world.snapshot()

    async def answered(key: str) -> Answer:
        values = [{"key": key, "value": {"text": "doubtful"}}, {"key": "bio", "value": {"text": "x"}}]
        given = {"input": {"contactId": contact_gid("c2"), "values": values}}
        return await ask(world, SET, given)

    hidden = await answered("solvency")
    [error] = hidden["contactAttributesSet"]["errors"]
    assert (error["__typename"], error["path"]) == ("NotFound", ["input", "values", "0", "key"])
    assert hidden == await answered("shoe")
    assert await world.snapshot() == before


async def test_a_contact_that_an_agent_changes_keeps_what_they_cannot_see(world: World) -> None:
    given: Answer = {"contactId": CONTACT_ID, "key": "bio", "value": {"text": "New."}}
    await change(world, "contactAttributeSet", given)
    kept = (await world.stores().contacts.by_ids(["c1"]))["c1"]
    assert kept.values[:2] == VALUES[:2]
    # And that only one contact may hold it still holds.
    taken: Answer = {"contactId": contact_gid("c2"), "key": "solvency", "value": {"text": "DOUBTFUL"}}
    answer = await unchanged(world, "contactAttributeSet", taken, agent="ada")
    assert failure(answer) == ("ValueTaken", "VALUE_TAKEN", ["input", "value"])


TOGETHER: Answer = {
    "values": [{"key": "bio", "value": {"text": "New."}}, {"key": "rank_2", "value": {"text": "Theirs."}}]
}
REPEATED: dict[str, Answer] = {
    "contactAttributeSet": {"key": "rank_2", "value": {"text": "Theirs."}},
    "contactAttributeRestore": {"key": "rank_2", "restoreVersion": 1},
    "contactAttributeClear": {"key": "rank_2"},
    "contactAttributesSet": TOGETHER,
}


@pytest.mark.parametrize("name", REPEATED)
async def test_an_answer_that_is_repeated_tells_nothing_that_was_hidden_since(world: World, name: str) -> None:
    """The first answer comes again without the attribute: as of a key that there is not, or without its line."""
    rank = a_definition("rank_2", position=50)
    await world.add_organization(an_organization("acme"), [], [rank])
    first, second = held("rank_2", TextValue("Old.")), held("rank_2", TextValue("Older."), version=2)
    await world.add_contacts(a_contact("c3", values=(second,)))
    event = ContactEvent("e3", "c3", MORNING, EventKind.VALUES_CHANGED, None, values=creation_values((first,)))
    await world.stores().transact(lambda changes: changes.events.add(event))
    given = {**REPEATED[name], "contactId": contact_gid("c3"), "idempotencyKey": "k"}
    before = [await change(world, name, given, agent=each) for each in ("jo", "ada")]
    assert [each["__typename"][-7:] for each in before] == ["Success"] * 2
    await world.add_organization(an_organization("acme"), [], [replace(rank, is_admin_only=True)])
    again = await unchanged(world, name, given)
    if name == "contactAttributesSet":
        assert [each["key"] for each in again["attributes"]] == ["bio"]
        assert again["contact"] == before[0]["contact"]
    else:
        assert failure(again) == ("NotFound", "NOT_FOUND", ["input", "key"])
    assert "rank_2" not in json.dumps(again)
    # An admin's own first answer is theirs, and no agent's.
    assert await unchanged(world, name, given, agent="ada") == before[1]


async def test_an_admin_who_is_an_agent_by_now_is_told_what_an_agent_is(world: World) -> None:
    given: Answer = {"contactId": CONTACT_ID, "key": "solvency", "value": {"text": "sound"}, "idempotencyKey": "k"}
    assert (await change(world, "contactAttributeSet", given, agent="ada"))["__typename"].endswith("Success")
    directory = (await world.context("ada")).directory
    demoted = replace(directory.agents["ada"], role=directory.agents["jo"].role)
    await world.add_organization(directory.organization, [demoted], [])
    answer = await ask(world, document("contactAttributeSet"), {"input": given}, agent="ada")
    assert failure(answer["contactAttributeSet"]) == ("NotFound", "NOT_FOUND", ["input", "key"])
