"""The queue, live: which conversations come to wait, move, and are taken out of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import assert_never

from domain.conversations import Conversation, ConversationState
from domain.live import (
    Cursor,
    Ending,
    Gone,
    Happened,
    NoPlace,
    Notice,
    Placed,
    QueueChange,
    QueueChangeKind,
    queue_topic,
)
from domain.outcomes import Kind, NotFound
from persistence.live import read_cursor
from resolvers import conversations
from resolvers.context import Context
from resolvers.live import Live, Told

Changes = AsyncGenerator[Told[QueueChange] | Ending, None]


async def queue_changes(
    context: Context, live: Live, team_id: str | None, after: str | None
) -> Changes | NotFound | NoPlace:
    """Tell what becomes of the queue, of all teams or of one, from now on or behind a place of before."""
    cursor = None if after is None else read_cursor(after)
    if after is not None and cursor is None:
        return NoPlace()
    if team_id is not None and team_id not in context.directory.teams:
        return NotFound(Kind.TEAM)
    return _queue_changes(live, context.stores.organization_id, team_id, cursor)


async def _queue_changes(live: Live, organization_id: str, team_id: str | None, after: Cursor | None) -> Changes:
    async with live.hub.listen([queue_topic(organization_id)], after) as subscription:
        if after is None:
            context = await live.renew()
            started = QueueChange(subscription.position, QueueChangeKind.STARTED)
            yield context if isinstance(context, Ending) else Told(context, started)
            if isinstance(context, Ending):
                return
        while True:
            notice = await subscription.next()
            heard = notice if isinstance(notice, Ending) else await _heard(live, team_id, notice)
            yield heard
            if isinstance(heard, Ending):
                return


async def _heard(live: Live, team_id: str | None, notice: Notice) -> Told[QueueChange] | Ending:
    context = await live.renew()
    if isinstance(context, Ending):
        return context
    match notice.news:
        case Placed(conversation_id):
            found = await conversations.find(context, conversation_id)
            kind = QueueChangeKind.PLACED if _waits(found, team_id) else QueueChangeKind.LEFT
            return Told(context, QueueChange(notice.cursor, kind, conversation_id, found))
        case Gone(contact_id):
            kind = QueueChangeKind.CONTACT_DELETED
            return Told(context, QueueChange(notice.cursor, kind, contact_id=contact_id))
        case Happened():  # pragma: no cover - told to who listens to a contact
            raise LookupError("An event of a contact was told to who listens to the queue")
        case _:
            assert_never(notice.news)


def _waits(conversation: Conversation | None, team_id: str | None) -> bool:
    if conversation is None or conversation.state is not ConversationState.NEW:
        return False
    return team_id is None or team_id in conversation.team_ids
