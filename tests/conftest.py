"""The real MongoDB, one for all tests; a fresh database, a world of two organizations and a context for each."""

from __future__ import annotations

import base64
import gc
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from bson import encode
from bson.raw_bson import RawBSONDocument
from hypothesis import HealthCheck, settings
from pymongo import AsyncMongoClient, MongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from pymongo.synchronous.database import Database
from pymongo.write_concern import WriteConcern

from crm.connector import Connector
from crm.directory import DirectoryConnector
from crm.http_client import HttpClient, HttpLimits
from crm.http_connector import HttpConnector
from crm.vault import Vault
from domain.agents import Agent, Organization, Plan, Role, Team
from domain.contacts import Contact
from domain.conversation_notes import ConversationNote
from domain.conversations import Conversation
from domain.crm_settings import Connection, DirectoryConnection, HttpConnection
from domain.definitions import AttributeDefinition
from domain.group_rules import ContactGroup
from domain.notes import ContactNote
from persistence.conversation_documents import from_conversation
from persistence.conversation_note_documents import from_conversation_note
from persistence.derived import contact_document
from persistence.driver import Driver, DriverName, connect
from persistence.embedded import embedded_mongodb
from persistence.group_documents import from_group
from persistence.indexes import INDEXES, ensure_indexes
from persistence.names import CONTACTS, CONVERSATION_NOTES, CONVERSATIONS, GROUPS, NOTES
from persistence.note_documents import from_note
from persistence.organizations import OrganizationStore
from persistence.stores import Stores
from resolvers.context import Context
from resolvers.crm_connections import Connections
from tests.builders import EVERY_TYPE, a_team, an_agent, an_organization

CRM_KEY = base64.urlsafe_b64encode(b"the key of credentials in tests!").decode()
VAULT = Vault([CRM_KEY])
Catalog = Mapping[str, object]


# No test is about time: a machine that is shared is now and then as slow as it likes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what is loaded by now, and look through the rest less often.

    Modules and tests stay to the end: to look through them again and again took a fifth of the time. What is never
    closed is found all the same.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


class Commands(CommandListener):
    """Every command that was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[CommandStartedEvent] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append(event)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def names(self) -> list[str]:
        return [each.command_name for each in self.sent]

    def clear(self) -> None:
        self.sent.clear()


@pytest_asyncio.fixture(scope="session")
async def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    folder: Path = tmp_path_factory.mktemp("mongodb")
    async with embedded_mongodb(folder) as uri:
        await _prepare(uri)
        yield uri


async def _prepare(uri: str) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(uri)
    # What the tests write is as old as their clock says: it must not expire while they look at it.
    await client.admin.command("setParameter", 1, ttlMonitorEnabled=False)
    # Files of dropped databases are closed at once: there are thousands of them before the tests are done.
    files = "file_manager=(close_idle_time=2,close_scan_interval=1,close_handle_minimum=100)"
    await client.admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=files)
    await client.close()


@pytest.fixture
def commands() -> Commands:
    return Commands()


@pytest.fixture
def driver_name() -> DriverName:
    """PyMongo, unless the test is parametrized with another one."""
    return DriverName.PYMONGO


@dataclass(slots=True)
class EmptyDatabase:
    """A database with the product's indexes and nothing in it. To empty one takes a hundredth of making one.

    Nothing is promised to anybody here, so that no write waits for a disk.
    """

    client: MongoClient[dict[str, Any]]
    name: str
    made: Catalog | None = None
    """What it was made like, once it is."""

    @property
    def database(self) -> Database[dict[str, Any]]:
        return self.client.get_database(self.name, write_concern=WriteConcern(w=1, j=False))

    async def make(self, driver: Driver) -> None:
        if self.made is None:
            await ensure_indexes(driver)
            self.made = self.catalog()

    def catalog(self) -> Catalog:
        """Return the collections, and of each its options and its indexes, in one command."""
        found = self.client.admin.aggregate([{"$listCatalog": {}}, {"$match": {"db": self.name}}])
        return {each["name"]: (each["type"], each["md"]["options"], _indexes(each)) for each in found}

    def empty(self) -> None:
        if self.catalog() != self.made:
            # The test did something to it: the next one gets one that is made anew.
            self.client.drop_database(self.name)
            self.made = None
            return
        for each in self.filled():
            self.database[each].delete_many({})

    def filled(self) -> list[str]:
        """Return the collections with something in them, asked for in one command."""
        pipelines: dict[str, list[Mapping[str, Any]]]
        pipelines = {each: [{"$limit": 1}, {"$replaceWith": {"name": {"$literal": each}}}] for each in INDEXES}
        (first, own), *others = pipelines.items()
        unions = [{"$unionWith": {"coll": each, "pipeline": pipeline}} for each, pipeline in others]
        return [each["name"] for each in self.database[first].aggregate([*own, *unions])]


def _indexes(collection: Mapping[str, Any]) -> dict[str, object]:
    return {each["spec"]["name"]: each["spec"] for each in collection["md"]["indexes"]}


@pytest.fixture(scope="session")
def test_database(mongodb_uri: str) -> Iterator[EmptyDatabase]:
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        yield EmptyDatabase(client, f"test_{uuid4().hex}")


@pytest_asyncio.fixture
async def driver(
    mongodb_uri: str, test_database: EmptyDatabase, commands: Commands, driver_name: DriverName
) -> AsyncIterator[Driver]:
    """An empty database, with its indexes."""
    opened = connect(mongodb_uri, test_database.name, driver=driver_name, listeners=[commands])
    try:
        await test_database.make(opened)
        commands.clear()
        yield opened
    finally:
        await opened.close()
        test_database.empty()


@pytest_asyncio.fixture(scope="session")
async def crm_client() -> AsyncIterator[HttpClient]:
    """A client that may ask CRMs on this machine, and trusts no certificate: to read them all takes long."""
    limits = HttpLimits(connect_seconds=5.0, total_seconds=10.0, allow_private=True)
    client = HttpClient(limits, trust=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    yield client
    await client.close()


@dataclass(frozen=True, slots=True)
class World:
    """Two organizations that must never see each other: `acme`, which most tests are about, and `other`."""

    driver: Driver
    crm_client: HttpClient | None = None

    def stores(self, organization_id: str = "acme") -> Stores:
        return Stores.of(self.driver, organization_id)

    async def context(
        self, agent_id: str = "jo", organization_id: str = "acme", languages: tuple[str, ...] = ()
    ) -> Context:
        """A new context, as every request gets one."""
        organizations = OrganizationStore(self.driver)
        directory = await organizations.directory(organization_id)
        assert directory is not None
        agent = directory.agents[agent_id]
        stores, connections = self.stores(organization_id), Connections(self.connector)
        return Context.of(agent, directory, organizations, stores, languages, connections=connections, vault=VAULT)

    def connector(self, organization: Organization, connection: Connection) -> Connector:
        match connection:
            case DirectoryConnection():
                return DirectoryConnector(self.stores(organization.id).crm_records, organization.region)
            case HttpConnection() if self.crm_client is not None:
                return HttpConnector(connection, VAULT.open(connection.secret), self.crm_client)
            case _:
                raise ValueError("The tests do not reach this CRM.")

    async def add_organization(
        self,
        organization: Organization,
        agents: Sequence[Agent],
        definitions: Sequence[AttributeDefinition] = EVERY_TYPE,
        teams: Sequence[Team] = (),
    ) -> None:
        await OrganizationStore(self.driver).put(organization, agents, definitions, teams)

    async def add_contacts(self, *contacts: Contact, organization_id: str = "acme") -> None:
        directory = await OrganizationStore(self.driver).directory(organization_id)
        definitions = () if directory is None else directory.definitions
        documents = [contact_document(each, organization_id, definitions) for each in contacts]
        await self.driver.collection(CONTACTS).insert_many(documents)

    async def add_notes(self, *notes: ContactNote, organization_id: str = "acme") -> None:
        await self.driver.collection(NOTES).insert_many([from_note(each, organization_id) for each in notes])

    async def add_conversations(self, *conversations: Conversation, organization_id: str = "acme") -> None:
        documents = [from_conversation(each, organization_id) for each in conversations]
        await self.driver.collection(CONVERSATIONS).insert_many(documents)

    async def add_conversation_notes(self, *notes: ConversationNote, organization_id: str = "acme") -> None:
        documents = [from_conversation_note(each, organization_id) for each in notes]
        await self.driver.collection(CONVERSATION_NOTES).insert_many(documents)

    async def add_groups(self, *groups: ContactGroup, organization_id: str = "acme") -> None:
        await self.driver.collection(GROUPS).insert_many([from_group(each, organization_id) for each in groups])

    async def snapshot(self) -> dict[str, list[dict[str, Any]]]:
        """Everything in the database, to show that nothing was written."""
        # In one command: most tests ask twice or more.
        (first, *rest) = INDEXES
        stages = [_named(first), *({"$unionWith": {"coll": each, "pipeline": [_named(each)]}} for each in rest)]
        found: dict[str, list[dict[str, Any]]] = {each: [] for each in (first, *rest)}
        for each in await self.driver.aggregate(first, stages):
            found[each["collection"]].append(each["document"])
        return {name: sorted(documents, key=lambda each: str(each["_id"])) for name, documents in found.items()}


def _named(collection: str) -> dict[str, Any]:
    return {"$replaceWith": {"collection": {"$literal": collection}, "document": "$$ROOT"}}


@dataclass(frozen=True, slots=True)
class Stored:
    """What was stored once, as the product stores it, to be copied from then on."""

    documents: Mapping[str, Sequence[RawBSONDocument]]
    """By collection."""

    @classmethod
    async def of(cls, mongodb_uri: str, name: str, fill: Callable[[World], Awaitable[None]]) -> Stored:
        """Return what it fills an empty database with, which is gone after that."""
        driver = connect(mongodb_uri, name)
        await ensure_indexes(driver)
        made = World(driver)
        await fill(made)
        stored = (await made.snapshot()).items()
        await driver.drop()
        await driver.close()
        return cls({collection: [RawBSONDocument(encode(each)) for each in of] for collection, of in stored if of})

    def copy_to(self, database: EmptyDatabase) -> None:
        for name, documents in self.documents.items():
            database.database[name].insert_many(documents)


async def put_organizations(world: World) -> None:
    agents = [an_agent("jo"), an_agent("ada", role=Role.ADMIN), an_agent("gone", is_active=False)]
    teams = [a_team("first-line", "jo", "gone"), a_team("second-line", "ada")]
    await world.add_organization(an_organization("acme"), agents, teams=teams)
    theirs = [an_agent("mo", organization_id="other"), an_agent("eve", organization_id="other", role=Role.ADMIN)]
    definitions = [replace(each, id=f"other-{each.id}") for each in EVERY_TYPE]
    their_team = a_team("their-team", "mo", organization_id="other")
    await world.add_organization(an_organization("other", plan=Plan.BUSINESS), theirs, definitions, [their_team])


@pytest_asyncio.fixture(scope="session")
async def organizations(mongodb_uri: str, test_database: EmptyDatabase) -> Stored:
    """The two organizations of a world."""
    return await Stored.of(mongodb_uri, f"{test_database.name}_organizations", put_organizations)


@pytest.fixture
def world(driver: Driver, test_database: EmptyDatabase, organizations: Stored, crm_client: HttpClient) -> World:
    organizations.copy_to(test_database)
    return World(driver, crm_client)
