"""Conversations of a few contacts: some wait, for one of three teams, and some do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.contacts import IdentityKey, Network
from domain.conversation_notes import ConversationNote
from domain.conversations import Conversation, ConversationState
from persistence.conversation_documents import from_conversation
from persistence.conversation_note_documents import CONVERSATION_NOTE
from persistence.driver import Driver
from persistence.names import CONVERSATION_NOTE_REVISIONS, CONVERSATION_NOTES, CONVERSATIONS
from persistence.note_documents import from_revision
from tests.builders import MORNING, a_conversation, a_conversation_note, a_deleted_note

OWNERS = 3
EACH = 60
"""Conversations of each of those contacts: a third of them in each state, a third of these for each team."""
NOTES_EACH = 150
"""Notes on the first conversation of each of those contacts."""
STATES = list(ConversationState)


def owner_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-o-{number}"


def conversation_id(owner: int, number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-v-{owner}-{number:02}"


def a_noisy_note(owner: int, number: int, organization_id: str = "acme") -> ConversationNote:
    return a_conversation_note(
        conversation_id(owner, 0, organization_id),
        contact_id=owner_id(owner, organization_id),
        id=f"{organization_id}-k-{owner}-{number:03}",
        created_at=MORNING + timedelta(minutes=number // 5),
    )


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
    await _make_note_noise(driver, organization_id)


async def _make_note_noise(driver: Driver, organization_id: str) -> None:
    """Write as many notes on the first conversation of each contact, a third of them deleted, one with a past."""
    notes = [a_noisy_note(owner, number, organization_id) for owner in range(OWNERS) for number in range(NOTES_EACH)]
    documents = [
        CONVERSATION_NOTE.write_deleted(a_deleted_note(each), organization_id)
        if number % 3 == 0
        else CONVERSATION_NOTE.write(each, organization_id)
        for number, each in enumerate(notes)
    ]
    await driver.collection(CONVERSATION_NOTES).insert_many(documents)
    earlier = [from_revision(replace(each, version=0), organization_id) for each in notes]
    await driver.collection(CONVERSATION_NOTE_REVISIONS).insert_many(earlier)
