"""Receiving conversations: what an integration tells, once or many times, about somebody who writes in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from domain.attributes import Source
from domain.capabilities import Capability, Forbidden
from domain.contacts import NEVER_ASKED, Contact, SocialIdentity
from domain.conversations import (
    Conversation,
    ConversationChanged,
    ConversationState,
    channel_of,
    external_id_of,
    topics_of,
    written_again,
)
from domain.events import ContactEvent, EventKind
from domain.identities import GivenIdentity, contact_name, identity_of
from domain.ids import new_id
from domain.outcomes import Invalid, KeyReused
from domain.queues import placed
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.conversations import kept, told
from resolvers.idempotency import once


@dataclass(frozen=True, slots=True)
class GivenConversation:
    """A conversation as it came in."""

    external_id: str
    identity: GivenIdentity
    contact_name: str | None = None
    channel: str | None = None
    topics: tuple[str, ...] = ()
    first_activity_at: datetime | None = None
    last_activity_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Checked:
    """What is left of it once it is checked."""

    external_id: str
    identity: SocialIdentity
    name: str
    channel: str | None
    topics: tuple[str, ...]


async def receive(
    context: Context, given: GivenConversation, *, idempotency_key: str | None
) -> ConversationChanged | Forbidden | Invalid | KeyReused:
    """Keep a conversation that is not known by its external id, and the activity of one that is."""

    async def work(changes: Changes) -> ConversationChanged | Forbidden | Invalid:
        if refused := context.refuses(Capability.HANDLE_CONVERSATIONS):
            return refused
        checked = _checked(context, given)
        if isinstance(checked, Invalid):
            return checked
        now = context.clock()
        # A network's clock that is ahead must not keep later messages from counting as such.
        last = min(given.last_activity_at or now, now)
        before = await changes.conversations.find_by_external_id(checked.external_id)
        contact = None if before is None else await changes.contacts.find(before.contact_id)
        if before is not None and contact is not None:
            return ConversationChanged(await kept(changes, contact, before, written_again(before, last)))
        if before is not None:
            # Left of a deleted contact, and about to be removed: who writes in again is a new one.
            await changes.conversations.remove(before.id)
        first = min(given.first_activity_at or last, last)
        writer = await _writer(changes, checked, now)
        conversation = placed(_new(checked, writer.id, now, first, last), writer, await changes.queue.rules())
        await changes.conversations.insert(conversation)
        return ConversationChanged(conversation)

    result = await once(context, idempotency_key, ("conversationReceive", given), work)
    return told(context, result)


def _checked(context: Context, given: GivenConversation) -> _Checked | Invalid:
    external_id = external_id_of(given.external_id)
    if isinstance(external_id, Invalid):
        return external_id
    identity = identity_of(given.identity, context.directory.organization.region)
    if isinstance(identity, Invalid):
        return identity.at("input", "identity", *identity.path)
    name = contact_name(identity.handle if given.contact_name is None else given.contact_name)
    if isinstance(name, Invalid):
        return name.at("input", "contactName")
    channel = None if given.channel is None else channel_of(given.channel)
    if isinstance(channel, Invalid):
        return channel
    topics = topics_of(given.topics)
    if isinstance(topics, Invalid):
        return topics
    return _Checked(external_id, identity, name, channel, topics)


def _new(checked: _Checked, contact_id: str, now: datetime, first: datetime, last: datetime) -> Conversation:
    return Conversation(
        id=new_id(),
        version=1,
        external_id=checked.external_id,
        contact_id=contact_id,
        identity=checked.identity.key,
        channel=checked.channel,
        topics=checked.topics,
        state=ConversationState.NEW,
        agent_id=None,
        team_id=None,
        received_at=now,
        first_activity_at=first,
        last_activity_at=last,
    )


async def _writer(changes: Changes, checked: _Checked, now: datetime) -> Contact:
    """Return who writes from the identity: a new contact, where nobody does."""
    key = checked.identity.key
    for holder in (await changes.contacts.holders_of_identities([key])).values():
        await changes.contacts.hold(holder.id)
        return holder
    contact = Contact(
        id=new_id(),
        version=1,
        name=checked.name,
        avatar_url=checked.identity.picture_url,
        identities=(replace(checked.identity, is_primary=True),),
        values=(),
        vip=None,
        validation=NEVER_ASKED,
        note_count=0,
        created_at=now,
        updated_at=now,
    )
    # Also one who was erased: who writes in again is a new contact.
    await changes.contacts.insert(contact)
    kind, source = EventKind.CONTACT_CREATED, Source.NETWORK
    await changes.events.add(ContactEvent(new_id(), contact.id, now, kind, None, None, contact.name, source=source))
    return contact
