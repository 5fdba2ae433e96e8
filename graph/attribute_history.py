"""The past of an attribute: the connection, newest first."""

from typing import Self

import strawberry

from domain.attribute_changes import ValueVersion
from domain.attributes import ContactAttribute
from domain.events import EventPosition
from domain.paging import Page
from graph.info import Info
from graph.paging import PageInfo, decode_cursor, encode_cursor, milliseconds, moment, page_info
from graph.provenance import Provenance
from graph.values import AttributeValue, attribute_value
from resolvers import attribute_history
from resolvers.context import Context


@strawberry.type(description="One version of an attribute's value.")
class AttributeHistoryEntry:
    version: int = strawberry.field(
        description="Counts the versions of this value from 1 on: what `contactAttributeRestore` takes."
    )
    value: AttributeValue | None = strawberry.field(
        description="What the attribute held from then on; null where it was cleared."
    )
    is_empty: bool = strawberry.field(description="Whether it was cleared: show *removed*.")
    provenance: Provenance = strawberry.field(description="Who or what made this version, and when.")

    @classmethod
    def of(cls, context: Context, line: ContactAttribute, version: ValueVersion) -> Self:
        value = version.held.value
        return cls(
            version=version.held.version,
            value=None if value is None else attribute_value(value, line.definition, context.languages),
            is_empty=value is None,
            provenance=Provenance.of(version.held.provenance),
        )


@strawberry.type(description="A version of a value and its place in the history.")
class AttributeHistoryEdge:
    node: AttributeHistoryEntry = strawberry.field(description="The version.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, context: Context, line: ContactAttribute, version: ValueVersion) -> Self:
        place = version.position
        cursor = encode_cursor("history", milliseconds(place.at), place.id)
        return cls(node=AttributeHistoryEntry.of(context, line, version), cursor=cursor)


@strawberry.type(description="A page of what an attribute held, newest first.")
class AttributeHistoryConnection:
    edges: list[AttributeHistoryEdge] = strawberry.field(description="The versions with their places.")
    nodes: list[AttributeHistoryEntry] = strawberry.field(description="The versions alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    line: strawberry.Private[ContactAttribute]

    @strawberry.field(description="How many versions there are. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await attribute_history.count(info.context, self.line)

    @classmethod
    def of(cls, context: Context, line: ContactAttribute, page: Page[ValueVersion]) -> Self:
        edges = [AttributeHistoryEdge.of(context, line, each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            line=line,
        )


def history_position(cursor: str) -> EventPosition:
    at, event_id = decode_cursor(cursor, "history", int, str)
    return EventPosition(moment(int(at)), str(event_id))
