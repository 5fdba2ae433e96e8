"""What a subscription to the queue tells: each conversation that comes, moves or leaves, of one's own organization."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

from domain.live import Ending
from graph.nodes import encode_id
from graph.paging import encode_cursor
from persistence.live import Hub
from resolvers import live_queue
from resolvers.context import Context
from resolvers.live import Live, Told
from tests.builders import a_contact, a_conversation, a_group, an_identity
from tests.conftest import World
from tests.graph.asking_graphql import Answer, contact_gid
from tests.graph.listening import Ear, following, listen_with
from tests.graph.mutations import change

CHANGED = """subscription ($team: ID, $after: String) { queueChanged(team: $team, after: $after) {
  cursor kind conversationId contactId conversation { id state score teams { name } contact { name } }
} }"""
FIRST, SECOND = encode_id("Team", "first-line"), encode_id("Team", "second-line")
V1 = encode_id("Conversation", "v1")


@pytest_asyncio.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    await world.add_contacts(a_contact("c1", name="Jane", identities=(an_identity("1"),)))
    await world.add_conversations(a_conversation("c1", "v1", topics=("Returns",)))
    await world.stores().transact(lambda changes: changes.queue.catch_up(10))
    async with following(world.driver) as hub:
        yield hub
        assert hub.subscribers == 0


class QueueEar:
    """One subscription to the queue."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self.cursor: str | None = None

    async def next(self) -> tuple[str, str | None]:
        """Return what became of which conversation."""
        told = await self.whole()
        return told["kind"], told["conversationId"]

    async def whole(self) -> Answer:
        told: Answer = (await self._ear.result())["queueChanged"]
        assert told["cursor"] != self.cursor
        self.cursor = told["cursor"]
        return told

    async def failure(self) -> tuple[str, str]:
        return await self._ear.failure()

    async def close(self) -> None:
        await self._ear.close()


async def listen(
    world: World,
    hub: Hub,
    team: str | None = None,
    *,
    after: str | None = None,
    agent: str = "jo",
    organization: str = "acme",
) -> QueueEar:
    variables = {"team": team, "after": after}
    ear = QueueEar(await listen_with(world, hub, CHANGED, variables, agent, organization))
    if after is None:
        assert await ear.next() == ("STARTED", None)
    return ear


async def done(world: World, name: str, /, **given: object) -> Answer:
    answer = await change(world, name, given, agent="ada")
    assert answer["__typename"].endswith("Success"), answer
    return answer


async def test_what_comes_moves_and_leaves_is_told_in_order(world: World, hub: Hub) -> None:
    ear = await listen(world, hub)
    identity = {"network": "TWITTER", "externalId": "1"}
    made = await done(world, "conversationReceive", externalId="x9", identity=identity)
    new = made["conversation"]["id"]
    assert await ear.next() == ("PLACED", new)
    await done(world, "conversationTopicsSet", conversationId=V1, topics=["Delivery"])
    assert await ear.next() == ("PLACED", V1)
    await done(world, "conversationAssign", conversationId=V1, agentId=encode_id("Agent", "jo"))
    assert await ear.next() == ("LEFT", V1)
    # What is asked for late is told as it is by then, and no less often.
    await done(world, "conversationResolve", conversationId=new)
    await done(world, "conversationReopen", conversationId=new)
    assert [await ear.next() for _ in range(2)][1] == ("PLACED", new)
    await ear.close()


async def test_it_is_told_as_it_is_now(world: World, hub: Hub) -> None:
    ear = await listen(world, hub)
    await done(world, "prioritizedRulesSet", rules=[{"topic": "returns"}])
    told = await ear.whole()
    del told["cursor"]
    assert told == {
        "kind": "PLACED",
        "conversationId": V1,
        "contactId": None,
        "conversation": {"id": V1, "state": "NEW", "score": 1, "teams": [], "contact": {"name": "Jane"}},
    }
    await ear.close()


async def test_a_team_hears_what_comes_to_it_and_what_leaves_it(world: World, hub: Hub) -> None:
    first, second = await listen(world, hub, FIRST), await listen(world, hub, SECOND)
    await done(world, "conversationAssign", conversationId=V1, teamId=FIRST)
    await done(world, "conversationAssign", conversationId=V1, teamId=SECOND)
    for ear, kinds in ((first, ("PLACED", "LEFT")), (second, ("LEFT", "PLACED"))):
        # Of the first change, what it came to meanwhile may be told already: that is said again by the second.
        told = [await ear.next() for _ in range(2)]
        assert told[1] == (kinds[1], V1)
        await ear.close()


async def test_what_changes_of_a_contact_is_told_where_it_moves_a_conversation_and_only_there(
    world: World, hub: Hub
) -> None:
    await world.add_groups(a_group("vips"))
    await world.stores().transact(lambda changes: changes.queue.catch_up(10))
    await done(world, "prioritizedRulesSet", rules=[{"groupId": encode_id("ContactGroup", "vips")}])
    ear = await listen(world, hub)
    await done(world, "contactRename", contactId=contact_gid("c1"), name="Jane Roe")
    await done(world, "contactVipSet", contactId=contact_gid("c1"))
    told = await ear.whole()
    assert (told["kind"], told["conversation"]["score"]) == ("PLACED", 1)
    await ear.close()


async def test_a_deleted_contact_takes_all_conversations_along(world: World, hub: Hub) -> None:
    ear = await listen(world, hub, FIRST)
    await done(world, "contactDelete", contactId=contact_gid("c1"))
    told = await ear.whole()
    assert (told["kind"], told["contactId"], told["conversation"]) == ("CONTACT_DELETED", contact_gid("c1"), None)
    await ear.close()


async def test_who_comes_back_misses_nothing_and_hears_nothing_twice(world: World, hub: Hub) -> None:
    ear = await listen(world, hub)
    await done(world, "conversationResolve", conversationId=V1)
    assert await ear.next() == ("LEFT", V1)
    await ear.close()
    await done(world, "conversationReopen", conversationId=V1)
    again = await listen(world, hub, after=ear.cursor)
    assert await again.next() == ("PLACED", V1)
    await done(world, "conversationResolve", conversationId=V1)
    assert await again.next() == ("LEFT", V1)
    await again.close()


async def test_another_organizations_queue_is_silent(world: World, hub: Hub) -> None:
    ear = await listen(world, hub)
    await world.add_contacts(a_contact("c9"), organization_id="other")
    theirs = a_conversation("c9", "v9")
    await world.stores("other").transact(lambda changes: changes.conversations.insert(theirs))
    await done(world, "conversationResolve", conversationId=V1)
    assert await ear.next() == ("LEFT", V1)
    await ear.close()


@pytest.mark.parametrize("team", ["their-team", "none"])
async def test_a_team_that_is_not_there_is_said_so(world: World, hub: Hub, team: str) -> None:
    variables = {"team": encode_id("Team", team), "after": None}
    ear = await listen_with(world, hub, CHANGED, variables, "jo")
    advice = "There is no such team: ask `viewer { organization { teams } }` for those there are."
    assert await ear.failure() == ("NOT_FOUND", advice)


async def test_a_place_that_is_none_is_refused(world: World, hub: Hub) -> None:
    ear = await listen_with(world, hub, CHANGED, {"team": None, "after": encode_cursor("change", "x")}, "jo")
    advice = "Give as `after` a `cursor` of this subscription, as an answer gave it to you."
    assert await ear.failure() == ("BAD_USER_INPUT", advice)


@pytest.mark.parametrize("renewals", [0, 1])
async def test_it_ends_for_the_reason_that_is_found_at_the_next_answer(world: World, hub: Hub, renewals: int) -> None:
    context = await world.context("jo")
    left: list[Callable[[World], Awaitable[Context | Ending]]] = [inactive, *[context_of] * renewals]

    async def renew() -> Context | Ending:
        return await left.pop()(world)

    changes = await live_queue.queue_changes(context, Live(hub, renew), None, None)
    assert isinstance(changes, AsyncGenerator)
    for _ in range(renewals):
        assert isinstance(await anext(changes), Told)
    await done(world, "conversationResolve", conversationId=V1)
    assert await anext(changes) is Ending.AGENT_INACTIVE
    with pytest.raises(StopAsyncIteration):
        await anext(changes)


async def context_of(world: World) -> Context:
    return await world.context("jo")


async def inactive(_world: World) -> Ending:
    return Ending.AGENT_INACTIVE


async def test_who_reads_too_slowly_is_told_so(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_conversations(a_conversation("c1", "v1"))
    async with following(world.driver, most_waiting=2) as hub:
        slow, quick = await listen(world, hub), await listen(world, hub, agent="ada")
        for each in ("conversationResolve", "conversationReopen", "conversationResolve"):
            await done(world, each, conversationId=V1)
            assert (await quick.next())[1] == V1
        assert [await slow.next() for _ in range(2)] == [("LEFT", V1)] * 2
        assert (await slow.failure())[0] == "TOO_SLOW"
        again = await listen(world, hub, after=slow.cursor)
        assert await again.next() == ("LEFT", V1)
        await again.close()
        await quick.close()
