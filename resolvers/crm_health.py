"""How a connection to a CRM fares: kept with each call, whoever makes it, for the admins to see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crm.connector import Connector
from domain import clock
from domain.crm import CrmFailed, CrmRecord, FieldWrite, LookUpAnswer, LookUpQuery, WriteAnswer
from domain.crm_tasks import NEVER_CALLED, CrmHealth

_AGAIN_AFTER = timedelta(seconds=30)
"""How often it is kept that nothing has changed."""


@dataclass(slots=True)
class Recorded:
    """Calls the CRM through its connector, and keeps how that ended."""

    connector: Connector
    keep: Callable[[CrmHealth], Awaitable[None]]
    clock: Callable[[], datetime] = clock.now
    _kept: CrmHealth = NEVER_CALLED
    _kept_at: datetime | None = None

    async def look_up(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        answers = await self.connector.look_up(queries, wanted)
        failed = [each for each in answers if isinstance(each, CrmFailed)]
        await self._note(failed[0] if failed else None)
        return answers

    async def read(self, record_ids: Sequence[str], wanted: Collection[str]) -> Mapping[str, CrmRecord] | CrmFailed:
        answer = await self.connector.read(record_ids, wanted)
        await self._note(answer if isinstance(answer, CrmFailed) else None)
        return answer

    async def write(self, write: FieldWrite) -> WriteAnswer:
        answer = await self.connector.write(write)
        await self._note(answer if isinstance(answer, CrmFailed) else None)
        return answer

    async def check(self) -> CrmFailed | None:
        failed = await self.connector.check()
        await self._note(failed)
        return failed

    async def close(self) -> None:
        await self.connector.close()

    async def _note(self, failed: CrmFailed | None) -> None:
        now = self.clock()
        was, became = self._kept.failure, None if failed is None else failed.reason
        is_recent = self._kept_at is not None and now - self._kept_at < _AGAIN_AFTER
        if is_recent and was == became:
            return
        if failed is None:
            health = replace(self._kept, succeeded_at=now, failure=None, message=None, retry_at=None)
        else:
            retry_at = None if failed.retry_after is None else clock.to_millisecond(now + failed.retry_after)
            health = replace(
                self._kept, failed_at=now, failure=failed.reason, message=failed.message, retry_at=retry_at
            )
        self._kept, self._kept_at = health, now
        await self.keep(health)
