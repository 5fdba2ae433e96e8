"""A definition that changes how the CRM is asked, or told, makes all contacts be entered anew: and only such a one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from crm.http_client import HttpClient
from domain import clock
from domain.attributes import CrmSync, SyncState
from domain.contacts import LookUpOutcome
from domain.crm_settings import DirectoryConnection
from domain.definition_patches import DefinitionPatch, RulesPatch
from domain.definitions import AttributeDefinition, DefinitionChanged, StaleDefinition, SyncRule
from domain.outcomes import ErrorCode, Invalid
from domain.values import TextValue
from persistence.crm_tasks import CrmTaskStore
from persistence.names import ORGANIZATIONS
from persistence.organizations import OrganizationStore
from resolvers import definitions
from resolvers.crm_worker import CrmWorker
from tests.builders import an_organization
from tests.conftest import World
from tests.crm.serving import RunningCrm
from tests.resolvers.changing import stored
from tests.resolvers.crm_asking import MARIAS_ID, PARTY, PHONE, Asking, a_caller, asking, found, from_crm, over_http
from tests.resolvers.defining import admin, create, move, set_archived, update

BIO = "d-bio"
NEVER_EXCHANGED = replace(PARTY, sync_rule=SyncRule.NEVER)


@pytest.fixture
async def crm(world: World, client: HttpClient) -> AsyncIterator[Asking]:
    async with asking(world, client) as made:
        await made.connect(DirectoryConnection(), is_automatic=True)
        await made.connect(DirectoryConnection(), "other", is_automatic=True)
        await forget_sweeps(world)
        yield made


async def forget_sweeps(world: World) -> None:
    fields = {"crmSweep": True, "crmSweepBehind": True, "crmSweepIsLast": True}
    await world.driver.collection(ORGANIZATIONS).update_many({}, {"$unset": fields})


async def swept(world: World) -> list[str]:
    """Return the organizations all of whose contacts are to be entered anew."""
    return [each.organization_id for each in await CrmTaskStore(world.driver).sweeps(clock.now())]


@pytest.mark.parametrize(
    ("definition", "patch"),
    [
        (PHONE, DefinitionPatch(is_look_up=False)),
        (replace(PHONE, is_look_up=False), DefinitionPatch(is_look_up=True)),
        (PHONE, DefinitionPatch(crm_alias="mobile")),
        (replace(PHONE, crm_alias="mobile"), DefinitionPatch(crm_alias=None)),
        (PHONE, DefinitionPatch(is_enabled=False)),
        (replace(PHONE, is_enabled=False), DefinitionPatch(is_enabled=True)),
        (PARTY, DefinitionPatch(is_enabled=False)),
        (PARTY, DefinitionPatch(crm_alias="Party__c")),
        (PARTY, DefinitionPatch(sync_rule=SyncRule.MOST_RECENT)),
        (NEVER_EXCHANGED, DefinitionPatch(sync_rule=SyncRule.ALWAYS_CRM)),
        (NEVER_EXCHANGED, DefinitionPatch(is_look_up=True)),
    ],
)
async def test_what_is_asked_or_told_otherwise_is_entered_for_everybody(
    crm: Asking, world: World, definition: AttributeDefinition, patch: DefinitionPatch
) -> None:
    await world.add_organization(an_organization("acme"), [], [definition])
    foreseen = await update(await admin(world), patch, definition.id, dry_run=True)
    assert (isinstance(foreseen, DefinitionChanged), await swept(world)) == (True, [])
    assert isinstance(await update(await admin(world), patch, definition.id), DefinitionChanged)
    assert await swept(world) == ["acme"]


@pytest.mark.parametrize(
    ("definition", "patch"),
    [
        (PHONE, DefinitionPatch(label="Mobile", is_editable=False, rules=RulesPatch(is_unique=True))),
        (PHONE, DefinitionPatch(is_look_up=True, is_enabled=True, crm_alias=None)),
        # Its alias is its key, spelled out or not.
        (PHONE, DefinitionPatch(crm_alias="phone")),
        (PARTY, DefinitionPatch(label="Party", is_editable=False)),
        (NEVER_EXCHANGED, DefinitionPatch(crm_alias="Party__c", is_enabled=False)),
        # What has nothing to do with the CRM.
        (replace(PHONE, is_look_up=False), DefinitionPatch(crm_alias="mobile", is_enabled=False)),
        (replace(PHONE, is_enabled=False), DefinitionPatch(is_look_up=False)),
    ],
)
async def test_another_change_is_nothing_to_the_crm(
    crm: Asking, world: World, definition: AttributeDefinition, patch: DefinitionPatch
) -> None:
    await world.add_organization(an_organization("acme"), [], [definition])
    assert isinstance(await update(await admin(world), patch, definition.id), DefinitionChanged)
    assert await swept(world) == []


@pytest.mark.parametrize("definition", [PHONE, PARTY])
async def test_archiving_and_restoring_are_changes_too(
    crm: Asking, world: World, definition: AttributeDefinition
) -> None:
    assert isinstance(await set_archived(await admin(world), definition.id), DefinitionChanged)
    assert await swept(world) == ["acme"]
    await forget_sweeps(world)
    assert isinstance(await set_archived(await admin(world), definition.id), DefinitionChanged)
    assert await swept(world) == []
    assert isinstance(await set_archived(await admin(world), definition.id, archived=False), DefinitionChanged)
    assert await swept(world) == ["acme"]


async def test_what_the_crm_has_nothing_to_do_with_is_archived_and_made_without_it(crm: Asking, world: World) -> None:
    for archived in (True, False):
        await set_archived(await admin(world), BIO, archived=archived)
    await move(await admin(world), "phone", None)
    await create(await admin(world), DefinitionPatch(label="New"))
    assert await swept(world) == []


async def test_without_a_crm_nothing_is_entered(crm: Asking, world: World) -> None:
    await crm.connect(None, is_automatic=True)
    await forget_sweeps(world)
    await update(await admin(world), DefinitionPatch(is_look_up=False), PHONE.id)
    await set_archived(await admin(world), PARTY.id)
    assert await swept(world) == []


async def test_a_change_that_is_refused_enters_nothing(crm: Asking, world: World) -> None:
    before = await world.snapshot()
    patch = DefinitionPatch(is_look_up=False)
    assert isinstance(await update(await admin(world), patch, PHONE.id, version=7), StaleDefinition)
    contradictory = await update(await admin(world), DefinitionPatch(sync_rule=SyncRule.NEVER), PHONE.id)
    assert isinstance(contradictory, Invalid)
    assert (contradictory.code, contradictory.path) == (ErrorCode.CONTRADICTORY_RULES, ("input", "syncRule"))
    made = await create(await admin(world), DefinitionPatch(label="New", sync_rule=SyncRule.NEVER))
    assert (isinstance(made, Invalid), await world.snapshot()) == (True, before)


def worker(crm: Asking) -> CrmWorker:
    organizations = OrganizationStore(crm.world.driver)
    return CrmWorker(CrmTaskStore(crm.world.driver), organizations, crm.world.stores, crm.connections)


async def test_contacts_are_looked_up_by_what_is_a_look_up_attribute_now(
    crm: Asking, world: World, demo: RunningCrm
) -> None:
    await world.add_organization(an_organization("acme"), [], [replace(PHONE, is_look_up=False)])
    await crm.connect(over_http(demo), is_automatic=True)
    await world.add_contacts(a_caller())
    own = worker(crm)
    assert (await own.run(), demo.asked()) == (0, 0)
    await update(await admin(world), DefinitionPatch(is_look_up=True), PHONE.id)
    assert (await own.run(), demo.asked()) == (1, 1)
    validation = (await stored(world)).validation
    assert (validation.outcome, validation.record_id) == (LookUpOutcome.FOUND, MARIAS_ID)


async def test_an_attribute_that_the_crm_manages_from_now_on_is_filled_by_itself(
    crm: Asking, world: World, demo: RunningCrm
) -> None:
    await world.add_organization(an_organization("acme"), [], [replace(PARTY, is_enabled=False)])
    await crm.connect(over_http(demo), is_automatic=True)
    await world.add_contacts(a_caller())
    own = worker(crm)
    assert await own.run() == 1
    before = await stored(world)
    assert (before.validation.outcome, before.held(PARTY.id)) == (LookUpOutcome.FOUND, None)
    await update(await admin(world), DefinitionPatch(is_enabled=True), PARTY.id)
    while await own.run():
        pass
    held = (await stored(world)).held(PARTY.id)
    assert held is not None
    assert held.value == TextValue("Democrat")


async def test_what_waited_for_the_crm_is_written_once_its_attribute_is_restored(
    crm: Asking, world: World, demo: RunningCrm
) -> None:
    await crm.connect(over_http(demo))
    waiting = from_crm("party", TextValue("Whig"), None, sync=CrmSync(SyncState.PENDING, None, "Democrat"))
    await world.add_contacts(a_caller(None, waiting, validation=found()))
    await set_archived(await admin(world), PARTY.id)
    own = worker(crm)
    for _ in range(2):
        await own.run()
    assert demo.held(MARIAS_ID)["party"] == "Democrat"
    # It does not wait for what cannot be.
    assert (await own.run(), [each for each in await crm.tasks() if "due" in each]) == (0, [])
    await set_archived(await admin(world), PARTY.id, archived=False)
    await own.run()
    assert demo.held(MARIAS_ID)["party"] == "Whig"
    held = (await stored(world)).held(PARTY.id)
    assert held is not None
    assert held.sync is not None
    assert held.sync.state is SyncState.IN_SYNC


async def test_another_organizations_definitions_are_its_own(crm: Asking, world: World) -> None:
    theirs = await definitions.update(
        await crm.context("eve", "other"),
        definition_id=PHONE.id,
        patch=DefinitionPatch(is_look_up=False),
        version=None,
        is_dry_run=False,
        idempotency_key=None,
    )
    assert not isinstance(theirs, DefinitionChanged)
    assert await swept(world) == []
