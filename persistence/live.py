"""The hub: one change stream tells everybody who listens in this process, however many they are."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from domain.live import Cursor, Ending, Topic
from persistence.driver import ChangeStream, Driver
from persistence.live_rewind import Rewinder
from persistence.live_sources import cursor_of, notice_of, pipeline
from persistence.live_subscriptions import Subscription, Subscriptions

MOST_WAITING = 1_000
"""Notices that may wait for one listener; each takes some hundred bytes, once for all who wait for it."""

_PATIENCE_MS = 500
_PAUSE_SECONDS = 0.5
# A resume token of MongoDB begins with its time: seconds since 1970, and a number within the second.
_CURSOR = re.compile(r"82[0-9A-F]{16}(?:[0-9A-F]{2}){0,1000}")
_MOST_AHEAD_SECONDS = 60
# Not in the database's log any more, not found there, or followed by what is too large to be told of.
_LOST = {260, 280, 286, 10_334}
_log = logging.getLogger("contact_graph.live")


def read_cursor(text: str) -> Cursor | None:
    """Return the place that the text names, None where it cannot be one."""
    return Cursor(text) if _CURSOR.fullmatch(text) else None


def _is_lost(problem: PyMongoError) -> bool:
    """Tell whether no other attempt can go on from the place."""
    return isinstance(problem, OperationFailure) and problem.code in _LOST


def _seconds(cursor: Cursor) -> int:
    return int(cursor[2:10], 16)


class Hub:
    """Follows the changes, and tells them to who listens to what they are about."""

    def __init__(self, driver: Driver, *, most_waiting: int = MOST_WAITING, patience_ms: int = _PATIENCE_MS) -> None:
        self._driver = driver
        self._patience_ms = patience_ms
        self._most = most_waiting
        self._subscriptions = Subscriptions()
        self._rewinder = Rewinder(driver, self._subscriptions, most=most_waiting)
        self._position: Cursor | None = None
        self._is_placed = asyncio.Event()
        self.streams_opened = 0
        """Since the process began, by the hub itself: for a metrics page."""

    @property
    def subscribers(self) -> int:
        return len(self._subscriptions)

    @asynccontextmanager
    async def listen(self, topics: Collection[Topic], after: Cursor | None = None) -> AsyncIterator[Subscription]:
        """Listen to the topics, from now on, or from behind a place where somebody has listened before.

        Waits, where the process has only begun, until the database was reached.
        """
        while (position := self._position) is None:
            await self._is_placed.wait()
        subscription = Subscription(topics, position, after, most=self._most, rewind=self._rewinder.add)
        self._subscriptions.add(subscription)
        try:
            if _seconds(subscription.after) - _seconds(position) > _MOST_AHEAD_SECONDS:
                # Another process may have been a moment ahead. This is a place of another database, or of one that was
                # put back to an earlier state: waiting for it would be silence.
                subscription.end(Ending.HISTORY_LOST)
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    async def follow(self) -> None:
        """Follow the changes until cancelled. After an outage it goes on where it was."""
        try:
            while True:
                try:
                    async with self._driver.changes(
                        pipeline(), self._position, patience_ms=self._patience_ms
                    ) as stream:
                        self.streams_opened += 1
                        while True:
                            await self._step(stream)
                except PyMongoError as problem:
                    if _is_lost(problem):
                        self._lose(problem)
                    else:
                        _log.warning("The change stream ended; it is taken up again where it was: %s", problem)
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            await self._rewinder.close()

    async def _step(self, stream: ChangeStream) -> None:
        change = await stream.try_next()
        if change is not None:
            self._tell(change)
            self._position = cursor_of(change["_id"])
        elif stream.resume_token is not None:
            # Nothing was told up to here: a place to go on from that the database keeps for longest.
            self._position = cursor_of(stream.resume_token)
        if self._position is not None:
            self._is_placed.set()

    def _tell(self, change: Mapping[str, Any]) -> None:
        try:
            self._subscriptions.tell(notice_of(change))
        except Exception:
            # Whoever listens is told that there is a gap, rather than left in it.
            _log.exception("A change could not be read; who listened is told so")
            self._subscriptions.end(Ending.HISTORY_LOST)

    def _lose(self, problem: PyMongoError) -> None:
        _log.error("The change stream cannot go on where it was; who listened is told so: %s", problem)
        self._position = None
        self._is_placed.clear()
        self._subscriptions.end(Ending.HISTORY_LOST)
