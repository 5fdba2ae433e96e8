"""The mutation that deletes a contact."""

from typing import Annotated

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.contacts import StaleContact
from domain.deletion import ContactDeleted
from domain.outcomes import Invalid
from graph.contacts import Contact
from graph.deletion import DeletedContact
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from resolvers import deletion


@strawberry.input(description="Whom to delete.")
class ContactDeleteInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The contact is gone, with everything that was kept about it.")
class ContactDeleteSuccess:
    deleted_contact_id: strawberry.ID = strawberry.field(
        description="Take the contact of this id out of lists and caches."
    )
    deleted_contact: DeletedContact = strawberry.field(description="What the log keeps of it.")


ContactDeleteResult = Annotated[
    ContactDeleteSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactDeleteResult", description="How deleting a contact can end."),
]


@strawberry.type
class DeletionMutations:
    @strawberry.mutation(
        description="Delete a contact with everything that is kept about it: identities, attributes with their "
        "history, notes, timeline. It cannot be undone. Whoever writes in again is a new contact. A log keeps a hint, "
        "the networks, the date and the admin."
    )
    async def contact_delete(
        self, info: Info, input: Annotated[ContactDeleteInput, strawberry.argument(description="The contact.")]
    ) -> ContactDeleteResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await deletion.delete(
            info.context,
            contact_id=contact_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ContactDeleted(entry):
                deleted = DeletedContact.of(entry)
                return ContactDeleteSuccess(deleted_contact_id=deleted.contact_id, deleted_contact=deleted)
            case StaleContact(current):
                return Conflict.with_current(Contact.of(current))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
