"""Upkeep: what nobody asks for and still has to be done.

What indexes hold of contacts is brought up to date after a definition asks for more of it; who is a VIP until a time is
none from then on; after a change of the rules of the queue, conversations are put in the places that follow from them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain import clock
from persistence.driver import Outage
from persistence.organizations import OrganizationStore, PendingDefinition
from persistence.stores import Stores
from resolvers import vip

BATCH = 200
"""Contacts in one transaction."""
_PAUSE_SECONDS = 5.0
_log = logging.getLogger("contact_graph.upkeep")


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Works through the definitions that are pending, whichever process made them so, and ends what has expired.

    Several processes may do so at once: to write a contact as it is changes nothing that anybody reads. One that is
    stopped leaves the place that it came to, from where whoever comes next goes on.
    """

    organizations: OrganizationStore
    stores: Callable[[str], Stores]
    poked: asyncio.Event = field(default_factory=asyncio.Event)
    clock: Callable[[], datetime] = clock.now

    async def follow(self) -> None:
        """Do what is to be done, now and whenever there is something, until cancelled."""
        while True:
            self.poked.clear()
            try:
                await self.run()
            except Outage as problem:
                _log.warning("The upkeep was broken off, and is tried again: %s", problem)
            except Exception:
                # What is wrong with one definition must not keep the process from all that come later.
                _log.exception("The upkeep failed, and is tried again")
            with suppress(TimeoutError):
                await asyncio.wait_for(self.poked.wait(), _PAUSE_SECONDS)

    async def run(self) -> None:
        """Do all that is to be done now."""
        await self._end_vips()
        await self._place_conversations()
        for pending in await self.organizations.pending():
            async for _ in self.work(pending):
                pass

    async def _end_vips(self) -> None:
        now = self.clock()
        # Also those whose time came while no process was there to see it.
        while lapsed := await self.organizations.lapsed_vips(now, BATCH):
            for organization_id, contact_id in lapsed:
                await vip.lapse(self.stores(organization_id), contact_id, now)

    async def _place_conversations(self) -> None:
        """Put all conversations in their places in the queue where a rule was changed."""
        for organization_id in await self.organizations.rescoring():
            stores = self.stores(organization_id)
            while await stores.transact(lambda changes: changes.queue.catch_up(BATCH)):
                pass
            await self.organizations.end_rescoring(organization_id, self.clock())

    async def work(self, pending: PendingDefinition) -> AsyncGenerator[PendingDefinition, None]:
        """Work through the contacts of one definition's organization; yields after each batch how far it has come."""
        stores = self.stores(pending.organization_id)
        while batch := await stores.contacts.behind(pending.behind, BATCH):
            holding = [each.id for each in batch if each.held(pending.definition_id)]
            for left in await stores.derive_again(holding):
                _log.warning("The contact %s holds a value of «%s» that is another's alone", left, pending.key)
            pending = replace(pending, behind=batch[-1].id)
            await self.organizations.keep_pending(pending)
            yield pending
        await self.organizations.end_pending(pending)
