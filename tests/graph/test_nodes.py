"""`node` and `nodes`: whatever an answer gave the id of is found by it again, and nothing else is."""

from __future__ import annotations

import base64

from graphql import GraphQLObjectType

from domain.agents import Role
from domain.contacts import Network
from domain.events import EventKind
from domain.group_rules import VipCondition
from domain.values import SelectValue, TextValue
from graph.nodes import decode_id, encode_id
from tests.builders import (
    EVERY_TYPE,
    a_contact,
    a_conversation,
    a_conversation_note,
    a_group,
    a_note,
    an_agent,
    an_identity,
    held,
)
from tests.conftest import World
from tests.erasing import a_deletion, a_receipt, add_deletions, add_receipts
from tests.graph.asking_graphql import (
    Answer,
    absent_id,
    ask,
    attribute_gid,
    contact_gid,
    execute,
    make_organization,
    note_gid,
    refused,
    the_schema,
)
from tests.graph.cases.conversation_notes import delete_note
from tests.graph.cases.notes import with_a_deleted_note
from tests.graph.cases.queue_settings import a_skill_set
from tests.happening import one_of_each
from tests.merging import add_merged

ONE = "query ($id: ID!) { node(id: $id) { __typename id } }"
MANY = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
ALL_IDS = """query ($id: ID!, $deleted: ID!) {
  node(id: $deleted) { __typename id }
  viewer { __typename id organization { __typename id } teams { __typename id } }
  attributeDefinitions(includeArchived: true) { __typename id }
  contact(id: $id) {
    __typename id
    identities { __typename id }
    attributes { __typename ... on Attribute { id } }
    merges { nodes { __typename id } }
    timeline { nodes { __typename id } }
    conversations { nodes { __typename id notes { nodes { __typename id } } } }
    groups { __typename id }
    notes { nodes { __typename id author { __typename id } revisions { nodes { __typename id } } } }
    deletedNotes { nodes { __typename id } }
  }
  crmSettings { __typename id }
  queueSettings { __typename id skillSets { __typename id } }
  deletedContacts { nodes { __typename id } }
  erasureReceipts { nodes { __typename id } }
}"""
NOT_AN_ID = "Give an id as an answer gave it to you."


async def fill(world: World) -> None:
    values = (held("bio", TextValue("x")), held("segment", SelectValue("size-s")), held("fax", TextValue("5")))
    identities = (an_identity("a:b", network=Network.EMAIL), an_identity("ü/1 é", network=Network.TELEGRAM))
    await world.add_contacts(a_contact("c1", identities=identities, values=values))
    await world.add_notes(a_note("c1", id="n1", author_id="gone"))
    await world.stores().transact(lambda changes: changes.revisions.keep(a_note("c1", id="n1", version=0)))
    await with_a_deleted_note(world, "acme")
    await world.add_groups(a_group("g1", VipCondition(is_vip=False)))
    await world.add_conversations(a_conversation("c1", "v1"))
    await a_skill_set(world, "acme")
    await world.add_conversation_notes(a_conversation_note(id="k1"))
    await delete_note(world, "acme", "c1", "v1", "k2")
    await add_deletions(world, a_deletion("x1"))
    await add_receipts(world, a_receipt("x1"))
    await add_merged(world, "c1", a_contact("c0", name="Jane R."))
    await world.stores().transact(lambda changes: changes.events.add(*one_of_each()))


def things(answer: object) -> list[Answer]:
    """Every object of an answer that has an id, at any depth."""
    found: list[Answer] = []
    if isinstance(answer, dict):
        if "id" in answer:
            found.append({"__typename": answer["__typename"], "id": answer["id"]})
        for each in answer.values():
            found += things(each)
    elif isinstance(answer, list):
        for each in answer:
            found += things(each)
    return found


async def test_every_id_of_an_answer_leads_to_the_same_thing_again(world: World) -> None:
    await fill(world)
    given = things(
        await ask(
            world,
            ALL_IDS,
            {"id": contact_gid("c1"), "deleted": encode_id("DeletedConversationNote", "k2")},
            agent="ada",
        )
    )
    types = the_schema()._schema.get_possible_types(the_schema()._schema.type_map["Node"])  # type: ignore[arg-type]
    assert {each["__typename"] for each in given} == {each.name for each in types}
    things_of_contact = 1 + 2 + (len(EVERY_TYPE) - 1) + 1 + 1 + 1 + 1 + 1 + 1 + 1
    # Settings of the queue and of the CRM, a skill set, two notes on a conversation; an event of each kind, and that of
    # the merge.
    assert len(given) == 1 + 1 + 1 + 1 + len(EVERY_TYPE) + things_of_contact + 2 + 2 + 1 + 1 + len(EventKind) + 1
    for each in given:
        assert await ask(world, ONE, {"id": each["id"]}, agent="ada") == {"node": each}
    assert await ask(world, MANY, {"ids": [each["id"] for each in given]}, agent="ada") == {"nodes": given}


async def test_what_is_for_admins_is_not_there_for_agents(world: World) -> None:
    await fill(world)
    for kind in ("DeletedContact", "ErasureReceipt"):
        assert await ask(world, ONE, {"id": encode_id(kind, "x1")}, agent="jo") == {"node": None}
        assert await ask(world, ONE, {"id": encode_id(kind, "x2")}, agent="ada") == {"node": None}
    settings = encode_id("CrmSettings", "acme")
    assert await ask(world, ONE, {"id": settings}, agent="jo") == {"node": None}
    # Of another organization, whose admin may manage a CRM too.
    await make_organization(world, "nord", an_agent("al", role=Role.ADMIN))
    assert await ask(world, ONE, {"id": settings}, agent="al", organization="nord") == {"node": None}


async def test_a_node_has_the_fields_of_its_type(world: World) -> None:
    await fill(world)
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) {
      ... on Contact { name } ... on ContactNote { body } ... on SocialIdentity { network externalId }
      ... on Attribute { key value { ... on TextValue { text } } } ... on AttributeDefinition { valueType }
    } }"""
    ids = [
        contact_gid("c1"),
        note_gid("n1"),
        encode_id("SocialIdentity", "EMAIL:a:b"),
        attribute_gid("c1", "bio"),
        attribute_gid("c1", "newsletter"),
        encode_id("AttributeDefinition", "d-fax"),
    ]
    assert (await ask(world, query, {"ids": ids}))["nodes"] == [
        {"name": "Jane Roe"},
        {"body": "Prefers mornings."},
        {"network": "EMAIL", "externalId": "a:b"},
        {"key": "bio", "value": {"text": "x"}},
        {"key": "newsletter", "value": None},
        {"valueType": "TEXT"},
    ]


NOTHING = [
    ("Contact", absent_id()),
    ("ContactNote", absent_id()),
    ("ContactNote", "n2"),
    ("ContactNoteRevision", "n1"),
    ("ContactNoteRevision", "n1:"),
    ("ContactNoteRevision", "n1:2"),
    ("ContactNoteRevision", "n1:01"),
    ("ContactNoteRevision", "n1:-1"),
    ("ContactNoteRevision", "n1:\u0661"),
    ("ContactNoteRevision", f"n1:{'9' * 30}"),
    ("DeletedContactNote", "n1"),
    ("DeletedContactNote", absent_id()),
    ("Organization", "nobody"),
    ("Agent", "nobody"),
    ("AttributeDefinition", "d-unknown"),
    ("SocialIdentity", "TWITTER:2"),
    ("SocialIdentity", "MYSPACE:1"),
    ("SocialIdentity", "TWITTER"),
    ("SocialIdentity", "a:b"),
    ("CustomAttribute", "c1:unknown"),
    ("CustomAttribute", "c2:bio"),
    ("CustomAttribute", "c1"),
    ("CustomAttribute", "c1:"),
    ("CustomAttribute", ":bio"),
    # Switched off, and so on nobody's panel.
    ("CustomAttribute", "c1:pager"),
    # Of another category than it says.
    ("CommonAttribute", "c1:bio"),
    ("CrmAttribute", "c1:email"),
    ("CustomAttribute", "c1:segment"),
]


async def test_what_is_not_there_is_null(world: World) -> None:
    await fill(world)
    contact = {"__typename": "Contact", "id": contact_gid("c1")}
    for type_name, local_id in NOTHING:
        given = encode_id(type_name, local_id)
        assert await ask(world, ONE, {"id": given}) == {"node": None}, (type_name, local_id)
        many = await ask(world, MANY, {"ids": [given, contact_gid("c1"), given]})
        assert many == {"nodes": [None, contact, None]}, (type_name, local_id)


def encoded(text: bytes) -> str:
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


MALFORMED = [
    *("", " ", "c1", "Contact:c1", "Q29udGFjdDpjM!", "Q29udGFjdDpjMQ\n", "A", "====", "ü", "0", "Q29udGFjdDpjMQ==="),
    *(
        encoded(each)
        for each in (b"Contact", b"Contact:", b":c1", b":", b"Contact:\xff", b"contact:c1", b"VipStatus:c1")
    ),
    *(encoded(each) for each in (b"Query:1", b"AttributeOption:size-s", b"__Schema:1")),
    encode_id("Contact", "c" * 1_100),
]


async def test_what_no_answer_ever_gave_is_refused(world: World) -> None:
    await fill(world)
    for given in MALFORMED:
        many = {"ids": [contact_gid("c1"), given]}
        for query, field, variables in ((ONE, "node", {"id": given}), (MANY, "nodes", many)):
            mistake = await refused(world, query, variables)
            assert (mistake.code, mistake.path, mistake.message) == ("BAD_USER_INPUT", (field,), NOT_AN_ID), given


async def test_a_contact_is_asked_for_by_a_contacts_id_only(world: World) -> None:
    advice = "Give the id of a Contact, as an answer gave it to you."
    for given in (*MALFORMED, note_gid("n1"), encode_id("CustomAttribute", "c1:bio")):
        mistake = await refused(world, "query ($id: ID!) { contact(id: $id) { id } }", {"id": given})
        assert (mistake.code, mistake.path, mistake.message) == ("BAD_USER_INPUT", ("contact",), advice), given


async def test_a_refused_node_leaves_the_rest_of_the_answer_alone(world: World) -> None:
    asked = await execute(world, '{ viewer { name } node(id: "no") { id } }')
    assert asked.data == {"viewer": {"name": "Jo"}, "node": None}
    assert [each.path for each in asked.mistakes] == [("node",)]


async def test_up_to_a_hundred_nodes_are_given_at_once(world: World) -> None:
    await world.add_contacts(*(a_contact(f"c{each}") for each in range(100)))
    ids = [contact_gid(f"c{each}") for each in reversed(range(100))]
    data = await ask(world, MANY, {"ids": ids})
    assert [each["id"] for each in data["nodes"]] == ids
    mistake = await refused(world, MANY, {"ids": [*ids, ids[0]]})
    assert (mistake.code, mistake.message) == ("BAD_USER_INPUT", "Ask for at most 100 ids at a time.")
    assert await ask(world, MANY, {"ids": []}) == {"nodes": []}
    assert await ask(world, MANY, {"ids": [ids[0]] * 3}) == {"nodes": [{"__typename": "Contact", "id": ids[0]}] * 3}


def test_an_id_tells_its_type_and_local_id_to_the_server_alone() -> None:
    found = decode_id(encode_id("SocialIdentity", "EMAIL:a:b"))
    assert found is not None
    assert (found.type_name, found.local_id) == ("SocialIdentity", "EMAIL:a:b")


def test_every_type_with_an_id_is_a_node_that_can_be_asked_for() -> None:
    schema = the_schema()._schema
    from graph.node_queries import _FINDERS  # noqa: PLC0415

    nodes = {
        each.name
        for each in schema.type_map.values()
        if isinstance(each, GraphQLObjectType) and any(of.name == "Node" for of in each.interfaces)
    }
    assert set(_FINDERS) == nodes
