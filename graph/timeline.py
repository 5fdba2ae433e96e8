"""The timeline of a contact: the connection, newest first."""

from typing import Self

import strawberry

from domain import events as model
from domain.events import EventPosition, position
from domain.paging import Page
from graph.info import Info
from graph.paging import PageInfo, decode_cursor, encode_cursor, milliseconds, moment, page_info
from graph.timeline_events import contact_event
from graph.timeline_fields import ContactEvent
from resolvers import timeline


@strawberry.type(description="An event and its place in the timeline.")
class ContactEventEdge:
    node: ContactEvent = strawberry.field(description="The event.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, event: model.ContactEvent) -> Self:
        place = position(event)
        return cls(node=contact_event(event), cursor=encode_cursor("event", milliseconds(place.at), place.id))


@strawberry.type(description="A page of what happened to a contact, newest first.")
class ContactEventConnection:
    edges: list[ContactEventEdge] = strawberry.field(description="The events with their places.")
    nodes: list[ContactEvent] = strawberry.field(description="The events alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    contact_id: strawberry.Private[str]

    @strawberry.field(description="How many there are in all. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await timeline.count(info.context, self.contact_id)

    @classmethod
    def of(cls, page: Page[model.ContactEvent], contact_id: str) -> Self:
        edges = [ContactEventEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            contact_id=contact_id,
        )


def event_position(cursor: str) -> EventPosition:
    at, event_id = decode_cursor(cursor, "event", int, str)
    return EventPosition(moment(int(at)), str(event_id))
