"""Conversation notes: read newest first, added, edited, deleted and restored by any agent, as contact notes are.

What happens to them is in no timeline of the contact's, which tells of contact notes.
"""

from __future__ import annotations

from typing import TypeVar

from domain.capabilities import Capability, Forbidden
from domain.conversation_notes import (
    ConversationNote,
    ConversationNoteAdded,
    ConversationNoteDeleted,
    ConversationNoteEdited,
    ConversationNoteRestored,
    StaleConversationNote,
    StaleDeletedConversationNote,
)
from domain.conversations import Conversation
from domain.deleted_notes import DeletedNote, DeletedNotePosition
from domain.ids import new_id
from domain.note_revisions import edited, restored
from domain.notes import NotePosition, note_body
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from persistence.stores import Changes
from resolvers import deleted_notes
from resolvers.batching import AsOf, PageKey
from resolvers.context import Context
from resolvers.deleted_notes import SignedDeletedNote
from resolvers.idempotency import once
from resolvers.notes import SignedNote, signed

Refused = Forbidden | Invalid | NotFound | KeyReused
R = TypeVar("R")


async def page(
    context: Context, conversation_id: str, request: PageRequest[NotePosition]
) -> Page[SignedNote[ConversationNote]]:
    found = await context.loaders.conversation_notes_page_by_key.load(PageKey(conversation_id, request))
    rows = tuple([await signed(context, each) for each in found.rows])
    return Page(rows, found.has_previous, found.has_next)


async def count(context: Context, conversation_id: str) -> int:
    return await context.loaders.conversation_note_count_by_conversation.load(conversation_id)


async def find(context: Context, note_id: str) -> SignedNote[ConversationNote] | None:
    """Return the note; a deleted contact's is there no more, though it may take a moment until it is removed."""
    note = await context.loaders.conversation_note_by_id.load(note_id)
    if note is None or await context.loaders.contact_by_id.load(note.contact_id) is None:
        return None
    return await signed(context, note)


async def deleted_page(
    context: Context, conversation_id: str, request: PageRequest[DeletedNotePosition]
) -> Page[SignedDeletedNote[ConversationNote]]:
    """Return a page of what can be restored, the last deleted first."""
    key = AsOf(PageKey(conversation_id, request), context.clock())
    found = await context.loaders.deleted_conversation_notes_page_by_key.load(key)
    rows = tuple([await deleted_notes.signed(context, each) for each in found.rows])
    return Page(rows, found.has_previous, found.has_next)


async def deleted_count(context: Context, conversation_id: str) -> int:
    key = AsOf(conversation_id, context.clock())
    return await context.loaders.deleted_conversation_note_count_by_conversation.load(key)


async def find_deleted(context: Context, note_id: str) -> SignedDeletedNote[ConversationNote] | None:
    """Return the note where it is deleted and can be restored."""
    found = await context.loaders.deleted_conversation_note_by_id.load(AsOf(note_id, context.clock()))
    if found is None or await context.loaders.contact_by_id.load(found.note.contact_id) is None:
        return None
    return await deleted_notes.signed(context, found)


async def add(
    context: Context, *, conversation_id: str, body: str, idempotency_key: str | None
) -> ConversationNoteAdded | Refused:
    async def work(changes: Changes) -> ConversationNoteAdded | Forbidden | Invalid | NotFound:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        if isinstance(text := note_body(body), Invalid):
            return text
        conversation = await _held(changes, conversation_id)
        if conversation is None:
            return NotFound(Kind.CONVERSATION)
        note = ConversationNote(
            new_id(),
            conversation.contact_id,
            1,
            text,
            context.agent.id,
            context.clock(),
            conversation_id=conversation.id,
        )
        await changes.conversation_notes.add(note)
        return ConversationNoteAdded(note, conversation)

    result = await once(context, idempotency_key, ("conversationNoteAdd", conversation_id, body), work)
    return told(context, result)


async def edit(
    context: Context, *, note_id: str, body: str, version: int | None, idempotency_key: str | None
) -> ConversationNoteEdited | StaleConversationNote | Refused:
    """Change the body. The author stays; the editor and the time are kept beside it, and so is the version before."""

    async def work(
        changes: Changes,
    ) -> ConversationNoteEdited | StaleConversationNote | Forbidden | Invalid | NotFound:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        if isinstance(text := note_body(body), Invalid):
            return text
        before = await changes.conversation_notes.find(note_id)
        if before is None:
            return NotFound(Kind.NOTE)
        if version is not None and version != before.version:
            return StaleConversationNote(before)
        return await rewritten(context, changes, before, text)

    result = await once(context, idempotency_key, ("conversationNoteEdit", note_id, body, version), work)
    return told(context, result)


async def rewritten(
    context: Context, changes: Changes, before: ConversationNote, body: str
) -> ConversationNoteEdited | NotFound:
    """Give the note, found in this transaction, another body; the version before is kept."""
    if body == before.body:
        contact = await changes.contacts.find(before.contact_id)
        return NotFound(Kind.NOTE) if contact is None else ConversationNoteEdited(before)
    if not await changes.contacts.hold(before.contact_id):
        return NotFound(Kind.NOTE)
    after = edited(before, body, agent_id=context.agent.id, at=context.clock())
    await changes.conversation_note_revisions.keep(before)
    await changes.conversation_notes.put(after)
    return ConversationNoteEdited(after)


async def delete(
    context: Context, *, note_id: str, version: int | None, idempotency_key: str | None
) -> ConversationNoteDeleted | StaleConversationNote | Refused:
    """Take the note out of sight. It can be restored until its retention ends, and is removed with its past then."""

    async def work(changes: Changes) -> ConversationNoteDeleted | StaleConversationNote | Forbidden | NotFound:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        note = await changes.conversation_notes.find(note_id)
        if note is None:
            return NotFound(Kind.NOTE)
        if version is not None and version != note.version:
            return StaleConversationNote(note)
        conversation = await _held(changes, note.conversation_id)
        if conversation is None:
            return NotFound(Kind.NOTE)
        now = context.clock()
        until = now + context.note_retention
        await changes.conversation_notes.delete(DeletedNote(note, now, context.agent.id, until))
        await changes.conversation_note_revisions.expire(note_id, until)
        return ConversationNoteDeleted(note, conversation, until)

    result = await once(context, idempotency_key, ("conversationNoteDelete", note_id, version), work)
    return told(context, result)


_Restored = ConversationNoteRestored | StaleConversationNote | StaleDeletedConversationNote


async def restore(
    context: Context, *, note_id: str, version: int | None, idempotency_key: str | None
) -> _Restored | Refused:
    """Bring a deleted note back to its place in the list. One that is not deleted stays as it is."""

    async def work(changes: Changes) -> _Restored | Forbidden | NotFound:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        live = await changes.conversation_notes.find(note_id)
        if live is not None:
            return await _unchanged(changes, live, version)
        deleted = await changes.conversation_notes.find_deleted(note_id, context.clock())
        if deleted is None:
            return NotFound(Kind.NOTE)
        before = deleted.note
        if version is not None and version != before.version:
            return StaleDeletedConversationNote(deleted)
        conversation = await _held(changes, before.conversation_id)
        if conversation is None:
            return NotFound(Kind.NOTE)
        after = restored(before, agent_id=context.agent.id, at=context.clock())
        await changes.conversation_note_revisions.keep(before)
        await changes.conversation_note_revisions.expire(before.id, None)
        await changes.conversation_notes.restore(after)
        return ConversationNoteRestored(after, conversation)

    result = await once(context, idempotency_key, ("conversationNoteRestore", note_id, version), work)
    return told(context, result)


async def _unchanged(
    changes: Changes, note: ConversationNote, version: int | None
) -> ConversationNoteRestored | StaleConversationNote | NotFound:
    conversation = await changes.conversations.find(note.conversation_id)
    if conversation is None or await changes.contacts.find(note.contact_id) is None:
        return NotFound(Kind.NOTE)
    if version is not None and version != note.version:
        return StaleConversationNote(note)
    return ConversationNoteRestored(note, conversation)


async def _held(changes: Changes, conversation_id: str) -> Conversation | None:
    """Return the conversation, and see to it that nobody deletes its contact meanwhile; None where it is gone."""
    conversation = await changes.conversations.find(conversation_id)
    if conversation is None or not await changes.contacts.hold(conversation.contact_id):
        return None
    return conversation


def told(context: Context, result: R) -> R:
    """Let what the same request asks next see the change."""
    changed = ConversationNoteAdded | ConversationNoteEdited | ConversationNoteDeleted | ConversationNoteRestored
    if isinstance(result, changed):
        context.loaders.forget_conversation_notes()
    return result
