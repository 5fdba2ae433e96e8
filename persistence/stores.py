"""The stores of one organization, and the one door through which it is changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pymongo.errors import BulkWriteError, DuplicateKeyError

from domain.notes import ContactNote
from persistence.answers import AnswerWriter
from persistence.contact_groups import GroupWriter
from persistence.contacts import ContactStore, ContactWriter
from persistence.conversation_notes import ConversationNoteStore, ConversationNoteWriter
from persistence.conversations import ConversationStore, ConversationWriter
from persistence.crm_directory import CrmRecordStore, CrmRecordWriter
from persistence.crm_settings import CrmConnectionStore, CrmSettingsWriter
from persistence.crm_tasks import CrmTaskWriter
from persistence.definitions import DefinitionWriter
from persistence.deletion import DeletionStore, DeletionWriter
from persistence.driver import Driver, Session
from persistence.duplicates import DuplicateStore
from persistence.events import EventStore, EventWriter
from persistence.finding import FindingStore
from persistence.imports import ImportWriter
from persistence.merging import MergeStore, MergeWriter
from persistence.names import CONVERSATION_NOTE_REVISIONS, REVISIONS
from persistence.note_documents import CONTACT_NOTE
from persistence.note_revisions import RevisionStore, RevisionWriter
from persistence.notes import NoteStore, NoteWriter
from persistence.privacy import PrivacyStore, PrivacyWriter
from persistence.queues import QueueStore, QueueWriter
from persistence.teams import TeamWriter

R = TypeVar("R")

_DUPLICATE_KEY = 11_000
"""MongoDB's error code."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What may be changed within one transaction. Reading is here too, of what the transaction sees."""

    contacts: ContactWriter
    conversations: ConversationWriter
    conversation_notes: ConversationNoteWriter
    conversation_note_revisions: RevisionWriter
    crm_records: CrmRecordWriter
    crm: CrmTaskWriter
    crm_settings: CrmSettingsWriter
    definitions: DefinitionWriter
    deletions: DeletionWriter
    notes: NoteWriter[ContactNote]
    events: EventWriter
    groups: GroupWriter
    answers: AnswerWriter
    imports: ImportWriter
    privacy: PrivacyWriter
    queue: QueueWriter
    merges: MergeWriter
    revisions: RevisionWriter
    teams: TeamWriter

    @classmethod
    def of(cls, driver: Driver, session: Session, organization_id: str) -> Changes:
        definitions = DefinitionWriter(driver, session, organization_id)
        groups = GroupWriter(driver, session, organization_id)
        teams = TeamWriter(driver, session, organization_id)
        queue = QueueWriter(driver, session, organization_id, definitions, groups, teams)
        crm_settings = CrmSettingsWriter(driver, session, organization_id)
        crm = CrmTaskWriter(driver, session, organization_id, definitions, crm_settings)
        contacts = ContactWriter(driver, session, organization_id, definitions, queue, crm)
        return cls(
            contacts=contacts,
            conversations=ConversationWriter(driver, session, organization_id),
            conversation_notes=ConversationNoteWriter(driver, session, organization_id),
            conversation_note_revisions=RevisionWriter(driver, session, organization_id, CONVERSATION_NOTE_REVISIONS),
            crm_records=CrmRecordWriter(driver, session, organization_id),
            crm=crm,
            crm_settings=crm_settings,
            definitions=definitions,
            deletions=DeletionWriter(driver, session, organization_id),
            notes=NoteWriter(driver, session, organization_id, CONTACT_NOTE),
            groups=groups,
            events=EventWriter(driver, session, organization_id),
            answers=AnswerWriter(driver, session, organization_id, contacts),
            imports=ImportWriter(driver, session, organization_id, definitions, queue, crm),
            privacy=PrivacyWriter(driver, session, organization_id),
            queue=queue,
            merges=MergeWriter(driver, session, organization_id),
            revisions=RevisionWriter(driver, session, organization_id, REVISIONS),
            teams=teams,
        )


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that is kept of one organization. No method takes another organization's id."""

    driver: Driver
    organization_id: str
    contacts: ContactStore
    conversations: ConversationStore
    conversation_notes: ConversationNoteStore
    conversation_note_revisions: RevisionStore
    crm_records: CrmRecordStore
    crm: CrmConnectionStore
    deletions: DeletionStore
    events: EventStore
    finding: FindingStore
    duplicates: DuplicateStore
    merges: MergeStore
    notes: NoteStore[ContactNote]
    privacy: PrivacyStore
    queue: QueueStore
    revisions: RevisionStore

    @classmethod
    def of(cls, driver: Driver, organization_id: str) -> Stores:
        return cls(
            driver=driver,
            organization_id=organization_id,
            contacts=ContactStore(driver, organization_id),
            conversations=ConversationStore(driver, organization_id),
            conversation_notes=ConversationNoteStore(driver, organization_id),
            conversation_note_revisions=RevisionStore(driver, organization_id, CONVERSATION_NOTE_REVISIONS),
            crm_records=CrmRecordStore(driver, organization_id),
            crm=CrmConnectionStore(driver, organization_id),
            deletions=DeletionStore(driver, organization_id),
            events=EventStore(driver, organization_id),
            finding=FindingStore(driver, organization_id),
            duplicates=DuplicateStore(driver, organization_id),
            merges=MergeStore(driver, organization_id),
            notes=NoteStore(driver, organization_id, CONTACT_NOTE),
            privacy=PrivacyStore(driver, organization_id),
            queue=QueueStore(driver, organization_id),
            revisions=RevisionStore(driver, organization_id, REVISIONS),
        )

    async def transact(self, work: Callable[[Changes], Awaitable[R]]) -> R:
        """Run the work in one transaction: all of it is kept, durably, or nothing.

        The work runs again from its start where another transaction was in its way.
        """
        driver = self.driver

        async def in_session(session: Session) -> R:
            return await work(Changes.of(driver, session, self.organization_id))

        try:
            return await driver.transaction(in_session)
        except (DuplicateKeyError, BulkWriteError) as problem:
            if not _is_duplicate(problem):
                raise
            # An idempotency key was answered, an identity imported, or a unique value taken since this transaction
            # took its snapshot: run again, the work sees it.
            return await driver.transaction(in_session)

    async def derive_again(self, ids: Sequence[str]) -> Sequence[str]:
        """Bring what indexes hold of the contacts up to date; returns those that hold a value that must be another's.

        They are left as they are: it was set before the value had to be unique.
        """
        try:
            await self.transact(lambda changes: changes.imports.derive_again(ids))
        except (DuplicateKeyError, BulkWriteError) as problem:
            if not _is_duplicate(problem):
                raise  # pragma: no cover - another failure of the same command, as in `transact`
            if len(ids) == 1:
                return ids
            return [left for each in ids for left in await self.derive_again([each])]
        return ()


def _is_duplicate(problem: DuplicateKeyError | BulkWriteError) -> bool:
    if isinstance(problem, DuplicateKeyError):
        return True
    details = problem.details or {}
    return any(each["code"] == _DUPLICATE_KEY for each in details.get("writeErrors", ()))
