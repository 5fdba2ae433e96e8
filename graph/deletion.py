"""The log of deleted contacts."""

from datetime import datetime
from typing import Self

import strawberry

from domain import deletion as model
from domain.capabilities import Forbidden
from domain.contacts import Network
from domain.deletion import DeletionPosition
from domain.paging import Page
from graph.agents import Agent
from graph.errors import NotAllowed
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.paging import (
    After,
    Before,
    First,
    Last,
    PageInfo,
    decode_cursor,
    encode_cursor,
    milliseconds,
    moment,
    page_info,
    page_request,
)
from resolvers import deletion
from resolvers.agents import find_agent


@strawberry.type(
    description="That a contact was deleted, by whom and when. It keeps nothing that the person could be known by."
)
class DeletedContact(Node):
    contact_id: strawberry.ID = strawberry.field(description="The id that the contact had; nothing has it now.")
    hint: str = strawberry.field(
        description="The first one or two letters of the name and `…`, such as `Ja…`: for whoever deleted the contact "
        "to recognise it, and nobody else."
    )
    networks: list[Network] = strawberry.field(description="The networks that the contact wrote from, each once.")
    deleted_at: datetime = strawberry.field(description="When; the log is listed newest first by it.")
    is_erasure: bool = strawberry.field(
        description="Whether it was done at the person's own request: then there is an `ErasureReceipt` too."
    )
    admin_id: strawberry.Private[str]

    @strawberry.field(description="The admin who did it.")
    async def deleted_by(self, info: Info) -> Agent:
        return Agent.of(await find_agent(info.context, self.admin_id))

    @classmethod
    def of(cls, deletion: model.DeletedContact) -> Self:
        return cls(
            id=encode_id("DeletedContact", deletion.id),
            contact_id=encode_id("Contact", deletion.deleted_id),
            hint=deletion.hint,
            networks=list(deletion.networks),
            deleted_at=deletion.at,
            is_erasure=deletion.is_erasure,
            admin_id=deletion.admin_id,
        )


@strawberry.type(description="An entry of the log and its place in it.")
class DeletedContactEdge:
    node: DeletedContact = strawberry.field(description="The entry.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, entry: model.DeletedContact) -> Self:
        place = model.position(entry)
        cursor = encode_cursor("deletion", milliseconds(place.at), place.id)
        return cls(node=DeletedContact.of(entry), cursor=cursor)


@strawberry.type(description="A page of the log of deleted contacts, newest first.")
class DeletedContactConnection:
    edges: list[DeletedContactEdge] = strawberry.field(description="The entries with their places.")
    nodes: list[DeletedContact] = strawberry.field(description="The entries alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the log.")

    @strawberry.field(description="How many there are in all. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await deletion.count(info.context)

    @classmethod
    def of(cls, page: Page[model.DeletedContact]) -> Self:
        edges = [DeletedContactEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
        )


def deletion_position(cursor: str) -> DeletionPosition:
    at, entry_id = decode_cursor(cursor, "deletion", int, str)
    return DeletionPosition(moment(int(at)), str(entry_id))


@strawberry.type
class DeletionQueries:
    @strawberry.field(
        description="The log of deleted contacts, newest first. For admins: anybody else is answered with an error of "
        "the code `FORBIDDEN`."
    )
    async def deleted_contacts(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DeletedContactConnection:
        found = await deletion.page(info.context, page_request(first, after, last, before, deletion_position))
        if isinstance(found, Forbidden):
            raise NotAllowed(found)
        return DeletedContactConnection.of(found)
