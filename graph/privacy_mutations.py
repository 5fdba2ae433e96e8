"""The mutation that erases a person at their request."""

from typing import Annotated

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.outcomes import Invalid
from domain.privacy import LONGEST_REASON, ContactErased
from graph.errors import Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id
from graph.paging import given
from graph.privacy import ErasureReceipt
from resolvers import privacy


@strawberry.input(description="Whom to erase.")
class ContactEraseInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    reason: str | None = strawberry.field(
        description=f"Why, for the receipt: up to {LONGEST_REASON} characters. It stays: write nothing of the person.",
        default=strawberry.UNSET,
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The person is erased.")
class ContactEraseSuccess:
    deleted_contact_id: strawberry.ID = strawberry.field(
        description="Take the contact of this id out of lists and caches."
    )
    receipt: ErasureReceipt = strawberry.field(description="What can be shown for it.")


ContactEraseResult = Annotated[
    ContactEraseSuccess | ValidationFailed | NotFound | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactEraseResult", description="How erasing a person can end."),
]


@strawberry.type
class PrivacyMutations:
    @strawberry.mutation(
        description="Erase a person at their own request: as `contactDelete`, and with a receipt. An import that has "
        "the person again is told so, row by row, and does not bring them back unless it is asked to; what it knows "
        "them by are keyed hashes. Whoever writes in again themselves is a new contact."
    )
    async def contact_erase(
        self, info: Info, input: Annotated[ContactEraseInput, strawberry.argument(description="The person.")]
    ) -> ContactEraseResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await privacy.erase(
            info.context,
            contact_id=contact_id,
            reason=given(input.reason),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ContactErased(receipt):
                shown = ErasureReceipt.of(receipt)
                return ContactEraseSuccess(deleted_contact_id=shown.contact_id, receipt=shown)
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
