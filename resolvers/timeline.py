"""What happened to a contact, newest first, as far as the asking agent may know of it."""

from __future__ import annotations

from domain.events import ContactEvent, EventPosition, about_others
from domain.paging import Page, PageRequest
from resolvers.batching import PageKey
from resolvers.context import Context


async def page(context: Context, contact_id: str, request: PageRequest[EventPosition]) -> Page[ContactEvent]:
    found = await context.loaders.timeline_page_by_key.load(PageKey(contact_id, request))
    hidden = context.directory.hidden_ids
    # The query has left out what is about nothing else, so that nothing is missing from the page.
    rows = tuple(each for each in (about_others(row, hidden) for row in found.rows) if each is not None)
    return Page(rows, found.has_previous, found.has_next)


async def count(context: Context, contact_id: str) -> int:
    return await context.loaders.timeline_count_by_contact.load(contact_id)


async def find(context: Context, event_id: str) -> ContactEvent | None:
    """Return the event; a deleted contact's is there no more, though it may take a moment until it is removed."""
    event = await context.loaders.event_by_id.load(event_id)
    if event is None or await context.loaders.contact_by_id.load(event.contact_id) is None:
        return None
    return about_others(event, context.directory.hidden_ids)
