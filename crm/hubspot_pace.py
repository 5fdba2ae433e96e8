"""HubSpot's limits, kept: how many requests are left is in the headers of its answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from domain import clock
from domain.crm import CrmFailed, FailureReason

Sleep = Callable[[float], Awaitable[None]]

_LONGEST_WAIT = timedelta(seconds=12)
"""HubSpot's interval has ten seconds; nobody is kept waiting for longer."""
_TRIED_AGAIN = timedelta(minutes=30)
"""The day ends at midnight where the account is, and that is a full or a half hour nearly everywhere."""


class Pace:
    """When the next request may be sent; shared by all requests with the same token."""

    def __init__(self, *, sleep: Sleep = asyncio.sleep, now: Callable[[], datetime] = clock.now) -> None:
        self._sleep = sleep
        self._now = now
        self._next_interval: datetime | None = None
        self._next_day: datetime | None = None

    async def turn(self) -> CrmFailed | None:
        """Wait until a request may be sent; returns why none may, where that would take too long."""
        if (rest := self._until(self._next_day)) > timedelta():
            return CrmFailed(FailureReason.RATE_LIMITED, "HubSpot takes no more requests today.", rest)
        if (rest := self._until(self._next_interval)) > _LONGEST_WAIT:
            return CrmFailed(FailureReason.RATE_LIMITED, "HubSpot takes no more requests for now.", rest)
        if rest > timedelta():
            await self._sleep(rest.total_seconds())
        return None

    def heed(self, headers: Mapping[str, str]) -> None:
        """Take in what an answer says of the requests that are left."""
        if _count(headers, "daily-remaining") == 0:
            self._next_day = _next_boundary(self._now())
        interval = _count(headers, "interval-milliseconds")
        if _count(headers, "remaining") == 0 and interval is not None:
            self._next_interval = self._now() + timedelta(milliseconds=interval)

    def _until(self, moment: datetime | None) -> timedelta:
        return timedelta() if moment is None else moment - self._now()


def _count(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(f"x-hubspot-ratelimit-{name}", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _next_boundary(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + ((now - midnight) // _TRIED_AGAIN + 1) * _TRIED_AGAIN
