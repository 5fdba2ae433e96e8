"""Conversations: what a contact writes about, on one network. They wait in the queue until somebody answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from domain.contacts import IdentityKey
from domain.identities import LONGEST_NAME
from domain.outcomes import ErrorCode, Invalid
from domain.text import clean, sort_key

LONGEST_TOPIC = 60
"""Code points of a topic."""
MOST_TOPICS = 20
"""Topics of one conversation."""


class ConversationState(Enum):
    """Where a conversation is: NEW ones wait in the queue."""

    NEW = "NEW"
    PENDING = "PENDING"
    RESOLVED = "RESOLVED"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a conversation is in the queue, and why: what `queues.placed` makes of it and of its contact."""

    traits: tuple[str, ...] = ()
    """What it has that rules can ask for, as `queue_settings.trait` names it."""
    reasons: tuple[str, ...] = ()
    """Those of the traits that are prioritized, in the order of the rules: each is one of the score."""
    skill_set_ids: tuple[str, ...] = ()
    """The skill sets that it is of."""
    team_ids: tuple[str, ...] = ()
    """The teams of those, or the fallback team."""
    rules_version: int = field(default=-1, compare=False)
    """Of the groups, definitions and settings by which it was placed: no part of the place. -1 before it was."""


NOWHERE = Placement()


@dataclass(frozen=True, slots=True)
class Conversation:
    id: str
    version: int
    external_id: str
    """The integration's own id: what makes receiving it again no second conversation."""
    contact_id: str
    identity: IdentityKey
    """From which the contact wrote. It stays, whatever becomes of the contact's identities."""
    channel: str | None
    """The company's own account that was written to."""
    topics: tuple[str, ...]
    state: ConversationState
    agent_id: str | None
    team_id: str | None
    received_at: datetime
    """When it came here, by this side's clock: the oldest is answered first."""
    first_activity_at: datetime
    last_activity_at: datetime
    merged_from: tuple[str, ...] = ()
    """Ids of the merges that brought it to its contact, the last one last."""
    placement: Placement = NOWHERE

    @property
    def team_ids(self) -> tuple[str, ...]:
        """Return the teams that are to answer it: the one that it was given to, else those that it was routed to."""
        return self.placement.team_ids if self.team_id is None else (self.team_id,)


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """The conversation is as it was asked for."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class StaleConversation:
    """The caller saw an older version. Nothing was changed; this is the conversation now."""

    current: Conversation


@dataclass(frozen=True, slots=True)
class ConversationPosition:
    """A place in the order of a contact's conversations: the last active first, then by id."""

    last_activity_at: datetime
    id: str


def position(conversation: Conversation) -> ConversationPosition:
    return ConversationPosition(conversation.last_activity_at, conversation.id)


def external_id_of(text: str) -> str | Invalid:
    found = clean(text.strip(), longest=LONGEST_NAME)
    return found.at("input", "externalId") if isinstance(found, Invalid) else found


def channel_of(text: str) -> str | Invalid:
    found = clean(text.strip(), longest=LONGEST_NAME)
    return found.at("input", "channel") if isinstance(found, Invalid) else found


def topics_of(texts: Sequence[str]) -> tuple[str, ...] | Invalid:
    """Return the topics as they are kept, each once: two that differ in letter case or accents are one."""
    if len(texts) > MOST_TOPICS:
        return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_TOPICS} topics.", ("input", "topics"))
    found: dict[str, str] = {}
    for index, each in enumerate(texts):
        topic = clean(" ".join(each.split()), longest=LONGEST_TOPIC)
        if isinstance(topic, Invalid):
            return topic.at("input", "topics", str(index))
        found.setdefault(sort_key(topic), topic)
    return tuple(found.values())


def assigned(conversation: Conversation, agent_id: str | None, team_id: str | None) -> Conversation:
    """Return it in those hands. Whom an agent answers waits no more, and waits again where there is none."""
    changed = replace(conversation, agent_id=agent_id, team_id=team_id)
    return changed if changed.state is ConversationState.RESOLVED else replace(changed, state=_open_state(changed))


def resolved(conversation: Conversation) -> Conversation:
    return replace(conversation, state=ConversationState.RESOLVED)


def reopened(conversation: Conversation) -> Conversation:
    """Return it as one to be answered: by the agent who has it, else by whoever takes it from the queue."""
    if conversation.state is not ConversationState.RESOLVED:
        return conversation
    return replace(conversation, state=_open_state(conversation))


def written_again(conversation: Conversation, at: datetime) -> Conversation:
    """Return it after the contact wrote at that moment. What came late, or twice, changes nothing."""
    if at <= conversation.last_activity_at:
        return conversation
    return reopened(replace(conversation, last_activity_at=at))


def without_lost_team(conversation: Conversation, teams: Collection[str]) -> Conversation:
    """Return it as one that was given to no team, in its next version, where its team is not one of those there are."""
    if conversation.team_id is None or conversation.team_id in teams:
        return conversation
    return replace(conversation, team_id=None, version=conversation.version + 1)


def _open_state(conversation: Conversation) -> ConversationState:
    return ConversationState.NEW if conversation.agent_id is None else ConversationState.PENDING
