"""Conversations of a few contacts: some wait, for one of three teams, and some do not."""

from __future__ import annotations

from datetime import timedelta

from domain.contacts import IdentityKey, Network
from domain.conversations import Conversation, ConversationState
from persistence.conversation_documents import from_conversation
from persistence.driver import Driver
from persistence.names import CONVERSATIONS
from tests.builders import MORNING, a_conversation

OWNERS = 3
EACH = 60
"""Conversations of each of those contacts: a third of them in each state, a third of these for each team."""
STATES = list(ConversationState)


def owner_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-o-{number}"


def conversation_id(owner: int, number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-v-{owner}-{number:02}"


def owners_key(owner: int) -> IdentityKey:
    return IdentityKey(Network.TWITTER, f"o-{owner}")


def a_noisy_conversation(owner: int, number: int, organization_id: str = "acme") -> Conversation:
    return a_conversation(
        owner_id(owner, organization_id),
        conversation_id(owner, number, organization_id),
        external_id=f"x-{owner}-{number}",
        identity=owners_key(owner),
        state=STATES[number % 3],
        team_id=f"team-{number // 3 % 3}",
        # Five of a moment.
        received_at=MORNING + timedelta(minutes=number // 5),
    )


async def make_conversation_noise(driver: Driver, organization_id: str) -> None:
    documents = [
        from_conversation(a_noisy_conversation(owner, number, organization_id), organization_id)
        for owner in range(OWNERS)
        for number in range(EACH)
    ]
    await driver.collection(CONVERSATIONS).insert_many(documents)
