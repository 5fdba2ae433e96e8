"""Conversations: received from integrations, and handled by any agent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact
from domain.conversations import (
    Conversation,
    ConversationChanged,
    ConversationPosition,
    ConversationState,
    StaleConversation,
    assigned,
    reopened,
    resolved,
    topics_of,
    without_lost_team,
)
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from domain.queues import placed
from persistence.stores import Changes
from resolvers.batching import PageKey
from resolvers.context import Context
from resolvers.idempotency import once

Refused = Forbidden | Invalid | NotFound | StaleConversation
Result = ConversationChanged | Refused | KeyReused
R = TypeVar("R")
Change = Callable[[Conversation], Conversation | Invalid | NotFound]


@dataclass(frozen=True, slots=True)
class Assignment:
    """In whose hands to give a conversation; what is not given stays."""

    agent_id: str | None = None
    is_agent_given: bool = False
    team_id: str | None = None
    is_team_given: bool = False


async def find(context: Context, conversation_id: str) -> Conversation | None:
    """Return the conversation; a deleted contact's is not shown, though it may take a moment until it is removed."""
    found = await context.loaders.conversation_by_id.load(conversation_id)
    return await _of_somebody(context, found)


async def find_by_external_id(context: Context, external_id: str) -> Conversation | None:
    return await _of_somebody(context, await context.stores.conversations.by_external_id(external_id))


async def _of_somebody(context: Context, found: Conversation | None) -> Conversation | None:
    if found is None or await context.loaders.contact_by_id.load(found.contact_id) is None:
        return None
    return found


async def page(context: Context, contact_id: str, request: PageRequest[ConversationPosition]) -> Page[Conversation]:
    return await context.loaders.conversations_page_by_key.load(PageKey(contact_id, request))


async def count(context: Context, contact_id: str) -> int:
    return await context.loaders.conversation_count_by_contact.load(contact_id)


async def assign(
    context: Context, *, conversation_id: str, to: Assignment, version: int | None, idempotency_key: str | None
) -> Result:
    """Give the conversation to an agent or a team, or take it from them."""

    def change(before: Conversation) -> Conversation | NotFound:
        agent_id = to.agent_id if to.is_agent_given else before.agent_id
        team_id = to.team_id if to.is_team_given else before.team_id
        # Whoever has it may have left since: only whom it is given to is looked at.
        agent = None if agent_id is None else context.directory.agents.get(agent_id)
        if to.is_agent_given and agent_id is not None and (agent is None or not agent.is_active):
            return NotFound(Kind.AGENT)
        return assigned(before, agent_id, team_id)

    request = ("conversationAssign", conversation_id, to, version)
    given_to = to.team_id if to.is_team_given else None
    return await _change(context, conversation_id, change, version, idempotency_key, request, given_to)


async def resolve(
    context: Context, *, conversation_id: str, version: int | None, idempotency_key: str | None
) -> Result:
    request = ("conversationResolve", conversation_id, version)
    return await _change(context, conversation_id, resolved, version, idempotency_key, request)


async def reopen(context: Context, *, conversation_id: str, version: int | None, idempotency_key: str | None) -> Result:
    request = ("conversationReopen", conversation_id, version)
    return await _change(context, conversation_id, reopened, version, idempotency_key, request)


async def set_topics(
    context: Context,
    *,
    conversation_id: str,
    topics: tuple[str, ...],
    version: int | None,
    idempotency_key: str | None,
) -> Result:
    def change(before: Conversation) -> Conversation | Invalid:
        found = topics_of(topics)
        return found if isinstance(found, Invalid) else replace(before, topics=found)

    request = ("conversationTopicsSet", conversation_id, topics, version)
    return await _change(context, conversation_id, change, version, idempotency_key, request)


async def _change(
    context: Context,
    conversation_id: str,
    change: Change,
    version: int | None,
    idempotency_key: str | None,
    request: tuple[object, ...],
    team_id: str | None = None,
) -> Result:
    """Change the conversation, for which the team has to be there, if there is one."""

    async def work(changes: Changes) -> ConversationChanged | Refused:
        if refused := context.refuses(Capability.HANDLE_CONVERSATIONS):
            return refused
        before = await changes.conversations.find(conversation_id)
        contact = None if before is None else await changes.contacts.find(before.contact_id)
        if before is None or contact is None:
            return NotFound(Kind.CONVERSATION)
        after = change(before)
        if isinstance(after, Invalid | NotFound):
            return after
        if team_id is not None and not await changes.teams.is_there(team_id):
            return NotFound(Kind.TEAM)
        if version is not None and version != before.version:
            return StaleConversation(before)
        return ConversationChanged(await kept(changes, contact, before, after))

    return told(context, await once(context, idempotency_key, request, work))


async def kept(changes: Changes, contact: Contact, before: Conversation, after: Conversation) -> Conversation:
    """Write the contact's conversation, where it is another, as its next version and in its place."""
    if after == before:
        return before
    if before.state is ConversationState.RESOLVED and after.state is not before.state and after.team_id is not None:
        # Whom it was given to may have been deleted since: it is routed anew then.
        after = without_lost_team(after, {each.id for each in await changes.teams.by_name()})
    await changes.contacts.hold(contact.id)
    after = replace(placed(after, contact, await changes.queue.rules()), version=before.version + 1)
    await changes.conversations.put(after)
    return after


def told(context: Context, result: R) -> R:
    """Let what the same request asks next see the conversation as it is now."""
    if isinstance(result, ConversationChanged):
        context.loaders.know_conversation(result.conversation)
    return result
