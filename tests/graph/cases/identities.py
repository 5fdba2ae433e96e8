"""Identities: added, changed, removed, made the primary one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.contacts import IdentityKey, Network, SocialIdentity
from persistence.stores import Changes
from tests.builders import an_identity
from tests.conftest import World
from tests.graph.asking_graphql import contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CONTACT
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation, my_contact, their_contact

IDENTITY = "id network externalId handle secondaryIdentifier channel pictureUrl profileUrl isPrimary"
SECOND = gid("SocialIdentity", "INSTAGRAM:55")


async def two_identities(world: World, organization: str) -> None:
    """Give the contact an account that is shown first, and another."""

    async def work(changes: Changes) -> None:
        contact = await changes.contacts.find("c1")
        assert contact is not None
        second = replace(an_identity("55", network=Network.INSTAGRAM, handle="jr"), profile_url=None)
        identities = (an_identity(is_primary=True), second)
        await changes.contacts.put(replace(contact, identities=identities))

    await world.stores(organization).transact(work)


CASES = [
    MutationCase(
        name="contactIdentityAdd",
        good={"contactId": contact_gid("c1"), "identity": {"network": "TELEGRAM", "handle": "@Jane"}},
        other={"identity": {"network": "TELEGRAM", "handle": "Jane", "isPrimary": True}},
        selection=f"identity {{ {IDENTITY} }} contact {{ {CONTACT} identities {{ {IDENTITY} }} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="EDIT_CONTACTS",
        elsewhere=frozenset({"IdentityTaken"}),
        prepare=two_identities,
        late="IdentityTaken",
    ),
    MutationCase(
        name="contactIdentityUpdate",
        good={"contactId": contact_gid("c1"), "identityId": SECOND, "handle": "jane_roe"},
        other={"handle": "jane.roe"},
        selection=f"identity {{ {IDENTITY} }} contact {{ {CONTACT} identities {{ {IDENTITY} }} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="EDIT_CONTACTS",
        prepare=two_identities,
    ),
    MutationCase(
        name="contactIdentityRemove",
        good={"contactId": contact_gid("c1"), "identityId": SECOND},
        other={"version": 1},
        selection=f"removedIdentityId contact {{ {CONTACT} identities {{ {IDENTITY} }} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="EDIT_CONTACTS",
        prepare=two_identities,
        late="NotFound",
    ),
    MutationCase(
        name="contactIdentityMakePrimary",
        good={"contactId": contact_gid("c1"), "identityId": SECOND},
        other={"version": 1},
        selection=f"identity {{ {IDENTITY} }} contact {{ {CONTACT} identities {{ {IDENTITY} }} }}",
        missing=("contactId", "Contact"),
        current="Contact",
        capability="EDIT_CONTACTS",
        prepare=two_identities,
    ),
]


def known_handle(tenant: Tenant) -> str:
    return f"at_{tenant.organization}"


async def fill_tenant(world: World, tenant: Tenant) -> None:
    """Let the tenant's contact be known by a handle alone, beside its account."""

    async def work(changes: Changes) -> None:
        contact = await changes.contacts.find(tenant.contact())
        assert contact is not None
        known = SocialIdentity(IdentityKey(Network.TELEGRAM, f"@{known_handle(tenant)}"), known_handle(tenant))
        await changes.contacts.put(replace(contact, identities=(*contact.identities, known)))

    await world.stores(tenant.organization).transact(work)


def their_identity(_me: Tenant, them: Tenant) -> str:
    return gid("SocialIdentity", f"TWITTER:{them.organization}")


def by_id(them: Tenant) -> dict[str, str]:
    return {"network": "TWITTER", "externalId": them.organization}


def by_handle(them: Tenant) -> dict[str, str]:
    return {"network": "TELEGRAM", "handle": known_handle(them)}


def adding(identity: Callable[[Tenant], dict[str, str]]) -> Case:
    """Add an identity that may be another's. The version is no longer current, so that nothing is written."""
    return mutation(
        "contactIdentityAdd", contactId=my_contact, identity=lambda _, them: identity(them), version=constant(99)
    )


def of_identity(name: str, **more: object) -> dict[str, Case]:
    """Name a contact, or the identity of one's own contact, in the mutation."""
    others = {key: constant(value) for key, value in more.items()}
    mine = constant(gid("SocialIdentity", "TWITTER:x"))
    return {
        f"{name}.contactId": mutation(name, contactId=their_contact, identityId=mine, **others),
        f"{name}.identityId": mutation(name, contactId=my_contact, identityId=their_identity, **others),
    }


TENANCY: dict[str, Case] = {
    "contactIdentityAdd.contactId": mutation(
        "contactIdentityAdd", contactId=their_contact, identity=constant({"network": "TELEGRAM", "handle": "new"})
    ),
    "contactIdentityAdd.identity.externalId": adding(by_id),
    "contactIdentityAdd.identity.handle": adding(by_handle),
    **of_identity("contactIdentityUpdate", channel="Mine now."),
    **of_identity("contactIdentityRemove"),
    **of_identity("contactIdentityMakePrimary"),
}
TEXTS = ("channel", "secondaryIdentifier", "pictureUrl", "profileUrl")
NAMES_NOTHING = {
    "contactIdentityUpdate.handle",
    *(f"contactIdentityAdd.identity.{each}" for each in TEXTS),
    *(f"contactIdentityUpdate.{each}" for each in TEXTS),
}
"""Texts that are kept as they are and lead nowhere; a handle is changed only where it names nobody."""
