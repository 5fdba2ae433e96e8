"""What a subscription tells of what no mutation does: imports, and the end of a VIP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest_asyncio

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.vip import VipStatus
from persistence.live import Hub
from tests.builders import MORNING, a_contact
from tests.conftest import World
from tests.graph.listening import following, listen
from tests.graph.test_live import begun, body_of, note
from tests.resolvers.importing import imported, row
from tests.resolvers.test_vip_lapse import the_upkeep

JANE = SocialIdentity(IdentityKey(Network.TWITTER, "@jane"), "Jane", is_primary=True)


@pytest_asyncio.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    async with following(world.driver) as hub:
        yield hub


async def test_what_an_import_changes_is_told(world: World, hub: Hub) -> None:
    await world.add_contacts(a_contact("c1", name="Jane", identities=(JANE,)))
    ear = await listen(world, hub)
    await begun(ear, "c1")
    await imported(world, [row(2, "Jane Roe", "Jane", bio="hi", followers="7"), row(3, "Bob", "Bob")])
    renamed, changed = await ear.next(), await ear.next()
    assert [each["event"]["__typename"] for each in (renamed, changed)] == [
        *("ContactRenamedEvent", "AttributesChangedEvent")
    ]
    assert renamed["contact"]["name"] == "Jane Roe"
    await note(world, "c1", "And of Bob nothing.")
    assert body_of(await ear.next()) == "And of Bob nothing."
    await ear.close()


async def test_that_a_vip_has_ended_is_told(world: World, hub: Hub) -> None:
    status = VipStatus(MORNING, "ada", "Loyal", MORNING + timedelta(minutes=1))
    await world.add_contacts(a_contact("c1", vip=status))
    ear = await listen(world, hub)
    await begun(ear, "c1")
    await the_upkeep(world).run()
    told = await ear.next()
    assert (told["event"]["__typename"], told["contact"]["vip"]) == ("VipClearedEvent", None)
    await ear.close()
