"""Contact notes: the connection, newest first."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain import notes as model
from domain.notes import NotePosition, position
from domain.paging import Page
from graph.agents import Agent
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.note_revisions import ContactNoteRevisionConnection, revision_position
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
from resolvers import contacts, note_revisions, notes

if TYPE_CHECKING:
    from graph.contacts import Contact


@strawberry.type(description="What an agent wrote about a contact, for every agent to read, edit and delete.")
class ContactNote(Node):
    version: int = strawberry.field(
        description="Grows with each edit. State it in an edit so that nobody's change is overwritten unseen."
    )
    body: str = strawberry.field(
        description="1 to 2,000 characters, as plain text with LF line ends. Characters are Unicode code points after "
        'normalisation; count them as `[...body.normalize("NFC").replace(/\\r\\n?/g, "\\n")].length`.'
    )
    author: Agent = strawberry.field(description="Who wrote it first. Editing never changes the author.")
    created_at: datetime = strawberry.field(description="When it was written; notes are listed newest first by it.")
    is_edited: bool = strawberry.field(description="Whether it was changed since: show *edited*.")
    edited_at: datetime | None = strawberry.field(description="When it was last changed.")
    edited_by: Agent | None = strawberry.field(description="Who last changed it.")
    contact_id: strawberry.Private[str]
    note_id: strawberry.Private[str]

    @strawberry.field(
        description="What it said before: every earlier version, newest first. `contactNoteRevert` brings one back."
    )
    async def revisions(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContactNoteRevisionConnection:
        request = page_request(first, after, last, before, revision_position)
        page = await note_revisions.page(info.context, self.note_id, request)
        return ContactNoteRevisionConnection.of(self.note_id, page)

    @strawberry.field(description="Whom it is about; null only if the contact was deleted a moment ago.")
    async def contact(self, info: Info) -> Annotated["Contact", strawberry.lazy("graph.contacts")] | None:
        from graph.contacts import Contact  # noqa: PLC0415 - the two types hold each other

        found = await contacts.find(info.context, self.contact_id)
        return None if found is None else Contact.of(found)

    @classmethod
    def of(cls, signed: notes.SignedNote[model.ContactNote]) -> Self:
        note = signed.note
        return cls(
            id=encode_id("ContactNote", note.id),
            version=note.version,
            body=note.body,
            author=Agent.of(signed.author),
            created_at=note.created_at,
            is_edited=note.edited_at is not None,
            edited_at=note.edited_at,
            edited_by=None if signed.editor is None else Agent.of(signed.editor),
            contact_id=note.contact_id,
            note_id=note.id,
        )


@strawberry.type(description="A note and its place in the list.")
class ContactNoteEdge:
    node: ContactNote = strawberry.field(description="The note.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, signed: notes.SignedNote[model.ContactNote]) -> Self:
        place = position(signed.note)
        return cls(node=ContactNote.of(signed), cursor=encode_cursor("note", milliseconds(place.created_at), place.id))


@strawberry.type(description="A page of a contact's notes, newest first.")
class ContactNoteConnection:
    edges: list[ContactNoteEdge] = strawberry.field(description="The notes with their places.")
    nodes: list[ContactNote] = strawberry.field(description="The notes alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    total_count: int = strawberry.field(description="How many notes the contact has; costs nothing to ask.")

    @classmethod
    def of(cls, page: Page[notes.SignedNote[model.ContactNote]], total: int) -> Self:
        edges = [ContactNoteEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            total_count=total,
        )


def note_position(cursor: str) -> NotePosition:
    created, note_id = decode_cursor(cursor, "note", int, str)
    return NotePosition(moment(int(created)), str(note_id))
