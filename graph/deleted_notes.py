"""Deleted notes: the connection, the last deleted first."""

from datetime import datetime
from typing import Self

import strawberry

from domain import notes as model
from domain.deleted_notes import DeletedNote, DeletedNotePosition, position
from domain.paging import Page
from graph.agents import Agent
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.paging import PageInfo, decode_cursor, encode_cursor, milliseconds, moment, page_info
from resolvers import deleted_notes
from resolvers.deleted_notes import SignedDeletedNote


@strawberry.type(description="A note that was deleted and can still be restored.")
class DeletedContactNote(Node):
    note_id: strawberry.ID = strawberry.field(
        description="The id that it had as a ContactNote, and has again once `contactNoteRestore` brought it back."
    )
    version: int = strawberry.field(description="The one in which it was deleted.")
    body: str = strawberry.field(description="What it said when it was deleted.")
    author: Agent = strawberry.field(description="Who wrote it first.")
    created_at: datetime = strawberry.field(description="When it was written: restored, it is listed by it again.")
    is_edited: bool = strawberry.field(description="Whether it was changed before it was deleted.")
    edited_at: datetime | None = strawberry.field(description="When it was last changed.")
    edited_by: Agent | None = strawberry.field(description="Who last changed it.")
    deleted_at: datetime = strawberry.field(description="When it was deleted; the list is newest first by it.")
    deleted_by: Agent = strawberry.field(description="Who deleted it.")
    restorable_until: datetime = strawberry.field(description="From then on it is gone, with its earlier versions.")

    @classmethod
    def of(cls, signed: SignedDeletedNote[model.ContactNote]) -> Self:
        deleted, note, editor = signed.deleted, signed.deleted.note, signed.note.editor
        return cls(
            id=encode_id("DeletedContactNote", note.id),
            note_id=encode_id("ContactNote", note.id),
            version=note.version,
            body=note.body,
            author=Agent.of(signed.note.author),
            created_at=note.created_at,
            is_edited=note.edited_at is not None,
            edited_at=note.edited_at,
            edited_by=None if editor is None else Agent.of(editor),
            deleted_at=deleted.deleted_at,
            deleted_by=Agent.of(signed.deleter),
            restorable_until=deleted.restorable_until,
        )


@strawberry.type(description="A deleted note and its place in the list.")
class DeletedContactNoteEdge:
    node: DeletedContactNote = strawberry.field(description="The note.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, signed: SignedDeletedNote[model.ContactNote]) -> Self:
        return cls(node=DeletedContactNote.of(signed), cursor=deleted_note_cursor(signed.deleted))


@strawberry.type(description="A page of the notes of a contact that can be restored, the last deleted first.")
class DeletedContactNoteConnection:
    edges: list[DeletedContactNoteEdge] = strawberry.field(description="The notes with their places.")
    nodes: list[DeletedContactNote] = strawberry.field(description="The notes alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    contact_id: strawberry.Private[str]

    @strawberry.field(description="How many can be restored. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await deleted_notes.count(info.context, self.contact_id)

    @classmethod
    def of(cls, contact_id: str, page: Page[SignedDeletedNote[model.ContactNote]]) -> Self:
        edges = [DeletedContactNoteEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            contact_id=contact_id,
        )


def deleted_note_cursor(deleted: DeletedNote[model.N]) -> str:
    place = position(deleted)
    return encode_cursor("deletedNote", milliseconds(place.deleted_at), place.id)


def deleted_note_position(cursor: str) -> DeletedNotePosition:
    deleted, note_id = decode_cursor(cursor, "deletedNote", int, str)
    return DeletedNotePosition(moment(int(deleted)), str(note_id))
