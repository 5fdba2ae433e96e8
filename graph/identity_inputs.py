"""Identities as they are given."""

import strawberry

from domain.contacts import IdentityKey, Network
from domain.identities import LONGEST_NAME, GivenIdentity
from domain.identity_changes import LEFT, AsItIs
from domain.outcomes import ErrorCode, Invalid
from graph.identities import key_of
from graph.inputs import input_id
from graph.paging import given

HANDLE = (
    "A user name, with or without `@`; an e-mail address; a phone number in any usual form, which without a country "
    "prefix is read in the organization's country."
)
SECONDARY = f"A second one, such as the name on the profile: up to {LONGEST_NAME} characters."
CHANNEL = f"The company's own account that was written to: up to {LONGEST_NAME} characters."
PICTURE = "The profile picture: https."
PROFILE = "The profile, if it is elsewhere than the network's pattern says: https."


@strawberry.input(description="Whom a contact is on a network. Give the network's own id, the handle, or both.")
class IdentityInput:
    network: Network = strawberry.field(description="The network.")
    external_id: str | None = strawberry.field(
        description="The network's own id for the person. Left out, the handle stands for it.",
        default=strawberry.UNSET,
    )
    handle: str | None = strawberry.field(
        description=f"{HANDLE} Left out, the id stands for it.", default=strawberry.UNSET
    )
    channel: str | None = strawberry.field(description=CHANNEL, default=strawberry.UNSET)
    secondary_identifier: str | None = strawberry.field(description=SECONDARY, default=strawberry.UNSET)
    picture_url: str | None = strawberry.field(description=PICTURE, default=strawberry.UNSET)
    profile_url: str | None = strawberry.field(description=PROFILE, default=strawberry.UNSET)
    is_primary: bool = strawberry.field(
        description="Whether to show it first, in the place of the one that was. A contact's first one always is.",
        default=False,
    )

    def model(self) -> GivenIdentity:
        return GivenIdentity(
            network=self.network,
            external_id=given(self.external_id),
            handle=given(self.handle),
            channel=given(self.channel),
            secondary_identifier=given(self.secondary_identifier),
            picture_url=given(self.picture_url),
            profile_url=given(self.profile_url),
            is_primary=self.is_primary,
        )


def field_of(text: str | None) -> str | AsItIs | None:
    """Return what a patch says of a field: what was left out is left as it is."""
    return LEFT if text is strawberry.UNSET else text


def contact_and_identity(contact_id: strawberry.ID, identity_id: strawberry.ID) -> tuple[str, IdentityKey] | Invalid:
    """Return what the two ids of an input name, or why one of them cannot be one of its type."""
    contact = input_id(contact_id, "Contact", "contactId")
    if isinstance(contact, Invalid):
        return contact
    identity = input_id(identity_id, "SocialIdentity", "identityId")
    if isinstance(identity, Invalid):
        return identity
    key = key_of(identity)
    if key is None:
        advice = "Give the id of a SocialIdentity, as an answer gave it to you."
        return Invalid(ErrorCode.NOT_AN_ID, advice, ("input", "identityId"))
    return contact, key
