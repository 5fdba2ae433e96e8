"""What is answered where a group cannot be as it was asked for, beside the errors that all mutations share."""

from typing import Self

import strawberry

from domain import contact_groups as model
from domain.outcomes import ErrorCode
from graph.contact_groups import ContactGroup
from graph.errors import UserError


@strawberry.type(description="Another group has the name. Nothing was changed.")
class GroupNameTaken(UserError):
    group: ContactGroup = strawberry.field(description="Which has it.")

    @classmethod
    def of(cls, outcome: model.GroupNameTaken) -> Self:
        message = f"There is a group «{outcome.holder.name}» already: choose another name."
        return cls(
            code=ErrorCode.NAME_TAKEN, message=message, path=["input", "name"], group=ContactGroup.of(outcome.holder)
        )
