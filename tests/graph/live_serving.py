"""The whole application over real HTTP and WebSockets, in this process, over the test's database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from graph.app import create_app
from graph.settings import Settings
from persistence.database import Database
from tests.conftest import World
from tests.graph.apps import SETTINGS, eventually, followed
from tests.graph.serving import running


@dataclass(frozen=True, slots=True)
class Listened:
    url: str
    database: Database


@asynccontextmanager
async def listened(world: World, uri: str, settings: Settings = SETTINGS) -> AsyncIterator[Listened]:
    """Serve the application, its lifespan included."""
    name = world.driver.collection("contacts").database.name
    opened: list[Database] = []

    @asynccontextmanager
    async def open_own() -> AsyncIterator[Database]:
        async with followed(uri, name, settings) as database:
            opened.append(database)
            yield database

    app = create_app(settings, open_own)
    given: dict[str, Any] = {"lifespan": "on", "ws": "auto", "timeout_graceful_shutdown": 3}
    # Uncompressed, as `contact-graph serve` has it.
    async with running(app, **given, ws_per_message_deflate=False) as port:
        # The socket listens already: whoever comes waits until the application has begun.
        async with httpx.AsyncClient(timeout=60) as client:
            assert (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200
        yield Listened(f"http://127.0.0.1:{port}/graphql", opened[0])


async def nobody_listens(server: Listened) -> None:
    """Return once no subscription is left."""

    async def found() -> int:
        return server.database.live.subscribers

    await eventually(found, 0)
