"""The mutations of one attribute."""

from typing import Annotated

import strawberry

from domain.attribute_changes import ValueTaken as ValueTakenOutcome
from domain.attributes import AttributeChanged, Locked, StaleAttribute
from domain.contacts import Contact as ContactModel
from domain.outcomes import Invalid
from graph.attribute_errors import ValueTaken, conflict
from graph.attributes import ContactAttribute, contact_attribute
from graph.contacts import Contact
from graph.errors import AttributeLocked, Conflict, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from graph.values import AttributeValueInput, given_value
from resolvers import attribute_history, attributes


@strawberry.input(description="Which attribute of whom to set, and to what.")
class ContactAttributeSetInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    key: str = strawberry.field(description="The definition's key.")
    value: AttributeValueInput = strawberry.field(description="In the field of the attribute's value type.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which attribute of whom to empty.")
class ContactAttributeClearInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    key: str = strawberry.field(description="The definition's key.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which attribute of whom to bring back, and to which version.")
class ContactAttributeRestoreInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    key: str = strawberry.field(description="The definition's key.")
    restore_version: int = strawberry.field(description="The version to bring back, from `Attribute.history`.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The attribute has the value.")
class ContactAttributeSetSuccess:
    attribute: ContactAttribute = strawberry.field(description="As it is now.")
    contact: Contact = strawberry.field(description="Whose it is, as they are now.")


@strawberry.type(description="The attribute is empty.")
class ContactAttributeClearSuccess:
    attribute: ContactAttribute = strawberry.field(description="As it is now.")
    contact: Contact = strawberry.field(description="Whose it was, as they are now.")


@strawberry.type(description="The attribute has again what it had in that version.")
class ContactAttributeRestoreSuccess:
    attribute: ContactAttribute = strawberry.field(description="As it is now, in a new version.")
    contact: Contact = strawberry.field(description="Whose it is, as they are now.")


ContactAttributeSetResult = Annotated[
    ContactAttributeSetSuccess
    | ValidationFailed
    | NotFound
    | Conflict
    | AttributeLocked
    | ValueTaken
    | IdempotencyKeyReused,
    strawberry.union("ContactAttributeSetResult", description="How setting an attribute can end."),
]
ContactAttributeClearResult = Annotated[
    ContactAttributeClearSuccess | ValidationFailed | NotFound | Conflict | AttributeLocked | IdempotencyKeyReused,
    strawberry.union("ContactAttributeClearResult", description="How emptying an attribute can end."),
]


ContactAttributeRestoreResult = Annotated[
    ContactAttributeRestoreSuccess
    | ValidationFailed
    | NotFound
    | Conflict
    | AttributeLocked
    | ValueTaken
    | IdempotencyKeyReused,
    strawberry.union("ContactAttributeRestoreResult", description="How bringing back a version can end."),
]


@strawberry.type
class AttributeMutations:
    @strawberry.mutation(
        description="Set one attribute of a contact; no other is touched. Setting what is set already changes nothing."
    )
    async def contact_attribute_set(
        self, info: Info, input: Annotated[ContactAttributeSetInput, strawberry.argument(description="The value.")]
    ) -> ContactAttributeSetResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await attributes.set_value(
            info.context,
            contact_id=contact_id,
            key=input.key,
            given=given_value(input.value),
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case AttributeChanged(contact, definition_id):
                line = _line(info, contact, definition_id)
                return ContactAttributeSetSuccess(attribute=line, contact=Contact.of(contact))
            case StaleAttribute():
                return conflict(info.context, result)
            case Locked():
                return AttributeLocked.of(result)
            case ValueTakenOutcome():
                return ValueTaken.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(
        description="Empty one attribute of a contact; no other is touched. Emptying what is empty changes nothing."
    )
    async def contact_attribute_clear(
        self, info: Info, input: Annotated[ContactAttributeClearInput, strawberry.argument(description="Which one.")]
    ) -> ContactAttributeClearResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await attributes.clear_value(
            info.context,
            contact_id=contact_id,
            key=input.key,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case AttributeChanged(contact, definition_id):
                line = _line(info, contact, definition_id)
                return ContactAttributeClearSuccess(attribute=line, contact=Contact.of(contact))
            case StaleAttribute():
                return conflict(info.context, result)
            case Locked():
                return AttributeLocked.of(result)
            case _:
                return refusal(result)

    @strawberry.mutation(
        description="Give one attribute what it held in an earlier version, or empty it where it was empty then. That "
        "makes a new version, by the rules of today. Restoring what is held already changes nothing."
    )
    async def contact_attribute_restore(
        self,
        info: Info,
        input: Annotated[ContactAttributeRestoreInput, strawberry.argument(description="Which version of what.")],
    ) -> ContactAttributeRestoreResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await attribute_history.restore(
            info.context,
            contact_id=contact_id,
            key=input.key,
            restore_version=input.restore_version,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case AttributeChanged(contact, definition_id):
                line = _line(info, contact, definition_id)
                return ContactAttributeRestoreSuccess(attribute=line, contact=Contact.of(contact))
            case StaleAttribute():
                return conflict(info.context, result)
            case Locked():
                return AttributeLocked.of(result)
            case ValueTakenOutcome():
                return ValueTaken.of(result, "restoreVersion")
            case _:
                return refusal(result)


def _line(info: Info, contact: ContactModel, definition_id: str) -> ContactAttribute:
    return contact_attribute(info.context, attributes.line(info.context, contact, definition_id))
