"""Connecting the demo's organization to the demo's CRM."""

from __future__ import annotations

from dataclasses import replace

from domain.contacts import Network
from domain.crm_settings import CrmSettings, HttpConnection
from persistence.stores import Changes, Stores

_OWN = "http://127.0.0.1:"


async def connect(stores: Stores, connection: HttpConnection) -> None:
    """Connect the organization, unless somebody connected it to another CRM since.

    The demo's CRM has another port, and so another address, with each start.
    """

    async def work(changes: Changes) -> None:
        before = await changes.crm_settings.find()
        if before.version == 0:
            aliases = ((Network.TWITTER, "twitter_id"),)
            settings = CrmSettings(1, connection, aliases, is_automatic=True)
        elif isinstance(before.connection, HttpConnection) and before.connection.look_up_url.startswith(_OWN):
            settings = replace(before, version=before.version + 1, connection=connection)
        else:
            return
        await changes.crm_settings.put(settings)

    await stores.transact(work)
