"""The queue: conversations in the order in which they are answered."""

from __future__ import annotations

from domain.conversations import Conversation, ConversationState
from domain.paging import Page, PageRequest
from domain.queues import QueuePosition
from resolvers.context import Context


async def page(
    context: Context, request: PageRequest[QueuePosition], state: ConversationState, team_id: str | None
) -> Page[Conversation]:
    return await context.stores.queue.page(request, state, team_id)


async def count(context: Context, state: ConversationState, team_id: str | None) -> int:
    return await context.stores.queue.count(state, team_id)
