"""What the tests of look-ups share: an organization that is connected to a CRM, and contacts that it knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from cryptography.fernet import Fernet

from crm.connector import Connector
from crm.directory import DirectoryConnector
from crm.http_client import HttpClient
from crm.http_connector import HttpConnector
from crm.vault import Vault
from domain.agents import Organization
from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact, ContactValidation, LookUpOutcome
from domain.crm import Field
from domain.crm_settings import Connection, CrmSettings, DirectoryConnection, HttpConnection
from domain.definitions import AttributeCategory, ValueType
from domain.values import NumberValue, PhoneValue, TextValue, Value
from persistence.names import CRM_TASKS
from resolvers.context import Context
from resolvers.crm_connections import Connections
from tests.builders import EVERY_TYPE, a_contact, a_definition, an_organization
from tests.conftest import World
from tests.crm.serving import KEY, MARIA, RunningCrm
from tests.resolvers.changing import NOW, asker

VAULT = Vault([Fernet.generate_key().decode()])
BY_KEY = {each.key: each for each in EVERY_TYPE}
PHONE = replace(BY_KEY["phone"], is_look_up=True)
PARTY = a_definition("party", ValueType.TEXT, AttributeCategory.CRM, position=20)
STATE = a_definition("state", ValueType.TEXT, AttributeCategory.CRM, position=21, is_editable=False)
TERMS = replace(a_definition("terms", ValueType.NUMBER, AttributeCategory.CRM, position=22), crm_alias="terms_served")
SHARE = a_definition("share", ValueType.NUMBER, AttributeCategory.CRM, position=23, is_admin_only=True)
DEFINITIONS = (PHONE, PARTY, STATE, TERMS, SHARE)
MARIAS_PHONE, MARIAS_ID = "+12022243441", str(MARIA["account_number"])


def found(record_id: str = MARIAS_ID, *, url: str | None = None) -> ContactValidation:
    return ContactValidation(LookUpOutcome.FOUND, NOW, record_id, url)


def a_caller(phone: str | None = MARIAS_PHONE, *values: HeldValue, contact_id: str = "c1", **given: Any) -> Contact:
    """Make a contact who is known by a phone number."""
    own = () if phone is None else (HeldValue(PHONE.id, PhoneValue(phone), Provenance(Source.IMPORT, NOW), 1),)
    return a_contact(contact_id, values=(*own, *values), **given)


def from_crm(
    key: str, value: Value | None, field: Field | None, *, version: int = 1, sync: CrmSync | None = None
) -> HeldValue:
    """Make a value as it is once the CRM has told it."""
    kept = sync or CrmSync(SyncState.IN_SYNC, NOW, field)
    return HeldValue(f"d-{key}", value, Provenance(Source.CRM, NOW), version, kept)


OF_MARIA = (
    from_crm("party", TextValue("Democrat"), "Democrat"),
    from_crm("state", TextValue("WA"), "WA"),
    from_crm("terms", NumberValue(6), 6.0),
    from_crm("share", NumberValue(0.5), 0.5),
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks for agents of `acme`, over connections of one process."""

    world: World
    connections: Connections
    vault: Vault = VAULT

    async def context(self, agent_id: str = "jo", organization_id: str = "acme") -> Context:
        made = await asker(self.world, agent_id, organization_id)
        return replace(made, connections=self.connections, vault=self.vault)

    async def connect(self, connection: Connection | None, organization_id: str = "acme", **given: Any) -> CrmSettings:
        settings = CrmSettings(1, connection, **given)
        await self.world.stores(organization_id).transact(lambda changes: changes.crm_settings.put(settings))
        return settings

    async def tasks(self) -> list[dict[str, Any]]:
        return await self.world.driver.collection(CRM_TASKS).find().sort("_id").to_list(None)


@asynccontextmanager
async def asking(world: World, client: HttpClient) -> AsyncIterator[Asking]:
    """Let the block ask the CRMs that organizations are connected to; `acme` has attributes that theirs fill."""

    def make(organization: Organization, connection: Connection) -> Connector:
        match connection:
            case HttpConnection():
                return HttpConnector(connection, VAULT.open(connection.secret), client)
            case DirectoryConnection():
                return DirectoryConnector(world.stores(organization.id).crm_records, organization.region)
            case _:
                raise ValueError("No test asks HubSpot here.")

    await world.add_organization(an_organization("acme"), [], DEFINITIONS)
    connections = Connections(make)
    try:
        yield Asking(world, connections)
    finally:
        await connections.close()


def over_http(demo: RunningCrm) -> HttpConnection:
    """Return the connection to the demo's CRM, with its key sealed."""
    sealed = VAULT.seal(KEY)
    assert sealed is not None
    return replace(demo.connection, secret=sealed)
