"""The calls of the HubSpot connector against a server that is made from HubSpot's own description of its API.

Prism checks each request against the description, and each of its own answers; an ill-formed one is an error. What it
answers are examples of ours, which so are known to be of HubSpot's shape. What the description does not say, such as
how many filters a search may have, is nothing to Prism.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from crm.http_client import HttpAnswer, HttpClient, HttpLimits
from crm.hubspot import HubSpotConnector
from crm.hubspot_api import search_body
from domain.crm import (
    CrmFailed,
    CrmRecord,
    FailureReason,
    FieldWrite,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
    RecordWritten,
    WriteConflict,
)
from domain.crm_settings import HubSpotConnection, Sealed
from tests.graph.test_clients import UNREACHABLE, do_without, missing

FOLDER = Path(__file__).parent / "hubspot_contract"
DESCRIPTION = Path(
    os.environ.get("HUBSPOT_CONTACTS_DESCRIPTION") or FOLDER.parents[2].parent / "shared/data/hubspot-contacts.json"
)
CONTACTS = "/crm/v3/objects/contacts"
LISTENING = re.compile(r"Prism is listening on (\S+)")
PATIENCE = 60

CHANGED = "2026-11-23T09:00:00.250Z"
TIMES = {"createdAt": "2026-03-01T08:00:00Z", "updatedAt": CHANGED, "archived": False}
ADA: dict[str, Any] = {
    "id": "101",
    "properties": {"email": "ada@example.com", "lastname": "Byron", "city": "Bonn", "tel": ""},
    **TIMES,
}
MARY = {"id": "102", "properties": {"email": "mary@example.com", "firstname": "Mary", "city": "Bonn"}, **TIMES}
BATCH = {"status": "COMPLETE", "startedAt": CHANGED, "completedAt": CHANGED}
PAGE = {"total": 2, "results": [ADA, MARY]}
EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("get", CONTACTS): {"results": [ADA]},
    ("post", f"{CONTACTS}/batch/read"): {**BATCH, "results": [ADA, MARY]},
    ("post", f"{CONTACTS}/search"): PAGE,
    ("get", f"{CONTACTS}/{{contactId}}"): ADA,
    ("patch", f"{CONTACTS}/{{contactId}}"): {**ADA, "properties": {"city": "Ulm"}},
}
RECORD = CrmRecord("101", {"city": "Bonn", "tel": None}, "Byron", None, datetime(2026, 11, 23, 9, 0, 0, 250_000, UTC))
OTHER = CrmRecord("102", {"city": "Bonn"}, "Mary", None, RECORD.updated_at)


def without_null_examples(described: Any) -> Any:
    """Remove what says nothing in the description, and is an answer of null to Prism."""
    if isinstance(described, list):
        return [without_null_examples(each) for each in described]
    if isinstance(described, dict):
        return {k: without_null_examples(v) for k, v in described.items() if not (k == "example" and v is None)}
    return described


def prepared(folder: Path, examples: dict[tuple[str, str], dict[str, Any]], *, status: str = "200") -> Path:
    """Write the description with examples of ours, and no other answer for their calls."""
    description = without_null_examples(json.loads(DESCRIPTION.read_text("utf-8")))
    for (method, path), example in examples.items():
        operation = description["paths"][path][method]
        operation["responses"] = {status: operation["responses"][status]}
        operation["responses"][status]["content"]["application/json"]["example"] = example
    file = folder / "contacts.json"
    file.write_text(json.dumps(description), "utf-8")
    return file


@contextmanager
def prism(file: Path) -> Iterator[str]:
    """Run Prism on a free port of its choice; gives its address."""
    command = [shutil.which("node") or "node", "node_modules/@stoplight/prism-cli/dist/index.js", "mock", "--errors"]
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", "0", str(file)],
        cwd=FOLDER,
        env={**os.environ, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if found := LISTENING.search(line):
                yield found.group(1)
                break
        else:
            pytest.fail(said)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def packages() -> None:
    if reason := missing():
        do_without(reason)
    if not DESCRIPTION.is_file():
        pytest.skip(f"HubSpot's description is neither at HUBSPOT_CONTACTS_DESCRIPTION nor at {DESCRIPTION}")
    installed, lock = FOLDER / "node_modules" / ".package-lock.json", FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--prefer-offline", "--no-progress", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
        if UNREACHABLE.search(done.stderr):
            do_without("the npm registry cannot be reached")
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def address(packages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prism(prepared(tmp_path_factory.mktemp("hubspot"), EXAMPLES)) as url:
        yield url


@pytest_asyncio.fixture
async def client() -> AsyncIterator[HttpClient]:
    client = HttpClient(HttpLimits(allow_private=True))
    yield client
    await client.close()


def connector_to(address: str, client: HttpClient) -> HubSpotConnector:
    return HubSpotConnector(HubSpotConnection(Sealed("sealed")), "a-token", client, address)


async def test_the_check_is_understood(address: str, client: HttpClient) -> None:
    assert await connector_to(address, client).check() is None


async def test_a_batch_of_addresses_is_understood(address: str, client: HttpClient) -> None:
    queries = [LookUpQuery({"email": each}) for each in ("MARY@example.com", "ada@example.com", "jane@example.com")]
    answers = await connector_to(address, client).look_up(queries, ["city", "tel"])
    assert answers == [RecordFound(OTHER), RecordFound(RECORD), RecordMissing()]


async def test_a_search_is_understood(address: str, client: HttpClient) -> None:
    queries = [
        LookUpQuery({"lastname": "byron", "phone": "+49301234567", "orders": 3.0, "is_partner": True}),
        LookUpQuery({"city": "Bonn", "interests": ("Jam", "Tea"), "birthday": "2020-02-29"}),
        LookUpQuery({"email": "jane@example.com", "lastname": "Austen"}),
    ]
    answers = await connector_to(address, client).look_up(queries, ["city", "tel"])
    assert answers == [RecordFound(RECORD), RecordsAmbiguous((RECORD, OTHER)), RecordMissing()]


async def test_a_batch_of_ids_is_understood(address: str, client: HttpClient) -> None:
    assert await connector_to(address, client).read(["101", "102"], ["city", "tel"]) == {"101": RECORD, "102": OTHER}


async def test_a_write_is_understood(address: str, client: HttpClient) -> None:
    connector = connector_to(address, client)
    ulm = CrmRecord("101", {"city": "Ulm", "tel": None}, RECORD.name, None, RECORD.updated_at)
    fields = {"city": "Ulm", "tel": None}
    assert await connector.write(FieldWrite("key", "101", fields, {"city": "Bonn"})) == RecordWritten(ulm)
    assert await connector.write(FieldWrite("key", "101", fields, {"city": "Aachen"})) == WriteConflict(RECORD)
    assert await connector.write(FieldWrite("key", "101", {"city": "Bonn", "tel": ""}, {})) == RecordWritten(RECORD)


async def test_contacts_that_are_not_there_are_understood(packages: None, tmp_path: Path, client: HttpClient) -> None:
    gone = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "x", "context": {}, "links": {}, "errors": []}
    partly = {**BATCH, "results": [MARY], "numErrors": 1, "errors": [gone]}
    with prism(prepared(tmp_path, {("post", f"{CONTACTS}/batch/read"): partly}, status="207")) as address:
        connector = connector_to(address, client)
        assert await connector.read(["101", "102"], ["city"]) == {"102": OTHER}
        [answer] = await connector.look_up([LookUpQuery({"email": "ada@example.com"})], ["city"])
    assert answer == RecordMissing()


SEARCH = search_body([{"city": ["Bonn"]}], [])


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("/search", {k: v for k, v in SEARCH.items() if k != "sorts"}, "body must have required property 'sorts'"),
        ("/search", {**SEARCH, "after": 0}, "body property after must be string"),
        (
            "/search",
            {**SEARCH, "filterGroups": [{"filters": [{"propertyName": "city"}]}]},
            "body property filterGroups.0.filters.0 must have required property 'operator'",
        ),
        (
            "/batch/read",
            {"inputs": [{"id": 101}], "properties": [], "propertiesWithHistory": []},
            "body property inputs.0.id must be string",
        ),
        ("/batch/read", {"inputs": [], "properties": []}, "body must have required property 'propertiesWithHistory'"),
    ],
)
async def test_ill_formed_requests_are_errors(
    address: str, client: HttpClient, path: str, body: dict[str, object], complaint: str
) -> None:
    """So those of the connector are well-formed."""
    headers = {"authorization": "Bearer a-token", "content-type": "application/json"}
    answer = await client.send("POST", f"{address}{CONTACTS}{path}", headers=headers, body=json.dumps(body).encode())
    assert isinstance(answer, HttpAnswer)
    assert answer.status == 422
    assert [each["message"] for each in answer.json["validation"]] == [f"Request {complaint}"]


async def test_a_request_without_a_token_is_an_error(address: str, client: HttpClient) -> None:
    answer = await client.send("GET", f"{address}{CONTACTS}?limit=1", headers={})
    assert isinstance(answer, CrmFailed)
    assert answer.reason is FailureReason.UNAUTHORIZED
