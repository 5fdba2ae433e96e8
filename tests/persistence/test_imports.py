"""Finding and writing the contacts of an import's batch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pymongo.errors import BulkWriteError

from domain.contacts import Contact, IdentityKey, Network
from tests.builders import a_contact, an_identity
from tests.conftest import Commands, World

BY_IDENTITY = a_contact("c1", identities=(an_identity("1"), an_identity("2")))
BY_KEY = a_contact("c2", import_key="k2")
BY_BOTH = a_contact("c3", identities=(an_identity("3"),), import_key="k3")


def twitter(*ids: str) -> list[IdentityKey]:
    return [IdentityKey(Network.TWITTER, each) for each in ids]


async def seeded(world: World) -> None:
    await world.add_contacts(BY_IDENTITY, BY_KEY, BY_BOTH, a_contact("c4", name="Nobody"))
    await world.add_contacts(
        a_contact("x1", identities=(an_identity("1"), an_identity("9")), import_key="k2"), organization_id="other"
    )


async def found(
    world: World, identities: list[IdentityKey], keys: list[str], organization_id: str = "acme"
) -> list[Contact]:
    stores = world.stores(organization_id)
    contacts = await stores.transact(lambda changes: changes.imports.find(identities, keys))
    return sorted(contacts, key=lambda each: each.id)


async def test_contacts_are_found_by_identity_or_import_key_and_each_once(world: World) -> None:
    await seeded(world)
    assert await found(world, twitter("1", "2", "3", "7"), ["k2", "k3", "k7"]) == [BY_IDENTITY, BY_KEY, BY_BOTH]
    assert await found(world, twitter("2"), []) == [BY_IDENTITY]
    assert await found(world, [], ["k3"]) == [BY_BOTH]
    assert await found(world, [], []) == []


async def test_another_organizations_contacts_are_not_found(world: World) -> None:
    await seeded(world)
    assert [each.id for each in await found(world, twitter("1", "3"), ["k2", "k3"], "other")] == ["x1"]
    assert await found(world, twitter("9"), []) == []


async def test_a_batch_is_written_in_two_commands_between_those_that_read_rules_and_conversations(
    world: World, commands: Commands
) -> None:
    await seeded(world)
    created = [a_contact(f"n{each}", identities=(an_identity(f"n{each}"),)) for each in range(3)]
    changed = [replace(BY_IDENTITY, name="New", version=2), replace(BY_KEY, name="Newer")]
    commands.clear()
    await world.stores().transact(lambda changes: changes.imports.put(created, changed))
    assert commands.names() == ["find", "insert", "update", "find", "find", "commitTransaction"]
    expected = {each.id: each for each in [*created, *changed, BY_BOTH]}
    assert await world.stores().contacts.by_ids(list(expected)) == expected


async def test_nothing_to_write_is_no_command(world: World, commands: Commands) -> None:
    await world.stores().transact(lambda changes: changes.imports.put([], []))
    assert commands.names() == []


async def test_another_organizations_contact_is_not_replaced(world: World) -> None:
    await seeded(world)
    before = await world.snapshot()
    await world.stores("other").transact(lambda changes: changes.imports.put([], [replace(BY_KEY, name="Mine")]))
    assert await world.snapshot() == before


@pytest.mark.parametrize(
    "twin",
    [a_contact("n1", identities=(an_identity("2"),)), a_contact("n1", import_key="k3"), a_contact("c1")],
    ids=["identity", "import key", "id"],
)
async def test_what_belongs_to_another_contact_is_not_written_twice(world: World, twin: Contact) -> None:
    await seeded(world)
    before = await world.snapshot()
    with pytest.raises(BulkWriteError, match="E11000"):
        await world.stores().transact(lambda changes: changes.imports.put([a_contact("n0"), twin], []))
    assert await world.snapshot() == before


async def test_contacts_without_identity_and_import_key_are_no_twins(world: World) -> None:
    await world.stores().transact(lambda changes: changes.imports.put([a_contact("a"), a_contact("b")], []))
    assert await world.stores().finding.count() == 2
