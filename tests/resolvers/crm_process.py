"""A process that sees to the exchange with CRMs, to be killed: `python -m tests.resolvers.crm_process`."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta

from purgatory import AsyncCircuitBreakerFactory

from crm.connector import Connector
from crm.guarded import Guarded, Patience
from crm.http_client import HttpClient, HttpLimits
from crm.http_connector import HttpConnector
from domain.agents import Organization
from domain.crm_settings import Connection, HttpConnection
from persistence.crm_tasks import CrmTaskStore
from persistence.driver import connect
from persistence.organizations import OrganizationStore
from persistence.stores import Stores
from resolvers.crm_connections import Connections
from resolvers.crm_worker import CrmWorker
from tests.crm.serving import KEY, NOBODY


async def main(uri: str, database: str, lease_seconds: str) -> None:
    """Follow what is due in the database until somebody ends the process."""
    driver = connect(uri, database)
    client = HttpClient(HttpLimits(total_seconds=20.0, allow_private=True), trust=NOBODY)
    breakers = AsyncCircuitBreakerFactory()

    def make(organization: Organization, connection: Connection) -> Connector:
        assert isinstance(connection, HttpConnection)
        return Guarded(HttpConnector(connection, KEY, client), organization.id, breakers, Patience(failures=1_000))

    worker = CrmWorker(
        CrmTaskStore(driver),
        OrganizationStore(driver),
        lambda organization_id: Stores.of(driver, organization_id),
        Connections(make),
        lease=timedelta(seconds=float(lease_seconds)),
    )
    await worker.follow()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
