"""What mutations of attribute definitions answer when they did not happen."""

from typing import Self

import strawberry

from domain import definitions as model
from domain.outcomes import ErrorCode
from graph.contacts import Contact
from graph.definitions import AttributeDefinition
from graph.errors import UserError
from graph.info import Info
from resolvers import contacts


@strawberry.type(description="The key names another attribute. Keys are never given again, not even archived ones.")
class AttributeKeyTaken(UserError):
    definition: AttributeDefinition = strawberry.field(description="The one that has it; perhaps to be restored.")

    @classmethod
    def of(cls, outcome: model.KeyTaken, info: Info) -> Self:
        taken = outcome.definition
        advice = "Restore it." if taken.is_archived else "Choose another key."
        return cls(
            code=ErrorCode.KEY_TAKEN,
            message=f"The key names the attribute «{taken.label}». {advice}",
            path=["input", "key"],
            definition=AttributeDefinition.of(taken, info.context.languages),
        )


@strawberry.type(
    description="The attribute cannot become unique: several contacts hold the same value. Nothing was changed. Let "
    "the agents clear or merge them, and try again."
)
class DuplicateValues(UserError):
    duplicates: int = strawberry.field(description="How many values several contacts hold.")
    contact_ids: strawberry.Private[tuple[str, str]]

    @strawberry.field(description="Two contacts who hold the same value, to begin with.", metadata={"rows": 2})
    async def contacts(self, info: Info) -> list[Contact]:
        found = [await contacts.find(info.context, each) for each in self.contact_ids]
        return [Contact.of(each) for each in found if each is not None]

    @classmethod
    def of(cls, outcome: model.DuplicateValues) -> Self:
        count = "" if outcome.duplicates == 1 else f"; there are {outcome.duplicates} such values"
        return cls(
            code=ErrorCode.VALUE_TAKEN,
            message=f"Several contacts hold the same value{count}. Let them differ first.",
            path=["input", "rules", "isUnique"],
            duplicates=outcome.duplicates,
            contact_ids=outcome.contact_ids,
        )
