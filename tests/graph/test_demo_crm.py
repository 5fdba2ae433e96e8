"""The demo's own CRM, and what a process has to reach CRMs with: over the whole application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from pymongo import MongoClient

from crm.demo_faults import Switches
from crm.guarded import Guarded
from crm.vault import Vault
from domain.crm import CrmFailed, FailureReason, LookUpQuery
from domain.crm_settings import Connection, CrmSettings, DirectoryConnection, HttpConnection, HubSpotConnection, Sealed
from domain.definitions import AttributeCategory
from graph import app as application
from graph.crm_process import crm_process
from graph.demo import crm_vault, demo_tokens
from graph.demo_crm import demo_crm
from graph.settings import Demo, Settings
from resolvers.crm_connections import Unusable
from resolvers.crm_health import Recorded
from resolvers.demo_organizations import ENTERPRISE
from tests.builders import a_contact, a_definition, an_identity, an_organization
from tests.conftest import CRM_KEY, VAULT, World
from tests.crm.serving import KEY, RunningCrm
from tests.graph.apps import SECRET, SETTINGS, ask, bearer, eventually, followed, served
from tests.graph.cases.crm import connect
from tests.graph.small_demo import SMALL
from tests.graph.test_crm_look_ups import over_http
from tests.graph.test_operations import document

DEMO = "demo_with_a_crm"
MARIA = """{ contactByIdentity(network: TWITTER, externalId: "117501995") {
  id validation { outcome recordId recordUrl }
  attribute(key: "district_office_city") { ... on CrmAttribute {
    syncState crmRecordUrl value { ... on TextValue { text } }
  } }
} }"""
SETTINGS_QUERY = """{ crmSettings { version isAutomatic writesWaiting
  connection { __typename ... on HttpCrm { lookUpUrl } } health { isUp succeededAt failure }
} }"""


@dataclass(frozen=True, slots=True)
class Demonstrated:
    client: httpx.AsyncClient
    headers: dict[str, str]

    async def ask(self, query: str, **variables: Any) -> Any:
        return await ask(self.client, query, variables, self.headers)

    async def maria(self) -> Any:
        return (await self.ask(MARIA))["contactByIdentity"]

    async def crm(self) -> str:
        settings = (await self.ask(SETTINGS_QUERY))["crmSettings"]
        return str(settings["connection"]["lookUpUrl"]).removesuffix("/look-up")


@asynccontextmanager
async def demonstrated(uri: str, settings: Settings) -> AsyncIterator[Demonstrated]:
    async with served(uri, DEMO, settings) as client:
        yield Demonstrated(client, {"authorization": f"Bearer {demo_tokens(settings)[0].token}"})


async def test_the_demo_has_a_crm_that_keeps_what_was_written(
    mongodb_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is to be seen does not depend on how many people there are.
    monkeypatch.setattr(application, "demo_tables", lambda: SMALL)
    data = tmp_path / "not made yet"
    settings = Settings(secret=SECRET, demo=Demo.FORCED, data=data, port=0)
    try:
        await _first_start(mongodb_uri, settings)
        await _second_start(mongodb_uri, settings)
    finally:
        with MongoClient[dict[str, Any]](mongodb_uri) as client:
            client.drop_database(DEMO)


async def _first_start(uri: str, settings: Settings) -> None:
    async with demonstrated(uri, settings) as demo:
        page = f"{await demo.crm()}/records/C000127"

        async def validation() -> Any:
            return (await demo.maria())["validation"]

        # By itself, as the demo's organization has it.
        await eventually(validation, {"outcome": "FOUND", "recordId": "C000127", "recordUrl": page})
        found = await demo.maria()
        told = await demo.ask(document("09-look-up"), input={"contactId": found["id"]})
        assert told["contactLookUp"]["contact"]["validation"]["recordUrl"] == page
        settings_now = (await demo.ask(SETTINGS_QUERY))["crmSettings"]
        assert (settings_now["version"], settings_now["isAutomatic"]) == (1, True)
        assert (settings_now["health"]["isUp"], settings_now["health"]["failure"]) == (True, None)
        # Nothing was changed there yet, and so nothing is kept.
        assert not (settings.data / "demo-crm.json").exists()
        value = {"text": "Spokane"}
        given = {"contactId": found["id"], "key": "district_office_city", "value": value}
        answer = await demo.ask(document("04-attribute-set"), input=given)
        assert answer["contactAttributeSet"]["__typename"] == "ContactAttributeSetSuccess"
        synced = {"syncState": "IN_SYNC", "crmRecordUrl": page, "value": value}

        async def line() -> Any:
            return (await demo.maria())["attribute"]

        await eventually(line, synced)
        async with httpx.AsyncClient() as client:
            assert (await client.get(page)).json()["district_office_city"] == "Spokane"
        # A CRM that is killed now has it still.
        kept = orjson.loads((settings.data / "demo-crm.json").read_bytes())
        assert [each["district_office_city"] for each in kept if each["account_number"] == "C000127"] == ["Spokane"]


async def _second_start(uri: str, settings: Settings) -> None:
    async with demonstrated(uri, settings) as demo:
        crm, found = await demo.crm(), await demo.maria()
        async with httpx.AsyncClient() as client:
            record = (await client.get(f"{crm}/records/C000127")).json()
        assert (record["district_office_city"], record["terms_served"]) == ("Spokane", 6)
        told = await demo.ask(document("09-look-up"), input={"contactId": found["id"]})
        attributes = {each["key"]: each for each in told["contactLookUp"]["contact"]["attributes"]}
        line = attributes["district_office_city"]
        assert (line["value"], line["syncState"]) == ({"text": "Spokane"}, "IN_SYNC")
        # The CRM has another address by now, and so has its page.
        assert line["crmRecordUrl"] == f"{crm}/records/C000127"


async def test_who_has_connected_the_demo_elsewhere_stays_connected(
    world: World, mongodb_uri: str, tmp_path: Path
) -> None:
    settings = Settings(secret=SECRET, demo=Demo.FORCED, data=tmp_path)
    organization = ENTERPRISE.organization
    await world.add_organization(organization, [], [])
    mine = CrmSettings(7, DirectoryConnection())
    await connect(world, mine, organization.id)
    name = world.driver.collection("contacts").database.name
    async with followed(mongodb_uri, name, settings) as database, demo_crm(settings, VAULT, database):
        directory = await database.organizations.directory(organization.id)
        assert directory is not None
        assert directory.crm == mine


@pytest.fixture
def stays_empty(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


async def test_outside_the_demo_there_is_no_such_crm(world: World, mongodb_uri: str, stays_empty: Path) -> None:
    before = await world.snapshot()
    name = world.driver.collection("contacts").database.name
    settings = Settings(secret=SECRET, data=stays_empty)
    async with followed(mongodb_uri, name, settings) as database, demo_crm(settings, VAULT, database):
        assert await world.snapshot() == before


def test_the_demo_seals_with_a_key_of_its_own_and_others_with_the_operators(tmp_path: Path) -> None:
    demo = Settings(demo=Demo.ON, data=tmp_path)
    sealed = crm_vault(demo).seal("x")
    assert sealed is not None
    # The same with each start, and another in each folder.
    assert crm_vault(demo).open(sealed) == "x"
    with pytest.raises(ValueError, match="None of the keys"):
        crm_vault(replace(demo, data=tmp_path / "other")).open(sealed)
    operators = crm_vault(replace(demo, crm_keys=(CRM_KEY,))).seal("x")
    assert operators is not None
    assert VAULT.open(operators) == "x"
    assert crm_vault(Settings(secret=SECRET)).seal("x") is None


@pytest.mark.parametrize(
    ("is_private", "outcome", "failed"), [(False, "FAILED", "ADDRESS_REFUSED"), (True, "FOUND", None)]
)
async def test_this_machine_is_asked_only_where_the_operator_lets_it(
    world: World, mongodb_uri: str, crm: RunningCrm, is_private: bool, outcome: str, failed: str | None
) -> None:
    state = replace(a_definition("account_number", category=AttributeCategory.CRM, position=30), is_look_up=True)
    await world.add_organization(an_organization("acme"), [], [state])
    aliases = ((an_identity().key.network, "account_number"),)
    await connect(world, CrmSettings(1, over_http(crm), aliases))
    await world.add_contacts(a_contact("c1", identities=(an_identity("K000367"),)))
    name = world.driver.collection("contacts").database.name
    settings = replace(SETTINGS, crm_keys=(CRM_KEY,), crm_private=is_private)
    async with served(mongodb_uri, name, settings) as client:
        given = {"contactId": "Q29udGFjdDpjMQ"}
        told = (await ask(client, document("09-look-up"), {"input": given}))["contactLookUp"]["contact"]
        assert (told["validation"]["outcome"], told["validation"]["failure"]) == (outcome, failed)
        health = (await ask(client, SETTINGS_QUERY, headers=bearer("ada")))["crmSettings"]["health"]
        assert (health["isUp"], health["failure"]) == (is_private, failed)
    assert crm.asked() == (1 if is_private else 0)


async def test_changed_settings_are_another_connection_whose_failures_are_its_own(
    world: World, mongodb_uri: str, crm: RunningCrm
) -> None:
    name, organization = world.driver.collection("contacts").database.name, an_organization("acme")
    crm.crm.switches = Switches(status=429, retry_after="60")
    failing = over_http(crm)
    changed = over_http(crm, takes_several=True)
    private = replace(SETTINGS, crm_private=True)
    async with followed(mongodb_uri, name) as database, crm_process(private, VAULT, database) as process:

        async def reason(connection: Connection) -> FailureReason:
            made = process.connections.made(organization, connection)
            [answer] = await made.look_up([LookUpQuery({"state": "WA"})], ["party"])
            assert isinstance(answer, CrmFailed)
            return answer.reason

        reasons = [await reason(failing) for _ in range(6)]
        # However often a connector is made for the same one.
        assert reasons == [FailureReason.RATE_LIMITED] * 5 + [FailureReason.PAUSED]
        assert await reason(changed) is FailureReason.RATE_LIMITED


async def test_each_kind_of_crm_has_its_connector(world: World, mongodb_uri: str) -> None:
    name = world.driver.collection("contacts").database.name
    organization, secret, token = an_organization("acme"), VAULT.seal(KEY), VAULT.seal("pat-1")
    assert secret is not None
    assert token is not None
    async with followed(mongodb_uri, name) as database, crm_process(SETTINGS, VAULT, database) as process:
        http = HttpConnection("https://crm.example.com", secret, "id")
        kinds: list[Connection] = [http, HubSpotConnection(token), DirectoryConnection()]
        for connection in kinds:
            made = process.connections.made(organization, connection)
            assert isinstance(made, Recorded)
            assert isinstance(made.connector, Guarded)
            await made.close()
        assert process.vault is VAULT
        lost = process.connections.made(organization, HubSpotConnection(Sealed("nonsense")))
        assert isinstance(lost, Unusable)
        assert lost.failed.reason is FailureReason.REFUSED
    async with followed(mongodb_uri, name) as database, crm_process(SETTINGS, Vault(), database) as process:
        lost = process.connections.made(organization, HubSpotConnection(token))
        assert isinstance(lost, Unusable)
        assert "CONTACT_GRAPH_CRM_KEYS" in lost.failed.message
