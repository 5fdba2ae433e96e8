"""How a connection to a CRM fares is kept when it changes, and not with each call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from crm.demo_faults import Switches
from crm.http_client import HttpClient
from crm.http_connector import HttpConnector
from domain.crm import CrmFailed, FailureReason, FieldWrite, LookUpQuery, RecordFound, RecordMissing, RecordWritten
from domain.crm_settings import HttpConnection
from domain.crm_tasks import NEVER_CALLED, CrmHealth
from persistence.crm_settings import CrmConnectionStore
from persistence.names import CRM_HEALTH
from resolvers.crm_health import Recorded
from tests.conftest import Commands, World
from tests.crm.serving import KEY, MARIA, RunningCrm
from tests.resolvers.changing import NOW
from tests.resolvers.crm_asking import MARIAS_ID

QUERY, UNKNOWN = LookUpQuery({"phone": str(MARIA["phone"])}), LookUpQuery({"phone": "202-555-0100"})
WRITE = FieldWrite("k1", MARIAS_ID, {"party": "Whig"}, {"party": "Democrat"})
DOWN = Switches(status=503)


def recorded(world: World, demo: RunningCrm, client: HttpClient, connection: HttpConnection | None = None) -> Recorded:
    connector = HttpConnector(connection or demo.connection, KEY, client)
    return Recorded(connector, world.stores().crm.keep_health, lambda: NOW)


async def kept(world: World) -> CrmHealth:
    return await CrmConnectionStore(world.driver, "acme").health()


async def test_every_call_is_made_and_answered_as_the_crm_does(
    world: World, demo: RunningCrm, client: HttpClient
) -> None:
    assert await kept(world) == NEVER_CALLED
    health = recorded(world, demo, client)
    assert await health.check() is None
    [found, missing] = await health.look_up([QUERY, UNKNOWN], {"party"})
    assert isinstance(found, RecordFound)
    assert (found.record.id, found.record.fields, missing) == (MARIAS_ID, {"party": "Democrat"}, RecordMissing())
    read = await health.read([MARIAS_ID], {"state"})
    assert not isinstance(read, CrmFailed)
    assert read[MARIAS_ID].fields == {"state": "WA"}
    assert isinstance(await health.write(WRITE), RecordWritten)
    assert await kept(world) == CrmHealth(succeeded_at=NOW)
    await health.close()


async def test_that_nothing_has_changed_is_kept_now_and_then(
    world: World, demo: RunningCrm, client: HttpClient, commands: Commands
) -> None:
    health = recorded(world, demo, client)
    moment = NOW
    health.clock = lambda: moment
    await health.check()
    commands.clear()
    moment = NOW + timedelta(seconds=29)
    await health.check()
    await health.read([MARIAS_ID], ())
    assert commands.names() == []
    moment = NOW + timedelta(seconds=30)
    await health.check()
    assert commands.names() == ["update"]
    assert await kept(world) == CrmHealth(succeeded_at=moment)


async def test_a_failure_and_its_end_are_kept_at_once(
    world: World, demo: RunningCrm, client: HttpClient, commands: Commands
) -> None:
    health = recorded(world, demo, client)
    moment = NOW
    health.clock = lambda: moment
    await health.check()
    moment = NOW + timedelta(seconds=1)
    demo.crm.switches = Switches(status=503, retry_after="2")
    await health.look_up([QUERY], ())
    failed = await kept(world)
    assert failed.message is not None
    expected = CrmHealth(NOW, moment, FailureReason.SERVER_ERROR, failed.message, moment + timedelta(seconds=2))
    assert failed == expected
    # The same failure again is none, another one is.
    commands.clear()
    moment = NOW + timedelta(seconds=2)
    assert isinstance(await health.read([MARIAS_ID], ()), CrmFailed)
    assert commands.names() == []
    demo.crm.switches = Switches(status=401)
    assert isinstance(await health.write(WRITE), CrmFailed)
    now = await kept(world)
    assert (now.failure, now.failed_at, now.succeeded_at, now.retry_at) == (
        FailureReason.UNAUTHORIZED,
        moment,
        NOW,
        None,
    )
    demo.crm.switches = Switches()
    recovered = NOW + timedelta(seconds=3)
    moment, failed_at = recovered, moment
    assert await health.check() is None
    assert await kept(world) == CrmHealth(succeeded_at=recovered, failed_at=failed_at)


async def test_one_of_several_that_fails_is_a_failure(world: World, demo: RunningCrm, client: HttpClient) -> None:
    health = recorded(world, demo, client)
    demo.crm.switches = Switches(status=400, lasts=1)
    await health.look_up([QUERY, UNKNOWN], ())
    assert (await kept(world)).failure is FailureReason.REFUSED


async def test_another_process_forgets_nothing(world: World, demo: RunningCrm, client: HttpClient) -> None:
    """One that has just started knows of no call yet."""
    await recorded(world, demo, client).check()
    demo.crm.switches = DOWN
    moment = NOW + timedelta(minutes=1)
    other = replace(recorded(world, demo, client), clock=lambda: moment)
    await other.check()
    failed = await kept(world)
    assert (failed.succeeded_at, failed.failed_at, failed.failure) == (NOW, moment, FailureReason.SERVER_ERROR)
    demo.crm.switches = Switches()
    await recorded(world, demo, client).check()
    assert await kept(world) == CrmHealth(succeeded_at=NOW, failed_at=moment)
    assert [each["_id"] for each in (await world.snapshot())[CRM_HEALTH]] == ["acme"]
