"""What the tests of the exchange with CRMs share: an organization, the demo's CRM over HTTP, and who sees to both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from purgatory import AsyncCircuitBreakerFactory

from crm.connector import Connector
from crm.guarded import Guarded, Patience
from crm.http_client import HttpClient, HttpLimits
from crm.http_connector import HttpConnector
from domain import clock
from domain.agents import Organization, Plan, Role
from domain.attributes import AttributeChanged, HeldValue, SyncState
from domain.contacts import Contact, Network
from domain.crm_merge import Side
from domain.crm_settings import Connection, CrmSettings, HttpConnection
from domain.definitions import AttributeCategory, AttributeDefinition, ValueRules, ValueType
from domain.events import ContactEvent, ValueChange
from domain.values import PhoneValue, TextValue, Value
from persistence.crm_tasks import LEASE, CrmTaskStore
from persistence.driver import Driver
from persistence.event_documents import to_event
from persistence.names import CRM_TASKS, EVENTS
from persistence.organizations import OrganizationStore
from persistence.stores import Changes, Stores
from resolvers import attributes, crm_conflicts
from resolvers.context import Context
from resolvers.crm_connections import Connections
from resolvers.crm_worker import CrmWorker
from tests.builders import a_contact, a_definition, an_agent, an_organization, held
from tests.conftest import World
from tests.crm.serving import KEY, NOBODY, RunningCrm

CRM = AttributeCategory.CRM
SHOP: tuple[AttributeDefinition, ...] = (
    replace(a_definition("phone", ValueType.PHONE, AttributeCategory.COMMON), is_look_up=True),
    a_definition("party", ValueType.TEXT, CRM, position=1),
    a_definition("state", ValueType.TEXT, CRM, position=2),
    a_definition("terms", ValueType.NUMBER, CRM, position=3, rules=ValueRules(max_number=90)),
    a_definition("is_chair", ValueType.BOOLEAN, CRM, position=4, is_editable=False),
    a_definition("badge", ValueType.TEXT, CRM, position=5, rules=ValueRules(is_unique=True)),
)
"""What the organization of these tests has; `terms` is called otherwise by its CRM."""
DEFINITIONS = tuple(replace(each, crm_alias="terms_served") if each.key == "terms" else each for each in SHOP)
ONCE = Patience(attempts=1, failures=1_000)
"""Asks once, and never pauses."""


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is told otherwise: ahead of the database's, by which things become due."""

    moment: datetime = field(default_factory=lambda: clock.now() + timedelta(hours=1))

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> datetime:
        self.moment += timedelta(**by)
        return self.moment


@dataclass(slots=True)
class Shop:
    """An organization with a CRM, and the exchange between them."""

    world: World
    crm: RunningCrm
    client: HttpClient
    patience: Patience = ONCE
    clock: Clock = field(default_factory=Clock)
    breakers: AsyncCircuitBreakerFactory = field(default_factory=AsyncCircuitBreakerFactory)
    connections: Connections = field(default_factory=Connections)

    def __post_init__(self) -> None:
        self.connections.make = self._make

    def _make(self, organization: Organization, connection: Connection) -> Connector:
        assert isinstance(connection, HttpConnection)
        made = HttpConnector(connection, KEY, self.client)
        return Guarded(made, f"{organization.id} {connection!r}", self.breakers, self.patience)

    @property
    def stores(self) -> Stores:
        return self.world.stores("shop")

    async def open(
        self, plan: Plan = Plan.ENTERPRISE, definitions: Sequence[AttributeDefinition] = DEFINITIONS
    ) -> None:
        agents = [an_agent("sam", organization_id="shop"), an_agent("ann", organization_id="shop", role=Role.ADMIN)]
        await self.world.add_organization(an_organization("shop", plan=plan), agents, definitions)

    async def connect(self, connection: Connection | None = None, **changes: Any) -> None:
        aliases = ((Network.TWITTER, "twitter_id"),)
        own = CrmSettings(1, connection or self.crm.taking_several, aliases, is_automatic=True)
        settings = replace(own, **changes)
        await self.stores.transact(lambda each: each.crm_settings.put(settings))

    async def context(self, agent_id: str = "sam") -> Context:
        made = await self.world.context(agent_id, "shop")
        return replace(made, clock=self.clock, connections=self.connections)

    def worker(self, lease: timedelta = LEASE) -> CrmWorker:
        """Return that of a new process."""
        organizations = OrganizationStore(self.world.driver)
        tasks = CrmTaskStore(self.world.driver)
        return CrmWorker(tasks, organizations, self.world.stores, self.connections, self.clock, lease)

    async def settle(self) -> int:
        """Do what is due until nothing is; returns in how many turns."""
        worker, turns = self.worker(), 0
        while await worker.run():
            turns += 1
            assert turns < 50, "there is no end to it"
        return turns

    async def insert(self, *contacts: Contact) -> None:
        for each in contacts:
            await self.stores.transact(partial(_insert, each))

    async def contact(self, contact_id: str = "c1") -> Contact:
        return (await self.stores.contacts.by_ids([contact_id]))[contact_id]

    async def held(self, key: str, contact_id: str = "c1") -> HeldValue:
        found = (await self.contact(contact_id)).held(f"d-{key}")
        assert found is not None
        return found

    async def standing(self, key: str, contact_id: str = "c1") -> tuple[Value | None, SyncState | None]:
        found = await self.held(key, contact_id)
        return found.value, None if found.sync is None else found.sync.state

    async def edit(
        self, key: str, text: str | Value | None, contact_id: str = "c1", agent_id: str = "sam"
    ) -> HeldValue:
        """Set a value as an agent does, a moment later."""
        self.clock.advance(milliseconds=1)
        context, given = await self.context(agent_id), TextValue(text) if isinstance(text, str) else text
        if given is None:
            done: object = await attributes.clear_value(
                context, contact_id=contact_id, key=key, version=None, idempotency_key=None
            )
        else:
            done = await attributes.set_value(
                context, contact_id=contact_id, key=key, given=given, version=None, idempotency_key=None
            )
        assert isinstance(done, AttributeChanged), done
        found = done.contact.held(f"d-{key}")
        assert found is not None
        return found

    async def decide(self, key: str, side: Side, contact_id: str = "c1") -> None:
        self.clock.advance(milliseconds=1)
        done = await crm_conflicts.resolve(
            await self.context(), contact_id=contact_id, key=key, accept=side, version=None, idempotency_key=None
        )
        assert isinstance(done, AttributeChanged), done

    async def events(self, contact_id: str = "c1") -> list[ContactEvent]:
        """Return what happened to the contact, oldest first."""
        found = await self.world.driver.collection(EVENTS).find({"contact": contact_id}).sort("_id").to_list(None)
        return [to_event(each) for each in found]

    async def history(self, key: str, contact_id: str = "c1") -> list[ValueChange]:
        changes = [change for each in await self.events(contact_id) for change in each.values]
        return [each for each in changes if each.after.definition_id == f"d-{key}"]

    async def entries(self) -> dict[str, dict[str, Any]]:
        found = await self.world.driver.collection(CRM_TASKS).find({"org": "shop"}).to_list(None)
        return {each["_id"]: each for each in found}

    def written(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what the CRM was written and has done, in its order."""
        return [(each.record_id, each.values) for each in self.crm.crm.records.applied if each.key is not None]

    def keys(self) -> list[str]:
        return [each.key for each in self.crm.crm.records.applied if each.key is not None]


@asynccontextmanager
async def running_shop(driver: Driver, crm: RunningCrm, *, total_seconds: float = 10.0) -> AsyncIterator[Shop]:
    crm.forget()
    limits = HttpLimits(connect_seconds=5.0, total_seconds=total_seconds, answer_bytes=2_000_000, allow_private=True)
    client = HttpClient(limits, trust=NOBODY)
    shop = Shop(World(driver), crm, client)
    try:
        await shop.open()
        yield shop
    finally:
        await shop.connections.close()
        await client.close()


def a_caller(contact_id: str = "c1", phone: str = "+12022243441", **given: Any) -> Contact:
    """Make a contact whom the CRM knows, unless it is said otherwise."""
    return a_contact(contact_id, values=(held("phone", PhoneValue(phone)),), **given)


async def _insert(contact: Contact, changes: Changes) -> None:
    await changes.contacts.insert(contact)
