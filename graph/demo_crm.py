"""The demo's own CRM: another server on this machine, which the demo's organization is connected to."""

import asyncio
import csv
import hashlib
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import orjson
import uvicorn
from starlette.types import ASGIApp

from crm.demo_crm import LOOK_UP, WRITE, DemoCrm
from crm.demo_records import DemoRecords, Record
from crm.vault import Vault
from domain.crm_settings import HttpConnection, Sealed
from graph.demo import examples, signing_secret
from graph.settings import Demo, Settings
from persistence.database import Database
from resolvers.demo_crm import connect
from resolvers.demo_organizations import ENTERPRISE

_RECORD_ID, _UPDATED_AT = "account_number", "updated_at"
_PHONES = ("phone", "district_office_phone")
_log = logging.getLogger("contact_graph.demo")


@asynccontextmanager
async def demo_crm(settings: Settings, vault: Vault, database: Database) -> AsyncIterator[None]:
    """Serve the demo's CRM while the block runs, and connect the demo's organization to it; nothing elsewhere."""
    if settings.demo is Demo.OFF:
        yield
        return
    organization_id = ENTERPRISE.organization.id
    kept = settings.data / "demo-crm.json"
    held = DemoRecords(
        _kept_records(kept) or _records(), _RECORD_ID, _PHONES, _UPDATED_AT, keep=partial(_keep_records, kept)
    )
    key = hashlib.sha256(f"the demo's CRM {signing_secret(settings)}".encode()).hexdigest()
    crm = DemoCrm(held, key)
    if settings.port:
        crm.webhook_url = f"http://127.0.0.1:{settings.port}/crm/{organization_id}/notifications"
    async with _serving(crm.app()) as port:
        url = f"http://127.0.0.1:{port}"
        connection = HttpConnection(
            look_up_url=url + LOOK_UP,
            secret=vault.seal(key) or Sealed(""),
            record_id_alias=_RECORD_ID,
            write_url=url + WRITE,
            name_alias="name",
            updated_at_alias=_UPDATED_AT,
            record_url=url + "/records/{id}",
            takes_several=True,
        )
        await connect(database.stores(organization_id), connection)
        database.cache.forget(organization_id)
        _log.info("The demo's CRM is at %s: POST /switches makes it slow, fail or reject", url)
        yield


def _records() -> list[Record]:
    """Return what the example's customer list says, in the types that a CRM would have."""
    with (examples() / "crm-directory.csv").open(encoding="utf-8", newline="") as file:
        return [_record(each) for each in csv.DictReader(file)]


def _record(row: dict[str, str]) -> Record:
    record: Record = {name: text or None for name, text in row.items()}
    for name in ("district", "terms_served"):
        record[name] = int(row[name]) if row[name] else None
    record["committees"] = [each for each in row["committees"].split("; ") if each]
    record[_UPDATED_AT] = None
    return record


def _kept_records(path: Path) -> list[Record] | None:
    return orjson.loads(path.read_bytes()) if path.exists() else None


def _keep_records(path: Path, records: list[Record]) -> None:
    """Keep what was changed there for the next start: aside first, so that a start never finds half of it.

    With each change: what it has accepted, a CRM still has after it was killed.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_bytes(orjson.dumps(records))
    aside.replace(path)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the product's own server's."""
        yield


@asynccontextmanager
async def _serving(app: ASGIApp) -> AsyncIterator[int]:
    """Serve on a free port of this machine alone; gives the port."""
    server = _Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # As asyncio does for the sockets that it opens itself.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.create_task(server.serve([listening]))
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            # Whoever hangs there is not waited for.
            server.force_exit = True
            await task
