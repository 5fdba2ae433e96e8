"""The dataloaders: one bundle a request, each named thing_by_key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from domain.agents import Agent, Directory, former_agent
from domain.contacts import Contact, IdentityKey
from domain.conversation_notes import ConversationNote
from domain.conversations import Conversation, ConversationPosition
from domain.deleted_notes import DeletedNote, DeletedNotePosition
from domain.duplicates import SharedKey, telling
from domain.events import ContactEvent, EventPosition, NoteVersion, ValueKey
from domain.merging import Merge, MergePosition
from domain.note_revisions import NoteRevision, RevisionPosition, revision_of
from domain.notes import ContactNote, N, NotePosition
from domain.paging import Page
from persistence.notes import NoteStore
from persistence.organizations import OrganizationStore
from persistence.stores import Stores
from resolvers.batching import AsOf, PageKey, as_of, by_key, paged

K = TypeVar("K")
V = TypeVar("V")

_LARGEST_BATCH = 500
"""Keys in one command, which bounds its size and the time that it takes."""


def _nothing(_key: object) -> None:
    return None


def _empty_page(_key: object) -> Page[Any]:
    return Page((), has_previous=False, has_next=False)


def _nobody(_key: object) -> Sequence[Contact]:
    return ()


def _none(_key: object) -> int:
    return 0


def _loader(batch: Callable[[list[K]], Awaitable[list[V]]]) -> DataLoader[K, V]:
    return DataLoader(batch, max_batch_size=_LARGEST_BATCH)


async def _note_versions(
    stores: Stores, keys: Sequence[NoteVersion], at: datetime
) -> Mapping[NoteVersion, NoteRevision]:
    # In this order: a version that is followed by another one in between is found the second time.
    notes = await stores.notes.kept_by_ids([each.note_id for each in keys], at)
    current = {each.key: each for each in map(revision_of, notes.values())}
    earlier = [each for each in keys if each not in current]
    return {**current, **(await stores.revisions.by_versions(earlier, at) if earlier else {})}


async def _deleted_pages(
    store: NoteStore[N], keys: Sequence[PageKey[str, DeletedNotePosition]], at: datetime
) -> Mapping[PageKey[str, DeletedNotePosition], Page[DeletedNote[N]]]:
    return await paged(partial(store.deleted_pages, at=at))(keys)


async def _agents(
    stores: Stores, organizations: OrganizationStore, directory: Directory, ids: Sequence[str]
) -> Mapping[str, Agent]:
    # The directory has them all, but for one who joined within the last second in another process.
    absent = [each for each in ids if each not in directory.agents]
    joined = await organizations.agents_by_ids(stores.organization_id, absent) if absent else {}
    return {**directory.agents, **joined}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaders:
    contact_by_id: DataLoader[str, Contact | None]
    contact_by_identity: DataLoader[IdentityKey, Contact | None]
    contacts_by_shared_key: DataLoader[SharedKey, Sequence[Contact]]
    note_by_id: DataLoader[str, ContactNote | None]
    note_version_by_key: DataLoader[AsOf[NoteVersion], NoteRevision | None]
    notes_page_by_key: DataLoader[PageKey[str, NotePosition], Page[ContactNote]]
    deleted_note_by_id: DataLoader[AsOf[str], DeletedNote[ContactNote] | None]
    deleted_notes_page_by_key: DataLoader[AsOf[PageKey[str, DeletedNotePosition]], Page[DeletedNote[ContactNote]]]
    deleted_note_count_by_contact_id: DataLoader[AsOf[str], int]
    conversation_note_past_by_key: DataLoader[PageKey[str, RevisionPosition], Page[NoteRevision]]
    conversation_note_past_count: DataLoader[str, int]
    revisions_page_by_key: DataLoader[PageKey[str, RevisionPosition], Page[NoteRevision]]
    revision_count_by_note_id: DataLoader[str, int]
    event_by_id: DataLoader[str, ContactEvent | None]
    timeline_page_by_key: DataLoader[PageKey[str, EventPosition], Page[ContactEvent]]
    timeline_count_by_contact: DataLoader[str, int]
    conversation_by_id: DataLoader[str, Conversation | None]
    conversations_page_by_key: DataLoader[PageKey[str, ConversationPosition], Page[Conversation]]
    conversation_count_by_contact: DataLoader[str, int]
    conversation_note_by_id: DataLoader[str, ConversationNote | None]
    conversation_notes_page_by_key: DataLoader[PageKey[str, NotePosition], Page[ConversationNote]]
    conversation_note_count_by_conversation: DataLoader[str, int]
    deleted_conversation_note_by_id: DataLoader[AsOf[str], DeletedNote[ConversationNote] | None]
    deleted_conversation_notes_page_by_key: DataLoader[
        AsOf[PageKey[str, DeletedNotePosition]], Page[DeletedNote[ConversationNote]]
    ]
    deleted_conversation_note_count_by_conversation: DataLoader[AsOf[str], int]
    history_page_by_key: DataLoader[PageKey[ValueKey, EventPosition], Page[ContactEvent]]
    history_count_by_key: DataLoader[ValueKey, int]
    merge_by_id: DataLoader[str, Merge | None]
    merges_page_by_key: DataLoader[PageKey[str, MergePosition], Page[Merge]]
    merge_count_by_contact: DataLoader[str, int]
    agent_by_id: DataLoader[str, Agent]

    @classmethod
    def over(cls, stores: Stores, organizations: OrganizationStore, directory: Directory) -> Loaders:
        told_by, hidden, talks = telling(directory.definitions), directory.hidden_ids, stores.conversation_notes
        agents = partial(_agents, stores, organizations, directory)
        unknown_agent = partial(former_agent, organization_id=stores.organization_id)
        return cls(
            contact_by_id=_loader(by_key(stores.contacts.by_ids, _nothing)),
            contact_by_identity=_loader(by_key(stores.contacts.by_identities, _nothing)),
            contacts_by_shared_key=_loader(by_key(partial(stores.duplicates.sharing, definitions=told_by), _nobody)),
            note_by_id=_loader(by_key(stores.notes.by_ids, _nothing)),
            note_version_by_key=_loader(by_key(as_of(partial(_note_versions, stores)), _nothing)),
            notes_page_by_key=_loader(by_key(paged(stores.notes.pages), _empty_page)),
            deleted_note_by_id=_loader(by_key(as_of(stores.notes.deleted_by_ids), _nothing)),
            deleted_notes_page_by_key=_loader(by_key(as_of(partial(_deleted_pages, stores.notes)), _empty_page)),
            deleted_note_count_by_contact_id=_loader(by_key(as_of(stores.notes.deleted_counts), _none)),
            conversation_note_past_by_key=_loader(by_key(paged(stores.conversation_note_revisions.pages), _empty_page)),
            conversation_note_past_count=_loader(by_key(stores.conversation_note_revisions.counts, _none)),
            revisions_page_by_key=_loader(by_key(paged(stores.revisions.pages), _empty_page)),
            revision_count_by_note_id=_loader(by_key(stores.revisions.counts, _none)),
            event_by_id=_loader(by_key(stores.events.by_ids, _nothing)),
            timeline_page_by_key=_loader(by_key(paged(partial(stores.events.timelines, hidden=hidden)), _empty_page)),
            timeline_count_by_contact=_loader(by_key(partial(stores.events.timeline_counts, hidden=hidden), _none)),
            conversation_by_id=_loader(by_key(stores.conversations.by_ids, _nothing)),
            conversations_page_by_key=_loader(by_key(paged(stores.conversations.pages), _empty_page)),
            conversation_count_by_contact=_loader(by_key(stores.conversations.counts, _none)),
            conversation_note_by_id=_loader(by_key(talks.by_ids, _nothing)),
            conversation_notes_page_by_key=_loader(by_key(paged(talks.pages), _empty_page)),
            conversation_note_count_by_conversation=_loader(by_key(talks.counts, _none)),
            deleted_conversation_note_by_id=_loader(by_key(as_of(talks.deleted_by_ids), _nothing)),
            deleted_conversation_notes_page_by_key=_loader(by_key(as_of(partial(_deleted_pages, talks)), _empty_page)),
            deleted_conversation_note_count_by_conversation=_loader(by_key(as_of(talks.deleted_counts), _none)),
            history_page_by_key=_loader(by_key(paged(stores.events.histories), _empty_page)),
            history_count_by_key=_loader(by_key(stores.events.history_counts, _none)),
            merge_by_id=_loader(by_key(stores.merges.by_ids, _nothing)),
            merges_page_by_key=_loader(by_key(paged(stores.merges.pages), _empty_page)),
            merge_count_by_contact=_loader(by_key(stores.merges.counts, _none)),
            agent_by_id=_loader(by_key(agents, unknown_agent)),
        )

    def forget_note(self, note_id: str) -> None:
        """Drop what a changed note has made stale, for what the same request asks next."""
        # Primed first: clearing a key that was never loaded is a KeyError.
        self.note_by_id.prime(note_id, None, force=True)
        self.note_by_id.clear(note_id)
        self._forget_lists_of_notes()
        self._forget_timelines()

    def _forget_lists_of_notes(self) -> None:
        for each in (
            self.note_version_by_key,
            self.notes_page_by_key,
            self.deleted_note_by_id,
            self.deleted_notes_page_by_key,
            self.deleted_note_count_by_contact_id,
            self.revisions_page_by_key,
            self.revision_count_by_note_id,
        ):
            each.clear_all()

    def know_contact(self, contact: Contact) -> None:
        """Let what the same request asks next see the contact as it is now, by each of its ids."""
        for each in (contact.id, *contact.merged_ids):
            self.contact_by_id.prime(each, contact, force=True)
        self.contact_by_identity.clear_all()
        self._forget_timelines()

    def know_conversation(self, conversation: Conversation) -> None:
        """Let what the same request asks next see the conversation as it is now."""
        self.conversation_by_id.prime(conversation.id, conversation, force=True)
        self.conversations_page_by_key.clear_all()
        self.conversation_count_by_contact.clear_all()

    def forget_conversation_notes(self) -> None:
        """Drop what a changed note on a conversation has made stale."""
        self.conversation_note_by_id.clear_all()
        self.conversation_notes_page_by_key.clear_all()
        self.conversation_note_count_by_conversation.clear_all()
        self.deleted_conversation_note_by_id.clear_all()
        self.deleted_conversation_notes_page_by_key.clear_all()
        self.deleted_conversation_note_count_by_conversation.clear_all()
        self.conversation_note_past_by_key.clear_all()
        self.conversation_note_past_count.clear_all()

    def _forget_timelines(self) -> None:
        # Whatever changes a contact or a note is in the log.
        self.timeline_page_by_key.clear_all()
        self.timeline_count_by_contact.clear_all()

    def forget_histories(self) -> None:
        """Drop what changed values have made stale."""
        self.history_page_by_key.clear_all()
        self.history_count_by_key.clear_all()

    def forget_contact(self, contact_id: str) -> None:
        """Let what the same request asks next not find the contact, and so none of its notes."""
        self.contact_by_id.prime(contact_id, None, force=True)
        self.contact_by_identity.clear_all()

    def forget_merged(self) -> None:
        """Drop what a merge, or its undoing, has made stale: what moved with the other contact, and merges."""
        self.contacts_by_shared_key.clear_all()
        self.note_by_id.clear_all()
        self._forget_lists_of_notes()
        self.forget_histories()
        self.conversation_by_id.clear_all()
        self.conversations_page_by_key.clear_all()
        self.conversation_count_by_contact.clear_all()
        self.forget_conversation_notes()
        self.merge_by_id.clear_all()
        self.merges_page_by_key.clear_all()
        self.merge_count_by_contact.clear_all()
