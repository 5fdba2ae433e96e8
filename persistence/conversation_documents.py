"""The stored shape of a conversation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.conversations import NOWHERE, Conversation, ConversationPosition, ConversationState, Placement, position
from domain.queues import QueuePosition
from domain.queues import position as queue_position
from persistence.documents import identity_key, to_identity_key, without_none
from persistence.driver import Document

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def from_conversation(conversation: Conversation, organization_id: str) -> Document:
    placement = conversation.placement
    return without_none(
        {
            "_id": conversation.id,
            "org": organization_id,
            "version": conversation.version,
            "external": conversation.external_id,
            "contact": conversation.contact_id,
            "identity": identity_key(conversation.identity),
            "channel": conversation.channel,
            "topics": list(conversation.topics) or None,
            "state": conversation.state.value,
            "isOpen": conversation.state is not ConversationState.RESOLVED or None,
            "agent": conversation.agent_id,
            "team": conversation.team_id,
            "teams": list(conversation.team_ids) or None,
            "received": conversation.received_at,
            "first": conversation.first_activity_at,
            "last": conversation.last_activity_at,
            "place": place(position(conversation)),
            "queue": queue_place(queue_position(conversation)),
            "mergedFrom": list(conversation.merged_from) or None,
            "traits": list(placement.traits) or None,
            "reasons": list(placement.reasons) or None,
            "skillSets": list(placement.skill_set_ids) or None,
            "routed": list(placement.team_ids) or None,
            "rules": placement.rules_version,
        }
    )


def place(position: ConversationPosition) -> Document:
    return {"last": position.last_activity_at, "id": position.id}


def queue_place(position: QueuePosition) -> Document:
    """Return the place as one value, the greatest first in the queue: of moments, that is the oldest."""
    age = (_EPOCH - position.received_at) // timedelta(milliseconds=1)
    return {"score": position.score, "age": age, "id": position.id}


def to_conversation(document: Document) -> Conversation:
    return Conversation(
        id=document["_id"],
        version=document["version"],
        external_id=document["external"],
        contact_id=document["contact"],
        identity=to_identity_key(document["identity"]),
        channel=document.get("channel"),
        topics=tuple(document.get("topics", ())),
        state=ConversationState(document["state"]),
        agent_id=document.get("agent"),
        team_id=document.get("team"),
        received_at=document["received"],
        first_activity_at=document["first"],
        last_activity_at=document["last"],
        merged_from=tuple(document.get("mergedFrom", ())),
        placement=Placement(
            traits=tuple(document.get("traits", ())),
            reasons=tuple(document.get("reasons", ())),
            skill_set_ids=tuple(document.get("skillSets", ())),
            team_ids=tuple(document.get("routed", ())),
            rules_version=document.get("rules", NOWHERE.rules_version),
        ),
    )
