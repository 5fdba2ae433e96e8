"""VIPs until a time: from then on they are none, by themselves, in the database and in the timeline."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from domain.attributes import Source
from domain.contacts import ContactChanged
from domain.events import ContactEvent, EventKind
from domain.filters import IsVip
from domain.finding import ContactQuery
from domain.vip import VipStatus
from persistence.organizations import OrganizationStore
from resolvers import upkeep, vip
from resolvers.upkeep import Upkeep
from tests.builders import MORNING, a_contact
from tests.conftest import World
from tests.resolvers.changing import NOW, asker, log, stored

EXPIRY = MORNING + timedelta(hours=1)
STATUS = VipStatus(MORNING, "ada", "Loyal", EXPIRY)
JANE = a_contact("c1", vip=STATUS, version=3)


def the_upkeep(world: World, at: datetime = NOW) -> Upkeep:
    """Return that of a new process, such as one that was down when the time came."""
    return Upkeep(OrganizationStore(world.driver), world.stores, clock=lambda: at)


async def test_whose_time_has_come_is_a_vip_no_more(world: World) -> None:
    for_good = a_contact("c2", vip=replace(STATUS, expires_at=None))
    later = a_contact("c3", vip=replace(STATUS, expires_at=NOW + timedelta(milliseconds=1)))
    await world.add_contacts(JANE, for_good, later, a_contact("c4"))
    await world.add_contacts(a_contact("c9", vip=STATUS), organization_id="other")
    await the_upkeep(world).run()
    assert await stored(world) == replace(JANE, vip=None, version=4, updated_at=NOW)
    assert [await stored(world, each.id) for each in (for_good, later)] == [for_good, later]
    # At the moment that was set, however late anybody came to see to it.
    cleared = ContactEvent("", "c1", EXPIRY, EventKind.VIP_CLEARED, None, STATUS, source=Source.SYSTEM)
    assert [each for each in await log(world) if each.contact_id == "c1"] == [cleared]
    assert (await world.stores("other").contacts.by_ids(["c9"]))["c9"].vip is None
    before = await world.snapshot()
    await the_upkeep(world).run()
    assert await world.snapshot() == before


async def test_nobody_is_found_as_a_vip_who_is_none(world: World) -> None:
    await world.add_contacts(JANE)
    await the_upkeep(world).run()
    query = ContactQuery(filter=IsVip(MORNING))
    assert await world.stores().finding.count(query) == 0


async def test_however_many_have_expired_all_of_them_end(world: World) -> None:
    count = upkeep.BATCH + 5
    await world.add_contacts(*(a_contact(f"m{each}", vip=STATUS) for each in range(count)))
    await the_upkeep(world).run()
    assert len(await log(world)) == count
    assert await OrganizationStore(world.driver).lapsed_vips(NOW, 1) == []


async def test_many_processes_that_see_to_it_at_once_end_it_once(world: World) -> None:
    await world.add_contacts(JANE)
    await asyncio.gather(*(the_upkeep(world).run() for _ in range(10)))
    assert (await stored(world)).version == 4
    assert [each.kind for each in await log(world)] == [EventKind.VIP_CLEARED]


async def test_what_an_agent_renewed_or_ended_meanwhile_stays(world: World) -> None:
    renewed, ended = JANE, a_contact("c2", vip=STATUS)
    await world.add_contacts(renewed, ended, a_contact("c3", vip=STATUS))
    context = await asker(world)
    assert isinstance(
        await vip.set_vip(context, contact_id="c1", reason=None, expires_at=None, version=None, idempotency_key=None),
        ContactChanged,
    )
    await vip.clear_vip(context, contact_id="c2", version=None, idempotency_key=None)
    before = await world.snapshot()
    # As by a process that looked before them, and came to it after them.
    for each in ("c1", "c2", "nobody"):
        await vip.lapse(world.stores(), each, NOW)
    await vip.lapse(world.stores(), "c3", EXPIRY - timedelta(milliseconds=1))
    assert await world.snapshot() == before
