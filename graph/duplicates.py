"""Contacts who may be one person."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain import duplicates as model
from domain.contacts import Network
from domain.duplicates import DuplicateKind
from graph.identities import SocialIdentity

if TYPE_CHECKING:
    from graph.contacts import Contact


@strawberry.type(description="What two contacts have in common that usually one person alone has.")
class PossibleDuplicateReason:
    kind: DuplicateKind = strawberry.field(description="What it is.")
    value: str = strawberry.field(description="The e-mail address in lower case, or the phone number in E.164.")

    @classmethod
    def of(cls, key: model.SharedKey) -> Self:
        return cls(kind=key.kind, value=key.value)


@strawberry.type(
    description="A sign that they are two people all the same: each has an account of their own on one network."
)
class PossibleDuplicateContradiction:
    network: Network = strawberry.field(description="The network.")
    own: list[SocialIdentity] = strawberry.field(description="The accounts of the contact that was asked about.")
    others: list[SocialIdentity] = strawberry.field(description="The accounts of the contact that is suggested.")

    @classmethod
    def of(cls, accounts: model.TwoAccounts) -> Self:
        return cls(
            network=accounts.network,
            own=[SocialIdentity.of(each) for each in accounts.own],
            others=[SocialIdentity.of(each) for each in accounts.others],
        )


@strawberry.type(description="Somebody who may be the same person: offer to an admin to merge the two.")
class PossibleDuplicate:
    reasons: list[PossibleDuplicateReason] = strawberry.field(description="Why; at least one.")
    contradictions: list[PossibleDuplicateContradiction] = strawberry.field(
        description="What speaks against it; usually empty. Have somebody look at both before a merge."
    )
    record: strawberry.Private[model.PossibleDuplicate]

    @strawberry.field(description="Who it is.")
    def contact(self) -> Annotated["Contact", strawberry.lazy("graph.contacts")]:
        from graph.contacts import Contact  # noqa: PLC0415 - the two types hold each other

        return Contact.of(self.record.contact)

    @classmethod
    def of(cls, duplicate: model.PossibleDuplicate) -> Self:
        return cls(
            reasons=[PossibleDuplicateReason.of(each) for each in duplicate.reasons],
            contradictions=[PossibleDuplicateContradiction.of(each) for each in duplicate.contradictions],
            record=duplicate,
        )
