"""A walk through all that can change where conversations are in the queue."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

from domain.contacts import Network
from domain.group_rules import GroupMatch, GroupOperator, VipCondition
from domain.identities import GivenIdentity
from domain.queue_settings import Criterion, OfChannel, OfGroup, OfTopic, SkillMatch, SkillSet
from domain.values import NumberValue
from persistence.names import CONVERSATIONS
from persistence.organizations import OrganizationStore
from resolvers import (
    attributes,
    contact_groups,
    conversation_receiving,
    conversations,
    queue_settings,
    vip,
)
from resolvers.contact_groups import GivenCondition, GroupPatch
from resolvers.conversation_receiving import GivenConversation
from resolvers.conversations import Assignment
from resolvers.queue_settings import SkillSetPatch
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.defining import set_archived

PEOPLE = ("c1", "c2", "c3")
TOPICS = ("Returns", "RETURNS", "Delivery", "Café")
CHANNELS = (None, "@acme", "@ACME", "@other")
KNOWN = GivenCondition("followers", GroupOperator.AT_LEAST, (NumberValue(100),))


class Walk:
    """Does one thing after the other, each chosen by chance."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = Random(seed)
        self.kinds: dict[str, Callable[[], Awaitable[object]]] = {
            "receive": self.receive,
            "topics": self.topics,
            "assign": self.assign,
            "resolve": self.resolve,
            "reopen": self.reopen,
            "value": self.value,
            "vip": self.vip,
            "group": self.group,
            "regroup": self.regroup,
            "ungroup": self.ungroup,
            "archive": self.archive,
            "prioritize": self.prioritize,
            "skill set": self.skill_set,
            "other skill set": self.other_skill_set,
            "no skill set": self.no_skill_set,
            "fall back": self.fall_back,
        }

    async def conversation(self) -> str:
        found = await self.world.driver.collection(CONVERSATIONS).find({}, {"_id": 1}).sort("_id").to_list(None)
        return str(self.random.choice(found)["_id"]) if found else "none"

    async def receive(self) -> object:
        identity = GivenIdentity(Network.TWITTER, self.random.choice((*PEOPLE, "new")), "jane")
        topics = tuple(self.random.sample(TOPICS, self.random.randrange(3)))
        external_id = f"x{self.random.randrange(8)}"
        given = GivenConversation(external_id, identity, channel=self.random.choice(CHANNELS), topics=topics)
        return await conversation_receiving.receive(await asker(self.world), given, idempotency_key=None)

    async def topics(self) -> object:
        topics = tuple(self.random.sample(TOPICS, self.random.randrange(3)))
        name = await self.conversation()
        return await conversations.set_topics(
            await asker(self.world), conversation_id=name, topics=topics, version=None, idempotency_key=None
        )

    async def assign(self) -> object:
        team, agent = self.random.choice((None, "first-line")), self.random.choice((None, "jo"))
        to = Assignment(agent, is_agent_given=True, team_id=team, is_team_given=True)
        name = await self.conversation()
        return await conversations.assign(
            await asker(self.world), conversation_id=name, to=to, version=None, idempotency_key=None
        )

    async def resolve(self) -> object:
        name = await self.conversation()
        return await conversations.resolve(
            await asker(self.world), conversation_id=name, version=None, idempotency_key=None
        )

    async def reopen(self) -> object:
        name = await self.conversation()
        return await conversations.reopen(
            await asker(self.world), conversation_id=name, version=None, idempotency_key=None
        )

    async def value(self) -> object:
        return await attributes.set_value(
            await asker(self.world),
            contact_id=self.random.choice(PEOPLE),
            key="followers",
            given=NumberValue(self.random.choice((5, 100, 1_000))),
            version=None,
            idempotency_key=None,
        )

    async def vip(self) -> object:
        context, name = await asker(self.world), self.random.choice(PEOPLE)
        if self.random.random() < 0.5:
            return await vip.clear_vip(context, contact_id=name, version=None, idempotency_key=None)
        return await vip.set_vip(
            context, contact_id=name, reason=None, expires_at=None, version=None, idempotency_key=None
        )

    async def groups(self) -> list[str]:
        found = await OrganizationStore(self.world.driver).directory("acme")
        assert found is not None
        return [each.id for each in found.groups]

    def conditions(self) -> tuple[GivenCondition | VipCondition, ...]:
        return self.random.choice(((KNOWN,), (VipCondition(is_vip=True),), (VipCondition(is_vip=False), KNOWN)))

    async def group(self) -> object:
        return await contact_groups.create(
            await asker(self.world, "ada"),
            name=f"G{self.random.randrange(5)}",
            match=self.random.choice(list(GroupMatch)),
            conditions=self.conditions(),
            idempotency_key=None,
        )

    async def regroup(self) -> object:
        groups = await self.groups()
        patch = GroupPatch(match=self.random.choice(list(GroupMatch)), conditions=self.conditions())
        name = self.random.choice(groups or ["none"])
        return await contact_groups.update(
            await asker(self.world, "ada"), group_id=name, patch=patch, version=None, idempotency_key=None
        )

    async def ungroup(self) -> object:
        groups = await self.groups()
        return await contact_groups.delete(
            await asker(self.world, "ada"),
            group_id=self.random.choice(groups or ["none"]),
            version=None,
            idempotency_key=None,
        )

    async def archive(self) -> object:
        is_archived = self.random.random() < 0.5
        return await set_archived(await asker(self.world, "ada"), "d-followers", archived=is_archived)

    async def criteria(self) -> tuple[Criterion, ...]:
        some: list[Criterion] = [OfTopic(each) for each in TOPICS]
        some += [OfChannel(each) for each in CHANNELS if each is not None]
        some += [OfGroup(each) for each in await self.groups()]
        return tuple(self.random.sample(some, self.random.randrange(1, 4)))

    async def prioritize(self) -> object:
        return await queue_settings.set_prioritized(
            await asker(self.world, "ada"),
            prioritized=await self.criteria(),
            is_dry_run=False,
            version=None,
            idempotency_key=None,
        )

    async def patch(self) -> SkillSetPatch:
        teams = tuple(self.random.sample(("first-line", "second-line"), self.random.randrange(1, 3)))
        return SkillSetPatch("Some", self.random.choice(list(SkillMatch)), await self.criteria(), teams)

    async def skill_sets(self) -> list[SkillSet]:
        found = await OrganizationStore(self.world.driver).directory("acme")
        assert found is not None
        return list(found.queue.skill_sets)

    async def skill_set(self) -> object:
        return await queue_settings.create_skill_set(
            await asker(self.world, "ada"), given=await self.patch(), version=None, idempotency_key=None
        )

    async def other_skill_set(self) -> object:
        names = [each.id for each in await self.skill_sets()] or ["none"]
        return await queue_settings.update_skill_set(
            await asker(self.world, "ada"),
            skill_set_id=self.random.choice(names),
            patch=await self.patch(),
            version=None,
            idempotency_key=None,
        )

    async def no_skill_set(self) -> object:
        names = [each.id for each in await self.skill_sets()] or ["none"]
        return await queue_settings.delete_skill_set(
            await asker(self.world, "ada"),
            skill_set_id=self.random.choice(names),
            version=None,
            idempotency_key=None,
        )

    async def fall_back(self) -> object:
        return await queue_settings.set_fallback_team(
            await asker(self.world, "ada"),
            team_id=self.random.choice((None, "second-line")),
            version=None,
            idempotency_key=None,
        )

    async def step(self) -> str:
        kind = self.random.choice(list(self.kinds))
        await self.kinds[kind]()
        return kind
