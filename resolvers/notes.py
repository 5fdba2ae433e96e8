"""Contact notes: read newest first, added, edited and deleted by any agent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from domain.agents import Agent
from domain.capabilities import Capability, Forbidden
from domain.deleted_notes import DeletedNote
from domain.events import EventKind, NoteVersion
from domain.ids import new_id
from domain.note_revisions import NoteRevision
from domain.notes import ContactNote, N, NoteAdded, NoteDeleted, NoteEdited, NotePosition, StaleNote, note_body
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from persistence.stores import Changes
from resolvers.agents import find_agent
from resolvers.batching import AsOf, PageKey
from resolvers.context import Context
from resolvers.idempotency import once
from resolvers.note_changes import note_event, rewritten, told


@dataclass(frozen=True, slots=True)
class SignedNote(Generic[N]):
    """A note with the agents who wrote and last edited it."""

    note: N
    author: Agent
    editor: Agent | None


async def page(context: Context, contact_id: str, request: PageRequest[NotePosition]) -> Page[SignedNote[ContactNote]]:
    found = await context.loaders.notes_page_by_key.load(PageKey(contact_id, request))
    rows = tuple([await signed(context, each) for each in found.rows])
    return Page(rows, found.has_previous, found.has_next)


async def find(context: Context, note_id: str) -> SignedNote[ContactNote] | None:
    """Return the note; a deleted contact's is there no more, though it may take a moment until it is removed."""
    note = await context.loaders.note_by_id.load(note_id)
    if note is None or await context.loaders.contact_by_id.load(note.contact_id) is None:
        return None
    return await signed(context, note)


async def version_of(context: Context, wanted: NoteVersion) -> NoteRevision | None:
    """Return what the note said in that version; None where it is erased, or past the date until it can be restored."""
    found = await context.loaders.note_version_by_key.load(AsOf(wanted, context.clock()))
    if found is None or await context.loaders.contact_by_id.load(found.contact_id) is None:
        return None
    return found


async def signed(context: Context, note: N) -> SignedNote[N]:
    editor_id = note.edited_by_id
    editor = None if editor_id is None else await find_agent(context, editor_id)
    return SignedNote(note, await find_agent(context, note.author_id), editor)


async def add(
    context: Context, *, contact_id: str, body: str, idempotency_key: str | None
) -> NoteAdded | Forbidden | Invalid | NotFound | KeyReused:
    async def work(changes: Changes) -> NoteAdded | Forbidden | Invalid | NotFound:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        if isinstance(text := note_body(body), Invalid):
            return text
        contact = await changes.contacts.count_notes(contact_id, more=1)
        if contact is None:
            return NotFound(Kind.CONTACT)
        note = ContactNote(new_id(), contact.id, 1, text, context.agent.id, context.clock())
        await changes.notes.add(note)
        await changes.events.add(note_event(context, EventKind.NOTE_ADDED, None, note))
        return NoteAdded(note, contact)

    result = await once(context, idempotency_key, ("contactNoteAdd", contact_id, body), work)
    return told(context, result)


async def edit(
    context: Context, *, note_id: str, body: str, version: int | None, idempotency_key: str | None
) -> NoteEdited | Forbidden | Invalid | NotFound | StaleNote | KeyReused:
    """Change the body. The author stays; the editor and the time are kept beside it."""

    async def work(changes: Changes) -> NoteEdited | Forbidden | Invalid | NotFound | StaleNote:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        if isinstance(text := note_body(body), Invalid):
            return text
        before = await changes.notes.find(note_id)
        if before is None:
            return NotFound(Kind.NOTE)
        if version is not None and version != before.version:
            return StaleNote(before)
        return await rewritten(context, changes, before, text)

    result = await once(context, idempotency_key, ("contactNoteEdit", note_id, body, version), work)
    return told(context, result)


async def delete(
    context: Context, *, note_id: str, version: int | None, idempotency_key: str | None
) -> NoteDeleted | Forbidden | Invalid | NotFound | StaleNote | KeyReused:
    """Take the note out of sight. It can be restored until its retention ends, and is removed with its past then."""

    async def work(changes: Changes) -> NoteDeleted | Forbidden | NotFound | StaleNote:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        note = await changes.notes.find(note_id)
        if note is None:
            return NotFound(Kind.NOTE)
        if version is not None and version != note.version:
            return StaleNote(note)
        contact = await changes.contacts.count_notes(note.contact_id, more=-1)
        if contact is None:
            return NotFound(Kind.NOTE)
        now = context.clock()
        until = now + context.note_retention
        await changes.notes.delete(DeletedNote(note, now, context.agent.id, until))
        await changes.revisions.expire(note_id, until)
        await changes.events.add(note_event(context, EventKind.NOTE_DELETED, note, None))
        return NoteDeleted(note, contact, until)

    result = await once(context, idempotency_key, ("contactNoteDelete", note_id, version), work)
    return told(context, result)
