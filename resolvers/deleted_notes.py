"""Deleted notes: listed for those who look for one, and restored until their retention ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from domain.agents import Agent
from domain.capabilities import Capability, Forbidden
from domain.deleted_notes import DeletedNote, DeletedNotePosition, StaleDeletedNote
from domain.events import EventKind
from domain.note_revisions import restored
from domain.notes import ContactNote, N, NoteRestored, StaleNote
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from persistence.stores import Changes
from resolvers.agents import find_agent
from resolvers.batching import AsOf, PageKey
from resolvers.context import Context
from resolvers.idempotency import once
from resolvers.note_changes import note_event, told
from resolvers.notes import SignedNote
from resolvers.notes import signed as signed_note

_Answer = NoteRestored | NotFound | StaleDeletedNote | StaleNote


@dataclass(frozen=True, slots=True)
class SignedDeletedNote(Generic[N]):
    """A deleted note with the agents who wrote, last edited and deleted it."""

    deleted: DeletedNote[N]
    note: SignedNote[N]
    deleter: Agent


async def page(
    context: Context, contact_id: str, request: PageRequest[DeletedNotePosition]
) -> Page[SignedDeletedNote[ContactNote]]:
    """Return a page of what can be restored, the last deleted first."""
    key = AsOf(PageKey(contact_id, request), context.clock())
    found = await context.loaders.deleted_notes_page_by_key.load(key)
    rows = tuple([await signed(context, each) for each in found.rows])
    return Page(rows, found.has_previous, found.has_next)


async def count(context: Context, contact_id: str) -> int:
    return await context.loaders.deleted_note_count_by_contact_id.load(AsOf(contact_id, context.clock()))


async def find(context: Context, note_id: str) -> SignedDeletedNote[ContactNote] | None:
    """Return the note where it is deleted and can be restored."""
    found = await context.loaders.deleted_note_by_id.load(AsOf(note_id, context.clock()))
    if found is None or await context.loaders.contact_by_id.load(found.note.contact_id) is None:
        return None
    return await signed(context, found)


async def signed(context: Context, deleted: DeletedNote[N]) -> SignedDeletedNote[N]:
    note = await signed_note(context, deleted.note)
    return SignedDeletedNote(deleted, note, await find_agent(context, deleted.deleted_by_id))


async def restore(
    context: Context, *, note_id: str, version: int | None, idempotency_key: str | None
) -> NoteRestored | Forbidden | Invalid | NotFound | StaleDeletedNote | StaleNote | KeyReused:
    """Bring a deleted note back to its place in the list. One that is not deleted stays as it is."""

    async def work(changes: Changes) -> _Answer | Forbidden:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        live = await changes.notes.find(note_id)
        if live is not None:
            return await _unchanged(changes, live, version)
        deleted = await changes.notes.find_deleted(note_id, context.clock())
        if deleted is None:
            return NotFound(Kind.NOTE)
        if version is not None and version != deleted.note.version:
            return StaleDeletedNote(deleted)
        return await _restored(context, changes, deleted.note)

    request = ("contactNoteRestore", note_id, version)
    return told(context, await once(context, idempotency_key, request, work))


async def _unchanged(changes: Changes, note: ContactNote, version: int | None) -> NoteRestored | NotFound | StaleNote:
    contact = await changes.contacts.find(note.contact_id)
    if contact is None:
        return NotFound(Kind.NOTE)
    return StaleNote(note) if version is not None and version != note.version else NoteRestored(note, contact)


async def _restored(context: Context, changes: Changes, before: ContactNote) -> NoteRestored | NotFound:
    contact = await changes.contacts.count_notes(before.contact_id, more=1)
    if contact is None:
        return NotFound(Kind.NOTE)
    after = restored(before, agent_id=context.agent.id, at=context.clock())
    await changes.revisions.keep(before)
    await changes.revisions.expire(before.id, None)
    await changes.notes.restore(after)
    await changes.events.add(note_event(context, EventKind.NOTE_RESTORED, before, after))
    return NoteRestored(after, contact)
