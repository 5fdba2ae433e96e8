"""Whatever happens, in whatever order: conversations are where looking at everything anew would put them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

import pytest

from domain.agents import Directory
from domain.contact_groups import filter_of
from domain.contacts import Contact
from domain.conversations import Conversation, ConversationState
from domain.filters import passes
from domain.group_rules import AttributeCondition, GroupOperator
from domain.merging import ContactsMerged
from domain.paging import PageRequest
from domain.queue_settings import Criterion, OfChannel, OfGroup, OfTopic, QueueSettings, SkillMatch
from domain.text import sort_key
from domain.unmerging import ContactsUnmerged
from domain.values import NumberValue
from domain.vip import VipStatus
from persistence.conversation_documents import to_conversation
from persistence.names import CONTACTS, CONVERSATIONS
from persistence.organizations import OrganizationStore
from persistence.stores import Changes
from resolvers import merging, unmerging
from resolvers.upkeep import Upkeep
from tests.builders import MORNING, a_contact, a_conversation, a_group, an_identity, held
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.queue_walk import PEOPLE, Walk

STEPS = 50
FOLLOWED_LATER = {"group", "regroup", "ungroup", "archive"}
"""Changes of which contacts a rule is about: upkeep follows."""
NEW = ConversationState.NEW
QUEUE_OF_VIPS = QueueSettings(prioritized=(OfGroup("vips"),))


def meets(criterion: Criterion, conversation: Conversation, contact: Contact, directory: Directory) -> bool:
    """Look at the conversation itself, and not at what is kept of it."""
    match criterion:
        case OfGroup(group_id):
            rules = [each.rule for each in directory.groups if each.id == group_id]
            return any(passes(contact, filter_of(each, directory.definitions, MORNING)) for each in rules)
        case OfTopic(topic):
            return sort_key(topic) in map(sort_key, conversation.topics)
        case OfChannel(channel):
            return (conversation.channel or "").casefold() == channel.casefold()


def teams_of(conversation: Conversation, contact: Contact, directory: Directory) -> list[str]:
    if conversation.team_id is not None:
        return [conversation.team_id]
    teams: list[str] = []
    for each in directory.queue.skill_sets:
        met = [meets(criterion, conversation, contact, directory) for criterion in each.criteria]
        enough = {SkillMatch.ANY: any(met), SkillMatch.ALL: all(met), SkillMatch.NONE: not any(met)}
        teams += each.team_ids if enough[each.match] else ()
    return list(dict.fromkeys(teams)) or list(filter(None, [directory.queue.fallback_team_id]))


async def everything(world: World) -> tuple[Directory, dict[str, Contact], list[Conversation]]:
    directory = await OrganizationStore(world.driver).directory("acme")
    assert directory is not None
    ids = [each["_id"] async for each in world.driver.collection(CONTACTS).find({}, {"_id": 1})]
    contacts = await world.stores().contacts.by_ids(ids)
    found = [to_conversation(each) async for each in world.driver.collection(CONVERSATIONS).find()]
    return directory, dict(contacts), found


async def right(world: World, *after: str) -> None:
    """See to it that all conversations are where they belong."""
    directory, contacts, found = await everything(world)
    scores: dict[str, int] = {}
    for each in found:
        if each.state is ConversationState.RESOLVED:
            continue
        contact = contacts[each.contact_id]
        met = [rule for rule in directory.queue.prioritized if meets(rule, each, contact, directory)]
        assert len(each.placement.reasons) == len(met), after
        assert list(each.team_ids) == teams_of(each, contact, directory), after
        scores[each.id] = len(met)
    await in_order(world, [each for each in found if each.state is NEW], scores, after)


async def in_order(
    world: World, waiting: Collection[Conversation], scores: dict[str, int], after: tuple[str, ...]
) -> None:
    # Of one moment, the greater id is first: sorting again keeps that.
    oldest_first = sorted(sorted(waiting, key=lambda each: each.id, reverse=True), key=lambda each: each.received_at)
    for team in (None, "first-line", "second-line"):
        page = await world.stores().queue.page(PageRequest(100), NEW, team)
        wanted = [each for each in oldest_first if team is None or team in each.team_ids]
        wanted.sort(key=lambda each: -scores[each.id])
        assert [each.id for each in page.rows] == [each.id for each in wanted], after


async def kept_up(world: World) -> None:
    await Upkeep(OrganizationStore(world.driver), world.stores).run()


@pytest.mark.parametrize("seed", range(4))
async def test_after_every_step_each_is_where_looking_at_everything_would_put_it(world: World, seed: int) -> None:
    await world.add_contacts(*(a_contact(each, identities=(an_identity(each),)) for each in PEOPLE))
    walk, done = Walk(world, seed), []
    for _ in range(STEPS):
        done.append(await walk.step())
        if done[-1] not in FOLLOWED_LATER:
            await right(world, *done)
        await kept_up(world)
        await right(world, *done)


async def test_what_happens_at_once_comes_to_the_same(world: World) -> None:
    await world.add_contacts(*(a_contact(each, identities=(an_identity(each),)) for each in PEOPLE))
    walk = Walk(world, 7)
    for _ in range(8):
        await asyncio.gather(*(walk.step() for _ in range(8)), kept_up(world))
        await kept_up(world)
        await right(world)


async def test_a_value_and_a_rule_that_change_in_one_moment_are_both_seen(world: World) -> None:
    """By the rule that it sees, the value moves nothing; by the value that upkeep sees, the rule does not either."""
    await world.add_contacts(a_contact("c1"))
    await world.add_groups(a_group("vips"))
    await world.stores().transact(lambda changes: changes.queue.set_rules(QUEUE_OF_VIPS))
    await world.add_conversations(a_conversation("c1", "v1"))
    await kept_up(world)
    is_written, may_end = asyncio.Event(), asyncio.Event()

    async def valued(changes: Changes) -> None:
        contact = await changes.contacts.find("c1")
        assert contact is not None
        await changes.contacts.put(replace(contact, values=(held("followers", NumberValue(1_000)),)))
        is_written.set()
        await may_end.wait()

    valuing = asyncio.create_task(world.stores().transact(valued))
    await is_written.wait()
    known = a_group("vips", AttributeCondition("d-followers", GroupOperator.AT_LEAST, (NumberValue(100),)))

    async def ruled(changes: Changes) -> None:
        await changes.groups.lock()
        await changes.groups.put(known)

    await world.stores().transact(ruled)
    keeping = asyncio.create_task(kept_up(world))
    await asyncio.wait([keeping], timeout=0.5)
    may_end.set()
    await asyncio.gather(valuing, keeping)
    await kept_up(world)
    assert await scores(world) == {"v1": 1}


@pytest.mark.parametrize(("survivor", "other"), [("c1", "c2"), ("c2", "c1")])
async def test_conversations_follow_their_contact_through_a_merge_and_back(
    world: World, survivor: str, other: str
) -> None:
    await world.add_groups(a_group("vips"))
    jane = a_contact("c1", identities=(an_identity("1"),))
    zoe = replace(a_contact("c2", identities=(an_identity("2"),)), vip=VipStatus(MORNING, "jo", None, None))
    await world.add_contacts(jane, zoe)
    for contact, name in ((jane, "v1"), (zoe, "v2")):
        await world.add_conversations(a_conversation(contact.id, name, identity=contact.identities[0].key))
    await world.stores().transact(lambda changes: changes.queue.set_rules(QUEUE_OF_VIPS))
    await kept_up(world)
    assert await scores(world) == {"v1": 0, "v2": 1}
    merged = await merging.merge(await asker(world, "ada"), merging.MergeOrder(survivor, other), idempotency_key=None)
    assert isinstance(merged, ContactsMerged)
    assert await scores(world) == {"v1": 1, "v2": 1}
    parted = await unmerging.unmerge(
        await asker(world, "ada"), merge_id=merged.merge.id, is_dry_run=False, idempotency_key=None
    )
    assert isinstance(parted, ContactsUnmerged)
    assert await scores(world) == {"v1": 0, "v2": 1}


async def scores(world: World) -> dict[str, int]:
    await right(world)
    _, _, found = await everything(world)
    return {each.id: len(each.placement.reasons) for each in found}
