"""The settings of the queue: what is answered sooner, and by whom."""

from collections.abc import Iterable
from typing import Annotated, Self, assert_never

import strawberry

from domain import queue_settings as model
from domain.queue_settings import SkillMatch
from graph.agents import Team
from graph.contact_groups import ContactGroup
from graph.info import Info
from graph.nodes import Node, encode_id
from resolvers import contact_groups
from resolvers.context import Context


@strawberry.type(description="The contact is in the group.")
class GroupCriterion:
    group: ContactGroup | None = strawberry.field(
        description="Null where the group was deleted, so that nobody is in it, or where the asking agent may not know "
        "of it."
    )


@strawberry.type(description="The conversation is about that.")
class TopicCriterion:
    topic: str = strawberry.field(description="Compared without regard to letter case and accents.")


@strawberry.type(description="The conversation was written to that account of the company's.")
class ChannelCriterion:
    channel: str = strawberry.field(description="Compared without regard to letter case.")


QueueCriterion = Annotated[
    GroupCriterion | TopicCriterion | ChannelCriterion,
    strawberry.union(
        "QueueCriterion", description="What a conversation can meet. Kinds may be added: show unknown ones as such."
    ),
]


def criterion(context: Context, each: model.Criterion) -> QueueCriterion:
    match each:
        case model.OfGroup(group_id):
            group = contact_groups.find(context, group_id)
            return GroupCriterion(group=None if group is None else ContactGroup.of(group))
        case model.OfTopic(topic):
            return TopicCriterion(topic=topic)
        case model.OfChannel(channel):
            return ChannelCriterion(channel=channel)
        case _:
            assert_never(each)


@strawberry.type(description="Conversations of a kind, and the teams that have the skill to answer them.")
class SkillSet(Node):
    name: str = strawberry.field(description="To be shown.")
    match: SkillMatch = strawberry.field(description="How many of the criteria a conversation has to meet.")
    record: strawberry.Private[model.SkillSet]

    @strawberry.field(description="What a conversation can meet.")
    def criteria(self, info: Info) -> list[QueueCriterion]:
        return [criterion(info.context, each) for each in self.record.criteria]

    @strawberry.field(description="Who answers them.")
    def teams(self, info: Info) -> list[Team]:
        return teams_of(info.context, self.record.team_ids)

    @classmethod
    def of(cls, skill_set: model.SkillSet) -> Self:
        return cls(id=encode_id("SkillSet", skill_set.id), name=skill_set.name, match=skill_set.match, record=skill_set)


def teams_of(context: Context, ids: Iterable[str]) -> list[Team]:
    """Return those of the teams that are there, in that order."""
    return [Team.of(context.directory.teams[each]) for each in ids if each in context.directory.teams]


@strawberry.type(
    description="What admins decide of the queue. Part of the plan ENTERPRISE: under another one nothing of it counts."
)
class QueueSettings(Node):
    version: int = strawberry.field(description="Grows with each change of any part; state it when you change one.")
    record: strawberry.Private[model.QueueSettings]

    @strawberry.field(
        description="The prioritized rules: each that a conversation meets adds exactly one to its score. A VIP alone "
        "is no rule: prioritize a group of VIPs."
    )
    def prioritized_rules(self, info: Info) -> list[QueueCriterion]:
        return [criterion(info.context, each) for each in self.record.prioritized]

    @strawberry.field(description="In the order of their making. A conversation may be of several.")
    def skill_sets(self) -> list[SkillSet]:
        return [SkillSet.of(each) for each in self.record.skill_sets]

    @strawberry.field(description="Whom conversations of no skill set wait for; null for nobody in particular.")
    def fallback_team(self, info: Info) -> Team | None:
        return next(iter(teams_of(info.context, filter(None, (self.record.fallback_team_id,)))), None)

    @classmethod
    def of(cls, settings: model.QueueSettings, context: Context) -> Self:
        # One for each organization.
        own = encode_id("QueueSettings", context.directory.organization.id)
        return cls(id=own, version=settings.version, record=settings)


@strawberry.type(description="What a change of the prioritized rules does to the conversations that wait.")
class QueueMoveCounts:
    waiting: int = strawberry.field(description="How many wait.")
    rescored: int = strawberry.field(description="Of how many the score is another.")
    moved: int = strawberry.field(
        description="How many wait in another place: also those whom others pass by without a score of their own."
    )

    @classmethod
    def of(cls, moves: model.QueueMoves) -> Self:
        return cls(waiting=moves.waiting, rescored=moves.rescored, moved=moves.moved)


@strawberry.type
class QueueSettingsQueries:
    @strawberry.field(description="What admins decided of the queue.")
    def queue_settings(self, info: Info) -> QueueSettings:
        return QueueSettings.of(info.context.directory.queue, info.context)
