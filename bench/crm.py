"""What a CRM that hangs costs the panel: `python -m bench.crm [CONTACTS]`, 1,000 by default.

One server process on an embedded MongoDB answers the panel of one contact, over and over. In every other round its
organization is connected to a CRM that takes each request and never answers, while all contacts are to be looked up and
have an edit that is to be written there. The rounds alternate, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx
from cryptography.fernet import Fernet

from bench.live import AGENT, NOW, ORGANIZATION, a_contact, a_server, token
from crm.vault import Vault
from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact, ContactValidation, LookUpOutcome
from domain.crm_settings import NO_CRM, CrmSettings, HttpConnection, Sealed
from domain.definitions import AttributeCategory, AttributeDefinition, ValueType
from domain.notes import ContactNote
from domain.values import TextValue
from graph.nodes import encode_id
from persistence.database import Database, open_database
from persistence.derived import contact_document
from persistence.embedded import embedded_mongodb
from persistence.names import CONTACTS, NOTES
from persistence.note_documents import from_note

ROUNDS, PANELS, ATTRIBUTES = 10, 100, 10
HANGING_SECONDS = 2.0
"""From the connection on, until requests hang."""
PANEL = """query ($id: ID!) { contact(id: $id) {
  name validation { isValidated outcome askedAt recordUrl }
  attributes { ... on Attribute { key label isEmpty canEdit value { ... on TextValue { text } } }
    ... on CrmAttribute { syncState syncedAt staleAfter isStale crmRecordUrl conflict { rulePrefers } } }
  notes(first: 20) { nodes { body createdAt author { name } } }
} }"""
DEFINITIONS = tuple(
    AttributeDefinition(f"a{each}", f"a{each}", f"A{each}", AttributeCategory.CRM, ValueType.TEXT, each)
    for each in range(ATTRIBUTES)
)


def a_person(number: int) -> Contact:
    """Return a contact whose record is known, with one edit that the CRM has not heard of."""
    states = [SyncState.PENDING, *[SyncState.IN_SYNC] * (ATTRIBUTES - 1)]
    values = tuple(
        HeldValue(f"a{each}", TextValue(f"{number}"), Provenance(Source.CRM, NOW), 1, CrmSync(state, NOW, f"{number}"))
        for each, state in enumerate(states)
    )
    found = ContactValidation(LookUpOutcome.FOUND, NOW, f"r{number}")
    return replace(a_contact(number), values=values, validation=found, note_count=20)


async def fill(database: Database, count: int) -> None:
    await database.organizations.put(ORGANIZATION, [AGENT], DEFINITIONS)
    documents = [contact_document(a_person(each), ORGANIZATION.id, DEFINITIONS) for each in range(count)]
    await database.driver.collection(CONTACTS).insert_many(documents)
    notes = [ContactNote(f"n{each}", "c0", 1, "A note.", AGENT.id, NOW + timedelta(minutes=each)) for each in range(20)]
    await database.driver.collection(NOTES).insert_many([from_note(each, ORGANIZATION.id) for each in notes])


@asynccontextmanager
async def a_crm_that_hangs() -> AsyncIterator[tuple[str, list[None]]]:
    """Take requests and never answer; gives its address, and a list that grows with each request."""
    requests: list[None] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        requests.append(None)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/look-up", requests


async def connect(database: Database, settings: CrmSettings) -> None:
    await database.stores(ORGANIZATION.id).transact(lambda changes: changes.crm_settings.put(settings))
    # Until every process has heard of it.
    await asyncio.sleep(HANGING_SECONDS)


async def panels(client: httpx.AsyncClient, url: str) -> list[float]:
    """Return the seconds that each panel took."""
    took = []
    for _ in range(PANELS):
        began = time.perf_counter()
        answer = await client.post(url, json={"query": PANEL, "variables": {"id": encode_id("Contact", "c0")}})
        took.append(time.perf_counter() - began)
        assert "errors" not in answer.json(), answer.text
        assert len(answer.json()["data"]["contact"]["notes"]["nodes"]) == 20, answer.text
    return took


async def report(count: int) -> None:
    key = Fernet.generate_key().decode()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        uri = await stack.enter_async_context(embedded_mongodb(Path(folder)))
        database = await stack.enter_async_context(open_database(uri=uri, name="bench", data_folder=Path("unused")))
        await fill(database, count)
        url, requests = await stack.enter_async_context(a_crm_that_hangs())
        secret = Vault([key]).seal("ab" * 32) or Sealed("")
        hanging = CrmSettings(1, HttpConnection(url, secret, "id", url), is_automatic=True)
        server = await stack.enter_async_context(a_server(uri, CRM_KEYS=key, CRM_PRIVATE="on"))
        headers = {"Authorization": f"Bearer {token()}"}
        client = await stack.enter_async_context(httpx.AsyncClient(headers=headers))
        address = f"http://127.0.0.1:{server.port}/graphql"
        await panels(client, address)
        without, beside = list[float](), list[float]()
        for each in range(ROUNDS):
            await connect(database, replace(NO_CRM, version=2 * each + 1))
            without += await panels(client, address)
            await connect(database, replace(hanging, version=2 * each + 2))
            beside += await panels(client, address)
        print(f"{len(without)} panels each way; {len(requests)} requests to the CRM were left hanging")
        for name, found in (("without a CRM", without), ("while it hangs", beside)):
            print(f"{median(found) * 1_000:8.2f} ms, p95 {quantiles(found, n=20)[-1] * 1_000:.2f} ms {name}")
        print(f"{median(beside) / median(without):8.2f} times")


if __name__ == "__main__":
    asyncio.run(report(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
