"""What a change answers when it happened, and how that answer is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from domain.attribute_changes import ValuesChanged
from domain.attributes import AttributeChanged
from domain.contact_groups import GroupChanged, GroupDeleted, GroupsReordered
from domain.contacts import ContactChanged, ContactCreated
from domain.conversation_notes import (
    ConversationNoteAdded,
    ConversationNoteDeleted,
    ConversationNoteEdited,
    ConversationNoteRestored,
)
from domain.conversations import ConversationChanged
from domain.crm_settings import ConnectionTested, CrmSettingsChanged
from domain.definitions import DefinitionChanged, DefinitionsReordered
from domain.deletion import ContactDeleted
from domain.identity_changes import IdentityChanged, IdentityRemoved
from domain.merging import ContactsMerged
from domain.notes import NoteAdded, NoteDeleted, NoteEdited, NoteRestored
from domain.privacy import ContactErased
from domain.queue_settings import PrioritizedRulesChanged, QueueSettingsChanged, SkillSetChanged
from domain.teams import TeamChanged, TeamDeleted
from domain.unmerging import ContactsUnmerged

Success = (
    NoteAdded
    | NoteEdited
    | NoteDeleted
    | NoteRestored
    | ContactCreated
    | ContactChanged
    | IdentityChanged
    | IdentityRemoved
    | ContactDeleted
    | ContactErased
    | AttributeChanged
    | ValuesChanged
    | DefinitionChanged
    | DefinitionsReordered
    | ContactsMerged
    | ContactsUnmerged
    | ConversationChanged
    | ConversationNoteAdded
    | ConversationNoteEdited
    | ConversationNoteDeleted
    | ConversationNoteRestored
    | GroupChanged
    | GroupDeleted
    | GroupsReordered
    | QueueSettingsChanged
    | SkillSetChanged
    | PrioritizedRulesChanged
    | TeamChanged
    | TeamDeleted
    | CrmSettingsChanged
    | ConnectionTested
)


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """The first answer to an idempotency key, and the fingerprint of the input that it answered."""

    fingerprint: str
    success: Success
