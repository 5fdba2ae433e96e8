"""Everything that can go wrong with a CRM, over real HTTP: each ends in time, with its reason, and writes nothing."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from crm.demo_faults import Answering, Switches
from crm.http_client import HttpClient, HttpLimits
from crm.http_connector import HttpConnector
from domain.crm import CrmFailed, FailureReason, FieldWrite, LookUpQuery, RecordWritten
from tests.crm.serving import AMY, BERNARD, KEY, MARIA, NOBODY, RunningCrm

KNOWN = LookUpQuery({"phone": "+12022243441"})
WRITE = FieldWrite("k1", "C000127", {"party": "Independent"}, {"party": "Democrat"})
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
IN_NINE_SECONDS = format_datetime(NOW + timedelta(seconds=9), usegmt=True)


async def endings(connector: HttpConnector) -> list[CrmFailed]:
    """How a look-up, a reading, a write and a check end, all of which fail."""
    looked_up, *others = await asyncio.gather(
        connector.look_up([KNOWN], ["party", "state"]),
        connector.read(["C000127"], ["party"]),
        connector.write(WRITE),
        connector.check(),
    )
    ends = [*looked_up, *others]
    return [each for each in ends if isinstance(each, CrmFailed)]


@pytest.mark.parametrize("takes_several", [False, True])
@pytest.mark.parametrize(
    ("switches", "expected", "retry_after"),
    [
        (Switches(is_hanging=True), FailureReason.TIMED_OUT, None),
        (Switches(answering=Answering.TRICKLE), FailureReason.TIMED_OUT, None),
        (Switches(status=429), FailureReason.RATE_LIMITED, None),
        (Switches(status=429, retry_after="9"), FailureReason.RATE_LIMITED, 9),
        (Switches(status=429, retry_after=IN_NINE_SECONDS), FailureReason.RATE_LIMITED, 9),
        (Switches(status=503, retry_after="9"), FailureReason.SERVER_ERROR, 9),
        (Switches(status=500), FailureReason.SERVER_ERROR, None),
        (Switches(status=401), FailureReason.UNAUTHORIZED, None),
        (Switches(status=403), FailureReason.UNAUTHORIZED, None),
        (Switches(answering=Answering.HUGE), FailureReason.TOO_LARGE, None),
        (Switches(redirect_to="http://169.254.169.254/latest/meta-data/"), FailureReason.REDIRECTED, None),
        (Switches(redirect_to="http://127.0.0.1:1/"), FailureReason.REDIRECTED, None),
    ],
)
async def test_every_request_fails_in_time_and_says_why(
    takes_several: bool,
    switches: Switches,
    expected: FailureReason,
    retry_after: int | None,
    demo: RunningCrm,
) -> None:
    demo.crm.switches = switches
    patience = 0.3 if expected is FailureReason.TIMED_OUT else 20.0
    limits = HttpLimits(total_seconds=patience, answer_bytes=1_000_000, allow_private=True)
    client = HttpClient(limits, trust=NOBODY, now=lambda: NOW)
    began = time.monotonic()
    ends = await endings(HttpConnector(replace(demo.connection, takes_several=takes_several), KEY, client))
    assert time.monotonic() - began < 4
    await client.close()
    assert [each.reason for each in ends] == [expected] * 4
    assert {each.retry_after for each in ends} == {None if retry_after is None else timedelta(seconds=retry_after)}
    assert demo.crm.records.records == [MARIA, AMY, BERNARD]


async def test_a_crm_that_is_slow_does_what_it_was_asked_to_although_nobody_waits(
    demo: RunningCrm, client: HttpClient, hasty: HttpClient
) -> None:
    demo.crm.switches = Switches(slow_seconds=30, lasts=1)
    first = await HttpConnector(demo.connection, KEY, hasty).write(WRITE)
    assert isinstance(first, CrmFailed)
    assert first.reason is FailureReason.TIMED_OUT
    # The key tells it that this is the same write.
    again = await HttpConnector(demo.connection, KEY, client).write(WRITE)
    assert isinstance(again, RecordWritten)
    assert [(each.key, each.values) for each in demo.crm.records.applied] == [("k1", {"party": "Independent"})]


@pytest.mark.parametrize("takes_several", [False, True])
@pytest.mark.parametrize("answering", [Answering.INVALID_JSON, Answering.WRONG_TYPES])
async def test_an_answer_that_says_nothing_is_unreadable(
    takes_several: bool, answering: Answering, demo: RunningCrm, client: HttpClient
) -> None:
    demo.crm.switches = Switches(answering=answering)
    connector = HttpConnector(replace(demo.connection, takes_several=takes_several), KEY, client)
    (looked_up,) = await connector.look_up([KNOWN], ["party"])
    read = await connector.read(["C000127"], ["party"])
    assert [each.reason for each in (looked_up, read) if isinstance(each, CrmFailed)] == [FailureReason.UNREADABLE] * 2


async def test_a_wrong_key_is_not_accepted(demo: RunningCrm, client: HttpClient) -> None:
    ends = await endings(HttpConnector(demo.connection, "00" * 16, client))
    assert [each.reason for each in ends] == [FailureReason.UNAUTHORIZED] * 4
    assert [each for each in ends if "0000" in each.message] == []
    assert demo.crm.records.applied == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"])
async def test_this_machine_is_not_asked_where_that_is_not_allowed(host: str, demo: RunningCrm) -> None:
    url = demo.url.replace("http://127.0.0.1", f"https://{host}")
    connection = replace(demo.connection, look_up_url=url, write_url=url)
    client = HttpClient(trust=NOBODY)
    ends = await endings(HttpConnector(connection, KEY, client))
    plain = await endings(HttpConnector(demo.connection, KEY, client))
    await client.close()
    assert [each.reason for each in (*ends, *plain)] == [FailureReason.ADDRESS_REFUSED] * 8
    assert demo.crm.requests.total() == 0


async def test_a_fault_lasts_as_long_as_it_was_told_to(demo: RunningCrm, client: HttpClient) -> None:
    demo.crm.switches = Switches(status=500, lasts=2)
    connector = HttpConnector(demo.connection, KEY, client)
    assert [await connector.check() is None for _ in range(4)] == [False, False, True, True]


async def test_a_crm_that_is_slow_but_answers_in_time_is_understood(demo: RunningCrm, client: HttpClient) -> None:
    demo.crm.switches = Switches(slow_seconds=0.05)
    assert await HttpConnector(demo.connection, KEY, client).check() is None
