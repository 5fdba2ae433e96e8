"""Conversations: received, given to agents and teams, done, opened again, and what they are about."""

from __future__ import annotations

from domain.conversations import ConversationState
from graph.nodes import encode_id
from graph.paging import encode_cursor
from tests.builders import a_conversation, a_team, an_organization
from tests.conftest import World
from tests.graph.asking_graphql import Answer
from tests.graph.cases.case import MutationCase, Prepare
from tests.graph.cases.selections import CONVERSATION
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation, of_list

V1 = encode_id("Conversation", "v1")


async def a_waiting_one(world: World, organization: str) -> None:
    await world.add_conversations(a_conversation("c1", "v1"), organization_id=organization)


async def a_done_one(world: World, organization: str) -> None:
    done = a_conversation("c1", "v1", state=ConversationState.RESOLVED)
    await world.add_conversations(done, organization_id=organization)


def of_one(name: str, good: Answer, other: Answer, prepare: Prepare = a_waiting_one) -> MutationCase:
    return MutationCase(
        name=name,
        good={"conversationId": V1, **good},
        other=other,
        selection=f"conversation {{ {CONVERSATION} }}",
        missing=("conversationId", "Conversation"),
        current="Conversation",
        capability="HANDLE_CONVERSATIONS",
        prepare=prepare,
        events=0,
    )


CASES = [
    MutationCase(
        name="conversationReceive",
        good={"externalId": "x-new", "identity": {"network": "TWITTER", "externalId": "7", "handle": "jane"}},
        other={"topics": ["Returns"]},
        selection=f"conversation {{ {CONVERSATION} }}",
        missing=None,
        current=None,
        capability="HANDLE_CONVERSATIONS",
    ),
    of_one("conversationAssign", {"agentId": encode_id("Agent", "jo")}, {"agentId": None}),
    of_one("conversationResolve", {}, {"version": 1}),
    of_one("conversationReopen", {}, {"version": 1}, a_done_one),
    of_one("conversationTopicsSet", {"topics": ["Returns"]}, {"topics": ["Delivery"]}),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    org = tenant.organization
    team = a_team(f"{org}-team", tenant.agent, organization_id=org)
    await world.add_organization(an_organization(org), [], [], [team])
    made = a_conversation(tenant.contact(), f"{org}-v", external_id=f"{org}-x", team_id=team.id)
    await world.add_conversations(made, organization_id=org)


def their_conversation(_me: Tenant, them: Tenant) -> str:
    return gid("Conversation", f"{them.organization}-v")


def my_conversation(me: Tenant, _them: Tenant) -> str:
    return gid("Conversation", f"{me.organization}-v")


def of_queue(argument: str) -> Case:
    query = f"query ($at: String) {{ queue({argument}: $at) {{ nodes {{ __typename }} pageInfo {{ hasNextPage }} }} }}"
    return lambda _, them: (query, {"at": encode_cursor("queue", 0, 0, f"{them.organization}-v")})


STALE = constant(99)
"""A version that nothing has: the answer tells whether what is named is there, and nothing is written."""

TENANCY: dict[str, Case] = {
    "Contact.conversations(after)": of_list("conversations", "after", "conversation", 0),
    "Contact.conversations(before)": of_list("conversations", "before", "conversation", 0),
    "Query.queue(after)": of_queue("after"),
    "Query.queue(before)": of_queue("before"),
    "Query.queue(team)": lambda _, them: (
        "query ($team: ID!) { queue(team: $team) { totalCount } }",
        {"team": gid("Team", f"{them.organization}-team")},
    ),
    "Query.conversationByExternalId(externalId)": lambda _, them: (
        "query ($id: String!) { conversationByExternalId(externalId: $id) { state } }",
        {"id": f"{them.organization}-x"},
    ),
    "conversationAssign.conversationId": mutation(
        "conversationAssign", conversationId=their_conversation, version=STALE
    ),
    "conversationAssign.agentId": mutation(
        "conversationAssign",
        conversationId=my_conversation,
        agentId=lambda _, them: gid("Agent", them.agent),
        version=STALE,
    ),
    "conversationAssign.teamId": mutation(
        "conversationAssign",
        conversationId=my_conversation,
        teamId=lambda _, them: gid("Team", f"{them.organization}-team"),
        version=STALE,
    ),
    "conversationResolve.conversationId": mutation(
        "conversationResolve", conversationId=their_conversation, version=STALE
    ),
    "conversationReopen.conversationId": mutation(
        "conversationReopen", conversationId=their_conversation, version=STALE
    ),
    "conversationTopicsSet.conversationId": mutation(
        "conversationTopicsSet", conversationId=their_conversation, topics=constant([]), version=STALE
    ),
}
# Receiving names nothing that is there: what is not known is made. That another organization's is never found by it
# has a test of its own in test_conversations.
NAMES_NOTHING = {
    *(f"conversationReceive.{each}" for each in ("externalId", "contactName", "channel", "topics")),
    *(
        f"conversationReceive.identity.{each}"
        for each in ("externalId", "handle", "channel", "secondaryIdentifier", "pictureUrl", "profileUrl")
    ),
    "conversationTopicsSet.topics",
}
