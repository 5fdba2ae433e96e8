"""What the mutations of notes share: how a change is kept, logged, and known to the rest of the request."""

from __future__ import annotations

from typing import TypeVar

from domain.events import ContactEvent, EventKind, NoteVersion
from domain.ids import new_id
from domain.note_revisions import edited
from domain.notes import ContactNote, NoteAdded, NoteDeleted, NoteEdited, NoteRestored
from domain.outcomes import Kind, NotFound
from persistence.stores import Changes
from resolvers.context import Context

R = TypeVar("R")


async def rewritten(context: Context, changes: Changes, before: ContactNote, body: str) -> NoteEdited | NotFound:
    """Give the note, found in this transaction, another body; the version before is kept."""
    if body == before.body:
        contact = await changes.contacts.find(before.contact_id)
        return NotFound(Kind.NOTE) if contact is None else NoteEdited(before)
    if not await changes.contacts.hold(before.contact_id):
        return NotFound(Kind.NOTE)
    after = edited(before, body, agent_id=context.agent.id, at=context.clock())
    await changes.revisions.keep(before)
    await changes.notes.put(after)
    await changes.events.add(note_event(context, EventKind.NOTE_EDITED, before, after))
    return NoteEdited(after)


def note_event(
    context: Context, kind: EventKind, before: ContactNote | None, after: ContactNote | None
) -> ContactEvent:
    contact_ids = {each.contact_id for each in (before, after) if each is not None}
    was, now = (None if each is None else NoteVersion(each.id, each.version) for each in (before, after))
    return ContactEvent(new_id(), contact_ids.pop(), context.clock(), kind, context.agent.id, was, now)


def told(context: Context, result: R) -> R:
    """Let what the same request asks next see the change."""
    match result:
        case NoteAdded(note, contact) | NoteDeleted(note, contact) | NoteRestored(note, contact):
            context.loaders.forget_note(note.id)
            context.loaders.know_contact(contact)
        case NoteEdited(note):
            context.loaders.forget_note(note.id)
        case _:
            pass
    return result
