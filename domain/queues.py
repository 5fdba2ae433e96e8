"""The queue: the order in which conversations are answered, the places in it, and the teams they wait for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain.contact_groups import groups_of
from domain.contacts import Contact
from domain.conversations import Conversation, ConversationState, Placement
from domain.definitions import AttributeDefinition
from domain.group_rules import ContactGroup
from domain.queue_settings import OfChannel, OfGroup, OfTopic, QueueMoves, QueueSettings, trait

# Before every expiry: who is a VIP until a time counts as one until upkeep ends it, and the place follows then.
_ANY_TIME = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """A place in the queue: the highest score first; among equals the oldest, then by id."""

    score: int
    received_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class QueueRules:
    """All that decides where a conversation is in the queue."""

    version: int
    """Grows with every change of any part."""
    settings: QueueSettings
    groups: Sequence[ContactGroup]
    definitions: Sequence[AttributeDefinition]
    """Of the attributes that the groups ask for."""


def position(conversation: Conversation) -> QueuePosition:
    return QueuePosition(score(conversation), conversation.received_at, conversation.id)


def score(conversation: Conversation) -> int:
    """Return how many prioritized rules move it up. VIP alone moves nothing."""
    return len(conversation.placement.reasons)


def placed(conversation: Conversation, contact: Contact, rules: QueueRules) -> Conversation:
    """Return the conversation in the place that the rules give it."""
    traits = tuple(_traits(conversation, contact, rules))
    return replace(conversation, placement=_placement(traits, rules.settings, rules.version))


def placed_by(conversation: Conversation, settings: QueueSettings, *, before: int, version: int) -> Conversation:
    """Return the conversation in the place that other settings give it, by the traits that it is known to have.

    Args:
        conversation: as it is.
        settings: the new ones.
        before: the version of the rules until now.
        version: theirs from now on. A conversation that was placed by older rules than those before is not said to be
            placed by these: its traits may have changed.
    """
    known = conversation.placement
    current = version if known.rules_version == before else known.rules_version
    return replace(conversation, placement=_placement(known.traits, settings, current))


def _traits(conversation: Conversation, contact: Contact, rules: QueueRules) -> Iterable[str]:
    yield from (trait(OfGroup(each.id)) for each in groups_of(contact, rules.groups, rules.definitions, _ANY_TIME))
    yield from (trait(OfTopic(each)) for each in conversation.topics)
    if conversation.channel is not None:
        yield trait(OfChannel(conversation.channel))


def _placement(traits: tuple[str, ...], settings: QueueSettings, version: int) -> Placement:
    skill_sets = [each for each in settings.skill_sets if each.takes(traits)]
    fallback = () if settings.fallback_team_id is None else (settings.fallback_team_id,)
    teams = tuple(dict.fromkeys(team_id for each in skill_sets for team_id in each.team_ids))
    return Placement(
        traits=traits,
        reasons=tuple(each for each in map(trait, settings.prioritized) if each in traits),
        skill_set_ids=tuple(each.id for each in skill_sets),
        team_ids=teams or fallback,
        rules_version=version,
    )


def moves(before: Collection[Conversation], after: Collection[Conversation]) -> QueueMoves:
    """Return what becomes of the conversations that wait, given both ways, where only their placements differ."""
    old, new = _order(before), _order(after)
    scores = {each.id: score(each) for each in before}
    return QueueMoves(
        waiting=len(old),
        rescored=sum(score(each) != scores[each.id] for each in after if each.state is ConversationState.NEW),
        moved=sum(one != other for one, other in zip(old, new, strict=True)),
    )


def _order(conversations: Collection[Conversation]) -> list[str]:
    waiting = [each for each in conversations if each.state is ConversationState.NEW]
    age = {each.id: _ANY_TIME - each.received_at for each in waiting}
    return [each.id for each in sorted(waiting, key=lambda each: (score(each), age[each.id], each.id), reverse=True)]
