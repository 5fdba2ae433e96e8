"""The product as processes of its own: servers and commands, and what they leave running."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.graph.conftest import DemoServer, start_demo_server, stop

PATIENCE = 60.0


def environment(**own: str) -> dict[str, str]:
    """Return this process's variables with these settings and no others."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("CONTACT_GRAPH_", "MONGODB_URI"))
    }
    return inherited | own


def run(*arguments: str, **own: str) -> subprocess.CompletedProcess[str]:
    """Run a command of `contact-graph` to its end."""
    command = [sys.executable, "-m", "graph", *arguments]
    return subprocess.run(
        command, env=environment(**own), capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def demo_of(data: Path) -> dict[str, str]:
    return {"CONTACT_GRAPH_DEMO": "on", "CONTACT_GRAPH_PORT": "0", "CONTACT_GRAPH_DATA": str(data)}


@contextmanager
def demo_running(data: Path) -> Iterator[DemoServer]:
    """Serve the demo of a folder; the block may end the server itself."""
    server = start_demo_server(data)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            stop(server)
        elif server.process.stdout is not None:
            server.process.stdout.close()


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    process: subprocess.Popen[str]


@contextmanager
def running(**own: str) -> Iterator[Server]:
    """Serve with these settings; yields once it says where it is."""
    command = [sys.executable, "-m", "graph", "serve"]
    environ = environment(CONTACT_GRAPH_PORT="0", **own)
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "The data lies in" not in said:
                line = process.stdout.readline()
                assert line, f"The server ended: {said}"
                said += line
            found = re.search(r"http://\S+(?=/graphql)", said)
            assert found is not None
            yield Server(found.group(), process)
        finally:
            process.send_signal(2)
            process.wait(PATIENCE)


def ask(url: str, token: str, query: str, variables: Mapping[str, Any] | None = None) -> Any:
    """Return the data of an operation that has to succeed."""
    answer = httpx.post(
        f"{url}/graphql",
        json={"query": query, "variables": variables or {}},
        headers={"authorization": f"Bearer {token}"},
        timeout=PATIENCE,
    )
    body = answer.json()
    assert (answer.status_code, body.get("errors")) == (200, None), body
    return body["data"]


def mongods_of(data: Path) -> list[int]:
    """Return the processes of every mongod, and of every watchdog of one, that has the folder."""
    wanted, found = f"--dbpath={data.absolute() / 'db'}".encode(), []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                arguments = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if wanted in arguments:
                found.append(int(folder.name))
    return found


def wait_until_none_runs(data: Path) -> None:
    """Return once no mongod has the folder; fails if that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while left := mongods_of(data):
        assert time.monotonic() < deadline, f"left running: {left}"
        time.sleep(0.02)
