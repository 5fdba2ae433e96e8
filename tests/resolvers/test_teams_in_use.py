"""What a team is needed for, which keeps it, and what becomes of what was routed or given to one that is gone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.agents import Plan, Role
from domain.conversations import Conversation, ConversationChanged, ConversationState, Placement
from domain.outcomes import ErrorCode, Invalid
from domain.queue_settings import OfTopic, QueueSettings, SkillMatch, SkillSet
from domain.teams import (
    TeamDeleted,
    TeamInUse,
)
from resolvers import conversations, queue_settings
from resolvers.context import Context
from resolvers.conversations import Assignment
from resolvers.queue_settings import SkillSetPatch
from tests.builders import a_contact, a_conversation, an_agent, an_organization
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.test_teams import FIRST, NO_TEAM, SECOND, delete, kept

NEW, PENDING, RESOLVED = ConversationState
RETURNS = SkillSet("s1", "Returns", SkillMatch.ANY, (OfTopic("Returns"),), ("second-line",))


async def assign(context: Context, team_id: str = "second-line", conversation_id: str = "v1") -> object:
    to = Assignment(team_id=team_id, is_team_given=True)
    return await conversations.assign(
        context, conversation_id=conversation_id, to=to, version=None, idempotency_key=None
    )


async def conversation(world: World, conversation_id: str = "v1") -> Conversation:
    return (await world.stores().conversations.by_ids([conversation_id]))[conversation_id]


async def set_queue(world: World, settings: QueueSettings) -> None:
    await world.stores().transact(lambda changes: changes.queue.set_rules(settings))


async def catch_up(world: World) -> None:
    while await world.stores().transact(lambda changes: changes.queue.catch_up(10)):
        pass


async def test_a_team_that_something_is_routed_or_given_to_stays(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    given = [
        a_conversation("c1", each, team_id="second-line", state=state) for each, state in (("v1", NEW), ("v2", PENDING))
    ]
    other = replace(a_conversation("c1", "v3"), placement=Placement(team_ids=("second-line",)))
    done = a_conversation("c1", "v4", team_id="second-line", state=RESOLVED)
    await world.add_conversations(*given, other, done, a_conversation("c1", "v5", team_id="first-line"))
    unrelated = replace(RETURNS, id="s2", team_ids=("first-line",))
    await set_queue(world, QueueSettings(skill_sets=(RETURNS, unrelated), fallback_team_id="second-line"))
    before, context = await world.snapshot(), await asker(world, "ada")
    assert await delete(context) == TeamInUse(SECOND, (RETURNS,), True, 2)
    assert await world.snapshot() == before
    await set_queue(world, QueueSettings(skill_sets=(unrelated,), fallback_team_id="second-line"))
    assert await delete(context) == TeamInUse(SECOND, (), True, 2)
    await set_queue(world, QueueSettings(skill_sets=(unrelated,)))
    assert await delete(context) == TeamInUse(SECOND, (), False, 2)
    for each in ("v1", "v2"):
        await conversations.resolve(context, conversation_id=each, version=None, idempotency_key=None)
    assert await delete(context) == TeamDeleted("second-line")


async def test_settings_that_do_not_count_keep_no_team(world: World) -> None:
    skill_sets = (RETURNS, replace(RETURNS, id="s2", team_ids=("first-line", "second-line")))
    await set_queue(world, QueueSettings(version=4, skill_sets=skill_sets, fallback_team_id="second-line"))
    await world.add_organization(an_organization(plan=Plan.BUSINESS), [an_agent("ada", role=Role.ADMIN)], [])
    assert await delete(await asker(world, "ada")) == TeamDeleted("second-line")
    left = (replace(RETURNS, team_ids=()), replace(skill_sets[1], team_ids=("first-line",)))
    # For the day on which they count again.
    assert (await asker(world)).directory.queue == QueueSettings(version=5, skill_sets=left)


async def reopen(world: World) -> object:
    context = await asker(world)
    return await conversations.reopen(context, conversation_id="v1", version=None, idempotency_key=None)


async def test_what_was_resolved_is_routed_anew_where_its_team_is_gone(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_conversations(
        a_conversation("c1", "v1", team_id="second-line", state=RESOLVED),
        a_conversation("c1", "v2", team_id="first-line", state=RESOLVED),
    )
    await set_queue(world, QueueSettings(fallback_team_id="first-line"))
    await delete(await asker(world, "ada"))
    result = await reopen(world)
    assert isinstance(result, ConversationChanged)
    found = result.conversation
    assert (found.state, found.team_id, found.team_ids, found.version) == (NEW, None, ("first-line",), 2)
    assert await conversation(world) == found
    context = await asker(world)
    await conversations.reopen(context, conversation_id="v2", version=None, idempotency_key=None)
    assert (await conversation(world, "v2")).team_id == "first-line"


async def test_what_was_given_to_it_in_that_very_moment_is_taken_from_it(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await set_queue(world, QueueSettings(fallback_team_id="first-line"))
    await delete(await asker(world, "ada"))
    # As a transaction leaves it that began before, and placed it by the rules as they were.
    lost = a_conversation("c1", "v1", team_id="second-line", version=3)
    kept_one = a_conversation("c1", "v2", team_id="first-line")
    await world.add_conversations(lost, kept_one)
    assert await world.stores().queue.count(NEW, "first-line") == 1
    await catch_up(world)
    found = await conversation(world)
    assert (found.team_id, found.team_ids, found.version) == (None, ("first-line",), 4)
    assert ((await conversation(world, "v2")).team_id, (await conversation(world, "v2")).version) == ("first-line", 1)
    assert await world.stores().queue.count(NEW, "first-line") == 2


async def test_a_deletion_has_upkeep_look_at_what_is_open(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_conversations(a_conversation("c1", "v1"))
    await catch_up(world)
    await delete(await asker(world, "ada"))
    assert await world.stores().transact(lambda changes: changes.queue.catch_up(10)) == 1


async def test_nothing_is_routed_or_given_to_a_team_that_only_the_cache_knows(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_conversations(a_conversation("c1", "v1"))
    late = await asker(world, "ada")
    await delete(await asker(world, "ada"))
    before = await world.snapshot()
    assert await assign(late) == NO_TEAM
    fallback = queue_settings.set_fallback_team(late, team_id="second-line", version=None, idempotency_key=None)
    assert await fallback == NO_TEAM
    given = SkillSetPatch("Returns", SkillMatch.ANY, RETURNS.criteria, ("second-line",))
    refused = await queue_settings.create_skill_set(late, given=given, version=None, idempotency_key=None)
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (ErrorCode.NOT_FOUND, ("input", "teamIds", "0"))
    assert await world.snapshot() == before


@pytest.mark.parametrize("_attempt", range(5))
async def test_what_is_routed_to_a_team_while_it_is_deleted_is_routed_or_refused(world: World, _attempt: int) -> None:
    context = await asker(world, "ada")
    results = await asyncio.gather(
        queue_settings.set_fallback_team(context, team_id="second-line", version=None, idempotency_key=None),
        delete(context),
    )
    fallback = (await asker(world)).directory.queue.fallback_team_id
    if results[1] == TeamDeleted("second-line"):
        assert (results[0], fallback, await kept(world)) == (NO_TEAM, None, [FIRST])
    else:
        assert results[1] == TeamInUse(SECOND, (), True, 0)
        assert (fallback, await kept(world)) == ("second-line", [FIRST, SECOND])


async def test_what_is_given_to_a_team_while_it_is_deleted_never_stays_with_it(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_conversations(*(a_conversation("c1", f"v{each}") for each in range(8)))
    context = await asker(world, "ada")
    *_, deleted = await asyncio.gather(
        *(assign(context, conversation_id=f"v{each}") for each in range(8)), delete(context)
    )
    await catch_up(world)
    there = {each.id for each in await kept(world)}
    found = [await conversation(world, f"v{each}") for each in range(8)]
    assert isinstance(deleted, TeamDeleted) is ("second-line" not in there)
    assert {each.team_id for each in found} <= {None, *there}
