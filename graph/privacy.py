"""Privacy: the receipts of erasures, and the export of one person."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from domain import privacy as model
from domain.capabilities import Forbidden
from domain.deletion import DeletionPosition
from domain.paging import Page
from graph.agents import Agent
from graph.errors import NotAllowed, local_id
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
from resolvers import privacy
from resolvers.agents import find_agent


@strawberry.type(description="How much was removed, of each kind of thing that is kept about a contact.")
class ErasureCounts:
    notes: int = strawberry.field(description="Notes, deleted ones included.")
    revisions: int = strawberry.field(description="Earlier versions of notes, on the contact or on conversations.")
    values: int = strawberry.field(description="Values of attributes.")
    identities: int = strawberry.field(description="Identities on networks.")
    events: int = strawberry.field(description="Entries of the timeline, which is the history of values too.")
    merges: int = strawberry.field(description="Merges with other contacts that could have been undone.")
    conversations: int = strawberry.field(description="Conversations.")
    conversation_notes: int = strawberry.field(description="Notes on conversations, deleted ones included.")
    answers: int = strawberry.field(description="Answers that were remembered for the repetition of a request.")

    @classmethod
    def of(cls, counts: model.ErasureCounts) -> Self:
        return cls(
            notes=counts.notes,
            revisions=counts.revisions,
            values=counts.values,
            identities=counts.identities,
            events=counts.events,
            merges=counts.merges,
            conversations=counts.conversations,
            conversation_notes=counts.conversation_notes,
            answers=counts.answers,
        )


@strawberry.type(description="What the organization can show for an erasure. It says nothing of who the person was.")
class ErasureReceipt(Node):
    contact_id: strawberry.ID = strawberry.field(description="The id that the contact had; nothing has it now.")
    erased_at: datetime = strawberry.field(description="When; receipts are listed newest first by it.")
    reason: str | None = strawberry.field(description="Why, if the admin said so.")
    counts: ErasureCounts = strawberry.field(description="What was removed.")
    document: str = strawberry.field(
        description="The receipt as one line of JSON, to be filed: always the same, to the letter."
    )
    fingerprint: str = strawberry.field(
        description="SHA-256 of `document` in UTF-8, as 64 hexadecimal digits: whoever has kept it can see whether a "
        "receipt was altered since, with `sha256sum` or the like."
    )
    admin_id: strawberry.Private[str]

    @strawberry.field(description="The admin who did it.")
    async def erased_by(self, info: Info) -> Agent:
        return Agent.of(await find_agent(info.context, self.admin_id))

    @classmethod
    def of(cls, receipt: model.ErasureReceipt) -> Self:
        return cls(
            id=encode_id("ErasureReceipt", receipt.id),
            contact_id=encode_id("Contact", receipt.deleted_id),
            erased_at=receipt.at,
            reason=receipt.reason,
            counts=ErasureCounts.of(receipt.counts),
            document=receipt.document,
            fingerprint=receipt.fingerprint,
            admin_id=receipt.admin_id,
        )


@strawberry.type(description="A receipt and its place in the list.")
class ErasureReceiptEdge:
    node: ErasureReceipt = strawberry.field(description="The receipt.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, receipt: model.ErasureReceipt) -> Self:
        place = model.position(receipt)
        cursor = encode_cursor("receipt", milliseconds(place.at), place.id)
        return cls(node=ErasureReceipt.of(receipt), cursor=cursor)


@strawberry.type(description="A page of the receipts of erasures, newest first.")
class ErasureReceiptConnection:
    edges: list[ErasureReceiptEdge] = strawberry.field(description="The receipts with their places.")
    nodes: list[ErasureReceipt] = strawberry.field(description="The receipts alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")

    @strawberry.field(description="How many there are in all. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await privacy.count(info.context)

    @classmethod
    def of(cls, page: Page[model.ErasureReceipt]) -> Self:
        edges = [ErasureReceiptEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
        )


@strawberry.type(description="Everything that is kept of one person, to be given to them.")
class ContactExport:
    file_name: str = strawberry.field(description="What to call the file.")
    json: str = strawberry.field(
        description="One document of JSON with the stable keys `format`, `exportedAt`, `exportedBy`, `organization`, "
        "`contact`, `identities`, `values` (each with who or what set it, and when), `notes` (with authors; deleted "
        "ones too) and `timeline`; times are ISO 8601 in UTC. docs/contact-export.md describes every key."
    )


def receipt_position(cursor: str) -> DeletionPosition:
    at, receipt_id = decode_cursor(cursor, "receipt", int, str)
    return DeletionPosition(moment(int(at)), str(receipt_id))


@strawberry.type
class PrivacyQueries:
    @strawberry.field(
        description="The receipts of erasures, newest first. For admins: anybody else is answered with an error of the "
        "code `FORBIDDEN`."
    )
    async def erasure_receipts(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ErasureReceiptConnection:
        found = await privacy.receipts(info.context, page_request(first, after, last, before, receipt_position))
        if isinstance(found, Forbidden):
            raise NotAllowed(found)
        return ErasureReceiptConnection.of(found)

    @strawberry.field(
        description="One receipt by its id; null where there is none in the organization. For admins, as above."
    )
    async def erasure_receipt(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Of an ErasureReceipt.")]
    ) -> ErasureReceipt | None:
        found = await privacy.receipt(info.context, local_id(id, "ErasureReceipt"))
        if isinstance(found, Forbidden):
            raise NotAllowed(found)
        return None if found is None else ErasureReceipt.of(found)

    @strawberry.field(
        description="Everything that is kept of a contact, as one document for the person; null where there is no such "
        "contact in the organization. For admins: anybody else is answered with an error of the code `FORBIDDEN`."
    )
    async def contact_export(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Of a Contact.")]
    ) -> ContactExport | None:
        found = await privacy.export(info.context, local_id(id, "Contact"))
        if isinstance(found, Forbidden):
            raise NotAllowed(found)
        return None if found is None else ContactExport(file_name=found.file_name, json=found.json)
