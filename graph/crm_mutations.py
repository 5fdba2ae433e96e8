"""The mutations by which agents work with the CRM."""

from typing import Annotated

import strawberry

from domain.attribute_changes import ValueTaken as ValueTakenOutcome
from domain.attributes import AttributeChanged, Locked, StaleAttribute
from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.contacts import ContactChanged
from domain.crm_merge import Side
from domain.outcomes import Invalid
from graph.attribute_errors import ValueTaken, conflict
from graph.attributes import ContactAttribute, contact_attribute
from graph.contacts import Contact
from graph.errors import (
    AttributeLocked,
    Conflict,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    ValidationFailed,
    refusal,
)
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from resolvers import attributes, crm_conflicts, crm_look_ups


@strawberry.input(description="Whom to look up.")
class ContactLookUpInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which record is whose.")
class ContactCrmLinkInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    record_id: str = strawberry.field(description="The CRM's own id, such as that of one of the `candidates`.")
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which of two values to keep.")
class CrmConflictResolveInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    key: str = strawberry.field(description="The definition's key.")
    accept: Side = strawberry.field(
        description="CRM takes the CRM's value; LOCAL keeps what was set here, and writes it to the CRM once more."
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(
    description="The CRM was asked. What came of it, also that it did not answer, is the contact's `validation`."
)
class ContactLookUpSuccess:
    contact: Contact = strawberry.field(description="With all that the CRM told of it.")


@strawberry.type(description="The record is the contact's.")
class ContactCrmLinkSuccess:
    contact: Contact = strawberry.field(description="With all that the CRM told of it.")


@strawberry.type(description="The value is decided.")
class CrmConflictResolveSuccess:
    attribute: ContactAttribute = strawberry.field(description="As it is now; PENDING where it is yet to be written.")
    contact: Contact = strawberry.field(description="Whose it is, as they are now.")


ContactLookUpResult = Annotated[
    ContactLookUpSuccess | ValidationFailed | NotFound | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactLookUpResult", description="How looking a contact up can end."),
]
ContactCrmLinkResult = Annotated[
    ContactCrmLinkSuccess | ValidationFailed | NotFound | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactCrmLinkResult", description="How linking a contact to a record can end."),
]
CrmConflictResolveResult = Annotated[
    CrmConflictResolveSuccess
    | ValidationFailed
    | NotFound
    | Conflict
    | AttributeLocked
    | ValueTaken
    | IdempotencyKeyReused,
    strawberry.union("CrmConflictResolveResult", description="How deciding between two values can end."),
]


@strawberry.type
class CrmMutations:
    @strawberry.mutation(
        description="Ask the company's CRM who the contact is, and take over what it knows. It waits for the CRM, for "
        "some seconds at most; contacts are also looked up by themselves, where the admins set that."
    )
    async def contact_look_up(
        self, info: Info, input: Annotated[ContactLookUpInput, strawberry.argument(description="Whom.")]
    ) -> ContactLookUpResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await crm_look_ups.look_up(
            info.context, contact_id=contact_id, idempotency_key=given(input.idempotency_key)
        )
        match result:
            case ContactChanged(contact):
                return ContactLookUpSuccess(contact=Contact.of(contact))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(
        description="Say which record of the CRM is the contact's, where it has several that fit, and take over what "
        "that says."
    )
    async def contact_crm_link(
        self, info: Info, input: Annotated[ContactCrmLinkInput, strawberry.argument(description="Which one.")]
    ) -> ContactCrmLinkResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await crm_look_ups.link(
            info.context,
            contact_id=contact_id,
            record_id=input.record_id,
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ContactChanged(contact):
                return ContactCrmLinkSuccess(contact=Contact.of(contact))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(
        description="Decide between what an agent has set and what the CRM holds, where the two are in conflict or the "
        "CRM has refused ours."
    )
    async def crm_conflict_resolve(
        self, info: Info, input: Annotated[CrmConflictResolveInput, strawberry.argument(description="Which one.")]
    ) -> CrmConflictResolveResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await crm_conflicts.resolve(
            info.context,
            contact_id=contact_id,
            key=input.key,
            accept=input.accept,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case AttributeChanged(contact, definition_id):
                line = contact_attribute(info.context, attributes.line(info.context, contact, definition_id))
                return CrmConflictResolveSuccess(attribute=line, contact=Contact.of(contact))
            case StaleAttribute():
                return conflict(info.context, result)
            case Locked():
                return AttributeLocked.of(result)
            case ValueTakenOutcome():
                return ValueTaken.of(result, "accept")
            case _:
                return refusal(result)
