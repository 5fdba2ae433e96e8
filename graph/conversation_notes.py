"""Conversation notes: the type, what is told of a deleted one, and the connection, newest first."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain import conversation_notes as model
from domain.notes import position
from domain.paging import Page
from graph.agents import Agent
from graph.deleted_notes import deleted_note_cursor
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.note_revisions import revision_position
from graph.paging import After, Before, First, Last, PageInfo, encode_cursor, milliseconds, page_info, page_request
from resolvers import conversation_note_revisions, conversation_notes, conversations
from resolvers.deleted_notes import SignedDeletedNote
from resolvers.notes import SignedNote

if TYPE_CHECKING:
    from graph.conversation_note_revisions import ConversationNoteRevisionConnection
    from graph.conversations import Conversation


@strawberry.type(
    description="What an agent wrote on a conversation, for every agent to read, edit and delete. It is never among "
    "the notes of the contact."
)
class ConversationNote(Node):
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
    conversation_id: strawberry.Private[str]
    local_id: strawberry.Private[str]

    @strawberry.field(description="On which it hangs; null only if its contact was deleted a moment ago.")
    async def conversation(
        self, info: Info
    ) -> Annotated["Conversation", strawberry.lazy("graph.conversations")] | None:
        from graph.conversations import Conversation  # noqa: PLC0415 - the two types hold each other

        found = await conversations.find(info.context, self.conversation_id)
        return None if found is None else Conversation.of(found)

    @strawberry.field(description="What it said before, newest first: none while it was never changed.")
    async def revisions(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Annotated["ConversationNoteRevisionConnection", strawberry.lazy("graph.conversation_note_revisions")]:
        from graph.conversation_note_revisions import (  # noqa: PLC0415 - going back answers with a note
            ConversationNoteRevisionConnection,
        )

        request = page_request(first, after, last, before, revision_position)
        page = await conversation_note_revisions.page(info.context, self.local_id, request)
        return ConversationNoteRevisionConnection.of(self.local_id, page)

    @classmethod
    def of(cls, signed: SignedNote[model.ConversationNote]) -> Self:
        note = signed.note
        return cls(
            id=encode_id("ConversationNote", note.id),
            local_id=note.id,
            version=note.version,
            body=note.body,
            author=Agent.of(signed.author),
            created_at=note.created_at,
            is_edited=note.edited_at is not None,
            edited_at=note.edited_at,
            edited_by=None if signed.editor is None else Agent.of(signed.editor),
            conversation_id=note.conversation_id,
        )


@strawberry.type(description="A note on a conversation that was deleted and can still be restored.")
class DeletedConversationNote(Node):
    note_id: strawberry.ID = strawberry.field(
        description="The id that it had as a ConversationNote, and has again once `conversationNoteRestore` brought it "
        "back."
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
    def of(cls, signed: SignedDeletedNote[model.ConversationNote]) -> Self:
        deleted, note, editor = signed.deleted, signed.deleted.note, signed.note.editor
        return cls(
            id=encode_id("DeletedConversationNote", note.id),
            note_id=encode_id("ConversationNote", note.id),
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


@strawberry.type(description="A deleted note on a conversation and its place in the list.")
class DeletedConversationNoteEdge:
    node: DeletedConversationNote = strawberry.field(description="The note.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, signed: SignedDeletedNote[model.ConversationNote]) -> Self:
        return cls(node=DeletedConversationNote.of(signed), cursor=deleted_note_cursor(signed.deleted))


@strawberry.type(description="A page of the notes on a conversation that can be restored, the last deleted first.")
class DeletedConversationNoteConnection:
    edges: list[DeletedConversationNoteEdge] = strawberry.field(description="The notes with their places.")
    nodes: list[DeletedConversationNote] = strawberry.field(description="The notes alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    conversation_id: strawberry.Private[str]

    @strawberry.field(description="How many can be restored. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await conversation_notes.deleted_count(info.context, self.conversation_id)

    @classmethod
    def of(cls, conversation_id: str, page: Page[SignedDeletedNote[model.ConversationNote]]) -> Self:
        edges = [DeletedConversationNoteEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            conversation_id=conversation_id,
        )


@strawberry.type(description="A note on a conversation and its place in the list.")
class ConversationNoteEdge:
    node: ConversationNote = strawberry.field(description="The note.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, signed: SignedNote[model.ConversationNote]) -> Self:
        place = position(signed.note)
        cursor = encode_cursor("note", milliseconds(place.created_at), place.id)
        return cls(node=ConversationNote.of(signed), cursor=cursor)


@strawberry.type(description="A page of a conversation's notes, newest first.")
class ConversationNoteConnection:
    edges: list[ConversationNoteEdge] = strawberry.field(description="The notes with their places.")
    nodes: list[ConversationNote] = strawberry.field(description="The notes alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    conversation_id: strawberry.Private[str]

    @strawberry.field(description="How many notes the conversation has. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await conversation_notes.count(info.context, self.conversation_id)

    @classmethod
    def of(cls, conversation_id: str, page: Page[SignedNote[model.ConversationNote]]) -> Self:
        edges = [ConversationNoteEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            conversation_id=conversation_id,
        )
