"""A CRM tells over HTTP that records have changed: who signs it is believed once, and nobody else is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request

from crm.signatures import SIGNATURE, TIMESTAMP, sign
from domain.attributes import CrmSync, SyncState
from domain.contacts import ContactValidation, LookUpOutcome
from domain.crm_settings import CrmSettings, DirectoryConnection
from domain.definitions import AttributeCategory
from domain.values import TextValue
from graph.crm_webhook import MOST_BYTES, notifications_route
from persistence.driver import connect as connect_driver
from persistence.organizations import OrganizationStore
from resolvers.crm_notifications import MOST_RECORDS, NotificationResult, NotificationTaken
from tests.builders import a_contact, a_definition, an_organization, held
from tests.conftest import CRM_KEY, World
from tests.crm.serving import KEY, RunningCrm
from tests.graph.apps import SETTINGS, ask, eventually, served
from tests.graph.asking_graphql import contact_gid
from tests.graph.cases.crm import connect
from tests.graph.test_crm_look_ups import over_http

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PARTY = a_definition("party", category=AttributeCategory.CRM, position=31)
TOLD = {"recordIds": ["K000367", "nobody's"]}
READ = """query ($id: ID!) { contact(id: $id) { attribute(key: "party") { ... on Attribute {
  value { ... on TextValue { text } } } } } }"""


async def settled(world: World) -> None:
    """Wait until the process has seen what contacts there are; it looks a second time after minutes."""

    async def sweeps() -> list[str]:
        organizations = (await world.snapshot())["organizations"]
        return [each["_id"] for each in organizations if not each.get("crmSweepIsLast", True)]

    await eventually(sweeps, [])


@pytest_asyncio.fixture
async def app(world: World, crm: RunningCrm, mongodb_uri: str) -> AsyncIterator[httpx.AsyncClient]:
    """The application, with a contact whose record is known."""
    await world.add_organization(an_organization("acme"), [], [PARTY])
    await connect(world, CrmSettings(1, over_http(crm)))
    party = replace(held("party", TextValue("Democrat")), sync=CrmSync(SyncState.IN_SYNC, LONG_AGO, "Democrat"))
    validation = ContactValidation(LookUpOutcome.FOUND, LONG_AGO, "K000367")
    await world.add_contacts(a_contact("c1", values=(party,), validation=validation), a_contact("c2"))
    name = world.driver.collection("contacts").database.name
    settings = replace(SETTINGS, crm_keys=(CRM_KEY,), crm_private=True)
    async with served(mongodb_uri, name, settings) as client:
        await settled(world)
        yield client


def path(organization: str = "acme") -> str:
    return f"/crm/{organization}/notifications"


async def send(
    client: httpx.AsyncClient,
    told: object = TOLD,
    *,
    key: str = KEY,
    age: timedelta = timedelta(),
    organization: str = "acme",
    changed: Mapping[str, str] | None = None,
) -> httpx.Response:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    headers = {**sign(key, body, datetime.now(UTC) - age), **(changed or {})}
    return await client.post(path(organization), content=body, headers=headers)


async def party(client: httpx.AsyncClient) -> Any:
    found = await ask(client, READ, {"id": contact_gid("c1")})
    return found["contact"]["attribute"]["value"]["text"]


async def is_read_since(client: httpx.AsyncClient, moment: datetime) -> bool:
    query = "query ($id: ID!) { contact(id: $id) { validation { askedAt } } }"
    found = await ask(client, query, {"id": contact_gid("c1")})
    return datetime.fromisoformat(found["contact"]["validation"]["askedAt"]) > moment


async def refused(world: World, answer: httpx.Response, before: object) -> tuple[int, str]:
    """Return how a notification ended that must have written nothing."""
    [error] = answer.json()["errors"]
    assert await world.snapshot() == before
    return answer.status_code, error["message"]


async def test_a_contact_whose_record_has_changed_is_read_again(
    app: httpx.AsyncClient, world: World, crm: RunningCrm
) -> None:
    crm.held("K000367")["party"] = "Independent"
    answer = await send(app)
    assert (answer.status_code, answer.json()) == (202, {"contacts": 1})
    await eventually(lambda: party(app), "Independent")
    assert crm.crm.looked_up == [{"account_number": "K000367"}]
    assert len((await world.snapshot())["crmNotifications"]) == 1


async def test_what_came_before_does_nothing(app: httpx.AsyncClient, world: World, crm: RunningCrm) -> None:
    body = json.dumps(TOLD).encode()
    headers = sign(KEY, body, datetime.now(UTC))
    first = await app.post(path(), content=body, headers=headers)
    assert (first.status_code, first.json()) == (202, {"contacts": 1})

    await eventually(lambda: is_read_since(app, LONG_AGO), True)
    assert crm.asked() == 1
    again = await app.post(path(), content=body, headers={each.upper(): of for each, of in headers.items()})
    assert (again.status_code, again.json()) == (202, {"contacts": 0})
    assert len((await world.snapshot())["crmNotifications"]) == 1
    # The record is not read once more by it; by the next one it is.
    since = datetime.now(UTC)
    assert (await send(app, {"recordIds": ["K000367"]})).json() == {"contacts": 1}
    await eventually(lambda: is_read_since(app, since), True)
    assert crm.asked() == 2


async def test_of_records_of_nobody_nothing_comes(app: httpx.AsyncClient) -> None:
    nobodys: list[dict[str, object]] = [{"recordIds": []}, {"recordIds": ["r9"], "more": 1}]
    for told in nobodys:
        answer = await send(app, told)
        assert (answer.status_code, answer.json()) == (202, {"contacts": 0})


UNSIGNED = (401, "Sign the notification with the key of the connection, in the last five minutes.")


async def test_who_does_not_sign_as_agreed_is_not_heard(app: httpx.AsyncClient, world: World) -> None:
    before = await world.snapshot()
    for answer in (
        await send(app, key="0" * 32),
        await send(app, age=timedelta(minutes=5, seconds=2)),
        await send(app, age=-timedelta(minutes=5, seconds=5)),
        await send(app, changed={TIMESTAMP: "1"}),
        await send(app, changed={SIGNATURE: "0" * 64}),
        await send(app, changed={SIGNATURE: "nonsense"}),
        await app.post(path(), json=TOLD),
        # Whoever cannot sign is not told that it could not be read either.
        await send(app, b"nonsense", key="0" * 32),
    ):
        assert await refused(world, answer, before) == UNSIGNED


async def test_an_organization_that_has_no_such_crm_is_answered_as_one_that_there_is_not(
    app: httpx.AsyncClient, world: World
) -> None:
    before = await world.snapshot()
    for organization in ("nobody", "other", "%00", "a" * 500):
        assert await refused(world, await send(app, organization=organization), before) == UNSIGNED
    await connect(world, CrmSettings(2, DirectoryConnection()))

    async def status() -> int:
        return (await send(app, {"recordIds": []})).status_code

    # As soon as the process has heard of it.
    await eventually(status, 401)


async def test_another_organizations_key_is_none(app: httpx.AsyncClient, world: World, crm: RunningCrm) -> None:
    await connect(world, CrmSettings(1, over_http(crm, key="1" * 32)), "other")

    async def status() -> int:
        return (await send(app, {"recordIds": []}, key="1" * 32, organization="other")).status_code

    await eventually(status, 202)
    await settled(world)
    before = await world.snapshot()
    for key, organization in ((KEY, "other"), ("1" * 32, "acme")):
        answer = await send(app, key=key, organization=organization)
        assert await refused(world, answer, before) == UNSIGNED
    # And the same record is another's there.
    answer = await send(app, key="1" * 32, organization="other")
    assert (answer.status_code, answer.json()) == (202, {"contacts": 0})


UNREADABLE: list[object] = [
    *(b"", b"nonsense", b"\xff", [], {}, "recordIds", {"recordIds": "K000367"}, {"recordIds": [1]}),
    *({"recordIds": None}, {"recordIds": [None]}, {"recordIds": ["r"] * (MOST_RECORDS + 1)}),
]


async def test_what_is_signed_and_cannot_be_read_is_refused(app: httpx.AsyncClient, world: World) -> None:
    before = await world.snapshot()
    for told in UNREADABLE:
        expected = 400, 'Send JSON such as {"recordIds": ["…"]}, with at most 1,000 ids.'
        assert await refused(world, await send(app, told), before) == expected, told


async def test_as_many_as_may_be_told_of_are_taken(app: httpx.AsyncClient) -> None:
    answer = await send(app, {"recordIds": ["K000367"] * MOST_RECORDS})
    assert (answer.status_code, answer.json()) == (202, {"contacts": 1})


async def test_no_more_is_read_than_may_be_sent(app: httpx.AsyncClient, world: World) -> None:
    before = await world.snapshot()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 10 * MOST_BYTES:
            sent += 10_000
            yield b" " * 10_000

    fits = json.dumps({"recordIds": []}).encode().ljust(MOST_BYTES)
    expected = 413, "A notification has at most 200000 bytes."
    assert await refused(world, await send(app, fits + b" "), before) == expected
    answer = await app.post(path(), content=endless(), headers=sign(KEY, b"", datetime.now(UTC)))
    assert await refused(world, answer, before) == expected
    assert (await send(app, fits)).status_code == 202


async def test_of_who_breaks_off_nothing_is_taken(app: httpx.AsyncClient, world: World) -> None:
    """As a server tells of it, which no client can see answered."""
    transport = app._transport
    assert isinstance(transport, httpx.ASGITransport)
    body = json.dumps(TOLD).encode()
    headers = [(name.encode(), text.encode()) for name, text in sign(KEY, body, datetime.now(UTC)).items()]
    scope = {"type": "http", "method": "POST", "path": path(), "headers": headers, "query_string": b""}
    coming: list[dict[str, Any]] = [
        {"type": "http.request", "body": body, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return coming.pop(0)

    sent: list[Any] = []

    async def send_on(message: Any) -> None:
        sent.append(message)

    before = await world.snapshot()
    await transport.app(scope, receive, send_on)
    assert (sent[0]["status"], coming) == (413, [])
    assert await world.snapshot() == before


async def test_while_the_database_is_away_it_is_to_be_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    away = connect_driver("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "nowhere")

    async def take(organization_id: str, _request: Request, _body: bytes) -> NotificationResult:
        await OrganizationStore(away).directory(organization_id)
        return NotificationTaken(0)

    transport = httpx.ASGITransport(Starlette(routes=[notifications_route(take)]))
    async with httpx.AsyncClient(transport=transport, base_url="http://contact-graph.test") as client:
        answer = await send(client)
    await away.close()
    told = {"errors": [{"message": "The notification cannot be taken now: send it again later."}]}
    assert (answer.status_code, answer.json()) == (503, told)
    [record] = [each for each in caplog.records if each.name == "contact_graph.graphql"]
    assert record.getMessage().endswith("notification of a CRM")


async def test_by_another_method_there_is_nothing(app: httpx.AsyncClient) -> None:
    assert (await app.get(path())).status_code == 405


async def test_while_the_key_cannot_be_opened_it_is_to_be_sent_again(
    world: World, crm: RunningCrm, mongodb_uri: str, caplog: pytest.LogCaptureFixture
) -> None:
    await connect(world, CrmSettings(1, over_http(crm)))
    name = world.driver.collection("contacts").database.name
    # The operator has lost the key.
    async with served(mongodb_uri, name) as client:
        await settled(world)
        before = await world.snapshot()
        expected = 503, "The notification cannot be taken now: send it again later."
        assert await refused(world, await send(client), before) == expected
    assert "CONTACT_GRAPH_CRM_KEYS" in caplog.text
