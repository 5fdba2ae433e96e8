"""Reading and changing contacts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pymongo.errors import DuplicateKeyError

from domain.contacts import Contact, IdentityKey, Network
from domain.definitions import ValueRules
from domain.paging import PageRequest
from domain.values import NumberValue, TextValue
from domain.vip import VipStatus
from persistence.derived import contact_document
from tests.builders import MORNING, a_contact, a_definition, an_identity, an_organization, held
from tests.conftest import World

LATER = MORNING.replace(hour=11)
VIP = VipStatus(LATER, "jo", "Spends a lot", None)


async def seeded(world: World) -> Contact:
    contact = a_contact("c1", identities=(an_identity("1"),), values=(held("bio", TextValue("hi")),), note_count=2)
    await world.add_contacts(contact, a_contact("c2", name="Bob"))
    await world.add_contacts(a_contact("x1", identities=(an_identity("1"),)), organization_id="other")
    return contact


async def test_contacts_are_found_by_their_ids(world: World) -> None:
    contact = await seeded(world)
    found = await world.stores().contacts.by_ids(["c2", "c1", "nobody"])
    assert found == {"c1": contact, "c2": a_contact("c2", name="Bob")}


async def test_contacts_are_found_by_any_of_their_identities(world: World) -> None:
    two = a_contact("c3", identities=(an_identity("7"), an_identity("8", network=Network.EMAIL)))
    await seeded(world)
    await world.add_contacts(two)
    key = IdentityKey(Network.EMAIL, "8")
    found = await world.stores().contacts.by_identities([key, IdentityKey(Network.EMAIL, "1")])
    assert found[key] == two
    assert IdentityKey(Network.EMAIL, "1") not in found


async def test_an_identity_belongs_to_one_contact_in_each_organization(world: World) -> None:
    contact = await seeded(world)
    key = contact.identities[0].key
    assert await world.stores().contacts.by_identities([key]) == {key: contact}
    theirs = await world.stores("other").contacts.by_identities([key])
    assert [each.id for each in theirs.values()] == ["x1"]


async def test_counting_counts_the_organization_alone(world: World) -> None:
    await seeded(world)
    assert await world.stores().finding.count() == 2
    assert await world.stores("other").finding.count() == 1
    assert await world.stores("nobody").finding.count() == 0


async def test_a_contact_is_found_within_a_transaction(world: World) -> None:
    contact = await seeded(world)
    assert await world.stores().transact(lambda changes: changes.contacts.find("c1")) == contact
    assert await world.stores().transact(lambda changes: changes.contacts.find("nobody")) is None


async def test_notes_are_counted_up_and_down_without_a_new_version(world: World) -> None:
    contact = await seeded(world)
    stores = world.stores()
    more = await stores.transact(lambda changes: changes.contacts.count_notes("c1", more=1))
    assert more == replace(contact, note_count=3)
    assert await stores.contacts.by_ids(["c1"]) == {"c1": more}
    fewer = await stores.transact(lambda changes: changes.contacts.count_notes("c1", more=-1))
    assert fewer == contact
    assert await stores.transact(lambda changes: changes.contacts.count_notes("nobody", more=1)) is None


async def test_a_contact_is_put_whole(world: World) -> None:
    contact = await seeded(world)
    changed = replace(contact, name="Zoë", vip=VIP, identities=(), values=(held("followers", NumberValue(7)),))
    await world.stores().transact(lambda changes: changes.contacts.put(changed))
    assert await world.stores().contacts.by_ids(["c1"]) == {"c1": changed}
    [document] = [each for each in (await world.snapshot())["contacts"] if each["_id"] == "c1"]
    assert document == contact_document(changed, "acme", ())
    assert document["values"][0]["k"] == 7.0
    await world.stores().transact(lambda changes: changes.contacts.put(contact))
    [document] = [each for each in (await world.snapshot())["contacts"] if each["_id"] == "c1"]
    assert document == contact_document(contact, "acme", ())


async def test_a_new_contact_is_kept(world: World) -> None:
    contact = a_contact("new", identities=(an_identity("5"),))
    await world.stores().transact(lambda changes: changes.contacts.insert(contact))
    assert await world.stores().contacts.by_ids(["new"]) == {"new": contact}


async def insert(world: World, contact: Contact) -> None:
    await world.stores().transact(lambda changes: changes.contacts.insert(contact))


async def with_unique_account(world: World) -> None:
    definition = a_definition("account", rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization(), [], [definition])


@pytest.mark.parametrize("text", ["A-1", "a-1", "Á-1"])
async def test_a_unique_value_belongs_to_one_live_contact(world: World, text: str) -> None:
    await with_unique_account(world)
    first = a_contact("u1", values=(held("account", TextValue("A-1")), held("bio", TextValue(text))))
    await world.stores().transact(lambda changes: changes.contacts.insert(first))
    before = await world.snapshot()
    again = a_contact("u2", values=(held("account", TextValue(text)),))
    with pytest.raises(DuplicateKeyError):
        await world.stores().transact(lambda changes: changes.contacts.insert(again))
    assert await world.snapshot() == before
    # An empty value is no value, and a value of another attribute no rival.
    for number, values in enumerate(((), (held("account", None),), (held("bio", TextValue("A-1")),))):
        await insert(world, a_contact(f"free{number}", values=values))
    await world.stores().transact(lambda changes: changes.contacts.put(replace(first, values=())))
    freed = a_contact("u3", values=(held("account", TextValue(text)),))
    await world.stores().transact(lambda changes: changes.contacts.insert(freed))


async def test_a_contact_that_is_gone_within_the_transaction_is_an_error(world: World) -> None:
    before = await world.snapshot()
    with pytest.raises(LookupError, match="The contact gone was found and then not found"):
        await world.stores().transact(lambda changes: changes.contacts.put(a_contact("gone")))
    assert await world.snapshot() == before


async def test_another_organization_sees_and_changes_nothing(world: World) -> None:
    contact = await seeded(world)
    before = await world.snapshot()
    theirs = world.stores("other")
    assert await theirs.contacts.by_ids(["c1", "c2"]) == {}
    assert [each.id for each in (await theirs.finding.page(PageRequest(10))).rows] == ["x1"]
    assert await theirs.transact(lambda changes: changes.contacts.find("c1")) is None
    assert await theirs.transact(lambda changes: changes.contacts.count_notes("c1", more=1)) is None
    with pytest.raises(LookupError):
        await theirs.transact(lambda changes: changes.contacts.put(contact))
    assert await world.snapshot() == before
