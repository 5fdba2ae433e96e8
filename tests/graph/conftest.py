"""The product as a newcomer meets it: `contact-graph serve` in demo mode, a process of its own."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pymongo import MongoClient

from tests.conftest import World
from tests.crm.serving import RunningCrm, running_demo_crm
from tests.graph.apps import served
from tests.graph.commanding import Commander, settings_over


@dataclass(frozen=True, slots=True)
class DemoServer:
    url: str
    tokens: tuple[str, ...]
    """The administrator's of the largest organization first."""
    process: subprocess.Popen[str]
    data: Path


def start_demo_server(data: Path) -> DemoServer:
    """Start the server and wait until it says where it is."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("CONTACT_GRAPH_")}
    own = {"CONTACT_GRAPH_DEMO": "on", "CONTACT_GRAPH_PORT": "0", "CONTACT_GRAPH_DATA": str(data)}
    process = subprocess.Popen(
        [sys.executable, "-m", "graph", "serve"],
        env={**environ, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    # Each token stands on a line of its own.
    while len(re.findall(r"(?m)^ +eyJ", said)) < 6:
        line = process.stdout.readline()
        assert line, f"The server ended: {said}"
        said += line
    found = re.search(r"http://\S+(?=/graphql)", said)
    assert found is not None
    return DemoServer(found.group(), tuple(re.findall(r"eyJ\S+", said)), process, data)


def stop(server: DemoServer) -> int:
    """Stop it as Ctrl-C does; returns the exit status."""
    server.process.send_signal(2)
    status = server.process.wait(timeout=30)
    if server.process.stdout is not None:
        server.process.stdout.close()
    return status


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the whole demo in it, as a server left it: made once, whichever process of the tests is first."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, making = shared / "made-demo", shared / "making-demo"
    with (shared / "made-demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            assert stop(start_demo_server(making)) == 0
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def demo_server(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    data = tmp_path_factory.mktemp("demo") / "data"
    shutil.copytree(made_demo, data)
    server = start_demo_server(data)
    try:
        yield server
    finally:
        stop(server)


@dataclass(frozen=True, slots=True)
class App:
    """The whole application in this process, over the database of the test's `world`."""

    client: httpx.AsyncClient
    uri: str
    database: str


@pytest_asyncio.fixture
async def app(world: World, mongodb_uri: str) -> AsyncIterator[App]:
    name = world.driver.collection("contacts").database.name
    async with served(mongodb_uri, name) as client:
        yield App(client, mongodb_uri, name)


@pytest_asyncio.fixture(scope="session")
async def served_crm() -> AsyncIterator[RunningCrm]:
    async with running_demo_crm() as running:
        yield running


@pytest.fixture
def crm(served_crm: RunningCrm) -> RunningCrm:
    """The demo's CRM, with three customers: one server for all tests, which remembers none of them."""
    served_crm.forget()
    return served_crm


@pytest.fixture
def commander(mongodb_uri: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Commander]:
    settings = settings_over(mongodb_uri, tmp_path / "unused")
    yield Commander(settings, capsys)
    with MongoClient[dict[str, object]](mongodb_uri) as client:
        client.drop_database(settings["CONTACT_GRAPH_DATABASE"])
