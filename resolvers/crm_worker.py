"""The exchange with CRMs, which nobody waits for.

Reads never call a CRM: what it says is brought here. Several processes may do so at once: each contact is one's alone
for a while, and whoever breaks off is followed by another, who finds in the contact itself what is not done.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from domain import clock
from domain.capabilities import PLANS_WITH, Capability
from domain.crm import CrmFailed
from domain.crm_look_ups import pause
from domain.crm_tasks import CrmSweep, CrmTask
from persistence.crm_tasks import LEASE, CrmTaskStore
from persistence.driver import Outage
from persistence.organizations import OrganizationStore
from persistence.stores import Changes, Stores
from resolvers.crm_connections import Connections
from resolvers.crm_exchange import Exchange, first_pause, side_by_side

AT_ONCE = 40
"""Contacts that one process takes."""
BATCH = 200
"""Contacts in one transaction of a walk through all of them."""
_PAUSE_SECONDS = 1.0
_log = logging.getLogger("contact_graph.crm")


@dataclass(frozen=True, slots=True)
class CrmWorker:
    tasks: CrmTaskStore
    organizations: OrganizationStore
    stores: Callable[[str], Stores]
    connections: Connections
    clock: Callable[[], datetime] = clock.now
    lease: timedelta = LEASE
    poked: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """Do what is due, now and whenever there is something, until cancelled."""
        while True:
            self.poked.clear()
            try:
                while await self.run():
                    pass
            except Outage as problem:
                _log.warning("The exchange with the CRMs was broken off, and is tried again: %s", problem)
            except Exception:
                # What is wrong with one contact must not keep the process from all others.
                _log.exception("The exchange with the CRMs failed, and is tried again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.poked.wait(), _PAUSE_SECONDS)

    async def run(self) -> int:
        """Do some of what is due; returns of how many contacts."""
        for sweep in await self.tasks.sweeps(self.clock()):
            await self._sweep(sweep)
        tasks = await self.tasks.take(self.clock(), AT_ONCE, self.lease)
        of_organization: defaultdict[str, list[CrmTask]] = defaultdict(list)
        for each in tasks:
            of_organization[each.organization_id].append(each)
        # Side by side: a CRM that hangs keeps nobody else's waiting for longer than its own time-out.
        works = (self._work(organization_id, own) for organization_id, own in of_organization.items())
        for failure in await asyncio.gather(*works, return_exceptions=True):
            if failure is not None:
                raise failure
        return len(tasks)

    async def _sweep(self, sweep: CrmSweep) -> None:
        """Enter what is to be done about each contact, from where this or another process has come to."""
        stores = self.stores(sweep.organization_id)
        while batch := await stores.contacts.behind(sweep.behind, BATCH):
            await stores.transact(partial(_enter, [each.id for each in batch]))
            sweep = replace(sweep, behind=batch[-1].id)
            await self.tasks.keep_sweep(sweep, batch[-1].id)
        await self.tasks.end_sweep(sweep)

    async def _work(self, organization_id: str, tasks: Sequence[CrmTask]) -> None:
        directory = await self.organizations.directory(organization_id)
        has_crm = directory is not None and directory.organization.plan in PLANS_WITH[Capability.USE_CRM]
        connector = self.connections.of(directory) if directory is not None and has_crm else None
        if directory is None or connector is None:
            await self.tasks.drop(tasks)
            return
        exchange = Exchange(directory, self.stores(organization_id), connector, self.clock)
        try:
            # Before another process may take them.
            async with asyncio.timeout(self.lease.total_seconds() * 0.9):
                await self._exchange(exchange, tasks)
        finally:
            await self.tasks.give_back(tasks)

    async def _exchange(self, exchange: Exchange, tasks: Sequence[CrmTask]) -> None:
        stores = exchange.stores
        ids = [each.contact_id for each in tasks]
        contacts = await stores.contacts.by_ids(ids)
        # By the id of one that was merged away the survivor is found, which has an entry of its own.
        gone = [each for each in ids if each not in contacts or contacts[each].id != each]
        await self.tasks.drop([each for each in tasks if each.contact_id in gone])
        here = [each for each in tasks if each.contact_id not in gone]
        due = [(each, contacts[each.contact_id]) for each in here if each.is_look_up_due]
        paused = await exchange.look_up(due)
        if paused is None:
            paused = await self._write(exchange, [each for each in here if each.is_write_due])
        if paused is not None:
            # In one command: while a CRM is down, everything of its organization becomes due, and is put off again.
            await self.tasks.postpone(here, self.clock() + pause(paused, 0))

    async def _write(self, exchange: Exchange, due: Sequence[CrmTask]) -> CrmFailed | None:
        # As they are by now: a look-up may have changed them.
        found = await exchange.stores.contacts.by_ids([each.contact_id for each in due])
        contacts = {each: contact for each, contact in found.items() if contact.id == each}
        return first_pause(
            await side_by_side(partial(exchange.write, each, contacts.get(each.contact_id)) for each in due)
        )


async def _enter(contact_ids: Sequence[str], changes: Changes) -> None:
    await changes.crm.follow(await changes.imports.by_ids(contact_ids))
