"""The mutation of several attributes together."""

from typing import Annotated

import strawberry

from domain.attribute_changes import MOST_VALUES, GivenValue, ValuesChanged
from domain.attribute_changes import ValuesRefused as ValuesRefusedOutcome
from domain.outcomes import ErrorCode, Invalid
from graph.attribute_errors import ValuesRefused
from graph.attributes import ContactAttribute, contact_attribute
from graph.contacts import Contact
from graph.errors import IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from graph.values import AttributeValueInput, given_value
from resolvers import attribute_sets, attributes


@strawberry.input(description="One of the values to set.")
class ContactAttributeValueInput:
    key: str = strawberry.field(description="The definition's key; each once.")
    value: AttributeValueInput | None = strawberry.field(
        description="In the field of the attribute's value type; null empties the attribute. Leaving it out is an "
        "error, so that nothing is emptied by mistake.",
        default=strawberry.UNSET,
    )
    version: int | None = version()


@strawberry.input(description="Which attributes of whom to set, and to what.")
class ContactAttributesSetInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    values: list[ContactAttributeValueInput] = strawberry.field(
        description=f"1 to {MOST_VALUES}: all are set, or none where one of them cannot be."
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The attributes have the values.")
class ContactAttributesSetSuccess:
    attributes: list[ContactAttribute] = strawberry.field(
        description="Those that were changed, as they are now, in the order they were given in. One that had its value "
        "already is not among them."
    )
    contact: Contact = strawberry.field(description="Whose they are, as they are now.")


ContactAttributesSetResult = Annotated[
    ContactAttributesSetSuccess | ValidationFailed | NotFound | ValuesRefused | IdempotencyKeyReused,
    strawberry.union("ContactAttributesSetResult", description="How setting several attributes together can end."),
]


@strawberry.type
class AttributeSetMutations:
    @strawberry.mutation(
        description="Set or empty several attributes of a contact together, such as those of a form: all or none, and "
        "if none, with everything that is wrong. No other attribute is touched."
    )
    async def contact_attributes_set(
        self, info: Info, input: Annotated[ContactAttributesSetInput, strawberry.argument(description="The values.")]
    ) -> ContactAttributesSetResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await attribute_sets.set_values(
            info.context,
            contact_id=contact_id,
            values=[_given(each) for each in input.values],
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ValuesChanged(contact, definition_ids):
                lines = [attributes.line(info.context, contact, each) for each in definition_ids]
                shown = [contact_attribute(info.context, each) for each in lines]
                return ContactAttributesSetSuccess(attributes=shown, contact=Contact.of(contact))
            case ValuesRefusedOutcome():
                return ValuesRefused.of(info.context, result)
            case _:
                return refusal(result)


def _given(one: ContactAttributeValueInput) -> GivenValue:
    if one.value is strawberry.UNSET:
        missing = Invalid(ErrorCode.BLANK, "Give a value, or null to empty the attribute.")
        return GivenValue(one.key, missing, given(one.version))
    return GivenValue(one.key, None if one.value is None else given_value(one.value), given(one.version))
