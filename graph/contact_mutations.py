"""The mutations that make and rename contacts."""

from typing import Annotated, assert_never

import strawberry

from domain.attribute_changes import MOST_VALUES, GivenValue
from domain.attribute_changes import ValuesRefused as ValuesRefusedOutcome
from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.contacts import ContactChanged, ContactCreated, StaleContact
from domain.identities import LONGEST_NAME
from domain.identity_changes import MOST_GIVEN
from domain.identity_changes import IdentityTaken as IdentityTakenOutcome
from domain.ordering import BY_NAME
from domain.outcomes import Invalid, KeyReused
from graph.attribute_errors import ValuesRefused
from graph.contacts import Contact
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.finding import ContactEdge
from graph.identity_errors import IdentityTaken
from graph.identity_inputs import IdentityInput
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.orders import contact_cursor
from graph.paging import given
from graph.values import AttributeValueInput, given_value
from resolvers import contact_creation, contacts
from resolvers.contact_creation import GivenContact

NAME = f"1 to {LONGEST_NAME} characters."


@strawberry.input(description="One of the values that a contact begins with.")
class ContactCreateValueInput:
    key: str = strawberry.field(description="The definition's key; each once.")
    value: AttributeValueInput = strawberry.field(description="In the field of the attribute's value type.")


@strawberry.input(description="Who is new.")
class ContactCreateInput:
    name: str = strawberry.field(description=NAME)
    avatar_url: str | None = strawberry.field(description="A picture: https.", default=strawberry.UNSET)
    identities: list[IdentityInput] = strawberry.field(
        description=f"Whom they are on each network: 0 to {MOST_GIVEN}. The first is the primary one, or the last that "
        "says so."
    )
    values: list[ContactCreateValueInput] | None = strawberry.field(
        description=f"What is known of them: up to {MOST_VALUES}. Nobody is made where one of them cannot be set.",
        default=strawberry.UNSET,
    )
    idempotency_key: str | None = idempotency_key()

    def model(self) -> GivenContact:
        return GivenContact(
            name=self.name,
            avatar_url=given(self.avatar_url),
            identities=tuple(each.model() for each in self.identities),
            values=tuple(GivenValue(each.key, given_value(each.value)) for each in given(self.values) or ()),
        )


@strawberry.input(description="Whom to call what.")
class ContactRenameInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    name: str = strawberry.field(description=NAME)
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The contact is there.")
class ContactCreateSuccess:
    contact_edge: ContactEdge = strawberry.field(
        description="The contact with its place among all contacts by name: put it into a cached list."
    )
    contact: Contact = strawberry.field(description="The contact alone.")


@strawberry.type(description="The contact has the name.")
class ContactRenameSuccess:
    contact: Contact = strawberry.field(description="As they are now.")


ContactCreateResult = Annotated[
    ContactCreateSuccess | ValidationFailed | Forbidden | IdentityTaken | ValuesRefused | IdempotencyKeyReused,
    strawberry.union("ContactCreateResult", description="How making a contact can end."),
]
ContactRenameResult = Annotated[
    ContactRenameSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactRenameResult", description="How renaming a contact can end."),
]


@strawberry.type
class ContactMutations:
    @strawberry.mutation(
        description="Make a contact, with the identities and values that it begins with: all of it, or nothing."
    )
    async def contact_create(
        self, info: Info, input: Annotated[ContactCreateInput, strawberry.argument(description="The contact.")]
    ) -> ContactCreateResult:
        result = await contact_creation.create(
            info.context, input.model(), idempotency_key=given(input.idempotency_key)
        )
        match result:
            case ContactCreated(contact):
                edge = ContactEdge(node=Contact.of(contact), cursor=contact_cursor(contact, BY_NAME))
                return ContactCreateSuccess(contact_edge=edge, contact=edge.node)
            case IdentityTakenOutcome():
                return IdentityTaken.of(result)
            case ValuesRefusedOutcome():
                return ValuesRefused.of(info.context, result)
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case Invalid():
                return ValidationFailed.of(result)
            case KeyReused():
                return IdempotencyKeyReused.of(result)
            case _:
                assert_never(result)

    @strawberry.mutation(
        description="Give a contact another name. Giving the name that it has changes nothing; an import may change "
        "it again."
    )
    async def contact_rename(
        self, info: Info, input: Annotated[ContactRenameInput, strawberry.argument(description="The name.")]
    ) -> ContactRenameResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await contacts.rename(
            info.context,
            contact_id=contact_id,
            name=input.name,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case ContactChanged(contact):
                return ContactRenameSuccess(contact=Contact.of(contact))
            case StaleContact(current):
                return Conflict.with_current(Contact.of(current))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case _:
                return refusal(result)
