"""The settings of the queue: each outcome, and what becomes of the conversations that are open."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.agents import Plan, Role
from domain.capabilities import Barrier, Capability, Forbidden
from domain.conversations import ConversationState, Placement
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import PageRequest
from domain.queue_checks import MOST_SKILL_SETS
from domain.queue_settings import (
    NOTHING_SET,
    Criterion,
    OfChannel,
    OfGroup,
    OfTopic,
    PrioritizedRulesChanged,
    PrioritizedRulesForeseen,
    QueueMoves,
    QueueSettings,
    QueueSettingsChanged,
    SkillMatch,
    SkillSet,
    SkillSetChanged,
    StaleQueueSettings,
)
from domain.vip import VipStatus
from persistence.organizations import OrganizationStore
from resolvers import queue_settings
from resolvers.context import Context
from resolvers.queue_settings import SkillSetPatch
from tests.builders import MORNING, a_contact, a_conversation, a_group, an_agent, an_organization
from tests.conftest import World
from tests.resolvers.changing import asker, on_plan

VIPS, RETURNS, ACME = OfGroup("vips"), OfTopic("Returns"), OfChannel("@acme")
FIRST = SkillSetPatch("Returns", SkillMatch.ANY, (RETURNS,), ("first-line",))


async def prioritize(context: Context, *rules: Criterion, dry: bool = False, version: int | None = None) -> object:
    return await queue_settings.set_prioritized(
        context, prioritized=rules, is_dry_run=dry, version=version, idempotency_key=None
    )


async def create(context: Context, given: SkillSetPatch = FIRST, version: int | None = None) -> object:
    return await queue_settings.create_skill_set(context, given=given, version=version, idempotency_key=None)


async def update(context: Context, skill_set_id: str, patch: SkillSetPatch, version: int | None = None) -> object:
    return await queue_settings.update_skill_set(
        context, skill_set_id=skill_set_id, patch=patch, version=version, idempotency_key=None
    )


async def delete(context: Context, skill_set_id: str, version: int | None = None) -> object:
    return await queue_settings.delete_skill_set(
        context, skill_set_id=skill_set_id, version=version, idempotency_key=None
    )


async def fall_back(context: Context, team_id: str | None, version: int | None = None) -> object:
    return await queue_settings.set_fallback_team(context, team_id=team_id, version=version, idempotency_key=None)


async def made(context: Context, given: SkillSetPatch = FIRST) -> SkillSet:
    result = await create(context, given)
    assert isinstance(result, SkillSetChanged)
    return result.skill_set


async def settings(world: World) -> QueueSettings:
    directory = await OrganizationStore(world.driver).directory("acme")
    assert directory is not None
    return directory.queue


async def queue(world: World, team_id: str | None = None) -> list[tuple[str, int]]:
    page = await world.stores().queue.page(PageRequest(50), ConversationState.NEW, team_id)
    return [(each.id, len(each.placement.reasons)) for each in page.rows]


@pytest.fixture
async def waiting(world: World) -> World:
    """Four that wait, the oldest first: of nothing, of returns, of a VIP, of a VIP and returns; one is done."""
    vip = replace(a_contact("c2"), vip=VipStatus(MORNING, "jo", None, None))
    await world.add_groups(a_group("vips"))
    await world.add_contacts(a_contact("c1"), vip)
    about = ("Returns",)
    made_of: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
        ("v1", "c1", (), ()),
        ("v2", "c1", about, ("topic:returns",)),
        ("v3", "c2", (), ("group:vips",)),
        ("v4", "c2", about, ("group:vips", "topic:returns")),
    ]
    for number, (name, contact, topics, known) in enumerate(made_of):
        one = a_conversation(contact, name, received_at=MORNING + timedelta(minutes=number), topics=topics)
        await world.add_conversations(replace(one, placement=Placement(known)))
    done = a_conversation("c2", "v5", state=ConversationState.RESOLVED, topics=about)
    await world.add_conversations(replace(done, placement=Placement(("group:vips", "topic:returns"))))
    return world


async def test_each_prioritized_rule_moves_those_up_that_meet_it(waiting: World) -> None:
    context = await asker(waiting, "ada")
    assert await queue(waiting) == [("v1", 0), ("v2", 0), ("v3", 0), ("v4", 0)]
    expected = QueueSettings(version=2, prioritized=(VIPS, RETURNS))
    answer = await prioritize(context, VIPS, OfTopic(" returns "), OfTopic("RETURNS"))
    assert answer == PrioritizedRulesChanged(
        replace(expected, prioritized=(VIPS, OfTopic("returns"))), QueueMoves(4, 3, 2)
    )
    # In the order of the time they came, where the score is the same.
    assert await queue(waiting) == [("v4", 2), ("v2", 1), ("v3", 1), ("v1", 0)]
    done = (await waiting.stores().conversations.by_ids(["v5"]))["v5"]
    assert done.placement.reasons == ()
    assert await settings(waiting) == replace(expected, prioritized=(VIPS, OfTopic("returns")))
    again = await asker(waiting, "ada")
    assert isinstance(await prioritize(again), PrioritizedRulesChanged)
    assert await queue(waiting) == [("v1", 0), ("v2", 0), ("v3", 0), ("v4", 0)]


async def test_a_dry_run_counts_and_writes_nothing(waiting: World) -> None:
    context, before = await asker(waiting, "ada"), await waiting.snapshot()
    assert await prioritize(context, RETURNS, dry=True) == PrioritizedRulesForeseen(NOTHING_SET, QueueMoves(4, 2, 4))
    assert await prioritize(context, ACME, dry=True) == PrioritizedRulesForeseen(NOTHING_SET, QueueMoves(4, 0, 0))
    assert await waiting.snapshot() == before


async def test_the_same_rules_again_write_nothing(waiting: World) -> None:
    first = await prioritize(await asker(waiting, "ada"), VIPS)
    assert isinstance(first, PrioritizedRulesChanged)
    before = await waiting.snapshot()
    again = await prioritize(await asker(waiting, "ada"), VIPS, VIPS, version=2)
    assert again == PrioritizedRulesChanged(first.settings, QueueMoves(4, 0, 0))
    assert await waiting.snapshot() == before


async def test_skill_sets_route_those_that_wait_and_others_fall_back(waiting: World) -> None:
    context = await asker(waiting, "ada")
    one = await made(context)
    assert await settings(waiting) == QueueSettings(version=2, skill_sets=(one,))
    assert await queue(waiting, "first-line") == [("v2", 0), ("v4", 0)]
    assert await fall_back(await asker(waiting, "ada"), "second-line") == QueueSettingsChanged(
        QueueSettings(version=3, skill_sets=(one,), fallback_team_id="second-line")
    )
    assert await queue(waiting, "second-line") == [("v1", 0), ("v3", 0)]
    patch = SkillSetPatch(match=SkillMatch.NONE, criteria=(VIPS,))
    changed = replace(one, match=SkillMatch.NONE, criteria=(VIPS,))
    result = await update(await asker(waiting, "ada"), one.id, patch, version=3)
    assert result == SkillSetChanged(
        QueueSettings(version=4, skill_sets=(changed,), fallback_team_id="second-line"), changed
    )
    assert await queue(waiting, "first-line") == [("v1", 0), ("v2", 0)]
    assert await queue(waiting, "second-line") == [("v3", 0), ("v4", 0)]
    result = await delete(await asker(waiting, "ada"), one.id)
    assert result == QueueSettingsChanged(QueueSettings(version=5, fallback_team_id="second-line"))
    assert await queue(waiting, "first-line") == []
    assert isinstance(await fall_back(await asker(waiting, "ada"), None), QueueSettingsChanged)
    assert await queue(waiting, "second-line") == []
    assert len(await queue(waiting)) == 4


async def test_what_stays_of_a_skill_set_is_not_looked_at_again(waiting: World) -> None:
    one = await made(await asker(waiting, "ada"), replace(FIRST, criteria=(VIPS,)))
    await waiting.driver.collection("contactGroups").delete_many({})
    result = await update(await asker(waiting, "ada"), one.id, SkillSetPatch(name="Other"))
    assert isinstance(result, SkillSetChanged)
    assert result.skill_set == replace(one, name="Other")
    before = await waiting.snapshot()
    assert isinstance(await prioritize(await asker(waiting, "ada"), VIPS), Invalid)
    # Nothing changes: nothing is written.
    assert await update(await asker(waiting, "ada"), one.id, SkillSetPatch(name="Other")) == result
    assert await waiting.snapshot() == before


async def test_each_refusal_writes_nothing(waiting: World) -> None:
    one = await made(await asker(waiting, "ada"))
    current = await settings(waiting)
    before, context = await waiting.snapshot(), await asker(waiting, "ada")
    stale = StaleQueueSettings(current)
    assert await prioritize(context, VIPS, version=1) == stale
    assert await prioritize(context, VIPS, version=1, dry=True) == stale
    assert await create(context, version=1) == stale
    assert await update(context, one.id, SkillSetPatch(name="Other"), version=1) == stale
    assert await delete(context, one.id, version=1) == stale
    assert await fall_back(context, "first-line", version=1) == stale
    assert await update(context, "nothing", SkillSetPatch(name="Other"), version=1) == NotFound(Kind.SKILL_SET)
    assert await delete(context, "nothing", version=1) == NotFound(Kind.SKILL_SET)
    assert await fall_back(context, "closed", version=1) == NotFound(Kind.TEAM)
    for refused, path in (
        (await prioritize(context, OfGroup("gone"), version=1), ("rules", "0", "groupId")),
        (await create(context, replace(FIRST, name=" "), version=1), ("name",)),
        (await create(context, replace(FIRST, team_ids=("closed",)), version=1), ("teamIds", "0")),
        (await update(context, one.id, SkillSetPatch(criteria=()), version=1), ("criteria",)),
    ):
        assert isinstance(refused, Invalid)
        assert refused.path == ("input", *path)
    agent = await asker(waiting, "jo")
    forbidden = Forbidden(Capability.MANAGE_QUEUE, Barrier.ROLE)
    assert await prioritize(agent, OfGroup("gone")) == forbidden
    assert await create(agent, replace(FIRST, name="")) == forbidden
    assert await waiting.snapshot() == before


async def test_there_are_no_more_skill_sets_than_can_be_looked_through(world: World) -> None:
    one = SkillSet("s", "N", SkillMatch.ANY, (RETURNS,), ("first-line",))
    many = tuple(replace(one, id=str(each)) for each in range(MOST_SKILL_SETS))
    await world.stores().transact(lambda changes: changes.queue.set_rules(QueueSettings(skill_sets=many)))
    before = await world.snapshot()
    advice = "There are 100 skill sets: delete one first."
    assert await create(await asker(world, "ada")) == Invalid(ErrorCode.TOO_MANY, advice, ("input",))
    assert await world.snapshot() == before


@pytest.mark.parametrize("plan", [each for each in Plan if each is not Plan.ENTERPRISE])
async def test_another_plan_has_no_prioritization(world: World, plan: Plan) -> None:
    context = await on_plan(world, plan)
    assert await prioritize(context) == Forbidden(Capability.MANAGE_QUEUE, Barrier.PLAN)


async def test_what_was_set_counts_for_nothing_under_another_plan_and_again_under_the_old(waiting: World) -> None:
    await prioritize(await asker(waiting, "ada"), VIPS)
    kept = await settings(waiting)

    async def on(plan: Plan) -> list[tuple[str, int]]:
        admin = an_agent("ada", role=Role.ADMIN)
        await waiting.add_organization(an_organization(plan=plan), [admin], [])
        while await waiting.stores().transact(lambda changes: changes.queue.catch_up(2)):
            pass
        assert await settings(waiting) == kept
        return await queue(waiting)

    assert await on(Plan.ADVANCED) == [("v1", 0), ("v2", 0), ("v3", 0), ("v4", 0)]
    assert await on(Plan.ENTERPRISE) == [("v3", 1), ("v4", 1), ("v1", 0), ("v2", 0)]


async def test_of_two_admins_at_once_neither_loses_what_the_other_did(waiting: World) -> None:
    contexts = [await asker(waiting, "ada") for _ in range(6)]
    results = await asyncio.gather(*(create(each) for each in contexts[:5]), prioritize(contexts[5], VIPS))
    assert [type(each) for each in results] == [SkillSetChanged] * 5 + [PrioritizedRulesChanged]
    found = await settings(waiting)
    assert (len(found.skill_sets), found.prioritized, found.version) == (5, (VIPS,), 7)
    assert await queue(waiting, "first-line") == [("v4", 1), ("v2", 0)]


async def test_a_key_repeats_its_answer(waiting: World) -> None:
    context = await asker(waiting, "ada")

    async def twice() -> object:
        return await queue_settings.create_skill_set(context, given=FIRST, version=None, idempotency_key="k")

    first = await twice()
    before = await waiting.snapshot()
    assert await twice() == first
    assert await waiting.snapshot() == before
