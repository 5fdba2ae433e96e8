"""Finding contacts."""

from __future__ import annotations

from domain.contacts import IdentityKey, Network
from resolvers import contacts
from tests.builders import a_contact, an_identity
from tests.conftest import World

BOB = a_contact("c2", name="Bob", identities=(an_identity("2"),))
JANE = a_contact("c1", identities=(an_identity("1"),))
THEIRS = a_contact("x1", identities=(an_identity("1"),))


async def seeded(world: World) -> None:
    await world.add_contacts(JANE, BOB)
    await world.add_contacts(THEIRS, organization_id="other")


async def test_a_contact_is_found_by_its_id_in_its_organization(world: World) -> None:
    await seeded(world)
    context, theirs = await world.context(), await world.context("mo", "other")
    assert await contacts.find(context, "c1") == JANE
    assert await contacts.find(context, "nobody") is None
    assert await contacts.find(context, "x1") is None
    assert await contacts.find(theirs, "c1") is None


async def test_a_contact_is_found_by_an_identity_in_its_organization(world: World) -> None:
    await seeded(world)
    context, theirs = await world.context(), await world.context("mo", "other")
    key = IdentityKey(Network.TWITTER, "1")
    assert await contacts.find_by_identity(context, key) == JANE
    assert await contacts.find_by_identity(theirs, key) == THEIRS
    assert await contacts.find_by_identity(theirs, IdentityKey(Network.TWITTER, "2")) is None
    assert await contacts.find_by_identity(context, IdentityKey(Network.SMS, "1")) is None
