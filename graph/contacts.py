"""Contacts: the type that the panel is drawn from, and the queries that find one."""

from datetime import datetime
from functools import partial
from typing import Annotated, Self

import strawberry

from domain import attributes
from domain import contacts as model
from domain.contacts import LookUpOutcome, Network
from domain.crm import FailureReason
from domain.definitions import AttributeCategory
from graph.attributes import ContactAttribute, contact_attribute
from graph.contact_groups import ContactGroup
from graph.conversations import ConversationConnection, conversation_cursor, conversation_position
from graph.deleted_notes import DeletedContactNoteConnection, deleted_note_position
from graph.duplicates import PossibleDuplicate
from graph.errors import local_id
from graph.identities import SocialIdentity, primary_first
from graph.info import Info
from graph.merging import ContactMergeConnection, merge_position
from graph.nodes import Node, encode_id
from graph.notes import ContactNoteConnection, note_position
from graph.paging import After, Before, First, Last, given, page_request
from graph.scalars import URL
from graph.timeline import ContactEventConnection, event_position
from graph.vip import VipStatus
from resolvers import contact_groups, contacts, conversations, deleted_notes, duplicates, merging, notes, timeline, vip


@strawberry.type(description="One of several records of the CRM that may be the contact's.")
class CrmCandidate:
    record_id: str = strawberry.field(description="The CRM's own id: give it to `contactCrmLink`.")
    name: str | None = strawberry.field(description="What the CRM calls the person.")
    url: str | None = strawberry.field(description="The record's page in the CRM.")


@strawberry.type(description="Whether the company's CRM knows the contact, as of the last time it was asked.")
class ContactValidation:
    is_validated: bool = strawberry.field(
        description="Whether the contact was found there. A look-up that fails takes nothing away."
    )
    outcome: LookUpOutcome = strawberry.field(description="What came of asking.")
    asked_at: datetime | None = strawberry.field(description="When it was asked; null if never.")
    record_id: str | None = strawberry.field(description="The CRM's own id of the record that was found.")
    record_url: str | None = strawberry.field(description="The record's page in the CRM.")
    candidates: list[CrmCandidate] = strawberry.field(
        description="Of AMBIGUOUS: let the agent pick one of them; else empty."
    )
    failure: FailureReason | None = strawberry.field(description="Of FAILED: why; else null.")
    retry_at: datetime | None = strawberry.field(description="Of FAILED: when it is tried again by itself; else null.")

    @classmethod
    def of(cls, validation: model.ContactValidation) -> Self:
        return cls(
            is_validated=validation.is_validated,
            outcome=validation.outcome,
            asked_at=validation.asked_at,
            record_id=validation.record_id,
            record_url=validation.record_url,
            candidates=[
                CrmCandidate(record_id=each.record_id, name=each.name, url=each.url) for each in validation.candidates
            ],
            failure=validation.failure,
            retry_at=validation.retry_at,
        )


@strawberry.type(description="A person who writes in: everything that the panel beside a conversation shows.")
class Contact(Node):
    version: int = strawberry.field(
        description="Grows with each change of the contact's own fields: name, identities, VIP. Attributes and notes "
        "have versions of their own."
    )
    name: str = strawberry.field(description="To be shown in the header.")
    avatar_url: URL | None = strawberry.field(description="A picture of the contact, if there is one.")
    identities: list[SocialIdentity] = strawberry.field(description="Whom they are on each network, primary first.")
    validation: ContactValidation = strawberry.field(description="What the CRM said when it was last asked.")
    created_at: datetime = strawberry.field(description="When the contact was first seen.")
    updated_at: datetime = strawberry.field(description="When the contact or one of its attributes last changed.")
    record: strawberry.Private[model.Contact]

    @strawberry.field(
        description="The lines of the panel in the order that the admins chose, empty ones included so that *Add* can "
        "be drawn."
    )
    def attributes(
        self,
        info: Info,
        categories: Annotated[
            list[AttributeCategory] | None, strawberry.argument(description="Only these; all if left out.")
        ] = strawberry.UNSET,
        include_empty: Annotated[bool, strawberry.argument(description="Also those without a value.")] = True,
    ) -> list[ContactAttribute]:
        wanted = given(categories)
        lines = attributes.contact_attributes(
            self.record,
            info.context.directory.definitions,
            categories=None if wanted is None else frozenset(wanted),
            include_empty=include_empty,
        )
        return [contact_attribute(info.context, each) for each in lines]

    @strawberry.field(description="One line of the panel; null where the contact's panel has none of that key.")
    def attribute(
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="The definition's key.")],
    ) -> ContactAttribute | None:
        definition = info.context.directory.definition(key)
        line = None if definition is None else attributes.contact_attribute(self.record, definition)
        return None if line is None else contact_attribute(info.context, line)

    @strawberry.field(description="That the contact is a VIP; null where they are not.")
    def vip(self, info: Info) -> VipStatus | None:
        status = vip.current(info.context, self.record)
        return None if status is None else VipStatus.of(status)

    @strawberry.field(description="What agents wrote about the contact, newest first.")
    async def notes(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContactNoteConnection:
        request = page_request(first, after, last, before, note_position)
        page = await notes.page(info.context, self.record.id, request)
        return ContactNoteConnection.of(page, self.record.note_count)

    @strawberry.field(
        description="Notes about the contact that were deleted and can still be restored, the last deleted first."
    )
    async def deleted_notes(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DeletedContactNoteConnection:
        request = page_request(first, after, last, before, deleted_note_position)
        page = await deleted_notes.page(info.context, self.record.id, request)
        return DeletedContactNoteConnection.of(self.record.id, page)

    @strawberry.field(
        description="Everything that happened to the contact, newest first: names, identities, attributes, notes, VIP, "
        "merges. What changed in attributes that the asking agent cannot see is not in it."
    )
    async def timeline(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContactEventConnection:
        request = page_request(first, after, last, before, event_position)
        page = await timeline.page(info.context, self.record.id, request)
        return ContactEventConnection.of(page, self.record.id)

    @strawberry.field(
        description="The groups that the contact is in now, in the order the admins chose: show them beside the name."
    )
    def groups(self, info: Info) -> list[ContactGroup]:
        return [ContactGroup.of(each) for each in contact_groups.of_contact(info.context, self.record)]

    @strawberry.field(description="What the contact wrote in about, the last active first.")
    async def conversations(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ConversationConnection:
        request = page_request(first, after, last, before, conversation_position)
        page = await conversations.page(info.context, self.record.id, request)
        counted = partial(conversations.count, info.context, self.record.id)
        return ConversationConnection.of(page, conversation_cursor, counted)

    @strawberry.field(
        description="The merges by which other contacts became part of this one, newest first, undone ones included."
    )
    async def merges(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContactMergeConnection:
        request = page_request(first, after, last, before, merge_position)
        return ContactMergeConnection.of(await merging.page(info.context, self.record.id, request), self.record.id)

    @strawberry.field(
        description="Who may be the same person, the likeliest first: by an e-mail address or phone number in common, "
        "never by the name, and never by an attribute that the asking agent cannot see."
    )
    async def possible_duplicates(self, info: Info, first: First = strawberry.UNSET) -> list[PossibleDuplicate]:
        size = page_request(first, None, None, None, merge_position).size
        return [PossibleDuplicate.of(each) for each in await duplicates.possible(info.context, self.record, size)]

    @classmethod
    def of(cls, contact: model.Contact) -> Self:
        return cls(
            id=encode_id("Contact", contact.id),
            version=contact.version,
            name=contact.name,
            avatar_url=None if contact.avatar_url is None else URL(contact.avatar_url),
            identities=primary_first(contact.identities),
            validation=ContactValidation.of(contact.validation),
            created_at=contact.created_at,
            updated_at=contact.updated_at,
            record=contact,
        )


@strawberry.type
class ContactQueries:
    @strawberry.field(
        description="One contact by its id; null where there is none in the organization. The id of a contact that "
        "was merged into another one names that one: compare the answer's `id`."
    )
    async def contact(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Of a Contact.")]
    ) -> Contact | None:
        found = await contacts.find(info.context, local_id(id, "Contact"))
        return None if found is None else Contact.of(found)

    @strawberry.field(
        description="The contact who writes from an identity: how a front end finds the panel of a conversation."
    )
    async def contact_by_identity(
        self,
        info: Info,
        network: Annotated[Network, strawberry.argument(description="The network that the message came from.")],
        external_id: Annotated[
            str,
            strawberry.argument(
                description="The network's own id for the person; where it told none, `@` and the handle. Phone "
                "numbers and e-mail addresses in any usual form, read as in `IdentityInput`."
            ),
        ],
    ) -> Contact | None:
        found = await contacts.find_writer(info.context, network, external_id)
        return None if found is None else Contact.of(found)
