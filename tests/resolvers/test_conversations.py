"""Conversations handled by agents: each outcome, exactly what is written, and many at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from domain.conversations import Conversation, ConversationChanged, ConversationState, Placement, StaleConversation
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import PageRequest
from resolvers import conversations, deletion
from resolvers.context import Context
from resolvers.conversations import Assignment
from tests.builders import a_contact, a_conversation
from tests.conftest import World
from tests.resolvers.changing import asker

NEW, PENDING, RESOLVED = ConversationState
WAITING = a_conversation("c1", "v1", external_id="x1", version=4)
NO_CONVERSATION = NotFound(Kind.CONVERSATION)
TO_JO = Assignment(agent_id="jo", is_agent_given=True)
TO_FIRST_LINE = Assignment(team_id="first-line", is_team_given=True)
FROM_ALL = Assignment(is_agent_given=True, is_team_given=True)


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    await world.add_conversations(WAITING)
    await world.add_contacts(a_contact("c9"), organization_id="other")
    await world.add_conversations(a_conversation("c9", "v9"), organization_id="other")


async def assign(context: Context, to: Assignment, conversation_id: str = "v1", version: int | None = None) -> object:
    return await conversations.assign(
        context, conversation_id=conversation_id, to=to, version=version, idempotency_key=None
    )


async def resolve(context: Context, conversation_id: str = "v1", version: int | None = None) -> object:
    return await conversations.resolve(context, conversation_id=conversation_id, version=version, idempotency_key=None)


async def reopen(context: Context, conversation_id: str = "v1", version: int | None = None) -> object:
    return await conversations.reopen(context, conversation_id=conversation_id, version=version, idempotency_key=None)


async def set_topics(context: Context, *topics: str, conversation_id: str = "v1", version: int | None = None) -> object:
    return await conversations.set_topics(
        context, conversation_id=conversation_id, topics=topics, version=version, idempotency_key=None
    )


async def kept(world: World) -> Conversation:
    return (await world.stores().conversations.by_ids(["v1"]))["v1"]


async def test_it_goes_from_the_queue_to_an_agent_and_back(world: World) -> None:
    context = await asker(world)
    with_jo = replace(WAITING, agent_id="jo", state=PENDING, version=5)
    assert await assign(context, TO_JO, version=4) == ConversationChanged(with_jo)
    assert await kept(world) == with_jo
    # The same request sees it so.
    assert await conversations.find(context, "v1") == with_jo
    with_both = replace(with_jo, team_id="first-line", version=6)
    assert await assign(await asker(world), TO_FIRST_LINE) == ConversationChanged(with_both)
    back = replace(WAITING, version=7)
    assert await assign(await asker(world), FROM_ALL) == ConversationChanged(back)
    assert await kept(world) == back


async def test_it_is_done_and_opened_again(world: World) -> None:
    done = replace(WAITING, state=RESOLVED, version=5)
    assert await resolve(await asker(world), version=4) == ConversationChanged(done)
    assert await kept(world) == done
    opened = replace(WAITING, version=6)
    assert await reopen(await asker(world), version=5) == ConversationChanged(opened)
    assert await kept(world) == opened


async def test_its_topics_are_those_that_were_given_last(world: World) -> None:
    traits = Placement(("topic:late delivery", "topic:returns"))
    about = replace(WAITING, topics=("Late delivery", "Returns"), version=5, placement=traits)
    answer = await set_topics(await asker(world), "Late  delivery", "Returns", "LATE delivery", version=4)
    assert answer == ConversationChanged(about)
    assert await kept(world) == about
    assert await set_topics(await asker(world)) == ConversationChanged(replace(WAITING, version=6))


async def test_what_is_so_already_is_not_written(world: World) -> None:
    before, context = await world.snapshot(), await asker(world)
    for change in (assign(context, FROM_ALL), assign(context, Assignment()), reopen(context), set_topics(context)):
        assert await change == ConversationChanged(WAITING)
    assert await world.snapshot() == before


async def test_what_cannot_be_is_refused_and_not_written(world: World) -> None:
    before, context = await world.snapshot(), await asker(world)
    for nothing in ("nothing", "v9"):
        assert await assign(context, TO_JO, nothing) == NO_CONVERSATION
        assert await resolve(context, nothing) == NO_CONVERSATION
        assert await reopen(context, nothing) == NO_CONVERSATION
        assert await set_topics(context, "a", conversation_id=nothing) == NO_CONVERSATION
    assert await resolve(context, version=3) == StaleConversation(WAITING)
    assert await assign(context, TO_JO, version=3) == StaleConversation(WAITING)
    for nobody in ("nobody", "gone", "mo"):
        to = Assignment(agent_id=nobody, is_agent_given=True)
        assert await assign(context, to) == NotFound(Kind.AGENT)
    their_team = Assignment(team_id="their-team", is_team_given=True)
    assert await assign(context, their_team) == NotFound(Kind.TEAM)
    blank = await set_topics(context, "a", " ")
    assert isinstance(blank, Invalid)
    assert (blank.code, blank.path) == (ErrorCode.BLANK, ("input", "topics", "1"))
    assert await world.snapshot() == before


async def test_whoever_has_it_may_have_left_since(world: World) -> None:
    left = replace(WAITING, agent_id="gone", team_id="closed", state=PENDING)
    stores = world.stores()
    await stores.transact(lambda changes: changes.conversations.put(left))
    answer = await set_topics(await asker(world), "Returns")
    left = replace(left, placement=Placement(("topic:returns",)))
    assert answer == ConversationChanged(replace(left, topics=("Returns",), version=5))
    changed = replace(left, topics=("Returns",), team_id="first-line", version=6)
    assert await assign(await asker(world), TO_FIRST_LINE) == ConversationChanged(changed)


async def test_those_of_a_deleted_contact_are_gone_at_once(world: World) -> None:
    context = await asker(world, "ada")
    await deletion.delete(context, contact_id="c1", version=None, idempotency_key=None)
    assert await world.stores().conversations.by_ids(["v1"]) == {}
    # Also while what is left of them is not removed yet.
    await world.add_conversations(WAITING)
    later, before = await asker(world), await world.snapshot()
    assert await conversations.find(later, "v1") is None
    assert await conversations.find_by_external_id(later, "x1") is None
    assert await resolve(later) == NO_CONVERSATION
    assert await world.snapshot() == before


async def test_of_many_who_take_one_at_once_the_first_has_it(world: World) -> None:
    context = await asker(world)
    takers = [Assignment(agent_id=each, is_agent_given=True) for each in ("jo", "ada") * 10]
    results = await asyncio.gather(*(assign(context, each, version=4) for each in takers))
    assert Counter(type(each) for each in results) == {ConversationChanged: 1, StaleConversation: 19}
    [winner] = [each.conversation for each in results if isinstance(each, ConversationChanged)]
    assert await kept(world) == winner
    assert all(each.current == winner for each in results if isinstance(each, StaleConversation))


async def test_a_contacts_are_listed_and_counted_anew_after_a_change(world: World) -> None:
    context = await asker(world)
    page = await conversations.page(context, "c1", PageRequest(5))
    assert (page.rows, await conversations.count(context, "c1")) == ((WAITING,), 1)
    await resolve(context)
    page = await conversations.page(context, "c1", PageRequest(5))
    assert [each.state for each in page.rows] == [RESOLVED]
