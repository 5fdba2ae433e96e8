"""The identities that a contact writes from."""

from typing import Self

import strawberry

from domain import contacts as model
from domain.contacts import Network
from graph.nodes import Node, encode_id
from graph.scalars import URL


@strawberry.type(description="Whom a contact is on a network: show its logo, picture and handle in the header.")
class SocialIdentity(Node):
    network: Network = strawberry.field(description="The network, which decides the logo.")
    external_id: str = strawberry.field(
        description="The network's own id for the person; where a network told none, `@` and the handle."
    )
    handle: str = strawberry.field(description="What people know it by: a user name, an address, a number.")
    secondary_identifier: str | None = strawberry.field(description="A second one, such as the name on a profile.")
    channel: str | None = strawberry.field(description="The company's own account that was written to.")
    picture_url: URL | None = strawberry.field(description="The profile picture.")
    profile_url: URL | None = strawberry.field(description="The profile on the network: where the name leads.")
    is_primary: bool = strawberry.field(description="Whether to show it first.")

    @classmethod
    def of(cls, identity: model.SocialIdentity) -> Self:
        key = identity.key
        return cls(
            id=encode_id("SocialIdentity", f"{key.network.value}:{key.external_id}"),
            network=key.network,
            external_id=key.external_id,
            handle=identity.handle,
            secondary_identifier=identity.secondary_identifier,
            channel=identity.channel,
            picture_url=None if identity.picture_url is None else URL(identity.picture_url),
            profile_url=None if identity.profile_url is None else URL(identity.profile_url),
            is_primary=identity.is_primary,
        )
