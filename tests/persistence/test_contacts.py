"""Reading and changing contacts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.contacts import Contact, IdentityKey, Network
from domain.paging import PageRequest
from domain.values import NumberValue, TextValue
from domain.vip import VipStatus
from persistence.stores import Changes
from tests.builders import MORNING, a_contact, an_identity, held
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
    assert await world.stores().contacts.count() == 2
    assert await world.stores("other").contacts.count() == 1
    assert await world.stores("nobody").contacts.count() == 0


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


async def test_a_vip_status_is_set_and_taken_away(world: World) -> None:
    contact = await seeded(world)
    stores = world.stores()
    changed = await stores.transact(lambda changes: changes.contacts.set_vip(contact, VIP, at=LATER))
    assert (changed.vip, changed.version, changed.updated_at) == (VIP, 2, LATER)
    assert (await stores.contacts.by_ids(["c1"]))["c1"] == changed
    cleared = await stores.transact(lambda changes: changes.contacts.set_vip(contact, None, at=LATER))
    assert (cleared.vip, cleared.version) == (None, 3)
    [document] = [each for each in (await world.snapshot())["contacts"] if each["_id"] == "c1"]
    assert "vip" not in document


async def test_a_value_is_put_beside_the_others_and_replaced_in_its_place(world: World) -> None:
    contact = await seeded(world)
    stores = world.stores()
    first, second = held("followers", NumberValue(7)), held("bio", TextValue("new"), version=2)
    changed = await stores.transact(lambda changes: changes.contacts.put_value(contact, first, at=LATER))
    assert changed.values == (held("bio", TextValue("hi")), first)
    assert (changed.version, changed.updated_at) == (1, LATER)
    again = await stores.transact(lambda changes: changes.contacts.put_value(changed, second, at=MORNING))
    assert again.values == (second, first)
    assert again.updated_at == MORNING
    third = held("followers", NumberValue(8), version=2)
    last = await stores.transact(lambda changes: changes.contacts.put_value(again, third, at=MORNING))
    assert last.values == (second, third)
    assert (await stores.contacts.by_ids(["c1"]))["c1"] == last


async def test_a_contact_that_is_gone_within_the_transaction_is_an_error(world: World) -> None:
    before = await world.snapshot()
    gone = a_contact("gone", values=(held("bio", None),))

    async def put(changes: Changes) -> None:
        await changes.contacts.put_value(gone, held("bio", TextValue("x")), at=LATER)

    async def set_vip(changes: Changes) -> None:
        await changes.contacts.set_vip(gone, VIP, at=LATER)

    for work in (put, set_vip):
        with pytest.raises(LookupError, match="The contact gone was found and then not found"):
            await world.stores().transact(work)
    assert await world.snapshot() == before


async def test_another_organization_sees_and_changes_nothing(world: World) -> None:
    contact = await seeded(world)
    before = await world.snapshot()
    theirs = world.stores("other")
    assert await theirs.contacts.by_ids(["c1", "c2"]) == {}
    assert [each.id for each in (await theirs.contacts.page(PageRequest(10))).rows] == ["x1"]
    assert await theirs.transact(lambda changes: changes.contacts.find("c1")) is None
    assert await theirs.transact(lambda changes: changes.contacts.count_notes("c1", more=1)) is None
    with pytest.raises(LookupError):
        await theirs.transact(lambda changes: changes.contacts.set_vip(contact, VIP, at=LATER))
    with pytest.raises(LookupError):
        await theirs.transact(lambda changes: changes.contacts.set_vip(contact, None, at=LATER))
    with pytest.raises(LookupError):
        await theirs.transact(lambda changes: changes.contacts.put_value(contact, held("bio", None), at=LATER))
    with pytest.raises(LookupError):
        await theirs.transact(lambda changes: changes.contacts.put_value(contact, held("rank", None), at=LATER))
    assert await world.snapshot() == before
