"""The mutations of VIP."""

from datetime import datetime
from typing import Annotated

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.contacts import ContactChanged, StaleContact
from domain.outcomes import Invalid
from graph.contacts import Contact
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from resolvers import vip


@strawberry.input(description="Whom to promote.")
class ContactVipSetInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    reason: str | None = strawberry.field(
        description="Why, for other agents: up to 500 characters.", default=strawberry.UNSET
    )
    expires_at: datetime | None = strawberry.field(
        description="When it is to end by itself; in the future.", default=strawberry.UNSET
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Whom to make an ordinary contact again.")
class ContactVipClearInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The contact is a VIP.")
class ContactVipSetSuccess:
    contact: Contact = strawberry.field(description="As they are now.")


@strawberry.type(description="The contact is no VIP.")
class ContactVipClearSuccess:
    contact: Contact = strawberry.field(description="As they are now.")


ContactVipSetResult = Annotated[
    ContactVipSetSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactVipSetResult", description="How promoting a contact can end."),
]
ContactVipClearResult = Annotated[
    ContactVipClearSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactVipClearResult", description="How ending the promotion can end."),
]


@strawberry.type
class VipMutations:
    @strawberry.mutation(
        description="Make a contact a VIP, or change reason and expiry. Setting what is set already changes nothing."
    )
    async def contact_vip_set(
        self, info: Info, input: Annotated[ContactVipSetInput, strawberry.argument(description="The promotion.")]
    ) -> ContactVipSetResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await vip.set_vip(
            info.context,
            contact_id=contact_id,
            reason=given(input.reason),
            expires_at=given(input.expires_at),
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ContactChanged(contact):
                return ContactVipSetSuccess(contact=Contact.of(contact))
            case StaleContact(current):
                return Conflict.with_current(Contact.of(current))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(description="Make a contact an ordinary one again. Clearing what is clear changes nothing.")
    async def contact_vip_clear(
        self, info: Info, input: Annotated[ContactVipClearInput, strawberry.argument(description="The contact.")]
    ) -> ContactVipClearResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await vip.clear_vip(
            info.context,
            contact_id=contact_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ContactChanged(contact):
                return ContactVipClearSuccess(contact=Contact.of(contact))
            case StaleContact(current):
                return Conflict.with_current(Contact.of(current))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
