"""What happened to a contact: one type for each shape of it."""

from collections.abc import Mapping
from typing import Any

import strawberry

from domain import events as model
from domain.attributes import SyncState
from domain.contacts import LookUpOutcome
from domain.events import EventKind
from graph import timeline_fields as fields
from graph.definitions import AttributeDefinition
from graph.merging import ContactMerge
from graph.notes import ContactNote
from graph.timeline_fields import AttributeChange, ContactEvent, IdentitySnapshot
from graph.vip import VipStatus


def _note_field() -> Any:  # noqa: ANN401 - as strawberry.field itself, which stands for the field's type
    return strawberry.field(resolver=fields.note, description="The note as it is now; null while it is deleted.")


@strawberry.type(description="The contact was made, by an agent or with the first import of it.")
class ContactCreatedEvent(ContactEvent):
    name: str = strawberry.field(resolver=fields.name_after, description="What it was called.")
    changes: list[AttributeChange] = strawberry.field(resolver=fields.changes, description="What it began with.")


@strawberry.type(description="The contact got another name.")
class ContactRenamedEvent(ContactEvent):
    name_before: str = strawberry.field(
        resolver=fields.name_before,
        description="What it was called; empty where that was the name of another contact, for which it had been taken "
        "and which is deleted.",
    )
    name_after: str = strawberry.field(
        resolver=fields.name_after, description="What it was called from then on; empty as `nameBefore` is."
    )


@strawberry.type(description="The contact got one more identity.")
class IdentityAddedEvent(ContactEvent):
    identity: IdentitySnapshot = strawberry.field(resolver=fields.identity_after, description="As it was added.")


@strawberry.type(description="An identity of the contact changed, or became the primary one.")
class IdentityChangedEvent(ContactEvent):
    identity_before: IdentitySnapshot = strawberry.field(resolver=fields.identity_before, description="As it was.")
    identity_after: IdentitySnapshot = strawberry.field(
        resolver=fields.identity_after, description="As it was from then on."
    )


@strawberry.type(description="The contact lost an identity.")
class IdentityRemovedEvent(ContactEvent):
    identity: IdentitySnapshot = strawberry.field(resolver=fields.identity_before, description="As it was.")


@strawberry.type(description="Attributes were set or emptied together.")
class AttributesChangedEvent(ContactEvent):
    changes: list[AttributeChange] = strawberry.field(
        resolver=fields.changes, description="Those that the asking agent can see."
    )


@strawberry.type(description="Somebody wrote a note.")
class NoteAddedEvent(ContactEvent):
    note_id: strawberry.ID = strawberry.field(resolver=fields.note_id, description="Of the note, which may be gone.")
    note_version: int = strawberry.field(resolver=fields.version_of_note, description="The version that this made.")
    note: ContactNote | None = _note_field()


@strawberry.type(description="Somebody edited a note.")
class NoteEditedEvent(ContactEvent):
    note_id: strawberry.ID = strawberry.field(resolver=fields.note_id, description="Of the note, which may be gone.")
    note_version: int = strawberry.field(resolver=fields.version_of_note, description="The version that this made.")
    note: ContactNote | None = _note_field()


@strawberry.type(description="Somebody deleted a note.")
class NoteDeletedEvent(ContactEvent):
    note_id: strawberry.ID = strawberry.field(resolver=fields.note_id, description="Of the note, which may be gone.")
    note_version: int = strawberry.field(resolver=fields.version_of_note, description="The version that was deleted.")
    note: ContactNote | None = _note_field()


@strawberry.type(description="Somebody brought back a deleted note.")
class NoteRestoredEvent(ContactEvent):
    note_id: strawberry.ID = strawberry.field(resolver=fields.note_id, description="Of the note, which may be gone.")
    note_version: int = strawberry.field(resolver=fields.version_of_note, description="The version that it has since.")
    note: ContactNote | None = _note_field()


@strawberry.type(description="The contact became a VIP, or reason or expiry changed.")
class VipSetEvent(ContactEvent):
    vip_before: VipStatus | None = strawberry.field(
        resolver=fields.vip_before, description="As it was; null where the contact was none."
    )
    vip_after: VipStatus = strawberry.field(resolver=fields.vip_after, description="As it was set.")


@strawberry.type(description="The contact became an ordinary one again.")
class VipClearedEvent(ContactEvent):
    vip_before: VipStatus | None = strawberry.field(resolver=fields.vip_before, description="As it was.")


@strawberry.type(description="Another contact became part of this one.")
class ContactsMergedEvent(ContactEvent):
    contact_id: strawberry.ID = strawberry.field(
        resolver=fields.merged_id, description="Which the other one had: while the merge stands, it names this contact."
    )
    name: str = strawberry.field(
        resolver=fields.merged_name,
        description="What the other one was called; empty where that was a deleted contact's.",
    )
    merge: ContactMerge | None = strawberry.field(resolver=fields.merge, description="The merge, such as to undo it.")
    changes: list[AttributeChange] = strawberry.field(
        resolver=fields.changes, description="What was taken over from it."
    )


@strawberry.type(description="A merge was undone: the two contacts are two again.")
class ContactsUnmergedEvent(ContactEvent):
    contact_id: strawberry.ID = strawberry.field(resolver=fields.merged_id, description="Of the other one.")
    name: str = strawberry.field(
        resolver=fields.merged_name,
        description="What the other one is called; empty where that was a deleted contact's.",
    )
    merge: ContactMerge | None = strawberry.field(resolver=fields.merge, description="The merge that was undone.")
    changes: list[AttributeChange] = strawberry.field(resolver=fields.changes, description="What was given back to it.")


@strawberry.type(description="The CRM was asked for the contact, and what it said was not what it had said before.")
class ContactLookedUpEvent(ContactEvent):
    outcome_before: LookUpOutcome = strawberry.field(
        resolver=fields.outcome_before,
        description="What came of asking until then; `NEVER_ASKED`, as in `outcomeAfter`, where the CRM was also asked "
        "for another contact, for which this one had been taken and which is deleted.",
    )
    outcome_after: LookUpOutcome = strawberry.field(resolver=fields.outcome_after, description="What came of it.")
    record_id: str | None = strawberry.field(
        resolver=fields.record_id, description="The CRM's own id of the record that was found."
    )


@strawberry.type(description="A value got another standing between here and the CRM.")
class AttributeSyncChangedEvent(ContactEvent):
    definition: AttributeDefinition | None = strawberry.field(
        resolver=fields.synced_definition, description="Of the attribute; null where it is not known here yet."
    )
    sync_before: SyncState | None = strawberry.field(
        resolver=fields.sync_before, description="Where it stood; null where the CRM had nothing to do with it."
    )
    sync_after: SyncState = strawberry.field(resolver=fields.sync_after, description="Where it stood from then on.")
    crm_message: str | None = strawberry.field(
        resolver=fields.crm_message, description="The CRM's words, where it refused the value."
    )


_TYPES: Mapping[EventKind, type[ContactEvent]] = {
    EventKind.CONTACT_CREATED: ContactCreatedEvent,
    EventKind.CONTACT_RENAMED: ContactRenamedEvent,
    EventKind.IDENTITY_ADDED: IdentityAddedEvent,
    EventKind.IDENTITY_CHANGED: IdentityChangedEvent,
    EventKind.IDENTITY_REMOVED: IdentityRemovedEvent,
    EventKind.VALUES_CHANGED: AttributesChangedEvent,
    EventKind.NOTE_ADDED: NoteAddedEvent,
    EventKind.NOTE_EDITED: NoteEditedEvent,
    EventKind.NOTE_DELETED: NoteDeletedEvent,
    EventKind.NOTE_RESTORED: NoteRestoredEvent,
    EventKind.VIP_SET: VipSetEvent,
    EventKind.VIP_CLEARED: VipClearedEvent,
    EventKind.CONTACTS_MERGED: ContactsMergedEvent,
    EventKind.CONTACTS_UNMERGED: ContactsUnmergedEvent,
    EventKind.LOOKED_UP: ContactLookedUpEvent,
    EventKind.SYNC_CHANGED: AttributeSyncChangedEvent,
}
EVENT_TYPES: tuple[type[ContactEvent], ...] = tuple(_TYPES.values())


def contact_event(event: model.ContactEvent) -> ContactEvent:
    return _TYPES[event.kind].of(event)
