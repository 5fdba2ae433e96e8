"""Connecting the demo's organization to the demo's CRM, unless somebody has decided otherwise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.contacts import Network
from domain.crm_settings import Connection, CrmSettings, DirectoryConnection, HttpConnection, Sealed
from persistence.organizations import OrganizationStore
from resolvers.demo_crm import connect
from tests.conftest import World

FIRST = HttpConnection("http://127.0.0.1:41001/look-up", Sealed("one"), "account_number")
SECOND = HttpConnection("http://127.0.0.1:41002/look-up", Sealed("another"), "account_number")


async def settings(world: World) -> CrmSettings:
    found = await OrganizationStore(world.driver).directory("acme")
    assert found is not None
    return found.crm


async def put(world: World, given: CrmSettings) -> None:
    await world.stores().transact(lambda changes: changes.crm_settings.put(given))


async def test_the_first_start_connects_it_and_looks_all_up(world: World) -> None:
    await connect(world.stores(), FIRST)
    aliases = ((Network.TWITTER, "twitter_id"),)
    assert await settings(world) == CrmSettings(1, FIRST, aliases, is_automatic=True)
    [acme, other] = (await world.snapshot())["organizations"]
    # All contacts are entered by upkeep; another organization has nothing to do with it.
    assert ("crmSweep" in acme, "crm" in other, "crmSweep" in other) == (True, False, False)


async def test_the_next_start_has_another_address_and_leaves_all_else(world: World) -> None:
    own = CrmSettings(4, FIRST, ((Network.EMAIL, "mail"),), is_automatic=False, refresh_after=timedelta(hours=3))
    await put(world, own)
    await connect(world.stores(), SECOND)
    expected = CrmSettings(5, SECOND, ((Network.EMAIL, "mail"),), is_automatic=False, refresh_after=timedelta(hours=3))
    assert await settings(world) == expected


@pytest.mark.parametrize(
    "connection",
    [
        None,
        DirectoryConnection(),
        HttpConnection("https://crm.example.com/look-up", Sealed("one"), "id"),
        HttpConnection("https://127.0.0.1.example.com/look-up", Sealed("one"), "id"),
    ],
)
async def test_what_somebody_has_decided_stays(world: World, connection: Connection | None) -> None:
    await put(world, CrmSettings(2, connection))
    before = await world.snapshot()
    await connect(world.stores(), SECOND)
    assert await world.snapshot() == before
