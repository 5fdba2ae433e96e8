"""The identities that a contact writes from, and the networks that there are."""

from typing import Self

import strawberry

from domain import contacts as model
from domain.contacts import IdentityKey, Network
from domain.identities import profile_url
from domain.networks import NETWORKS, HandleKind
from graph.nodes import Node, encode_id
from graph.scalars import URL


@strawberry.type(description="What is known of a network, so that no front end needs a table of its own.")
class NetworkInfo:
    network: Network = strawberry.field(description="The network.")
    name: str = strawberry.field(description="What it calls itself; the same in every language.")
    logo_key: str = strawberry.field(description="Lower-case letters and hyphens: the name of the logo's file or icon.")
    profile_url_pattern: str | None = strawberry.field(
        description="Where its public profiles are, with `{handle}` or `{external_id}`, to be percent-encoded; null "
        "where it has none. `SocialIdentity.profileUrl` follows it already."
    )
    handle_kind: HandleKind = strawberry.field(description="What to let an agent type as a handle.")


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
    profile_url: URL | None = strawberry.field(
        description="The profile on the network: where the name leads. Where none was told, the one that the network's "
        "pattern gives; null where the network has no public profiles."
    )
    is_primary: bool = strawberry.field(description="Whether to show it first. Exactly one of a contact's is.")

    @classmethod
    def of(cls, identity: model.SocialIdentity) -> Self:
        key, profile = identity.key, profile_url(identity)
        return cls(
            id=encode_id("SocialIdentity", f"{key.network.value}:{key.external_id}"),
            network=key.network,
            external_id=key.external_id,
            handle=identity.handle,
            secondary_identifier=identity.secondary_identifier,
            channel=identity.channel,
            picture_url=None if identity.picture_url is None else URL(identity.picture_url),
            profile_url=None if profile is None else URL(profile),
            is_primary=identity.is_primary,
        )


def key_of(local_id: str) -> IdentityKey | None:
    """Return what the id of a SocialIdentity names, or None where no network has such ids."""
    network, _, external_id = local_id.partition(":")
    return IdentityKey(Network[network], external_id) if network in Network.__members__ else None


def primary_first(identities: tuple[model.SocialIdentity, ...]) -> list[SocialIdentity]:
    return [SocialIdentity.of(each) for each in sorted(identities, key=lambda each: not each.is_primary)]


@strawberry.type
class NetworkQueries:
    @strawberry.field(description="All networks that people can write from, the same for everybody: cache it for good.")
    def networks(self) -> list[NetworkInfo]:
        return [
            NetworkInfo(
                network=each.network,
                name=each.name,
                logo_key=each.logo_key,
                profile_url_pattern=each.profile_url_pattern,
                handle_kind=each.handle_kind,
            )
            for each in NETWORKS.values()
        ]
