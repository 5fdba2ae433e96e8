"""The whole application in this process, over the tests' MongoDB."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from asgi_lifespan import LifespanManager

from graph.app import create_app
from graph.authentication import issue_token
from graph.settings import Settings
from persistence.database import Database, open_database

SECRET = "a secret of the tests, longer than 32 bytes"
SETTINGS = Settings(secret=SECRET)
HTML = "text/html,application/xhtml+xml,*/*;q=0.8"


@asynccontextmanager
async def followed(uri: str, name: str, settings: Settings = SETTINGS) -> AsyncIterator[Database]:
    """Open the database, and wait until directories are kept: before that, every request reads them anew."""
    most = settings.live.waiting
    async with open_database(uri=uri, name=name, data_folder=Path("unused"), most_waiting=most) as database:
        async with asyncio.timeout(30):
            await database.cache.is_followed.wait()
        yield database


@asynccontextmanager
async def served(uri: str, database: str, settings: Settings = SETTINGS) -> AsyncIterator[httpx.AsyncClient]:
    """Run the application, its lifespan included; yields a client of it."""
    app = create_app(settings, lambda: followed(uri, database))
    # The database may take as long to be away as the driver is patient.
    # Long enough to make the demo on a machine that others use too.
    async with LifespanManager(app, startup_timeout=300, shutdown_timeout=60):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://contact-graph.test") as client:
            yield client


def bearer(
    agent_id: str = "jo",
    organization_id: str = "acme",
    *,
    secret: str = SECRET,
    life: timedelta = timedelta(minutes=5),
    **claims: Any,
) -> dict[str, str]:
    token = issue_token(
        secret, agent_id=agent_id, organization_id=organization_id, lifetime=life, now=datetime.now(UTC), **claims
    )
    return {"authorization": f"Bearer {token}"}


async def ask(
    client: httpx.AsyncClient,
    query: str,
    variables: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """Return the data of an operation that has to succeed."""
    signed = {**bearer(), **(headers or {})}
    answer = await client.post("/graphql", json={"query": query, "variables": variables or {}}, headers=signed)
    body = answer.json()
    assert (answer.status_code, body.get("errors")) == (200, None), body
    return body["data"]


async def eventually(found: Callable[[], Awaitable[object]], wanted: object) -> None:
    """Ask until the answer is as wanted; fails with the last one after 10 seconds."""
    async with asyncio.timeout(10):
        while True:
            answer = await found()
            if answer == wanted:
                return
            await asyncio.sleep(0.02)
