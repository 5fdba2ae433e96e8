"""A server process that can be killed, and started again at the same address."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx

from tests.graph.apps import SECRET
from tests.graph.processes import PATIENCE, environment


class Restarting:
    def __init__(self, **settings: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._environ = environment(
            CONTACT_GRAPH_PORT=str(self._port), CONTACT_GRAPH_SECRET=SECRET, CONTACT_GRAPH_LOG_LEVEL="error", **settings
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/graphql"

    async def start(self) -> None:
        """Start it, and return once it answers."""
        self._spawn()
        async with httpx.AsyncClient() as client, asyncio.timeout(PATIENCE):
            while True:
                with suppress(httpx.TransportError):
                    if (await client.get(self.url.replace("/graphql", "/health"))).status_code == 200:
                        return
                assert self._process is not None
                assert self._process.poll() is None, "the server ended"
                await asyncio.sleep(0.05)

    def _spawn(self) -> None:
        command = [sys.executable, "-m", "graph", "serve"]
        self._process = subprocess.Popen(command, env=self._environ, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(PATIENCE)


@contextmanager
def restarting(**settings: str) -> Iterator[Restarting]:
    made = Restarting(**settings)
    try:
        yield made
    finally:
        made.kill()
