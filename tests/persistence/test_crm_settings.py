"""How an organization is connected to its CRM, how that has fared, and what it was told: kept as it was given."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given

from domain.attributes import SyncState
from domain.contacts import ContactValidation, LookUpOutcome, Network
from domain.crm import FailureReason
from domain.crm_settings import (
    NO_CRM,
    CrmSettings,
    DirectoryConnection,
    HttpConnection,
    HubSpotConnection,
    Sealed,
)
from domain.crm_tasks import NEVER_CALLED, CrmHealth
from domain.values import SelectValue
from persistence.crm_documents import from_crm_settings, to_crm_settings
from persistence.names import CRM_HEALTH, CRM_NOTIFICATIONS
from persistence.organizations import OrganizationStore
from persistence.stores import Changes
from tests.builders import MORNING, a_contact, held
from tests.conftest import World
from tests.persistence.strategies import crm_settings, through_bson

HTTP = HttpConnection("https://crm.example/look-up", Sealed("sealed"), "id", "https://crm.example/write")
SETTINGS = CrmSettings(3, HTTP, ((Network.TWITTER, "twitter_id"),), is_automatic=True, refresh_after=timedelta(hours=2))


@given(crm_settings)
def test_settings_are_read_as_they_were_kept(settings: CrmSettings) -> None:
    assert to_crm_settings(through_bson(from_crm_settings(settings))) == settings


def test_every_field_of_the_settings_is_kept() -> None:
    full = replace(HTTP, name_alias="name", updated_at_alias="at", record_url="https://{id}", takes_several=True)
    document = from_crm_settings(replace(SETTINGS, connection=full))
    assert len(document) == len(fields(CrmSettings))
    # And of which kind it is.
    assert len(document["connection"]) == len(fields(HttpConnection)) + 1


def test_an_organization_without_settings_has_no_crm_and_an_unknown_kind_is_not_taken_for_another() -> None:
    assert to_crm_settings(None) == NO_CRM
    document = from_crm_settings(replace(NO_CRM, connection=DirectoryConnection()))
    document["connection"]["kind"] = "TELEX"
    with pytest.raises(ValueError, match="«TELEX» is no kind"):
        to_crm_settings(document)


@pytest.mark.parametrize("connection", [HTTP, HubSpotConnection(Sealed("s"), "47"), DirectoryConnection(), None])
async def test_settings_are_the_organizations_own(world: World, connection: HttpConnection | None) -> None:
    settings = replace(SETTINGS, connection=connection)

    async def work(changes: Changes) -> CrmSettings:
        before = await changes.crm_settings.find()
        await changes.crm_settings.put(settings)
        # As tasks are entered by, from now on in this transaction too.
        assert await changes.crm_settings.find() == settings
        return before

    assert await world.stores().transact(work) == NO_CRM
    organizations = OrganizationStore(world.driver)
    acme, other = [await organizations.directory(each) for each in ("acme", "other")]
    assert acme is not None
    assert other is not None
    assert (acme.crm, other.crm) == (settings, NO_CRM)


async def test_text_that_looks_like_an_expression_is_kept_as_text(world: World) -> None:
    settings = replace(SETTINGS, connection=replace(HTTP, name_alias="$$NOW", record_id_alias="$org"))
    await world.stores().transact(lambda changes: changes.crm_settings.put(settings))
    assert await world.stores().transact(lambda changes: changes.crm_settings.find()) == settings


async def test_of_an_organization_that_is_gone_there_are_no_settings(world: World) -> None:
    assert await world.stores("nobody").transact(lambda changes: changes.crm_settings.find()) == NO_CRM


async def test_settings_that_are_broken_off_are_not_kept(world: World) -> None:
    before = await world.snapshot()

    async def fails(changes: Changes) -> None:
        await changes.crm_settings.put(SETTINGS)
        await changes.crm_settings.take_notification("s", MORNING)
        raise RuntimeError("Broken off.")

    with pytest.raises(RuntimeError, match="Broken off"):
        await world.stores().transact(fails)
    assert await world.snapshot() == before


# How it has fared


@pytest.mark.parametrize(
    "health",
    [
        NEVER_CALLED,
        CrmHealth(MORNING),
        CrmHealth(MORNING, MORNING, FailureReason.RATE_LIMITED, "Slow down.", MORNING + timedelta(minutes=1)),
    ],
)
async def test_how_it_fares_is_kept_in_the_place_of_what_was_known(world: World, health: CrmHealth) -> None:
    store = world.stores().crm
    assert await store.health() == NEVER_CALLED
    await store.keep_health(CrmHealth(MORNING, MORNING, FailureReason.TIMED_OUT, "Slow.", MORNING))
    await store.keep_health(health)
    # When it was the other way round last is known still.
    known = replace(health, succeeded_at=health.succeeded_at or MORNING, failed_at=health.failed_at or MORNING)
    assert await store.health() == known
    assert await world.stores("other").crm.health() == NEVER_CALLED
    assert len((await world.snapshot())[CRM_HEALTH]) == 1


async def test_contacts_are_counted_that_the_crm_has_not_heard_of_all(world: World) -> None:
    pending = held("segment", SelectValue("size-s"), sync=SyncState.PENDING)
    known = ContactValidation(LookUpOutcome.FOUND, MORNING, "r-1")
    own = CrmSettings(1, DirectoryConnection(), is_automatic=True)

    async def work(changes: Changes) -> None:
        await changes.crm_settings.put(own)
        for number in range(5):
            values = (pending,) if number < 3 else ()
            await changes.contacts.insert(a_contact(f"c{number}", values=values, validation=known))
        await changes.crm.write_at("c1", MORNING + timedelta(days=9_999), 1)

    await world.stores().transact(work)
    assert (await world.stores().crm.count_writes(), await world.stores("other").crm.count_writes()) == (3, 0)


# What it was told


async def test_a_notification_is_taken_once_by_each_organization(world: World) -> None:
    async def take(organization_id: str, signature: str = "s") -> bool:
        return await world.stores(organization_id).transact(
            lambda changes: changes.crm_settings.take_notification(signature, MORNING)
        )

    assert sorted(await asyncio.gather(*(take("acme") for _ in range(5)))) == [False] * 4 + [True]
    assert [await take("acme"), await take("other"), await take("acme", "t")] == [False, True, True]
    kept = (await world.snapshot())[CRM_NOTIFICATIONS]
    assert {each["_id"]: each["at"] for each in kept} == dict.fromkeys(["acme:s", "acme:t", "other:s"], MORNING)
