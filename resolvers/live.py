"""Live: what happens to a contact, told to who listens, as far as they may know of it at that moment."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar, assert_never

from domain.live import (
    ChangeKind,
    ContactChange,
    Cursor,
    Ending,
    Gone,
    Happened,
    NoPlace,
    Notice,
    Placed,
    Topic,
    contact_topic,
)
from domain.outcomes import Kind, NotFound
from persistence.live import Hub, read_cursor
from persistence.live_subscriptions import Subscription
from resolvers import timeline
from resolvers.context import Context

T = TypeVar("T")


@dataclass(slots=True)
class Live:
    """What one who listens has beside the context in which they began."""

    hub: Hub
    renew: Callable[[], Awaitable[Context | Ending]]
    """Makes the context of the next answer: with what they may do now, and without what was loaded before."""
    last_event_id: str | None = None
    """Where they were before, as their connection says it."""
    event_id: str | None = None
    """Of the answer that was given last."""


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """One answer, and the context to draw it in."""

    context: Context
    change: T


Changes = AsyncGenerator[Told[ContactChange] | Ending, None]


async def contact_changes(
    context: Context, live: Live, contact_id: str, after: str | None
) -> Changes | NotFound | NoPlace:
    """Tell what happens to the contact, beginning with how it is, or behind a place where it was told before."""
    cursor = None if after is None else read_cursor(after)
    if after is not None and cursor is None:
        return NoPlace()
    if await context.loaders.contact_by_id.load(contact_id) is None:
        return NotFound(Kind.CONTACT)
    return _contact_changes(live, context, contact_id, cursor)


async def _contact_changes(live: Live, context: Context, contact_id: str, after: Cursor | None) -> Changes:
    async with _listening(live.hub, context, contact_id, after) as subscription:
        if after is None:
            first = await live.renew()
            told = first if isinstance(first, Ending) else await _started(first, contact_id, subscription.position)
            yield told
            if _is_last(told):
                return
        while True:
            notice = await subscription.next()
            heard = notice if isinstance(notice, Ending) else await _heard(live, contact_id, notice)
            if heard is None:
                continue
            yield heard
            if _is_last(heard):
                return


def _is_last(told: Told[ContactChange] | Ending) -> bool:
    return isinstance(told, Ending) or told.change.kind is ChangeKind.DELETED


@asynccontextmanager
async def _listening(hub: Hub, context: Context, contact_id: str, after: Cursor | None) -> AsyncIterator[Subscription]:
    """Listen to the contact and to all that it was ever one with: which of their news are its own is seen later.

    Who becomes one with it, or parts from it, from here on is added by the hub, at the right place among the news.
    """
    while True:
        topics = await _topics(context, contact_id)
        async with hub.listen(topics, after) as subscription:
            # One that was merged in this moment may have been told before the listening began.
            if await _topics(context, contact_id) <= topics:
                yield subscription
                return


async def _topics(context: Context, contact_id: str) -> frozenset[Topic]:
    kin = await context.stores.merges.kin(contact_id)
    return frozenset(contact_topic(context.stores.organization_id, each) for each in kin)


async def _started(context: Context, contact_id: str, cursor: Cursor) -> Told[ContactChange]:
    contact = await context.loaders.contact_by_id.load(contact_id)
    # Deleted, where it is, since it was looked for.
    kind = ChangeKind.DELETED if contact is None else ChangeKind.STARTED
    return Told(context, ContactChange(cursor, kind, contact, None))


async def _heard(live: Live, contact_id: str, notice: Notice) -> Told[ContactChange] | Ending | None:
    """Return what there is to tell of the notice; None where it is none of the listener's business."""
    context = await live.renew()
    if isinstance(context, Ending):
        return context
    match notice.news:
        case Gone():
            contact = await context.loaders.contact_by_id.load(contact_id)
            deleted = ContactChange(notice.cursor, ChangeKind.DELETED, None, None)
            return Told(context, deleted) if contact is None else None
        case Happened(event_id):
            return await _happened(context, contact_id, notice.cursor, event_id)
        case Placed():  # pragma: no cover - told to who listens to the queue
            return None
        case _:
            assert_never(notice.news)


async def _happened(context: Context, contact_id: str, cursor: Cursor, event_id: str) -> Told[ContactChange] | None:
    """Tell the event where it is in the contact's timeline, as the agent sees that, now.

    After a merge, or a merge undone, it may be in another one's; after a deletion, in none.
    """
    loaders = context.loaders
    # Both in one round trip; what follows finds them loaded.
    contact, _ = await asyncio.gather(loaders.contact_by_id.load(contact_id), loaders.event_by_id.load(event_id))
    event = await timeline.find(context, event_id)
    if contact is None or event is None or event.contact_id != contact.id:
        return None
    return Told(context, ContactChange(cursor, ChangeKind.CHANGED, contact, event))
