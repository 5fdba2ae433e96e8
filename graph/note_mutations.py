"""The mutations of contact notes."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.notes import NoteAdded, NoteDeleted, NoteEdited, StaleNote
from domain.outcomes import Invalid
from graph.contacts import Contact
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.nodes import encode_id
from graph.notes import ContactNote, ContactNoteEdge
from graph.paging import given
from resolvers import notes

BODY = (
    "1 to 2,000 characters of plain text with something to see in it. Characters are Unicode code points after "
    'normalisation; count them as `[...body.normalize("NFC").replace(/\\r\\n?/g, "\\n")].length`.'
)


@strawberry.input(description="What to write about whom.")
class ContactNoteAddInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    body: str = strawberry.field(description=BODY)
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What to write instead.")
class ContactNoteEditInput:
    note_id: strawberry.ID = strawberry.field(description="Of a ContactNote.")
    body: str = strawberry.field(description=BODY)
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What to delete.")
class ContactNoteDeleteInput:
    note_id: strawberry.ID = strawberry.field(description="Of a ContactNote.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The note was added.")
class ContactNoteAddSuccess:
    note_edge: ContactNoteEdge = strawberry.field(description="Prepend it to the list of notes.")
    contact: Contact = strawberry.field(description="Whom the note is about, as they are now.")


@strawberry.type(description="The note was edited.")
class ContactNoteEditSuccess:
    note: ContactNote = strawberry.field(description="As it is now; a normalized cache updates itself by its id.")


@strawberry.type(description="The note was deleted.")
class ContactNoteDeleteSuccess:
    deleted_note_id: strawberry.ID = strawberry.field(description="Take the note of this id out of lists.")
    contact: Contact = strawberry.field(description="Whom the note was about, as they are now.")
    restorable_until: datetime = strawberry.field(
        description="Until then `contactNoteRestore` brings it back: offer *undo*. From then on it is gone."
    )


ContactNoteAddResult = Annotated[
    ContactNoteAddSuccess | ValidationFailed | NotFound | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactNoteAddResult", description="How adding a note can end."),
]
ContactNoteEditResult = Annotated[
    ContactNoteEditSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactNoteEditResult", description="How editing a note can end."),
]
ContactNoteDeleteResult = Annotated[
    ContactNoteDeleteSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactNoteDeleteResult", description="How deleting a note can end."),
]


@strawberry.type
class NoteMutations:
    @strawberry.mutation(description="Add a note to a contact, signed by the asking agent.")
    async def contact_note_add(
        self, info: Info, input: Annotated[ContactNoteAddInput, strawberry.argument(description="The new note.")]
    ) -> ContactNoteAddResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await notes.add(
            info.context, contact_id=contact_id, body=input.body, idempotency_key=given(input.idempotency_key)
        )
        match result:
            case NoteAdded(note, contact):
                edge = ContactNoteEdge.of(await notes.signed(info.context, note))
                return ContactNoteAddSuccess(note_edge=edge, contact=Contact.of(contact))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(description="Change the body of a note, of any author. The author stays.")
    async def contact_note_edit(
        self, info: Info, input: Annotated[ContactNoteEditInput, strawberry.argument(description="The change.")]
    ) -> ContactNoteEditResult:
        note_id = input_id(input.note_id, "ContactNote", "noteId")
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
            case NoteEdited(note):
                return ContactNoteEditSuccess(note=ContactNote.of(await notes.signed(info.context, note)))
            case StaleNote(current):
                return Conflict.with_current(ContactNote.of(await notes.signed(info.context, current)))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(description="Delete a note, of any author. For a time it can be restored.")
    async def contact_note_delete(
        self, info: Info, input: Annotated[ContactNoteDeleteInput, strawberry.argument(description="The note.")]
    ) -> ContactNoteDeleteResult:
        note_id = input_id(input.note_id, "ContactNote", "noteId")
        if isinstance(note_id, Invalid):
            return ValidationFailed.of(note_id)
        result = await notes.delete(
            info.context,
            note_id=note_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case NoteDeleted(note, contact, until):
                return ContactNoteDeleteSuccess(
                    deleted_note_id=encode_id("ContactNote", note.id),
                    contact=Contact.of(contact),
                    restorable_until=until,
                )
            case StaleNote(current):
                return Conflict.with_current(ContactNote.of(await notes.signed(info.context, current)))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
