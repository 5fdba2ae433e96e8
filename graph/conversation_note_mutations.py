"""The mutations of conversation notes."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.conversation_notes import (
    ConversationNoteAdded,
    ConversationNoteDeleted,
    ConversationNoteEdited,
    ConversationNoteRestored,
    StaleConversationNote,
    StaleDeletedConversationNote,
)
from domain.outcomes import Invalid
from graph.conversation_notes import ConversationNote, ConversationNoteEdge, DeletedConversationNote
from graph.conversations import Conversation
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.nodes import encode_id
from graph.note_mutations import BODY
from graph.paging import given
from resolvers import conversation_notes as notes
from resolvers import deleted_notes
from resolvers.notes import signed as signed_note


@strawberry.input(description="What to write on which conversation.")
class ConversationNoteAddInput:
    conversation_id: strawberry.ID = strawberry.field(description="Of a Conversation.")
    body: str = strawberry.field(description=BODY)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What to write instead.")
class ConversationNoteEditInput:
    note_id: strawberry.ID = strawberry.field(description="Of a ConversationNote.")
    body: str = strawberry.field(description=BODY)
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What to delete.")
class ConversationNoteDeleteInput:
    note_id: strawberry.ID = strawberry.field(description="Of a ConversationNote.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which deleted note to bring back.")
class ConversationNoteRestoreInput:
    note_id: strawberry.ID = strawberry.field(
        description="Of the ConversationNote that it was: `deletedNoteId` of `conversationNoteDelete`."
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The note was added.")
class ConversationNoteAddSuccess:
    note_edge: ConversationNoteEdge = strawberry.field(description="Prepend it to the list of notes.")
    conversation: Conversation = strawberry.field(description="On which it hangs.")


@strawberry.type(description="The note was edited.")
class ConversationNoteEditSuccess:
    note: ConversationNote = strawberry.field(description="As it is now; a normalized cache updates itself by its id.")


@strawberry.type(description="The note was deleted.")
class ConversationNoteDeleteSuccess:
    deleted_note_id: strawberry.ID = strawberry.field(description="Take the note of this id out of lists.")
    conversation: Conversation = strawberry.field(description="On which it hung.")
    restorable_until: datetime = strawberry.field(
        description="Until then `conversationNoteRestore` brings it back: offer *undo*. From then on it is gone."
    )


@strawberry.type(description="The note is back.")
class ConversationNoteRestoreSuccess:
    note_edge: ConversationNoteEdge = strawberry.field(
        description="Put it where it belongs by `createdAt`: the note has its old place in the list, and a new version."
    )
    conversation: Conversation = strawberry.field(description="On which it hangs.")


ConversationNoteAddResult = Annotated[
    ConversationNoteAddSuccess | ValidationFailed | NotFound | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationNoteAddResult", description="How adding a note to a conversation can end."),
]
ConversationNoteEditResult = Annotated[
    ConversationNoteEditSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationNoteEditResult", description="How editing a note on a conversation can end."),
]
ConversationNoteDeleteResult = Annotated[
    ConversationNoteDeleteSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationNoteDeleteResult", description="How deleting a note on a conversation can end."),
]


ConversationNoteRestoreResult = Annotated[
    ConversationNoteRestoreSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union(
        "ConversationNoteRestoreResult", description="How restoring a deleted note on a conversation can end."
    ),
]


@strawberry.type
class ConversationNoteMutations:
    @strawberry.mutation(description="Add a note to a conversation, signed by the asking agent.")
    async def conversation_note_add(
        self, info: Info, input: Annotated[ConversationNoteAddInput, strawberry.argument(description="The new note.")]
    ) -> ConversationNoteAddResult:
        conversation_id = input_id(input.conversation_id, "Conversation", "conversationId")
        if isinstance(conversation_id, Invalid):
            return ValidationFailed.of(conversation_id)
        result = await notes.add(
            info.context, conversation_id=conversation_id, body=input.body, idempotency_key=given(input.idempotency_key)
        )
        match result:
            case ConversationNoteAdded(note, conversation):
                edge = ConversationNoteEdge.of(await signed_note(info.context, note))
                return ConversationNoteAddSuccess(note_edge=edge, conversation=Conversation.of(conversation))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(description="Change the body of a note, of any author. The author stays.")
    async def conversation_note_edit(
        self, info: Info, input: Annotated[ConversationNoteEditInput, strawberry.argument(description="The change.")]
    ) -> ConversationNoteEditResult:
        note_id = input_id(input.note_id, "ConversationNote", "noteId")
        if isinstance(note_id, Invalid):
            return ValidationFailed.of(note_id)
        result = await notes.edit(
            info.context,
            note_id=note_id,
            body=input.body,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ConversationNoteEdited(note):
                return ConversationNoteEditSuccess(note=ConversationNote.of(await signed_note(info.context, note)))
            case StaleConversationNote(current):
                return Conflict.with_current(ConversationNote.of(await signed_note(info.context, current)))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(description="Delete a note, of any author. For a time it can be restored.")
    async def conversation_note_delete(
        self, info: Info, input: Annotated[ConversationNoteDeleteInput, strawberry.argument(description="The note.")]
    ) -> ConversationNoteDeleteResult:
        note_id = input_id(input.note_id, "ConversationNote", "noteId")
        if isinstance(note_id, Invalid):
            return ValidationFailed.of(note_id)
        result = await notes.delete(
            info.context,
            note_id=note_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ConversationNoteDeleted(note, conversation, until):
                return ConversationNoteDeleteSuccess(
                    deleted_note_id=encode_id("ConversationNote", note.id),
                    conversation=Conversation.of(conversation),
                    restorable_until=until,
                )
            case StaleConversationNote(current):
                return Conflict.with_current(ConversationNote.of(await signed_note(info.context, current)))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(
        description="Bring a deleted note back, by `restorableUntil` at the latest; after that it is not found. "
        "Restoring what is not deleted changes nothing."
    )
    async def conversation_note_restore(
        self, info: Info, input: Annotated[ConversationNoteRestoreInput, strawberry.argument(description="The note.")]
    ) -> ConversationNoteRestoreResult:
        note_id = input_id(input.note_id, "ConversationNote", "noteId")
        if isinstance(note_id, Invalid):
            return ValidationFailed.of(note_id)
        result = await notes.restore(
            info.context,
            note_id=note_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ConversationNoteRestored(note, conversation):
                edge = ConversationNoteEdge.of(await signed_note(info.context, note))
                return ConversationNoteRestoreSuccess(note_edge=edge, conversation=Conversation.of(conversation))
            case StaleConversationNote(current):
                return Conflict.with_current(ConversationNote.of(await signed_note(info.context, current)))
            case StaleDeletedConversationNote(current):
                signed = await deleted_notes.signed(info.context, current)
                return Conflict.with_current(DeletedConversationNote.of(signed))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
