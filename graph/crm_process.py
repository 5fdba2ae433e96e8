"""The composition root's part for CRMs: the connectors of the organizations, and who sees to the exchange."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import assert_never

from purgatory import AsyncCircuitBreakerFactory

from crm.connector import Connector
from crm.directory import DirectoryConnector
from crm.guarded import Guarded
from crm.http_client import HttpClient, HttpLimits
from crm.http_connector import HttpConnector
from crm.hubspot import HubSpotConnector
from crm.vault import Vault
from domain.agents import Organization
from domain.crm_settings import Connection, DirectoryConnection, HttpConnection, HubSpotConnection
from graph.settings import Demo, Settings
from persistence.crm_tasks import CrmTaskStore
from persistence.database import Database
from resolvers.crm_connections import Connections
from resolvers.crm_health import Recorded
from resolvers.crm_worker import CrmWorker


@dataclass(frozen=True, slots=True)
class CrmProcess:
    """What one process has for the exchange with CRMs."""

    connections: Connections
    vault: Vault
    worker: CrmWorker


@asynccontextmanager
async def crm_process(settings: Settings, vault: Vault, database: Database) -> AsyncIterator[CrmProcess]:
    """Make what the process needs to reach CRMs, and close it at the end. Nothing is asked by this alone."""
    # The demo's CRM is on this machine.
    is_private = settings.crm_private or settings.demo is not Demo.OFF
    client = HttpClient(HttpLimits(allow_private=is_private))
    breakers = AsyncCircuitBreakerFactory()

    def make(organization: Organization, connection: Connection) -> Connector:
        stores = database.stores(organization.id)
        made = _connector(organization, connection)
        # Other settings are another connection, whose failures are its own; a name tells nothing of them.
        guarded = Guarded(made, f"{organization.id} {hash(connection)}", breakers)
        return Recorded(guarded, stores.crm.keep_health)

    def _connector(organization: Organization, connection: Connection) -> Connector:
        match connection:
            case HttpConnection():
                return HttpConnector(connection, vault.open(connection.secret), client)
            case HubSpotConnection():
                return HubSpotConnector(connection, vault.open(connection.token), client)
            case DirectoryConnection():
                return DirectoryConnector(database.stores(organization.id).crm_records, organization.region)
            case _:
                assert_never(connection)

    connections = Connections(make)
    worker = CrmWorker(CrmTaskStore(database.driver), database.organizations, database.stores, connections)
    try:
        yield CrmProcess(connections, vault, worker)
    finally:
        await connections.close()
        await client.close()
