"""The CRM: contacts looked up and linked, conflicts decided, and how the organization is connected."""

from __future__ import annotations

from dataclasses import replace

from domain.agents import Role
from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact, Network
from domain.crm import CrmRecord
from domain.crm_settings import CrmSettings, DirectoryConnection
from domain.values import SelectValue
from persistence.stores import Changes
from tests.builders import MORNING, an_identity
from tests.conftest import World
from tests.graph.asking_graphql import Answer, contact_gid
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import CRM_SETTINGS, LINE, VALIDATION, VALUE
from tests.graph.cases.tenancy import Case, Tenant, constant, mutation, my_contact, their_contact, their_key

BY_ACCOUNT = CrmSettings(1, DirectoryConnection(), ((Network.TWITTER, "twitter_id"),))
"""A customer list, in which contacts are found by their account on Twitter."""


async def connect(world: World, settings: CrmSettings, organization: str = "acme") -> None:
    await world.stores(organization).transact(lambda changes: changes.crm_settings.put(settings))


async def put_records(world: World, *records: CrmRecord, organization: str = "acme") -> None:
    await world.stores(organization).transact(lambda changes: changes.crm_records.put_many(records, "US", MORNING))


async def put_contact(world: World, contact: Contact, organization: str = "acme") -> None:
    """Keep the contact as it is to be, as an edit would."""
    await world.stores(organization).transact(lambda changes: changes.contacts.put(contact))


def a_record(record_id: str, twitter_id: str, account: str = "A-1", segment: str = "Small") -> CrmRecord:
    fields = {"twitter_id": twitter_id, "account": account, "segment": segment}
    return CrmRecord(record_id, fields, f"Jane {record_id}", f"https://crm.example.com/{record_id}")


async def known_to_the_crm(world: World, organization: str) -> None:
    """Give the contact an account, by which the customer list knows them."""

    async def work(changes: Changes) -> None:
        contact = await changes.contacts.find("c1")
        assert contact is not None
        await changes.contacts.put(replace(contact, identities=(an_identity("1001"),)))

    await world.stores(organization).transact(work)
    records = a_record("r1", "1001"), a_record("r2", "1002", "A-2", "Medium")
    await put_records(world, *records, organization=organization)
    await connect(world, BY_ACCOUNT, organization)


def standing(state: SyncState, field: str | None, message: str | None = None, *, version: int = 1) -> HeldValue:
    """Make an edit of the segment to Small that stands so, while the CRM holds the field."""
    sync = CrmSync(state, MORNING, field, message, MORNING if state is SyncState.CONFLICT else None)
    provenance = Provenance(Source.AGENT, MORNING, "jo")
    return HeldValue("d-segment", SelectValue("size-s"), provenance, version, sync)


async def in_conflict(world: World, organization: str) -> None:
    await known_to_the_crm(world, organization)

    async def work(changes: Changes) -> None:
        contact = await changes.contacts.find("c1")
        assert contact is not None
        held = standing(SyncState.CONFLICT, "Medium")
        await changes.contacts.put(replace(contact, values=(*contact.values, held)))

    await world.stores(organization).transact(work)


TOLD = f"attributes {{ ... on Attribute {{ key version {VALUE} }} ... on CrmAttribute {{ syncState syncedAt }} }}"
LOOKED_UP = f"contact {{ id version name {VALIDATION} {TOLD} }}"
CONNECTION: Answer = {"connection": {"directory": True}}
CASES = [
    MutationCase(
        name="contactLookUp",
        good={"contactId": contact_gid("c1")},
        other={"contactId": contact_gid("c2")},
        selection=LOOKED_UP,
        missing=("contactId", "Contact"),
        current=None,
        capability="USE_CRM",
        prepare=known_to_the_crm,
        events=2,
    ),
    MutationCase(
        name="contactCrmLink",
        good={"contactId": contact_gid("c1"), "recordId": "r2"},
        other={"recordId": "r1"},
        selection=LOOKED_UP,
        missing=("contactId", "Contact"),
        current=None,
        capability="USE_CRM",
        prepare=known_to_the_crm,
        events=2,
    ),
    MutationCase(
        name="crmConflictResolve",
        good={"contactId": contact_gid("c1"), "key": "segment", "accept": "CRM"},
        other={"accept": "LOCAL"},
        selection=f"attribute {{ {LINE} }} {LOOKED_UP}",
        missing=("contactId", "Contact"),
        current="CrmAttribute",
        capability=None,
        is_locked=True,
        elsewhere=frozenset({"ValueTaken"}),
        prepare=in_conflict,
    ),
    MutationCase(
        name="crmSettingsUpdate",
        good={"isAutomatic": True, "refreshHours": 6},
        other={"refreshHours": 7},
        selection=f"settings {{ {CRM_SETTINGS} }}",
        missing=None,
        current="CrmSettings",
        capability="MANAGE_CRM",
        role=Role.ADMIN,
        prepare=known_to_the_crm,
        events=0,
    ),
    MutationCase(
        name="crmConnectionTest",
        good={},
        other=CONNECTION,
        selection="isWorking failure explanation: message",
        missing=None,
        current=None,
        capability="MANAGE_CRM",
        role=Role.ADMIN,
        prepare=known_to_the_crm,
        events=0,
        is_trial=True,
    ),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    org = tenant.organization
    await put_records(world, a_record(f"{org}-r", org), organization=org)
    await connect(world, BY_ACCOUNT, org)


def their_record(_me: Tenant, them: Tenant) -> str:
    return f"{them.organization}-r"


TENANCY: dict[str, Case] = {
    "contactLookUp.contactId": mutation("contactLookUp", contactId=their_contact),
    "contactCrmLink.contactId": mutation(
        "contactCrmLink", contactId=their_contact, recordId=lambda me, _: f"{me.organization}-r"
    ),
    "contactCrmLink.recordId": mutation("contactCrmLink", contactId=my_contact, recordId=their_record),
    "crmConflictResolve.contactId": mutation(
        "crmConflictResolve", contactId=their_contact, key=constant("segment"), accept=constant("CRM")
    ),
    "crmConflictResolve.key": mutation(
        "crmConflictResolve", contactId=my_contact, key=their_key, accept=constant("CRM")
    ),
}
OF_CONNECTIONS = {
    *("http.lookUpUrl", "http.recordIdAlias", "http.secret", "http.writeUrl", "http.nameAlias", "http.updatedAtAlias"),
    *("http.recordUrl", "hubSpot.token", "hubSpot.portalId"),
}
NAMES_NOTHING = {
    "crmSettingsUpdate.identityAliases.alias",
    *(f"{name}.connection.{each}" for name in ("crmSettingsUpdate", "crmConnectionTest") for each in OF_CONNECTIONS),
}
"""Addresses, names and credentials of the CRM's, which lead to nothing that is kept here."""
