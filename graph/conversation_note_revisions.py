"""The past of a conversation note: its earlier versions, newest first, and going back to one."""

from datetime import datetime
from typing import Annotated, Self

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.conversation_notes import ConversationNoteEdited, StaleConversationNote
from domain.note_revisions import NoteRevision
from domain.outcomes import Invalid
from domain.paging import Page
from graph.agents import Agent
from graph.conversation_notes import ConversationNote
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import PageInfo, encode_cursor, given, page_info
from resolvers import conversation_note_revisions as revisions
from resolvers.agents import find_agent
from resolvers.notes import signed


@strawberry.type(description="One earlier version of a note on a conversation.")
class ConversationNoteRevisionEntry:
    version: int = strawberry.field(description="What `conversationNoteRevert` takes as `restoreVersion`.")
    body: str = strawberry.field(description="What the note said in this version.")
    written_at: datetime = strawberry.field(description="When this version came about.")
    agent_id: strawberry.Private[str]

    @strawberry.field(
        description="Who wrote this version, which need not be the note's author; where it came about by restoring the "
        "deleted note, who did that."
    )
    async def written_by(self, info: Info) -> Agent:
        return Agent.of(await find_agent(info.context, self.agent_id))

    @classmethod
    def of(cls, revision: NoteRevision) -> Self:
        return cls(version=revision.version, body=revision.body, written_at=revision.at, agent_id=revision.agent_id)


@strawberry.type(description="An earlier version of a note and its place in the list.")
class ConversationNoteRevisionEdge:
    node: ConversationNoteRevisionEntry = strawberry.field(description="The version.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")

    @classmethod
    def of(cls, revision: NoteRevision) -> Self:
        cursor = encode_cursor("revision", revision.version)
        return cls(node=ConversationNoteRevisionEntry.of(revision), cursor=cursor)


@strawberry.type(description="A page of a note's earlier versions, newest first.")
class ConversationNoteRevisionConnection:
    edges: list[ConversationNoteRevisionEdge] = strawberry.field(description="The versions with their places.")
    nodes: list[ConversationNoteRevisionEntry] = strawberry.field(description="The versions alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    note_id: strawberry.Private[str]

    @strawberry.field(description="How many earlier versions the note has. Counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        return await revisions.count(info.context, self.note_id)

    @classmethod
    def of(cls, note_id: str, page: Page[NoteRevision]) -> Self:
        edges = [ConversationNoteRevisionEdge.of(each) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            note_id=note_id,
        )


@strawberry.input(description="Which version to go back to.")
class ConversationNoteRevertInput:
    note_id: strawberry.ID = strawberry.field(description="Of a ConversationNote.")
    restore_version: int = strawberry.field(description="One of the versions in the note's `revisions`.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The note says again what it said in the earlier version.")
class ConversationNoteRevertSuccess:
    note: ConversationNote = strawberry.field(
        description="As it is now, in a new version: a normalized cache updates itself by its id."
    )


ConversationNoteRevertResult = Annotated[
    ConversationNoteRevertSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationNoteRevertResult", description="How going back to an earlier version can end."),
]


@strawberry.type
class ConversationNotePastMutations:
    @strawberry.mutation(
        description="Let a note on a conversation say again what it said in an earlier version. That makes a new "
        "version: nothing that was written since is lost, and the author stays."
    )
    async def conversation_note_revert(
        self, info: Info, input: Annotated[ConversationNoteRevertInput, strawberry.argument(description="The version.")]
    ) -> ConversationNoteRevertResult:
        note_id = input_id(input.note_id, "ConversationNote", "noteId")
        if isinstance(note_id, Invalid):
            return ValidationFailed.of(note_id)
        result = await revisions.revert(
            info.context,
            note_id=note_id,
            restore_version=input.restore_version,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ConversationNoteEdited(note):
                return ConversationNoteRevertSuccess(note=ConversationNote.of(await signed(info.context, note)))
            case StaleConversationNote(current):
                return Conflict.with_current(ConversationNote.of(await signed(info.context, current)))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
