from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from purgatory import AsyncCircuitBreakerFactory

from crm.demo_crm import WRITE
from crm.demo_faults import Switches
from crm.guarded import Guarded, Patience
from crm.http_client import HttpClient
from crm.http_connector import HttpConnector
from domain.crm import (
    CrmFailed,
    FailureReason,
    FieldWrite,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordWritten,
)
from tests.crm.serving import KEY, MARIA, RunningCrm, happened, running_raw

KNOWN = LookUpQuery({"phone": "+12022243441"})
UNKNOWN = LookUpQuery({"phone": "+12022249999"})
WRITING = FieldWrite("k1", "C000127", {"party": "Independent"}, {"party": "Democrat"})
BRIEF = Patience(attempts=1, failures=2, pause_seconds=0.3)
"""Asks once, and pauses for a moment after two failures."""


@dataclass(slots=True)
class Naps:
    """Sleeps that take no time."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def guarded(
    demo: RunningCrm,
    client: HttpClient,
    patience: Patience | None = None,
    naps: Naps | None = None,
    breakers: AsyncCircuitBreakerFactory | None = None,
    name: str = "acme:1",
    **changes: Any,
) -> Guarded:
    connector = HttpConnector(replace(demo.connection, **changes), KEY, client)
    return Guarded(connector, name, breakers or AsyncCircuitBreakerFactory(), patience, naps or Naps())


def reasons(*answers: object) -> list[FailureReason | None]:
    return [each.reason if isinstance(each, CrmFailed) else None for each in answers]


async def looked_up(crm: Guarded, *queries: LookUpQuery) -> Sequence[LookUpAnswer]:
    return await crm.look_up(queries or [KNOWN], ["party"])


async def test_what_passes_is_asked_again(demo: RunningCrm, client: HttpClient) -> None:
    naps = Naps()
    crm = guarded(demo, client, naps=naps)
    demo.crm.switches = Switches(status=500, lasts=2)
    (answer,) = await looked_up(crm)
    assert isinstance(answer, RecordFound)
    assert demo.asked() == 3
    assert len(naps.seconds) == 2
    assert 0 <= naps.seconds[0] <= 0.2
    assert 0 <= naps.seconds[1] <= 0.4


async def test_what_does_not_pass_is_the_answer_after_three_attempts(demo: RunningCrm, client: HttpClient) -> None:
    naps = Naps()
    demo.crm.switches = Switches(status=500)
    assert reasons(*await looked_up(guarded(demo, client, naps=naps))) == [FailureReason.SERVER_ERROR]
    assert (demo.asked(), len(naps.seconds)) == (3, 2)


async def test_reading_and_writing_are_tried_again_too(demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client)
    demo.crm.switches = Switches(status=429, lasts=1)
    found = await crm.read(["C000127"], ["party"])
    assert isinstance(found, dict)
    assert found["C000127"].fields == {"party": "Democrat"}
    demo.crm.switches = Switches(status=503, lasts=1)
    assert isinstance(await crm.write(WRITING), RecordWritten)
    assert (demo.asked(), demo.asked(WRITE)) == (2, 2)


async def test_a_write_whose_answer_was_lost_is_written_once(demo: RunningCrm, hasty: HttpClient) -> None:
    demo.crm.switches = Switches(slow_seconds=30, lasts=1)
    assert isinstance(await guarded(demo, hasty).write(WRITING), RecordWritten)
    assert demo.asked(WRITE) == 2
    assert [(each.key, each.values) for each in demo.crm.records.applied] == [("k1", {"party": "Independent"})]


@pytest.mark.parametrize("status", [401, 404, 405, 302])
async def test_what_somebody_has_to_change_is_not_asked_again(
    status: int, demo: RunningCrm, client: HttpClient
) -> None:
    naps = Naps()
    demo.crm.switches = Switches(status=status)
    crm = guarded(demo, client, replace(BRIEF, attempts=3, failures=1), naps)
    for _ in range(3):
        await looked_up(crm)
        await crm.write(WRITING)
    assert (demo.asked(), demo.asked(WRITE), naps.seconds) == (3, 3, [])
    assert await crm.paused_for() is None


async def test_a_short_wait_that_the_crm_asks_for_is_kept(demo: RunningCrm, client: HttpClient) -> None:
    naps = Naps()
    demo.crm.switches = Switches(status=429, retry_after="3", lasts=2)
    (answer,) = await looked_up(guarded(demo, client, naps=naps))
    assert isinstance(answer, RecordFound)
    assert naps.seconds == [3, 3]


async def test_a_long_one_is_the_answer_at_once(demo: RunningCrm, client: HttpClient) -> None:
    naps = Naps()
    demo.crm.switches = Switches(status=429, retry_after="4")
    (answer,) = await looked_up(guarded(demo, client, naps=naps))
    assert isinstance(answer, CrmFailed)
    assert (answer.reason, answer.retry_after) == (FailureReason.RATE_LIMITED, timedelta(seconds=4))
    assert (demo.asked(), naps.seconds) == (1, [])


async def test_no_attempt_begins_after_the_patience_is_over(demo: RunningCrm, client: HttpClient) -> None:
    naps = Naps()
    demo.crm.switches = Switches(status=429, retry_after="3")
    await looked_up(guarded(demo, client, Patience(total_seconds=2.9), naps))
    assert (demo.asked(), naps.seconds) == (1, [])


async def test_some_of_many_who_fail_are_no_failure_of_the_crm(demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client, replace(BRIEF, attempts=3))
    for _ in range(3):
        demo.crm.switches = Switches(status=500, lasts=1)
        ends = reasons(*await looked_up(crm, KNOWN, KNOWN))
        assert sorted(ends, key=str) == [FailureReason.SERVER_ERROR, None]
    assert demo.asked() == 6


async def test_all_of_many_who_fail_for_good_are_none_either(demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client, replace(BRIEF, attempts=3))
    demo.crm.switches = Switches(status=401)
    for _ in range(3):
        assert reasons(*await looked_up(crm, KNOWN, KNOWN)) == [FailureReason.UNAUTHORIZED] * 2
    assert demo.asked() == 6


async def test_the_longest_wait_of_many_is_kept(demo: RunningCrm, client: HttpClient) -> None:
    naps = Naps()
    first, later = (b"HTTP/1.1 429 No\r\nRetry-After: %d\r\nContent-Length: 0\r\n\r\n" % each for each in (1, 2))
    async with running_raw(first) as raw:
        raw.later = later
        crm = guarded(demo, client, replace(BRIEF, attempts=2), naps, look_up_url=f"http://127.0.0.1:{raw.port}/")
        assert reasons(*await looked_up(crm, KNOWN, KNOWN)) == [FailureReason.RATE_LIMITED] * 2
    assert naps.seconds == [2]


@pytest.mark.parametrize("takes_several", [False, True])
async def test_all_of_many_who_fail_are(takes_several: bool, demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client, BRIEF, takes_several=takes_several)
    demo.crm.switches = Switches(status=500)
    for _ in range(2):
        assert reasons(*await looked_up(crm, KNOWN, UNKNOWN)) == [FailureReason.SERVER_ERROR] * 2
    assert reasons(*await looked_up(crm, KNOWN, UNKNOWN)) == [FailureReason.PAUSED] * 2


async def test_to_ask_for_nobody_is_no_failure(demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client, BRIEF)
    for _ in range(3):
        assert await crm.look_up([], ()) == []
    assert await crm.paused_for() is None


async def test_a_crm_that_fails_too_often_is_left_alone(demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client, Patience(attempts=1, failures=3))
    demo.crm.switches = Switches(status=500)
    assert await crm.paused_for() is None
    ends = [*await looked_up(crm), await crm.read(["C000127"], ()), await crm.write(WRITING)]
    assert reasons(*ends) == [FailureReason.SERVER_ERROR] * 3
    demo.crm.switches = Switches()
    paused = [*await looked_up(crm), await crm.read(["C000127"], ()), await crm.write(WRITING)]
    assert reasons(*paused) == [FailureReason.PAUSED] * 3
    for each in paused:
        assert isinstance(each, CrmFailed)
        assert each.retry_after is not None
        assert timedelta(seconds=20) < each.retry_after <= timedelta(seconds=30)
    left = await crm.paused_for()
    assert left is not None
    assert timedelta(seconds=20) < left <= timedelta(seconds=30)
    assert (demo.asked(), demo.asked(WRITE)) == (2, 1)
    assert demo.held("C000127") == MARIA


async def test_a_success_between_failures_begins_the_count_anew(demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client, BRIEF)
    for _ in range(3):
        demo.crm.switches = Switches(status=500, lasts=1)
        assert reasons(*await looked_up(crm)) == [FailureReason.SERVER_ERROR]
        assert reasons(*await looked_up(crm)) == [None]


async def paused(demo: RunningCrm, client: HttpClient, breakers: AsyncCircuitBreakerFactory | None = None) -> Guarded:
    crm = guarded(demo, client, BRIEF, breakers=breakers)
    demo.crm.switches = Switches(status=500)
    for _ in range(2):
        await looked_up(crm)
    assert reasons(*await looked_up(crm)) == [FailureReason.PAUSED]
    demo.crm.requests.clear()
    return crm


async def pause_is_over() -> None:
    await asyncio.sleep(BRIEF.pause_seconds * 1.2)


async def test_after_a_while_one_call_finds_it_back(demo: RunningCrm, client: HttpClient) -> None:
    breakers = AsyncCircuitBreakerFactory()
    crm = await paused(demo, client, breakers)
    await pause_is_over()
    assert await crm.paused_for() is None
    demo.crm.switches = Switches(slow_seconds=0.2)
    trial = asyncio.create_task(looked_up(crm))
    await happened(lambda: demo.asked() == 1)
    same = guarded(demo, client, BRIEF, breakers=breakers)
    assert reasons(*await looked_up(crm), *await looked_up(same)) == [FailureReason.PAUSED] * 2
    assert reasons(*await trial) == [None]
    assert demo.asked() == 1
    assert reasons(*await looked_up(crm)) == [None]


async def test_after_a_while_one_call_finds_it_down_yet(demo: RunningCrm, client: HttpClient) -> None:
    crm = await paused(demo, client)
    await pause_is_over()
    assert reasons(*await looked_up(crm)) == [FailureReason.SERVER_ERROR]
    assert reasons(*await looked_up(crm)) == [FailureReason.PAUSED]
    assert demo.asked() == 1


async def cancelled(demo: RunningCrm, crm: Guarded) -> None:
    demo.crm.switches = Switches(is_hanging=True)
    before = demo.asked()
    asking = asyncio.create_task(looked_up(crm))
    await happened(lambda: demo.asked() > before)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking


async def test_who_goes_away_says_nothing_of_the_crm(demo: RunningCrm, client: HttpClient) -> None:
    crm = guarded(demo, client, replace(BRIEF, failures=1))
    for _ in range(2):
        await cancelled(demo, crm)
    assert await crm.paused_for() is None


async def test_a_trial_that_is_given_up_is_made_again_later(demo: RunningCrm, client: HttpClient) -> None:
    crm = await paused(demo, client)
    await pause_is_over()
    await cancelled(demo, crm)
    assert await crm.paused_for() is not None
    await pause_is_over()
    demo.crm.switches = Switches()
    assert reasons(*await looked_up(crm)) == [None]


async def test_connections_of_one_name_are_left_alone_together_and_others_not(
    demo: RunningCrm, client: HttpClient
) -> None:
    breakers = AsyncCircuitBreakerFactory()
    await paused(demo, client, breakers)
    demo.crm.switches = Switches()
    same, other = guarded(demo, client, BRIEF, breakers=breakers), guarded(demo, client, breakers=breakers, name="b")
    assert reasons(*await looked_up(same)) == [FailureReason.PAUSED]
    assert reasons(*await looked_up(other)) == [None]


async def test_to_check_is_to_ask_now(demo: RunningCrm, client: HttpClient) -> None:
    crm = await paused(demo, client)
    demo.crm.switches = Switches()
    assert await crm.check() is None
    demo.crm.switches = Switches(status=401)
    assert reasons(await crm.check()) == [FailureReason.UNAUTHORIZED]
    await crm.close()
    assert demo.asked() == 2
