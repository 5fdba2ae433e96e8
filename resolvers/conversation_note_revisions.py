"""The past of a conversation note: its earlier versions, read newest first, and brought back."""

from __future__ import annotations

from domain.capabilities import Capability, Forbidden
from domain.conversation_notes import ConversationNoteEdited, StaleConversationNote
from domain.events import NoteVersion
from domain.note_revisions import NoteRevision, RevisionPosition
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from persistence.stores import Changes
from resolvers.batching import PageKey
from resolvers.context import Context
from resolvers.conversation_notes import rewritten, told
from resolvers.idempotency import once


async def page(context: Context, note_id: str, request: PageRequest[RevisionPosition]) -> Page[NoteRevision]:
    return await context.loaders.conversation_note_past_by_key.load(PageKey(note_id, request))


async def count(context: Context, note_id: str) -> int:
    return await context.loaders.conversation_note_past_count.load(note_id)


async def revert(
    context: Context, *, note_id: str, restore_version: int, version: int | None, idempotency_key: str | None
) -> ConversationNoteEdited | Forbidden | Invalid | NotFound | StaleConversationNote | KeyReused:
    """Give the note, as a new version, the body of an earlier one. Nothing of its past is lost by it."""

    async def work(changes: Changes) -> ConversationNoteEdited | Forbidden | NotFound | StaleConversationNote:
        if refused := context.refuses(Capability.WRITE_NOTES):
            return refused
        before = await changes.conversation_notes.find(note_id)
        if before is None:
            return NotFound(Kind.NOTE)
        body = before.body
        if restore_version != before.version:
            earlier = await changes.conversation_note_revisions.find(NoteVersion(note_id, restore_version))
            if earlier is None:
                return NotFound(Kind.VERSION)
            body = earlier.body
        if version is not None and version != before.version:
            return StaleConversationNote(before)
        return await rewritten(context, changes, before, body)

    request = ("conversationNoteRevert", note_id, restore_version, version)
    return told(context, await once(context, idempotency_key, request, work))
