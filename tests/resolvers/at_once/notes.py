"""Notes: added, edited, reverted, deleted and restored."""

from __future__ import annotations

import random

from domain.deleted_notes import DeletedNote, StaleDeletedNote
from domain.events import EventKind, NoteVersion
from domain.notes import NoteAdded, NoteDeleted, NoteEdited, NoteRestored, StaleNote
from domain.outcomes import Kind, NotFound
from resolvers import deleted_notes, note_revisions, notes
from resolvers.context import Context
from tests.resolvers.at_once.operation import Known, Maker, Operation, Tell, Written, is_next, seen


def _told(known: Known, body: str | None, version: int | None) -> Tell:
    def tell(answer: object, _context: Context) -> Written | None:
        match answer:
            case NoteAdded(note, contact):
                known.notes[note.id] = note.version
                assert (note.contact_id, note.version, note.body) == (contact.id, 1, body)
                return Written(contact.id, EventKind.NOTE_ADDED, NoteVersion(note.id, 1))
            case NoteEdited(note):
                known.notes[note.id] = note.version
                assert (note.body, is_next(note.version, version)) == (body, True)
                return Written(note.contact_id, EventKind.NOTE_EDITED, NoteVersion(note.id, note.version))
            case NoteDeleted(note, contact):
                assert (note.contact_id, version in {None, note.version}) == (contact.id, True)
                return Written(contact.id, EventKind.NOTE_DELETED)
            case StaleNote(current):
                known.notes[current.id] = current.version
                assert version not in {None, current.version}
                return None
            case NotFound(kind):
                assert kind is Kind.NOTE
                return None
            case _:
                raise AssertionError(answer)

    return tell


def note_add(chance: random.Random, known: Known, number: int) -> Operation:
    contact_id, body = chance.choice(known.contacts), f"Note {number}"

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await notes.add(context, contact_id=contact_id, body=body, idempotency_key=idempotency_key)

    return Operation(act, _told(known, body, None))


def note_edit(chance: random.Random, known: Known, number: int) -> Operation:
    note_id, last = chance.choice([*known.notes.items(), ("nothing", 1)])
    body, version = f"Edit {number}", seen(last, chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await notes.edit(context, note_id=note_id, body=body, version=version, idempotency_key=idempotency_key)

    return Operation(act, _told(known, body, version))


def note_delete(chance: random.Random, known: Known, _number: int) -> Operation:
    note_id, last = chance.choice([*known.notes.items(), ("nothing", 1)])
    version = seen(last, chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await notes.delete(context, note_id=note_id, version=version, idempotency_key=idempotency_key)

    return Operation(act, _told(known, None, version))


def _brought_back(known: Known, version: int | None) -> Tell:
    def tell(answer: object, context: Context) -> Written | None:
        match answer:
            case NoteEdited(note):
                known.notes[note.id] = note.version
                # It said so already: nothing was written, and what there is is of another moment.
                if note.edited_at != context.clock():
                    return None
                assert is_next(note.version, version)
                return Written(note.contact_id, EventKind.NOTE_EDITED, NoteVersion(note.id, note.version))
            case NoteRestored(note, contact):
                known.notes[note.id] = note.version
                if note.restored_at != context.clock():
                    return None
                assert (note.contact_id, is_next(note.version, version)) == (contact.id, True)
                return Written(contact.id, EventKind.NOTE_RESTORED, NoteVersion(note.id, note.version))
            case StaleNote(current) | StaleDeletedNote(DeletedNote(current)):
                known.notes[current.id] = current.version
                assert version not in {None, current.version}
                return None
            case NotFound(kind):
                assert kind in {Kind.NOTE, Kind.VERSION}
                return None
            case _:
                raise AssertionError(answer)

    return tell


def note_revert(chance: random.Random, known: Known, _number: int) -> Operation:
    note_id, last = chance.choice([*known.notes.items(), ("nothing", 1)])
    to, version = chance.randint(0, last + 1), seen(last, chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await note_revisions.revert(
            context, note_id=note_id, restore_version=to, version=version, idempotency_key=idempotency_key
        )

    return Operation(act, _brought_back(known, version))


def note_restore(chance: random.Random, known: Known, _number: int) -> Operation:
    note_id, last = chance.choice([*known.notes.items(), ("nothing", 1)])
    version = seen(last, chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await deleted_notes.restore(context, note_id=note_id, version=version, idempotency_key=idempotency_key)

    return Operation(act, _brought_back(known, version))


MAKERS: tuple[Maker, ...] = (note_add, note_edit, note_edit, note_revert, note_delete, note_restore)
