"""A CRM that is slow or down: it is asked again a few times, and left alone where that does not help."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from purgatory import AsyncCircuitBreakerFactory
from tenacity import (
    AsyncRetrying,
    retry_if_result,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from crm.connector import Connector
from domain.crm import (
    PASSING,
    CrmFailed,
    CrmRecord,
    FailureReason,
    FieldWrite,
    LookUpAnswer,
    LookUpQuery,
    WriteAnswer,
)

_OPENED, _HALF_OPENED = "opened", "half-opened"
_ASKED = PASSING - {FailureReason.PAUSED}
"""Failures of a CRM that was asked."""
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a CRM that fails is asked again, and when it is left alone."""

    attempts: int = 3
    first_wait_seconds: float = 0.2
    """At most, before the second attempt; each further wait may be twice as long."""
    longest_wait_seconds: float = 3.0
    """A CRM that asks for more than that is not asked again by the same call."""
    total_seconds: float = 8.0
    """After which no attempt begins."""
    failures: int = 5
    """Calls that fail in a row until the CRM is left alone."""
    pause_seconds: float = 30.0
    """After which one call tries whether it is there again."""


class Guarded:
    """Asks a CRM through its connector.

    What is asked again is the same: a write carries the key by which the CRM knows it. Each connection has a name of
    its own, and its failures pause no other: changed settings are another connection.
    """

    def __init__(
        self,
        connector: Connector,
        name: str,
        breakers: AsyncCircuitBreakerFactory,
        patience: Patience | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._connector, self._name, self._breakers = connector, name, breakers
        self._patience, self._sleep = patience or Patience(), sleep
        self._jitter = wait_random_exponential(multiplier=self._patience.first_wait_seconds)

    async def paused_for(self) -> timedelta | None:
        """Return for how long the CRM is left alone yet; None where it is asked."""
        breaker = await self._breakers.get_breaker(self._name, self._patience.failures, self._patience.pause_seconds)
        if breaker.context.state != _OPENED:
            return None
        left = (breaker.context.opened_at or 0) + breaker.context.ttl - time.time()
        return timedelta(seconds=left) if left >= 0 else None

    async def look_up(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        answers = await self._guarded(lambda: self._connector.look_up(queries, wanted), _failure_of_all)
        return [answers] * len(queries) if isinstance(answers, CrmFailed) else answers

    async def read(self, record_ids: Sequence[str], wanted: Collection[str]) -> Mapping[str, CrmRecord] | CrmFailed:
        return await self._guarded(lambda: self._connector.read(record_ids, wanted), _failure)

    async def write(self, write: FieldWrite) -> WriteAnswer:
        return await self._guarded(lambda: self._connector.write(write), _failure)

    async def check(self) -> CrmFailed | None:
        """Try whether the CRM can be asked: now, also where it is left alone, for somebody has changed something."""
        return await self._connector.check()

    async def close(self) -> None:
        await self._connector.close()

    async def _guarded(
        self, call: Callable[[], Awaitable[_Answer]], failure_of: Callable[[_Answer], CrmFailed | None]
    ) -> _Answer | CrmFailed:
        left = await self.paused_for()
        breaker = await self._breakers.get_breaker(self._name)
        # Half-opened is while one call tries; purgatory would let everybody else try as well.
        if left is not None or breaker.context.state == _HALF_OPENED:
            message = "The CRM failed too often. It is asked again after a while."
            return CrmFailed(FailureReason.PAUSED, message, left)
        await breaker.__aenter__()
        is_trial = breaker.context.state == _HALF_OPENED
        try:
            answer = await self._attempted(call, failure_of)
        except BaseException as problem:
            # Whoever went away says nothing of the CRM; but a trial that came to nothing has to be made again.
            if is_trial:
                await breaker.__aexit__(type(problem), problem, None)
            raise
        failure = failure_of(answer)
        counted = _FailedError() if failure is not None and failure.reason in _ASKED else None
        await breaker.__aexit__(type(counted) if counted else None, counted, None)
        return answer

    async def _attempted(
        self, call: Callable[[], Awaitable[_Answer]], failure_of: Callable[[_Answer], CrmFailed | None]
    ) -> _Answer:
        failure: CrmFailed | None = None

        def is_worth_it(failure: CrmFailed | None) -> bool:
            is_passing = failure is not None and failure.reason in _ASKED
            return is_passing and _asked_wait(failure) <= self._patience.longest_wait_seconds

        attempts = AsyncRetrying(
            sleep=self._sleep,
            stop=stop_after_attempt(self._patience.attempts) | stop_before_delay(self._patience.total_seconds),
            wait=lambda state: max(self._jitter(state), _asked_wait(failure)),
            retry=retry_if_result(is_worth_it),
            # Its last answer is one.
            retry_error_callback=lambda state: None,
        )
        async for attempt in attempts:
            answer = await call()
            failure = failure_of(answer)
            attempt.retry_state.set_result(failure)
        return answer


class _FailedError(Exception):
    """What the circuit breaker counts."""


def _asked_wait(failure: CrmFailed | None) -> float:
    asked = None if failure is None else failure.retry_after
    return 0.0 if asked is None else asked.total_seconds()


def _failure(answer: object) -> CrmFailed | None:
    return answer if isinstance(answer, CrmFailed) else None


def _failure_of_all(answers: Sequence[LookUpAnswer]) -> CrmFailed | None:
    """Return the failure where nothing but failures that may pass was answered: the one that asks for most patience."""
    failures = [each for each in answers if isinstance(each, CrmFailed) and each.reason in PASSING]
    if not failures or len(failures) < len(answers):
        return None
    return max(failures, key=lambda each: each.retry_after or timedelta())
