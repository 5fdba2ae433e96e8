"""Conversations and the queue as front ends see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.conversations import ConversationState
from graph.nodes import encode_id
from tests.builders import MORNING, a_contact, a_conversation, an_identity
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, NOW_TEXT, Answer, ask, contact_gid, refused
from tests.graph.test_operations import document

WHOLE = """query ($id: ID!) { node(id: $id) { ... on Conversation {
  id version externalId network channel topics state receivedAt firstActivityAt lastActivityAt
  identity { handle } assignedAgent { name } assignedTeam { name agents { name } } contact { name }
} } }"""
QUEUE = """query ($team: ID, $state: ConversationState, $first: Int, $after: String, $last: Int, $before: String) {
  queue(team: $team, state: $state, first: $first, after: $after, last: $last, before: $before) {
    totalCount edges { cursor } nodes { externalId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
} }"""


def gid(local_id: str) -> str:
    return encode_id("Conversation", local_id)


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    await world.add_contacts(a_contact("c1", identities=(an_identity("1001", is_primary=True),)), a_contact("c2"))
    waiting = [
        a_conversation(
            f"c{1 + each % 2}",
            f"v{each}",
            external_id=f"x{each}",
            team_id=(None, "first-line", "second-line")[each % 3],
            received_at=MORNING - timedelta(minutes=each // 2),
        )
        for each in range(7)
    ]
    done = a_conversation("c1", "v7", external_id="x7", state=ConversationState.RESOLVED, agent_id="gone")
    await world.add_conversations(*waiting, done)


async def test_a_conversation_has_what_the_inbox_draws(world: World) -> None:
    found = await ask(world, WHOLE, {"id": gid("v1")})
    assert found["node"] == {
        "id": gid("v1"),
        "version": 1,
        "externalId": "x1",
        "network": "TWITTER",
        "channel": None,
        "topics": [],
        "state": "NEW",
        "receivedAt": MORNING_TEXT,
        "firstActivityAt": MORNING_TEXT,
        "lastActivityAt": MORNING_TEXT,
        # The contact no longer has the identity that it was written from.
        "identity": None,
        "assignedAgent": None,
        # Former members are left out.
        "assignedTeam": {"name": "First Line", "agents": [{"name": "Jo"}]},
        "contact": {"name": "Jane Roe"},
    }
    done = (await ask(world, WHOLE, {"id": gid("v7")}))["node"]
    assert (done["state"], done["assignedAgent"], done["identity"]) == (
        "RESOLVED",
        {"name": "Gone"},
        {"handle": "jane"},
    )


async def page(world: World, **arguments: object) -> Answer:
    found: Answer = (await ask(world, QUEUE, arguments))["queue"]
    assert len(found["edges"]) == len(found["nodes"])
    return found


def names(found: Answer) -> list[str]:
    return [each["externalId"] for each in found["nodes"]]


async def test_the_oldest_is_answered_first(world: World) -> None:
    whole = await page(world)
    # Two of each moment, told apart by their ids.
    assert names(whole) == ["x6", "x5", "x4", "x3", "x2", "x1", "x0"]
    assert whole["totalCount"] == 7
    assert names(await page(world, state="RESOLVED")) == ["x7"]
    assert names(await page(world, state="PENDING")) == []


async def test_a_team_sees_what_it_is_to_answer(world: World) -> None:
    first = await page(world, team=encode_id("Team", "first-line"))
    assert (names(first), first["totalCount"]) == (["x4", "x1"], 2)
    nobodys = await page(world, team=encode_id("Team", "their-team"))
    assert (names(nobodys), nobodys["totalCount"]) == ([], 0)
    mistake = await refused(world, QUEUE, {"team": encode_id("Agent", "jo")})
    assert mistake.code == "BAD_USER_INPUT"


async def test_the_queue_is_paged_in_both_directions(world: World) -> None:
    first = await page(world, first=3)
    assert (names(first), first["pageInfo"]["hasPreviousPage"]) == (["x6", "x5", "x4"], False)
    second = await page(world, first=3, after=first["pageInfo"]["endCursor"])
    assert (names(second), second["pageInfo"]["hasNextPage"]) == (["x3", "x2", "x1"], True)
    back = await page(world, last=2, before=second["pageInfo"]["startCursor"])
    assert (names(back), back["pageInfo"]["hasPreviousPage"]) == (["x5", "x4"], True)
    # A cursor belongs to its list.
    contacts = "query ($id: ID!, $after: String) { contact(id: $id) { conversations(after: $after) { totalCount } } }"
    cursor = first["pageInfo"]["endCursor"]
    assert (await refused(world, contacts, {"id": contact_gid("c1"), "after": cursor})).code == "BAD_USER_INPUT"


async def test_a_contacts_conversations_are_listed_the_last_active_first(world: World) -> None:
    query = """query ($id: ID!) { contact(id: $id) { conversations(first: 3) {
      totalCount nodes { externalId state } pageInfo { hasNextPage } } } }"""
    found = (await ask(world, query, {"id": contact_gid("c1")}))["contact"]["conversations"]
    assert [each["externalId"] for each in found["nodes"]] == ["x7", "x0", "x2"]
    assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (5, True)


async def test_what_was_received_is_there_with_its_new_contact(world: World) -> None:
    given = {
        "externalId": "new",
        "identity": {"network": "WHATSAPP", "handle": "+1 202-224-3441"},
        "contactName": "Ines Faria",
        "topics": ["Delivery"],
    }
    received = (await ask(world, document("81-conversation-receive"), {"input": given}))["conversationReceive"]
    assert received["__typename"] == "ConversationReceiveSuccess"
    made = received["conversation"]
    assert (made["receivedAt"], made["contact"]["name"]) == (NOW_TEXT, "Ines Faria")
    found = (await ask(world, document("86-conversation"), {"externalId": "new"}))["conversationByExternalId"]
    assert (found["id"], found["contact"]["conversations"]["totalCount"]) == (made["id"], 1)
    assert names(await page(world))[-1] == "new"


async def test_what_another_organization_received_is_never_found_by_receiving(world: World) -> None:
    await world.add_contacts(a_contact("c9", identities=(an_identity("9"),)), organization_id="other")
    await world.add_conversations(a_conversation("c9", "v9", external_id="x9"), organization_id="other")
    theirs = await world.stores("other").conversations.by_ids(["v9"])
    given = {"externalId": "x9", "identity": {"network": "TWITTER", "externalId": "9", "handle": "nine"}}
    answer = (await ask(world, document("81-conversation-receive"), {"input": given}))["conversationReceive"]
    assert answer["conversation"]["id"] != gid("v9")
    assert answer["conversation"]["contact"]["name"] == "nine"
    assert await world.stores("other").conversations.by_ids(["v9"]) == theirs


async def test_a_team_tells_who_is_in_it(world: World) -> None:
    query = "{ viewer { teams { id name } organization { teams { name agents { name } } } } }"
    viewer = (await ask(world, query))["viewer"]
    assert viewer["teams"] == [{"id": encode_id("Team", "first-line"), "name": "First Line"}]
    assert viewer["organization"]["teams"] == [
        {"name": "First Line", "agents": [{"name": "Jo"}]},
        {"name": "Second Line", "agents": [{"name": "Ada"}]},
    ]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"agentId": encode_id("Team", "first-line")}, "NOT_AN_ID", ["input", "agentId"]),
        ({"teamId": "x"}, "NOT_AN_ID", ["input", "teamId"]),
        ({"agentId": encode_id("Agent", "gone")}, "NOT_FOUND", ["input", "agentId"]),
        ({"teamId": encode_id("Team", "their-team")}, "NOT_FOUND", ["input", "teamId"]),
    ],
)
async def test_to_whom_it_cannot_be_given_is_said(world: World, given: Answer, code: str, path: list[str]) -> None:
    before = await world.snapshot()
    asked = {"input": {"conversationId": gid("v0"), **given}}
    answer = (await ask(world, document("82-conversation-assign"), asked))["conversationAssign"]
    assert (answer["code"], answer["path"]) == (code, path)
    assert await world.snapshot() == before
