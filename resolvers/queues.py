"""The queue: conversations in the order in which they are answered."""

from __future__ import annotations

from domain.conversations import Conversation, ConversationState
from domain.paging import Page, PageRequest
from domain.queue_settings import Criterion, OfGroup, SkillSet, trait
from domain.queues import QueuePosition
from resolvers.context import Context


async def page(
    context: Context, request: PageRequest[QueuePosition], state: ConversationState, team_id: str | None
) -> Page[Conversation]:
    return await context.stores.queue.page(request, state, team_id)


async def count(context: Context, state: ConversationState, team_id: str | None) -> int:
    return await context.stores.queue.count(state, team_id)


def reasons(context: Context, conversation: Conversation) -> list[Criterion]:
    """Return the prioritized rules that moved it up, without those of groups that the agent may not know of."""
    known = {trait(OfGroup(each.id)) for each in context.directory.groups}
    by_trait = {trait(each): each for each in context.directory.queue.prioritized}
    found = [by_trait[each] for each in conversation.placement.reasons if each in by_trait]
    return [each for each in found if not isinstance(each, OfGroup) or trait(each) in known]


def skill_sets(context: Context, conversation: Conversation) -> list[SkillSet]:
    """Return the skill sets by which it was routed; none where a team was chosen for it."""
    if conversation.team_id is not None:
        return []
    found = [context.directory.queue.skill_set(each) for each in conversation.placement.skill_set_ids]
    return [each for each in found if each is not None]
