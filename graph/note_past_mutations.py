"""The mutations that bring back what notes said: an earlier version, or a deleted note."""

from typing import Annotated

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.deleted_notes import StaleDeletedNote
from domain.notes import NoteEdited, NoteRestored, StaleNote
from domain.outcomes import Invalid
from graph.contacts import Contact
from graph.deleted_notes import DeletedContactNote
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.notes import ContactNote, ContactNoteEdge
from graph.paging import given
from resolvers import deleted_notes, note_revisions, notes


@strawberry.input(description="Which version to go back to.")
class ContactNoteRevertInput:
    note_id: strawberry.ID = strawberry.field(description="Of a ContactNote.")
    restore_version: int = strawberry.field(description="One of the versions in the note's `revisions`.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which deleted note to bring back.")
class ContactNoteRestoreInput:
    note_id: strawberry.ID = strawberry.field(
        description="Of the ContactNote that it was: `deletedNoteId` of `contactNoteDelete`, or a deleted note's "
        "`noteId`."
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The note says again what it said in the earlier version.")
class ContactNoteRevertSuccess:
    note: ContactNote = strawberry.field(
        description="As it is now, in a new version: a normalized cache updates itself by its id."
    )


@strawberry.type(description="The note is back.")
class ContactNoteRestoreSuccess:
    note_edge: ContactNoteEdge = strawberry.field(
        description="Put it where it belongs by `createdAt`: the note has its old place in the list, and a new version."
    )
    contact: Contact = strawberry.field(description="Whom the note is about, as they are now.")


ContactNoteRevertResult = Annotated[
    ContactNoteRevertSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactNoteRevertResult", description="How going back to an earlier version can end."),
]
ContactNoteRestoreResult = Annotated[
    ContactNoteRestoreSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactNoteRestoreResult", description="How restoring a deleted note can end."),
]


@strawberry.type
class NotePastMutations:
    @strawberry.mutation(
        description="Let a note say again what it said in an earlier version. That makes a new version: nothing that "
        "was written since is lost, and the author stays. Going back to what it says already changes nothing."
    )
    async def contact_note_revert(
        self, info: Info, input: Annotated[ContactNoteRevertInput, strawberry.argument(description="The version.")]
    ) -> ContactNoteRevertResult:
        note_id = input_id(input.note_id, "ContactNote", "noteId")
        if isinstance(note_id, Invalid):
            return ValidationFailed.of(note_id)
        result = await note_revisions.revert(
            info.context,
            note_id=note_id,
            restore_version=input.restore_version,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case NoteEdited(note):
                return ContactNoteRevertSuccess(note=ContactNote.of(await notes.signed(info.context, note)))
            case StaleNote(current):
                return Conflict.with_current(ContactNote.of(await notes.signed(info.context, current)))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(
        description="Bring a deleted note back, by `restorableUntil` at the latest; after that it is not found. "
        "Restoring what is not deleted changes nothing."
    )
    async def contact_note_restore(
        self, info: Info, input: Annotated[ContactNoteRestoreInput, strawberry.argument(description="The note.")]
    ) -> ContactNoteRestoreResult:
        note_id = input_id(input.note_id, "ContactNote", "noteId")
        if isinstance(note_id, Invalid):
            return ValidationFailed.of(note_id)
        result = await deleted_notes.restore(
            info.context,
            note_id=note_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case NoteRestored(note, contact):
                edge = ContactNoteEdge.of(await notes.signed(info.context, note))
                return ContactNoteRestoreSuccess(note_edge=edge, contact=Contact.of(contact))
            case StaleNote(current):
                return Conflict.with_current(ContactNote.of(await notes.signed(info.context, current)))
            case StaleDeletedNote(current):
                signed = await deleted_notes.signed(info.context, current)
                return Conflict.with_current(DeletedContactNote.of(signed))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
