"""The mutations of identities."""

from typing import Annotated, assert_never

import strawberry

from domain import identity_changes as model
from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.contacts import Contact as ContactModel
from domain.contacts import IdentityKey, StaleContact
from domain.identity_changes import IdentityChanged, IdentityPatch, IdentityRemoved
from domain.outcomes import Invalid, KeyReused
from domain.outcomes import NotFound as NotFoundOutcome
from graph.contacts import Contact
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.identities import SocialIdentity
from graph.identity_errors import IdentityTaken
from graph.identity_inputs import (
    CHANNEL,
    HANDLE,
    PICTURE,
    PROFILE,
    SECONDARY,
    IdentityInput,
    contact_and_identity,
    field_of,
)
from graph.info import Info
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from resolvers import identities

EMPTIED = "Left out, it stays; null empties it."


@strawberry.input(description="Which identity whom to give.")
class ContactIdentityAddInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    identity: IdentityInput = strawberry.field(description="The identity.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which identity of whom to change, and to what.")
class ContactIdentityUpdateInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    identity_id: strawberry.ID = strawberry.field(description="Of one of the contact's SocialIdentities.")
    handle: str | None = strawberry.field(
        description=f"{HANDLE} Left out, it stays; it cannot be emptied. Where the network told no id of its own, the "
        "handle names the person: another one is another identity.",
        default=strawberry.UNSET,
    )
    channel: str | None = strawberry.field(description=f"{CHANNEL} {EMPTIED}", default=strawberry.UNSET)
    secondary_identifier: str | None = strawberry.field(description=f"{SECONDARY} {EMPTIED}", default=strawberry.UNSET)
    picture_url: str | None = strawberry.field(description=f"{PICTURE} {EMPTIED}", default=strawberry.UNSET)
    profile_url: str | None = strawberry.field(description=f"{PROFILE} {EMPTIED}", default=strawberry.UNSET)
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which identity of whom to remove.")
class ContactIdentityRemoveInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    identity_id: strawberry.ID = strawberry.field(description="Of one of the contact's SocialIdentities.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which identity of whom to show first.")
class ContactIdentityMakePrimaryInput:
    contact_id: strawberry.ID = strawberry.field(description="Of a Contact.")
    identity_id: strawberry.ID = strawberry.field(description="Of one of the contact's SocialIdentities.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="The contact has the identity.")
class ContactIdentityAddSuccess:
    identity: SocialIdentity = strawberry.field(description="As it is kept.")
    contact: Contact = strawberry.field(description="Whose it is, as they are now.")


@strawberry.type(description="The identity is as it was asked for.")
class ContactIdentityUpdateSuccess:
    identity: SocialIdentity = strawberry.field(description="As it is now.")
    contact: Contact = strawberry.field(description="Whose it is, as they are now.")


@strawberry.type(description="The contact does not have the identity any more; another contact may get it.")
class ContactIdentityRemoveSuccess:
    removed_identity_id: strawberry.ID = strawberry.field(description="Take the identity of this id out of caches.")
    contact: Contact = strawberry.field(
        description="Whose it was, as they are now: if it was the primary one, the next has become it."
    )


@strawberry.type(description="The identity is the contact's primary one, and no other is.")
class ContactIdentityMakePrimarySuccess:
    identity: SocialIdentity = strawberry.field(description="As it is now.")
    contact: Contact = strawberry.field(description="Whose it is, as they are now.")


ContactIdentityAddResult = Annotated[
    ContactIdentityAddSuccess
    | ValidationFailed
    | NotFound
    | Conflict
    | Forbidden
    | IdentityTaken
    | IdempotencyKeyReused,
    strawberry.union("ContactIdentityAddResult", description="How adding an identity can end."),
]
ContactIdentityUpdateResult = Annotated[
    ContactIdentityUpdateSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactIdentityUpdateResult", description="How changing an identity can end."),
]
ContactIdentityRemoveResult = Annotated[
    ContactIdentityRemoveSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactIdentityRemoveResult", description="How removing an identity can end."),
]
ContactIdentityMakePrimaryResult = Annotated[
    ContactIdentityMakePrimarySuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ContactIdentityMakePrimaryResult", description="How making an identity the primary one can end."),
]


@strawberry.type
class IdentityMutations:
    @strawberry.mutation(
        description="Give a contact one more identity, which no contact may have. The first one becomes the primary "
        "one."
    )
    async def contact_identity_add(
        self, info: Info, input: Annotated[ContactIdentityAddInput, strawberry.argument(description="The identity.")]
    ) -> ContactIdentityAddResult:
        contact_id = input_id(input.contact_id, "Contact", "contactId")
        if isinstance(contact_id, Invalid):
            return ValidationFailed.of(contact_id)
        result = await identities.add(
            info.context,
            contact_id=contact_id,
            given=input.identity.model(),
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case IdentityChanged(contact, key):
                return ContactIdentityAddSuccess(identity=_identity(contact, key), contact=Contact.of(contact))
            case model.IdentityTaken():
                return IdentityTaken.of(result)
            case _:
                return _refused(result)

    @strawberry.mutation(
        description="Change what is kept of an identity; only what is given is touched. Whom it names stays: for that, "
        "add one and remove the other."
    )
    async def contact_identity_update(
        self, info: Info, input: Annotated[ContactIdentityUpdateInput, strawberry.argument(description="The change.")]
    ) -> ContactIdentityUpdateResult:
        named = contact_and_identity(input.contact_id, input.identity_id)
        if isinstance(named, Invalid):
            return ValidationFailed.of(named)
        patch = IdentityPatch(
            handle=field_of(input.handle),
            secondary_identifier=field_of(input.secondary_identifier),
            picture_url=field_of(input.picture_url),
            profile_url=field_of(input.profile_url),
            channel=field_of(input.channel),
        )
        result = await identities.update(
            info.context,
            contact_id=named[0],
            key=named[1],
            patch=patch,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case IdentityChanged(contact, key):
                return ContactIdentityUpdateSuccess(identity=_identity(contact, key), contact=Contact.of(contact))
            case _:
                return _refused(result)

    @strawberry.mutation(
        description="Take an identity from a contact. If it was the primary one, the next becomes it. Whoever writes "
        "from it then is a new contact."
    )
    async def contact_identity_remove(
        self, info: Info, input: Annotated[ContactIdentityRemoveInput, strawberry.argument(description="Which one.")]
    ) -> ContactIdentityRemoveResult:
        named = contact_and_identity(input.contact_id, input.identity_id)
        if isinstance(named, Invalid):
            return ValidationFailed.of(named)
        result = await identities.remove(
            info.context,
            contact_id=named[0],
            key=named[1],
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case IdentityRemoved(contact, _):
                return ContactIdentityRemoveSuccess(removed_identity_id=input.identity_id, contact=Contact.of(contact))
            case _:
                return _refused(result)

    @strawberry.mutation(
        description="Make an identity the contact's primary one, which a panel shows first. Doing so again changes "
        "nothing."
    )
    async def contact_identity_make_primary(
        self,
        info: Info,
        input: Annotated[ContactIdentityMakePrimaryInput, strawberry.argument(description="Which one.")],
    ) -> ContactIdentityMakePrimaryResult:
        named = contact_and_identity(input.contact_id, input.identity_id)
        if isinstance(named, Invalid):
            return ValidationFailed.of(named)
        result = await identities.make_primary(
            info.context,
            contact_id=named[0],
            key=named[1],
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case IdentityChanged(contact, key):
                return ContactIdentityMakePrimarySuccess(identity=_identity(contact, key), contact=Contact.of(contact))
            case _:
                return _refused(result)


def _identity(contact: ContactModel, key: IdentityKey) -> SocialIdentity:
    return SocialIdentity.of(next(each for each in contact.identities if each.key == key))


def _refused(
    result: identities.Refused | KeyReused,
) -> ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused:
    match result:
        case StaleContact(current):
            return Conflict.with_current(Contact.of(current))
        case ForbiddenOutcome():
            return Forbidden.of(result)
        case Invalid() | NotFoundOutcome() | KeyReused():
            return refusal(result)
        case _:
            assert_never(result)
