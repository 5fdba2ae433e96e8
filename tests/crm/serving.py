"""The demo's CRM over real HTTP on a loopback port, and servers that answer any bytes at all."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from crm.demo_crm import LOOK_UP, WRITE, DemoCrm
from crm.demo_faults import Switches
from crm.demo_records import DemoRecords, Record
from domain.crm_settings import HttpConnection, Sealed
from tests.graph.serving import running

NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Whom clients trust that need no certificate: to read those of everybody takes longer than most tests."""
KEY = "5f1d7a84db00d2fce00b31a7fc73224f"
ID = "account_number"
MARIA: Record = {
    ID: "C000127",
    "name": "Maria Cantwell",
    "phone": "202-224-3441",
    "party": "Democrat",
    "state": "WA",
    "district": None,
    "terms_served": 6,
    "share": 0.5,
    "is_chair": True,
    "committees": ["Finance", "Indian Affairs"],
    "updated_at": "2026-01-02T03:04:05+00:00",
}
AMY: Record = {**MARIA, ID: "K000367", "name": "Amy Klobuchar", "phone": "202-224-3244", "state": "MN"}
BERNARD: Record = {**MARIA, ID: "S 33/b", "name": "Bernard Sanders", "phone": "202-224-5141", "party": "Independent"}


@dataclass(frozen=True, slots=True)
class RunningCrm:
    crm: DemoCrm
    url: str

    @property
    def connection(self) -> HttpConnection:
        return HttpConnection(
            look_up_url=self.url + LOOK_UP,
            secret=Sealed(""),
            record_id_alias=ID,
            write_url=self.url + WRITE,
            name_alias="name",
            updated_at_alias="updated_at",
            record_url=self.url + "/records/{id}",
        )

    @property
    def taking_several(self) -> HttpConnection:
        return replace(self.connection, takes_several=True)

    def asked(self, path: str = LOOK_UP) -> int:
        return self.crm.requests[path]

    def forget(self) -> None:
        """Be as it was in the beginning."""
        crm = self.crm
        crm.records.records[:] = deepcopy([MARIA, AMY, BERNARD])
        crm.switches, crm.webhook_url = Switches(), None
        for each in (crm.records.applied, crm.requests, crm.looked_up, crm.notified):
            each.clear()

    def held(self, record_id: str) -> Record:
        record = self.crm.records.record(record_id)
        assert record is not None
        return record


async def happened(condition: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a server over HTTP gives no sign
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running_demo_crm(
    records: Sequence[Record] = (MARIA, AMY, BERNARD), **given: Any
) -> AsyncIterator[RunningCrm]:
    """Run a CRM that holds the records while the block runs; what else is given is `DemoCrm`'s."""
    held = DemoRecords(deepcopy(list(records)), ID, updated_at_alias="updated_at")
    crm = DemoCrm(held, KEY, **given)
    async with running(crm.app()) as port:
        yield RunningCrm(crm, f"http://127.0.0.1:{port}")


@dataclass(slots=True)
class Raw:
    """What a server that answers the same bytes to everybody was asked."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    later: bytes | None = None
    """What all but the first are answered, where that is something else."""


@asynccontextmanager
async def running_raw(*parts: bytes, trust: ssl.SSLContext | None = None) -> AsyncIterator[Raw]:
    """Answer each connection's first request with the bytes, and close it."""
    raw = Raw(0)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            raw.requests.append(await reader.readuntil(b"\r\n\r\n"))
            for part in parts if raw.later is None or len(raw.requests) == 1 else (raw.later,):
                writer.write(part)
                await writer.drain()
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=trust)
    async with server:
        raw.port = server.sockets[0].getsockname()[1]
        yield raw
