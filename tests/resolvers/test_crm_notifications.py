"""The CRM tells that records have changed: who is believed, and which contacts are looked up again."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from crm.http_client import HttpClient
from crm.signatures import SIGNATURE, TIMESTAMP, TOLERANCE, sign
from crm.vault import NO_KEYS, Vault
from domain.contacts import NEVER_ASKED
from domain.crm_settings import Connection, DirectoryConnection, HubSpotConnection, Sealed
from persistence.organizations import OrganizationStore
from resolvers.crm_notifications import (
    MOST_RECORDS,
    NotificationPostponed,
    NotificationResult,
    NotificationTaken,
    NotificationUnreadable,
    NotificationUnsigned,
    take,
)
from tests.conftest import World
from tests.crm.serving import KEY, RunningCrm
from tests.resolvers.changing import NOW
from tests.resolvers.crm_asking import VAULT, Asking, a_caller, asking, found, over_http

ANOTHER_KEY = "00" * 16
TOLD = {"recordIds": ["r1", "r2", "nobody's"]}


@pytest.fixture
async def crm(world: World, client: HttpClient, demo: RunningCrm) -> Any:
    async with asking(world, client) as made:
        await made.connect(over_http(demo))
        await made.connect(over_http(demo), "other")
        own = [a_caller(contact_id=f"c{n}", validation=found(f"r{n}")) for n in range(1, 4)]
        await world.add_contacts(*own, a_caller(contact_id="c9", validation=NEVER_ASKED))
        await world.add_contacts(a_caller(contact_id="theirs", validation=found("r1")), organization_id="other")
        yield made


def body_of(told: object) -> bytes:
    return json.dumps(told).encode()


async def notify(
    crm: Asking,
    body: bytes,
    headers: dict[str, str] | None = None,
    *,
    vault: Vault = VAULT,
    organization_id: str = "acme",
) -> NotificationResult:
    directory = await OrganizationStore(crm.world.driver).directory(organization_id)
    stores = crm.world.stores(organization_id)
    return await take(directory, stores, vault, sign(KEY, body, NOW) if headers is None else headers, body, NOW)


async def due(crm: Asking) -> list[str]:
    return [each["_id"] for each in await crm.tasks() if "lookUpDue" in each and each["due"] == each["lookUpDue"]]


async def test_the_contacts_of_the_records_are_looked_up_again(crm: Asking) -> None:
    assert await notify(crm, body_of(TOLD)) == NotificationTaken(2)
    # Neither another organization's contact of the same record.
    assert await due(crm) == ["c1", "c2"]


async def test_the_same_notification_does_nothing_again(crm: Asking) -> None:
    body = body_of(TOLD)
    await notify(crm, body)
    before = await crm.world.snapshot()
    assert await notify(crm, body) == NotificationTaken(0)
    # Spelled otherwise, the signature is the same.
    headers = {name: value.upper() for name, value in sign(KEY, body, NOW).items()}
    assert await notify(crm, body, headers) == NotificationTaken(0)
    assert await crm.world.snapshot() == before
    # At another moment it is another one; to another organization too.
    assert await notify(crm, body, sign(KEY, body, NOW + timedelta(seconds=1))) == NotificationTaken(2)
    assert await notify(crm, body, organization_id="other") == NotificationTaken(1)
    assert await due(crm) == ["c1", "c2", "theirs"]


async def test_of_the_same_one_twice_at_once_one_counts(crm: Asking) -> None:
    body = body_of(TOLD)
    results = await asyncio.gather(*(notify(crm, body) for _ in range(3)))
    assert sorted(each.contacts for each in results if isinstance(each, NotificationTaken)) == [0, 0, 2]


async def test_a_notification_of_nobody_is_taken(crm: Asking) -> None:
    assert await notify(crm, body_of({"recordIds": []})) == NotificationTaken(0)
    assert await notify(crm, body_of({"recordIds": ["nobody's"], "more": 1})) == NotificationTaken(0)
    assert await due(crm) == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        sign(ANOTHER_KEY, body_of(TOLD), NOW),
        sign(KEY, body_of({}), NOW),
        sign(KEY, body_of(TOLD), NOW - TOLERANCE - timedelta(seconds=1)),
        sign(KEY, body_of(TOLD), NOW + TOLERANCE + timedelta(seconds=1)),
        {**sign(KEY, body_of(TOLD), NOW), TIMESTAMP: str(int(NOW.timestamp()) + 1)},
        {**sign(KEY, body_of(TOLD), NOW), SIGNATURE: "nonsense"},
    ],
)
async def test_nobody_else_is_believed(crm: Asking, headers: dict[str, str]) -> None:
    before = await crm.world.snapshot()
    assert await notify(crm, body_of(TOLD), headers) == NotificationUnsigned()
    assert await crm.world.snapshot() == before


@pytest.mark.parametrize("connection", [None, DirectoryConnection(), HubSpotConnection(Sealed("sealed"))])
async def test_only_a_crm_of_ones_own_notifies(crm: Asking, connection: Connection | None) -> None:
    await crm.connect(connection)
    before = await crm.world.snapshot()
    assert await notify(crm, body_of(TOLD)) == NotificationUnsigned()
    assert await crm.world.snapshot() == before


@pytest.mark.parametrize("vault", [NO_KEYS, Vault([Fernet.generate_key().decode()])])
async def test_without_the_key_nobody_can_be_believed_yet(crm: Asking, vault: Vault) -> None:
    before = await crm.world.snapshot()
    assert await notify(crm, body_of(TOLD), vault=vault) == NotificationPostponed()
    assert await crm.world.snapshot() == before


async def test_an_organization_that_is_not_there_is_told_of_alike(crm: Asking) -> None:
    assert await notify(crm, body_of(TOLD), organization_id="nobody") == NotificationUnsigned()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        *map(
            body_of,
            [
                [],
                ["r1"],
                None,
                {},
                {"recordIds": None},
                {"recordIds": "r1"},
                {"recordIds": {"$gt": ""}},
                {"recordIds": ["r1", 2]},
                {"recordIds": [{"$gt": ""}]},
                {"recordIds": ["r1"] * (MOST_RECORDS + 1)},
            ],
        ),
    ],
)
async def test_what_cannot_be_read_changes_nothing(crm: Asking, body: bytes) -> None:
    before = await crm.world.snapshot()
    assert await notify(crm, body) == NotificationUnreadable()
    assert await crm.world.snapshot() == before


async def test_as_many_records_as_are_allowed(crm: Asking) -> None:
    told = {"recordIds": [f"r{n}" for n in range(MOST_RECORDS)]}
    assert await notify(crm, body_of(told)) == NotificationTaken(3)
