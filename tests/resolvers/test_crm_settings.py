"""How the organization is connected to its CRM: changed and tried by admins, with credentials that nobody can read."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from crm.connector import Connector
from crm.demo_faults import Switches
from crm.directory import DirectoryConnector
from crm.http_client import HttpClient
from crm.http_connector import HttpConnector
from crm.vault import NO_KEYS, Vault
from domain.agents import Organization, Plan, Role
from domain.attributes import CrmSync, SyncState
from domain.capabilities import PLANS_WITH, Barrier, Capability, Forbidden
from domain.contacts import Network
from domain.crm import CrmRecord, FailureReason
from domain.crm_settings import (
    NO_CRM,
    Connection,
    ConnectionTested,
    CrmSettings,
    CrmSettingsChanged,
    DirectoryConnection,
    HttpConnection,
    HubSpotConnection,
    Sealed,
    StaleCrmSettings,
)
from domain.crm_tasks import NEVER_CALLED, CrmHealth
from domain.outcomes import ErrorCode, Invalid, KeyReused
from domain.values import TextValue
from persistence.names import ANSWERS
from persistence.organizations import OrganizationStore
from resolvers import crm_settings
from resolvers.context import Context
from resolvers.crm_connections import Connections
from resolvers.crm_settings import LONGEST_TOKEN, CrmPatch, GivenConnection
from tests.builders import MORNING, an_agent, an_organization
from tests.conftest import World
from tests.crm.serving import KEY, RunningCrm
from tests.resolvers.changing import NOW
from tests.resolvers.crm_asking import VAULT, Asking, a_caller, asking, found, from_crm, over_http

TOKEN, SECRET = "pat-na1-5f1d7a84-secret-token", "0123456789abcdef" * 4
NONE = Sealed("")
HTTP = HttpConnection("https://crm.example.com/look-up", NONE, "id", "https://crm.example.com/write")
HUBSPOT = HubSpotConnection(NONE, "12345678")
LIST = DirectoryConnection()
BY_HTTP, BY_HUBSPOT, BY_LIST = GivenConnection(HTTP, SECRET), GivenConnection(HUBSPOT, TOKEN), GivenConnection(LIST)
AT_SECRET = ("input", "connection", "http", "secret")
AT_TOKEN = ("input", "connection", "hubSpot", "token")
OTHER_VAULT = Vault([Fernet.generate_key().decode()])


@pytest.fixture
async def crm(world: World, client: HttpClient) -> AsyncIterator[Asking]:
    async with asking(world, client) as made:
        yield made


async def admin(crm: Asking, vault: Vault = VAULT) -> Context:
    return replace(await crm.context("ada"), vault=vault)


async def change(context: Context, patch: CrmPatch, *, version: int | None = None, key: str | None = None) -> object:
    return await crm_settings.change(context, patch=patch, version=version, idempotency_key=key)


async def settled(context: Context, patch: CrmPatch, **given: Any) -> CrmSettings:
    """Make a change that is accepted; returns the settings after it."""
    result = await change(context, patch, **given)
    assert isinstance(result, CrmSettingsChanged), result
    return result.settings


async def kept(crm: Asking, organization_id: str = "acme") -> CrmSettings:
    directory = await OrganizationStore(crm.world.driver).directory(organization_id)
    assert directory is not None
    return directory.crm


def opened(settings: CrmSettings) -> Connection | None:
    """Return the connection with its credential opened."""
    match settings.connection:
        case HttpConnection() as connection:
            return replace(connection, secret=Sealed(VAULT.open(connection.secret)))
        case HubSpotConnection() as connection:
            return replace(connection, token=Sealed(VAULT.open(connection.token)))
        case other:
            return other


@pytest.mark.parametrize(
    ("given", "connection"),
    [
        (BY_HTTP, replace(HTTP, secret=Sealed(SECRET))),
        (BY_HUBSPOT, replace(HUBSPOT, token=Sealed(TOKEN))),
        (BY_LIST, LIST),
    ],
)
async def test_each_kind_of_connection_is_kept(crm: Asking, given: GivenConnection, connection: Connection) -> None:
    told: list[str] = []
    context = replace(await admin(crm), definitions_changed=lambda: told.append("changed"))
    patch = CrmPatch(given, ((Network.TWITTER, "twitter_id"),), is_automatic=True, refresh_after=timedelta(hours=6))
    settings = await settled(context, patch, version=0)
    expected = CrmSettings(1, connection, ((Network.TWITTER, "twitter_id"),), True, timedelta(hours=6))
    assert replace(settings, connection=opened(settings)) == expected
    assert (await kept(crm), told) == (settings, ["changed"])
    assert await kept(crm, "other") == NO_CRM
    # Every contact has to be entered anew.
    [acme, other] = (await crm.world.snapshot())["organizations"]
    assert ("crmSweep" in acme, "crmSweep" in other) == (True, False)


async def test_what_is_not_given_stays(crm: Asking) -> None:
    patch = CrmPatch(BY_HTTP, ((Network.TWITTER, "twitter_id"),), is_automatic=True, refresh_after=timedelta(hours=6))
    before = await settled(await admin(crm), patch)
    changes: list[tuple[dict[str, Any], CrmPatch]] = [
        ({"refresh_after": timedelta(hours=7)}, CrmPatch(refresh_after=timedelta(hours=7))),
        ({"is_automatic": False}, CrmPatch(is_automatic=False)),
        ({"identity_aliases": ()}, CrmPatch(identity_aliases=())),
        ({"connection": LIST}, CrmPatch(BY_LIST)),
        ({"connection": None}, CrmPatch(None)),
    ]
    for changed, each in changes:
        after = await settled(await admin(crm), each, version=before.version)
        assert after == replace(before, version=before.version + 1, **changed)
        assert await kept(crm) == after
        before = after


async def test_what_is_as_it_was_is_no_change(crm: Asking) -> None:
    patch = CrmPatch(BY_HUBSPOT, refresh_after=timedelta(hours=6))
    first = await settled(await admin(crm), patch)
    before = await crm.world.snapshot()
    # The same credential too, although it would be sealed otherwise.
    for each in (patch, CrmPatch(), CrmPatch(GivenConnection(HUBSPOT)), CrmPatch(BY_HUBSPOT)):
        assert await settled(await admin(crm), each) == first
    assert await crm.world.snapshot() == before


@pytest.mark.parametrize(("given", "name"), [(BY_HTTP, "secret"), (BY_HUBSPOT, "token")])
async def test_a_credential_that_is_not_given_is_kept(crm: Asking, given: GivenConnection, name: str) -> None:
    first = await settled(await admin(crm), CrmPatch(given))
    part: dict[str, Any] = {"record_id_alias": "number"} if name == "secret" else {"portal_id": None}
    other = GivenConnection(replace(given.connection, **part))
    second = await settled(await admin(crm), CrmPatch(other))
    assert first.connection is not None
    assert second == CrmSettings(2, replace(first.connection, **part))
    # Also where there is no key to open it with.
    third = await settled(await admin(crm, NO_KEYS), CrmPatch(GivenConnection(given.connection)))
    assert third.connection == first.connection


async def test_another_credential_takes_its_place(crm: Asking) -> None:
    await settled(await admin(crm), CrmPatch(BY_HTTP))
    second = await settled(await admin(crm), CrmPatch(GivenConnection(HTTP, "ff" * 16)))
    assert (second.version, opened(second)) == (2, replace(HTTP, secret=Sealed("ff" * 16)))


async def test_one_that_cannot_be_opened_any_more_is_given_anew(crm: Asking) -> None:
    """Its key was lost: the same text is a change now."""
    lost = await settled(await admin(crm, OTHER_VAULT), CrmPatch(BY_HTTP))
    found_again = await settled(await admin(crm), CrmPatch(BY_HTTP))
    assert (lost.version, found_again.version) == (1, 2)
    assert opened(found_again) == replace(HTTP, secret=Sealed(SECRET))


@pytest.mark.parametrize("given", [BY_HTTP, BY_HUBSPOT])
async def test_credentials_are_nowhere_to_be_read(
    crm: Asking, given: GivenConnection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    context = await admin(crm)
    patch = CrmPatch(given)
    await settled(context, patch, key="k1")
    await change(context, patch, version=7, key="k2")
    await crm_settings.test(context, given, None)
    assert given.credential is not None
    snapshot = await crm.world.snapshot()
    assert len(snapshot[ANSWERS]) == 1
    for text in (str(snapshot), caplog.text, repr(patch)):
        assert given.credential not in text


# What is refused: nothing is written.


async def refused(crm: Asking, patch: CrmPatch, *, vault: Vault = VAULT, version: int | None = None) -> Invalid:
    before = await crm.world.snapshot()
    result = await change(await admin(crm, vault), patch, version=version, key="k1")
    assert await crm.world.snapshot() == before
    assert isinstance(result, Invalid), result
    return result


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        (GivenConnection(HTTP), ErrorCode.NOT_A_CREDENTIAL, AT_SECRET),
        (GivenConnection(HUBSPOT), ErrorCode.NOT_A_CREDENTIAL, AT_TOKEN),
        (GivenConnection(HTTP, ""), ErrorCode.NOT_A_CREDENTIAL, AT_SECRET),
        (GivenConnection(HTTP, "0" * 31), ErrorCode.NOT_A_CREDENTIAL, AT_SECRET),
        (GivenConnection(HTTP, "xy" * 16), ErrorCode.NOT_A_CREDENTIAL, AT_SECRET),
        (GivenConnection(HUBSPOT, " "), ErrorCode.BLANK, AT_TOKEN),
        (GivenConnection(HUBSPOT, "t" * (LONGEST_TOKEN + 1)), ErrorCode.TOO_LONG, AT_TOKEN),
        (GivenConnection(HUBSPOT, "t\x00"), ErrorCode.FORBIDDEN_CHARACTER, AT_TOKEN),
        (GivenConnection(replace(HTTP, look_up_url="x"), SECRET), ErrorCode.NOT_A_URL, (*AT_SECRET[:3], "lookUpUrl")),
        (GivenConnection(replace(HUBSPOT, portal_id="x"), TOKEN), ErrorCode.NOT_A_NUMBER, (*AT_TOKEN[:3], "portalId")),
    ],
)
async def test_a_connection_that_cannot_be(
    crm: Asking, given: GivenConnection, code: ErrorCode, path: tuple[str, ...]
) -> None:
    result = await refused(crm, CrmPatch(given))
    assert (result.code, result.path) == (code, path)
    # Trying it says the same.
    assert await crm_settings.test(await admin(crm), given, None) == result


async def test_a_credential_of_another_kind_is_none(crm: Asking) -> None:
    await settled(await admin(crm), CrmPatch(BY_HTTP))
    assert (await refused(crm, CrmPatch(GivenConnection(HUBSPOT)))).path == AT_TOKEN
    await settled(await admin(crm), CrmPatch(BY_HUBSPOT))
    assert (await refused(crm, CrmPatch(GivenConnection(HTTP)))).path == AT_SECRET


@pytest.mark.parametrize(("given", "path"), [(BY_HTTP, AT_SECRET), (BY_HUBSPOT, AT_TOKEN)])
async def test_without_a_key_no_credential_is_kept(crm: Asking, given: GivenConnection, path: tuple[str, ...]) -> None:
    result = await refused(crm, CrmPatch(given), vault=NO_KEYS)
    assert (result.code, result.path) == (ErrorCode.NO_CRM_KEY, path)
    # A customer list needs none.
    assert (await settled(await admin(crm, NO_KEYS), CrmPatch(BY_LIST))).connection == LIST


async def test_other_settings_that_cannot_be(crm: Asking) -> None:
    result = await refused(crm, CrmPatch(refresh_after=timedelta(minutes=59)))
    assert (result.code, result.path) == (ErrorCode.TOO_SMALL, ("input", "refreshHours"))
    result = await refused(crm, CrmPatch(identity_aliases=((Network.EMAIL, ""),)))
    assert (result.code, result.path) == (ErrorCode.BLANK, ("input", "identityAliases", "0", "alias"))


async def test_whoever_saw_older_settings_changes_nothing(crm: Asking) -> None:
    current = await settled(await admin(crm), CrmPatch(BY_LIST))
    before = await crm.world.snapshot()
    context = await admin(crm)
    for version in (0, 2):
        result = await change(context, CrmPatch(is_automatic=True), version=version, key="k1")
        assert result == StaleCrmSettings(current)
    assert await crm.world.snapshot() == before


async def test_of_two_who_change_at_once_both_are_heard(crm: Asking) -> None:
    contexts = [await admin(crm), await admin(crm)]
    patches = [CrmPatch(BY_LIST), CrmPatch(is_automatic=True)]
    await asyncio.gather(*(settled(each, patch) for each, patch in zip(contexts, patches, strict=True)))
    assert await kept(crm) == CrmSettings(2, LIST, is_automatic=True)


async def test_an_agent_changes_and_tries_nothing(crm: Asking) -> None:
    before = await crm.world.snapshot()
    context = await crm.context()
    expected = Forbidden(Capability.MANAGE_CRM, Barrier.ROLE)
    assert await change(context, CrmPatch(BY_HTTP), key="k1") == expected
    assert [await crm_settings.test(context, each, None) for each in (None, BY_HTTP)] == [expected, expected]
    assert await crm.world.snapshot() == before


@pytest.mark.parametrize("plan", [each for each in Plan if each not in PLANS_WITH[Capability.MANAGE_CRM]])
async def test_a_plan_without_crm_has_none(crm: Asking, plan: Plan) -> None:
    agent = an_agent("pat", organization_id="planned", role=Role.ADMIN)
    await crm.world.add_organization(an_organization("planned", plan=plan), [agent], [])
    before = await crm.world.snapshot()
    context = await crm.context("pat", "planned")
    expected = Forbidden(Capability.MANAGE_CRM, Barrier.PLAN)
    assert [await change(context, CrmPatch(BY_LIST)), await crm_settings.test(context, BY_LIST, None)] == [expected] * 2
    assert await crm.world.snapshot() == before


async def test_a_change_that_is_repeated_is_made_once(crm: Asking) -> None:
    patch = CrmPatch(BY_HTTP, ((Network.TWITTER, "twitter_id"),), refresh_after=timedelta(hours=6))
    first = await change(await admin(crm), patch, version=0, key="k1")
    assert isinstance(first, CrmSettingsChanged)
    await settled(await admin(crm), CrmPatch(is_automatic=True))
    before = await crm.world.snapshot()
    context = await admin(crm)
    assert await change(context, patch, version=0, key="k1") == first
    others = [
        replace(patch, connection=GivenConnection(HTTP, "ff" * 16)),
        replace(patch, connection=None),
        replace(patch, refresh_after=timedelta(hours=7)),
        CrmPatch(BY_HTTP),
    ]
    assert [await change(context, each, version=0, key="k1") for each in others] == [KeyReused()] * 4
    assert await change(context, patch, key="k1") == KeyReused()
    assert await crm.world.snapshot() == before


# Trying a connection.


@dataclass(slots=True)
class Trying:
    """Connections to real CRMs, which notice what was opened and closed."""

    client: HttpClient
    world: World
    open: list[Connector] = field(default_factory=list)
    made: int = 0

    def make(self, organization: Organization, connection: Connection) -> Connector:
        self.made += 1
        trying = self
        if isinstance(connection, HttpConnection):

            class Noticed(HttpConnector):
                async def close(self) -> None:
                    trying.open.remove(self)

            noticed: Connector = Noticed(connection, VAULT.open(connection.secret), self.client)
        else:

            class NoticedList(DirectoryConnector):
                async def close(self) -> None:
                    trying.open.remove(self)

            noticed = NoticedList(self.world.stores(organization.id).crm_records, organization.region)
        self.open.append(noticed)
        return noticed


@pytest.fixture
async def trying(world: World, client: HttpClient) -> Trying:
    return Trying(client, world)


async def tried(
    crm: Asking, trying: Trying, given: GivenConnection | None, vault: Vault = VAULT
) -> ConnectionTested | Forbidden | Invalid | KeyReused:
    """Try a connection: nothing is changed by it, and nothing left open."""
    before = await crm.world.snapshot()
    context = replace(await admin(crm, vault), connections=Connections(trying.make))
    result = await crm_settings.test(context, given, None)
    assert (await crm.world.snapshot(), trying.open) == (before, [])
    return result


def over(demo: RunningCrm, key: str = KEY) -> GivenConnection:
    return GivenConnection(demo.connection, key)


async def test_a_connection_that_works(crm: Asking, trying: Trying, demo: RunningCrm) -> None:
    assert await tried(crm, trying, over(demo)) == ConnectionTested(None)
    assert (trying.made, demo.asked()) == (1, 1)


async def test_the_kept_connection_is_tried_with_its_credential(crm: Asking, trying: Trying, demo: RunningCrm) -> None:
    await crm.connect(over_http(demo))
    assert await tried(crm, trying, None) == ConnectionTested(None)
    # And what is given in its place, with the credential that is there.
    assert await tried(crm, trying, GivenConnection(demo.connection)) == ConnectionTested(None)
    assert (trying.made, demo.asked()) == (2, 2)


@pytest.mark.parametrize(
    ("switches", "reason"),
    [
        (Switches(status=503), FailureReason.SERVER_ERROR),
        (Switches(status=429), FailureReason.RATE_LIMITED),
        (Switches(status=403), FailureReason.UNAUTHORIZED),
    ],
)
async def test_a_connection_that_fails_says_why(
    crm: Asking, trying: Trying, demo: RunningCrm, switches: Switches, reason: FailureReason
) -> None:
    demo.crm.switches = switches
    result = await tried(crm, trying, over(demo))
    assert isinstance(result, ConnectionTested)
    assert result.failed is not None
    assert result.failed.reason is reason


async def test_a_crm_that_refuses_the_credential(crm: Asking, trying: Trying, demo: RunningCrm) -> None:
    result = await tried(crm, trying, over(demo, "ab" * 16))
    assert isinstance(result, ConnectionTested)
    assert result.failed is not None
    assert result.failed.reason is FailureReason.UNAUTHORIZED
    assert "ab" * 16 not in result.failed.message


async def test_a_customer_list_is_tried_too(crm: Asking, trying: Trying) -> None:
    empty = await tried(crm, trying, BY_LIST)
    assert isinstance(empty, ConnectionTested)
    assert empty.failed is not None
    assert empty.failed.reason is FailureReason.REFUSED
    record = CrmRecord("7", {"phone": "202-224-3441"})
    await crm.world.stores().transact(lambda changes: changes.crm_records.put_many([record], "US", MORNING))
    assert await tried(crm, trying, BY_LIST) == ConnectionTested(None)


async def test_a_credential_that_cannot_be_opened_says_so(crm: Asking, trying: Trying, demo: RunningCrm) -> None:
    sealed = OTHER_VAULT.seal(KEY)
    assert sealed is not None
    await crm.connect(replace(demo.connection, secret=sealed))
    result = await tried(crm, trying, None)
    assert isinstance(result, ConnectionTested)
    assert result.failed is not None
    assert result.failed.reason is FailureReason.REFUSED
    assert "CONTACT_GRAPH_CRM_KEYS" in result.failed.message
    assert demo.asked() == 0


async def test_what_breaks_off_is_closed_too(crm: Asking, trying: Trying, demo: RunningCrm) -> None:
    demo.crm.switches = Switches(is_hanging=True)
    context = replace(await admin(crm), connections=Connections(trying.make))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await crm_settings.test(context, over(demo), None)
    assert (trying.made, trying.open) == (1, [])


async def test_without_a_connection_there_is_nothing_to_try(crm: Asking, trying: Trying) -> None:
    result = await tried(crm, trying, None)
    assert isinstance(result, Invalid)
    assert (result.code, result.path, trying.made) == (ErrorCode.NO_CRM, ("input", "connection"), 0)


async def test_a_trial_that_is_repeated_is_made_once(crm: Asking, trying: Trying, demo: RunningCrm) -> None:
    """Nothing is changed by it; but what it came to is told again, and asks nobody."""
    context = replace(await admin(crm), connections=Connections(trying.make))
    first = await crm_settings.test(context, over(demo), "k1")
    demo.crm.switches = Switches(status=503)
    assert await crm_settings.test(context, over(demo), "k1") == first == ConnectionTested(None)
    assert await crm_settings.test(context, over(demo, "ab" * 16), "k1") == KeyReused()
    assert await crm_settings.test(context, None, "k1") == KeyReused()
    assert (demo.asked(), trying.open) == (1, [])
    assert KEY not in str(await crm.world.snapshot())


# What admins are shown.


async def test_how_it_fares_is_shown(crm: Asking) -> None:
    context = await admin(crm)
    assert await crm_settings.health(context) == NEVER_CALLED
    assert (await crm_settings.directory_size(context), await crm_settings.writes_waiting(context)) == (0, 0)
    stores = crm.world.stores()
    await stores.crm.keep_health(CrmHealth(succeeded_at=NOW))
    records = [CrmRecord(each, {"phone": each}) for each in ("1", "2")]
    await stores.transact(lambda changes: changes.crm_records.put_many(records, "US", MORNING))
    await crm.connect(LIST)
    pending = from_crm("party", TextValue("Whig"), None, sync=CrmSync(SyncState.PENDING, None))
    contact = a_caller(None, pending, validation=found("1"))
    await crm.world.add_contacts(contact)
    await stores.transact(lambda changes: changes.contacts.put(contact))
    assert await crm_settings.health(context) == CrmHealth(succeeded_at=NOW)
    assert (await crm_settings.directory_size(context), await crm_settings.writes_waiting(context)) == (2, 1)
    theirs = replace(await crm.context("eve", "other"))
    assert await crm_settings.health(theirs) == NEVER_CALLED
    assert (await crm_settings.directory_size(theirs), await crm_settings.writes_waiting(theirs)) == (0, 0)
