"""The server as a process: what it promises is still true after it was killed, stopped, or started twice."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.graph.conftest import DemoServer, stop
from tests.graph.processes import (
    PATIENCE,
    ask,
    demo_of,
    demo_running,
    mongods_of,
    run,
    running,
    wait_until_none_runs,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")

CONTACT = (
    '{ contactByIdentity(network: TWITTER, externalId: "117501995") '
    "{ id name notes { totalCount nodes { id body author { name } } } } }"
)
ADD = (
    "mutation ($id: ID!, $body: String!) { contactNoteAdd(input: { contactId: $id, body: $body }) "
    "{ ... on ContactNoteAddSuccess { noteEdge { node { id body author { name } } } } } }"
)
ALL = (
    "query ($after: String) { contacts(first: 100, after: $after) { nodes { id notes { totalCount } } "
    "pageInfo { hasNextPage endCursor } } }"
)


@pytest.fixture(scope="module")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo in it, and no server."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with demo_running(folder):
        pass
    return folder


@pytest.fixture
def data(made_demo: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(made_demo, tmp_path / "data")
    return tmp_path / "data"


def contact_of(server: DemoServer) -> Any:
    return ask(server.url, server.tokens[0], CONTACT)["contactByIdentity"]


def add_note(server: DemoServer, contact_id: str, body: str) -> Any:
    """Add a note as Jonas, and return what the server acknowledged."""
    added = ask(server.url, server.tokens[1], ADD, {"id": contact_id, "body": body})
    return added["contactNoteAdd"]["noteEdge"]["node"]


def note_counts(server: DemoServer, token: str) -> dict[str, int]:
    """Return the number of notes of every contact, by id."""
    counts: dict[str, int] = {}
    after, has_more = None, True
    while has_more:
        page = ask(server.url, token, ALL, {"after": after})["contacts"]
        counts |= {each["id"]: each["notes"]["totalCount"] for each in page["nodes"]}
        after, has_more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return counts


def test_a_note_is_there_after_the_server_was_killed_right_behind_it(data: Path) -> None:
    with demo_running(data) as server:
        contact = contact_of(server)
        note = add_note(server, contact["id"], "Written a moment before the end.")
        server.process.kill()
        assert server.process.wait(PATIENCE) == -signal.SIGKILL
    wait_until_none_runs(data)
    with demo_running(data) as server:
        notes = contact_of(server)["notes"]
        assert notes["nodes"][0] == note
        assert (note["body"], note["author"]["name"]) == ("Written a moment before the end.", "Jonas Lind")
        assert notes["nodes"][1:] == contact["notes"]["nodes"]
        assert notes["totalCount"] == contact["notes"]["totalCount"] + 1


def test_a_server_can_be_started_right_after_the_last_one_was_killed(data: Path) -> None:
    with demo_running(data) as server:
        before = contact_of(server)
        server.process.kill()
        server.process.wait(PATIENCE)
    # Its mongod may still be ending.
    with demo_running(data) as server:
        assert contact_of(server) == before


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_a_signal_ends_the_server_and_its_database(sent: signal.Signals, status: int, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(CONTACT_GRAPH_SECRET="x" * 32, CONTACT_GRAPH_DATA=str(data)) as server:
        assert len(mongods_of(data)) == 2, "mongod and its watchdog"
        server.process.send_signal(sent)
        assert server.process.wait(PATIENCE) == status
        # At once, for the server waited for them.
        assert mongods_of(data) == []
        assert not (data / "mongod.uri").exists()
        assert server.process.stdout is not None
        assert "Traceback" not in server.process.stdout.read()


def test_a_second_start_finds_the_data_and_makes_nothing_anew(data: Path) -> None:
    with demo_running(data) as server:
        contact = contact_of(server)
        note = add_note(server, contact["id"], "Mine.")
        before = [note_counts(server, server.tokens[admin]) for admin in (0, 2, 4)]
        assert [len(each) for each in before] == [542, 542, 542]
        assert stop(server) == 0
    with demo_running(data) as server:
        assert [note_counts(server, server.tokens[admin]) for admin in (0, 2, 4)] == before
        assert contact_of(server)["notes"]["nodes"][0] == note


def test_a_second_server_on_the_folder_says_who_has_it(demo_server: DemoServer) -> None:
    ended = run("serve", **demo_of(demo_server.data))
    message = (
        f"The data folder {demo_server.data} is in use by process {demo_server.process.pid}: stop it or choose "
        "another folder with CONTACT_GRAPH_DATA. Or set MONGODB_URI to use a MongoDB of your own."
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"ERROR:    {message}\n" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "CONTACT_GRAPH_PORT" not in ended.stderr
    assert contact_of(demo_server)["name"] == "Maria Cantwell"


def test_a_port_that_is_taken_is_named_and_nothing_stays_behind(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = {"CONTACT_GRAPH_SECRET": "x" * 32, "CONTACT_GRAPH_DATA": str(data)}
        ended = run("serve", CONTACT_GRAPH_PORT=str(port), **settings)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "address already in use" in ended.stderr
    assert ended.stderr.endswith(
        f"contact-graph: it cannot be served at 127.0.0.1, port {port}: "
        "choose another CONTACT_GRAPH_PORT or CONTACT_GRAPH_HOST.\n"
    )
    assert "Traceback" not in ended.stderr
    assert mongods_of(data) == []


def test_while_the_database_is_away_that_is_said_without_a_trace(data: Path) -> None:
    with demo_running(data) as server:
        assert httpx.get(f"{server.url}/health").json() == {"status": "up"}
        for process in mongods_of(data):
            os.kill(process, signal.SIGKILL)
        wait_until_none_runs(data)
        health = httpx.get(f"{server.url}/health", timeout=PATIENCE)
        assert (health.status_code, health.json()) == (503, {"status": "no database"})
        signed = {"authorization": f"Bearer {server.tokens[0]}"}
        answer = httpx.post(f"{server.url}/graphql", json={"query": CONTACT}, headers=signed, timeout=PATIENCE)
        body = answer.json()
        assert (answer.status_code, body.keys(), answer.headers["retry-after"]) == (503, {"errors"}, "5")
        error = body["errors"][0]
        assert error["message"] == "The service is not available at the moment: try again shortly."
        assert error["extensions"]["code"] == "SERVICE_UNAVAILABLE"
        # Who is nobody is told so even then.
        assert httpx.post(f"{server.url}/graphql", json={"query": CONTACT}).status_code == 401
        server.process.send_signal(signal.SIGINT)
        assert server.process.stdout is not None
        log = server.process.stdout.read()
        assert (server.process.wait(PATIENCE), f"{error['extensions']['id']} authentication" in log) == (0, True)
        assert "The embedded MongoDB was killed by signal 9" in log
