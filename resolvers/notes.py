"""Contact notes: read newest first, added, edited and deleted by any agent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from domain.agents import Agent
from domain.capabilities import Capability, Forbidden
from domain.events import ContactEvent, EventKind, NoteVersion
from domain.ids import new_id
from domain.notes import ContactNote, NoteAdded, NoteDeleted, NoteEdited, NotePosition, StaleNote, note_body
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from persistence.stores import Changes
from resolvers.agents import find_agent
from resolvers.context import Context
from resolvers.idempotency import once
from resolvers.loaders import PageKey

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A note with the agents who wrote and last edited it."""

    note: ContactNote
    author: Agent
    editor: Agent | None


async def page(context: Context, contact_id: str, request: PageRequest[NotePosition]) -> Page[SignedNote]:
    found = await context.loaders.notes_page_by_key.load(PageKey(contact_id, request))
    rows = tuple([await signed(context, each) for each in found.rows])
    return Page(rows, found.has_previous, found.has_next)


async def find(context: Context, note_id: str) -> SignedNote | None:
    """Return the note; a deleted contact's is there no more, though it may take a moment until it is removed."""
    note = await context.loaders.note_by_id.load(note_id)
    if note is None or await context.loaders.contact_by_id.load(note.contact_id) is None:
        return None
    return await signed(context, note)


async def signed(context: Context, note: ContactNote) -> SignedNote:
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
        await changes.events.add(_event(context, EventKind.NOTE_ADDED, None, note))
        return NoteAdded(note, contact)

    result = await once(context, idempotency_key, ("contactNoteAdd", contact_id, body), work)
    return _told(context, result)


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
        if text == before.body:
            return NoteEdited(before)
        if not await changes.contacts.hold(before.contact_id):
            return NotFound(Kind.NOTE)
        now, editor = context.clock(), context.agent.id
        after = replace(before, version=before.version + 1, body=text, edited_at=now, edited_by_id=editor)
        await changes.notes.put(after)
        await changes.events.add(_event(context, EventKind.NOTE_EDITED, before, after))
        return NoteEdited(after)

    result = await once(context, idempotency_key, ("contactNoteEdit", note_id, body, version), work)
    return _told(context, result)


async def delete(
    context: Context, *, note_id: str, version: int | None, idempotency_key: str | None
) -> NoteDeleted | Forbidden | Invalid | NotFound | StaleNote | KeyReused:
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
        await changes.notes.delete(note_id, agent_id=context.agent.id, at=context.clock())
        await changes.events.add(_event(context, EventKind.NOTE_DELETED, note, None))
        return NoteDeleted(note, contact)

    result = await once(context, idempotency_key, ("contactNoteDelete", note_id, version), work)
    return _told(context, result)


def _event(context: Context, kind: EventKind, before: ContactNote | None, after: ContactNote | None) -> ContactEvent:
    contact_ids = {each.contact_id for each in (before, after) if each is not None}
    was, now = (None if each is None else NoteVersion(each.id, each.version) for each in (before, after))
    return ContactEvent(new_id(), contact_ids.pop(), context.clock(), kind, context.agent.id, was, now)


def _told(context: Context, result: R) -> R:
    """Let what the same request asks next see the change."""
    match result:
        case NoteAdded(note, contact) | NoteDeleted(note, contact):
            context.loaders.forget_note(note.id)
            context.loaders.know_contact(contact)
        case NoteEdited(note):
            context.loaders.forget_note(note.id)
        case _:
            pass
    return result
