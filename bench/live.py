"""What subscriptions cost, and how soon they tell: `python -m bench.live [SUBSCRIPTIONS]`, 1,000 by default; on Linux.

Two server processes on one embedded MongoDB. One of them holds the subscriptions, each on a WebSocket and of a contact
of its own: its memory and processor time are printed for each of them, while they are opened and while nothing happens.
The other one adds notes, one after the other: the time is that from asking for it to being told by the first.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from domain.agents import Agent, Organization, Plan, Role
from domain.contacts import NEVER_ASKED, Contact
from graph.authentication import issue_token
from graph.nodes import encode_id
from persistence.database import open_database
from persistence.derived import contact_document
from persistence.embedded import embedded_mongodb
from persistence.names import CONTACTS

SECRET = "a secret of the benchmark, longer than 32 bytes"
ORGANIZATION = Organization("bench", "Bench", Plan.ENTERPRISE, "en", "US")
AGENT = Agent("jo", ORGANIZATION.id, "Jo", "jo@bench.example.com", Role.AGENT, True, None, None)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOTES, AT_ONCE, IDLE_SECONDS = 100, 50, 10.0
CHANGED = """subscription ($id: ID!) { contactChanged(id: $id) {
  cursor kind contact { id name } event { __typename ... on NoteAddedEvent { note { body author { name } } } }
} }"""
ADD = """mutation ($input: ContactNoteAddInput!) { contactNoteAdd(input: $input) { __typename } }"""


def a_contact(number: int) -> Contact:
    return Contact(
        id=f"c{number}",
        version=1,
        name=f"Person {number}",
        avatar_url=None,
        identities=(),
        validation=NEVER_ASKED,
        values=(),
        vip=None,
        note_count=0,
        created_at=NOW,
        updated_at=NOW,
    )


async def fill(uri: str, count: int) -> None:
    async with open_database(uri=uri, name="bench", data_folder=Path("unused")) as database:
        await database.organizations.put(ORGANIZATION, [AGENT], [])
        documents = [contact_document(a_contact(each), ORGANIZATION.id, []) for each in range(count)]
        await database.driver.collection(CONTACTS).insert_many(documents)


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    pid: int

    @property
    def memory(self) -> int:
        """In bytes, what is resident."""
        pages = Path(f"/proc/{self.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    @property
    def seconds(self) -> float:
        """Of the processor, since it began."""
        # Behind the name, which may have spaces.
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def a_server(uri: str, **settings: str) -> AsyncIterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONTACT_GRAPH_")}
    own = {"PORT": str(port), "SECRET": SECRET, "DATABASE": "bench", "LOG_LEVEL": "error", **settings}
    environ = {**inherited, "MONGODB_URI": uri, **{f"CONTACT_GRAPH_{name}": value for name, value in own.items()}}
    command = [sys.executable, "-m", "graph", "serve"]
    process = await asyncio.create_subprocess_exec(*command, env=environ, stdout=subprocess.DEVNULL)
    try:
        async with httpx.AsyncClient() as client, asyncio.timeout(60):
            while process.returncode is None:
                with suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        await process.wait()


def token() -> str:
    return issue_token(
        SECRET, agent_id=AGENT.id, organization_id=ORGANIZATION.id, lifetime=timedelta(hours=1), now=datetime.now(UTC)
    )


async def subscribed(stack: AsyncExitStack, server: Server, number: int, turns: asyncio.Semaphore) -> ClientConnection:
    """Return a connection that was told how the contact is."""
    async with turns:
        address, protocol = f"ws://127.0.0.1:{server.port}/graphql", Subprotocol("graphql-transport-ws")
        opening = connect(address, subprotocols=[protocol], compression=None, ping_interval=None)
        connection = await stack.enter_async_context(opening)
        await connection.send(
            json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token()}"}})
        )
        assert json.loads(await connection.recv()) == {"type": "connection_ack"}
        payload = {"query": CHANGED, "variables": {"id": encode_id("Contact", f"c{number}")}}
        await connection.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        told = json.loads(await connection.recv())
        assert told["payload"]["data"]["contactChanged"]["kind"] == "STARTED", told
    return connection


async def delays(server: Server, listening: Sequence[ClientConnection]) -> AsyncIterator[tuple[float, float]]:
    """Yield, for each note, the seconds until it was answered, and until it was told by the other process."""
    headers = {"Authorization": f"Bearer {token()}"}
    async with httpx.AsyncClient(headers=headers) as client:
        for number in range(NOTES):
            # Each time another one, wherever among all of them.
            place = number * 7_919 % len(listening)
            given = {"input": {"contactId": encode_id("Contact", f"c{place}"), "body": f"Note {number}"}}

            async def hear(connection: ClientConnection, body: str) -> float:
                event = json.loads(await connection.recv())["payload"]["data"]["contactChanged"]["event"]
                assert event["note"]["body"] == body
                return time.perf_counter()

            hearing = asyncio.create_task(hear(listening[place], f"Note {number}"))
            began = time.perf_counter()
            answer = await client.post(
                f"http://127.0.0.1:{server.port}/graphql", json={"query": ADD, "variables": given}
            )
            answered = time.perf_counter()
            assert answer.json()["data"]["contactNoteAdd"]["__typename"] == "ContactNoteAddSuccess", answer.text
            yield answered - began, await hearing - began


async def report(count: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        uri = await stack.enter_async_context(embedded_mongodb(Path(folder)))
        await fill(uri, count + 1)
        telling, writing = [await stack.enter_async_context(a_server(uri)) for _ in range(2)]
        turns = asyncio.Semaphore(AT_ONCE)
        # What the process takes once, for the first of them, is no other one's.
        await subscribed(stack, telling, count, turns)
        memory, seconds, began = telling.memory, telling.seconds, time.perf_counter()
        listening = await asyncio.gather(*(subscribed(stack, telling, each, turns) for each in range(count)))
        took = time.perf_counter() - began
        print(f"{count:,} subscriptions opened in {took:.1f} s; each of them took")
        print(f"{(telling.memory - memory) / count / 1_000:10,.1f} kB of memory")
        print(f"{(telling.seconds - seconds) / count * 1_000:10,.2f} ms of the processor to be opened")
        seconds = telling.seconds
        await asyncio.sleep(IDLE_SECONDS)
        spent = (telling.seconds - seconds) / count / IDLE_SECONDS
        print(f"{spent * 1e6:10,.1f} µs of the processor a second while nothing happened")
        answered, told = zip(*[each async for each in delays(writing, listening)], strict=True)
        print(f"{NOTES} notes through the other process, from asking for it, p50 and p95:")
        for name, found in (("answered", answered), ("told", told)):
            print(f"{median(found) * 1_000:10,.1f} ms, {quantiles(found, n=20)[-1] * 1_000:.1f} ms until {name}")


if __name__ == "__main__":
    asyncio.run(report(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
