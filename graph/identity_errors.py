"""What is answered where an identity cannot be given, beside the errors that all mutations share."""

from typing import Self

import strawberry

from domain import identity_changes as model
from domain.outcomes import ErrorCode
from graph.contacts import Contact
from graph.errors import UserError


@strawberry.type(
    description="A contact has the identity already: an identity belongs to one contact at most. Nothing was changed."
)
class IdentityTaken(UserError):
    contact: Contact = strawberry.field(
        description="Who has it, as they are now: offer to open their panel. It may be the very contact that was to "
        "get it."
    )

    @classmethod
    def of(cls, outcome: model.IdentityTaken) -> Self:
        holder, index = outcome.holder, outcome.index
        message = (
            "The contact has this identity already: change it with `contactIdentityUpdate`."
            if outcome.is_own
            else f"{holder.name} has this identity already."
        )
        path = ["input", "identity"] if index is None else ["input", "identities", str(index)]
        return cls(code=ErrorCode.IDENTITY_TAKEN, message=message, path=path, contact=Contact.of(holder))
