"""What happened between the place where a listener left and the one where the process is: read again for them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence

from pymongo.errors import CursorNotFound, OperationFailure, PyMongoError

from domain.live import Cursor, Ending, Notice, Topic
from persistence.background import end
from persistence.driver import Driver
from persistence.live_sources import cursor_of, notice_of, pipeline
from persistence.live_subscriptions import Subscription, Subscriptions

_PATIENCE_MS = 50
_PAUSE_SECONDS = 0.5
_log = logging.getLogger("contact_graph.live")


class Rewinder:
    """Reads for all who wait together, in one change stream at a time: after a restart, a thousand come at once."""

    def __init__(self, driver: Driver, subscriptions: Subscriptions, *, most: int) -> None:
        self._driver = driver
        self._subscriptions = subscriptions
        self._most = most
        self._waiting: list[Subscription] = []
        self._reading: asyncio.Task[None] | None = None

    def add(self, subscription: Subscription) -> None:
        self._waiting.append(subscription)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_all())

    async def close(self) -> None:
        if self._reading is not None:
            await end(self._reading)

    async def _read_all(self) -> None:
        while self._waiting:
            behind, self._waiting = self._waiting, []
            try:
                await self._read(behind)
            except PyMongoError as problem:
                _log.warning("What listeners have missed could not be read, and is tried again: %s", problem)
                self._waiting += behind
                await asyncio.sleep(_PAUSE_SECONDS)
            except Exception:
                _log.exception("What listeners have missed could not be read")
                for each in behind:
                    each.end(Ending.HISTORY_LOST)

    async def _read(self, behind: Sequence[Subscription]) -> None:
        behind = [each for each in behind if each in self._subscriptions and each.is_behind]
        if not behind:
            return
        try:
            missed = await self._missed(behind)
        except OperationFailure as problem:
            if isinstance(problem, CursorNotFound) or problem.has_error_label("ResumableChangeStreamError"):
                raise
            if len(behind) == 1:
                _log.info("A place to go on from is not known to the database: %s", problem)
                behind[0].end(Ending.HISTORY_LOST)
                return
            # One whose place is lost, or was never one, must not keep the others.
            half = len(behind) // 2
            await self._read(behind[:half])
            await self._read(behind[half:])
            return
        for subscription, (notices, up_to) in missed.items():
            subscription.catch_up(notices, up_to)

    async def _missed(self, behind: Sequence[Subscription]) -> Mapping[Subscription, tuple[Sequence[Notice], Cursor]]:
        """Return what each of them has missed, as much as may wait, and up to which place that is all of it."""
        missed: dict[Subscription, list[Notice]] = {each: [] for each in behind}
        # It may move on meanwhile.
        goals = {each: each.position for each in behind}
        by_topic: defaultdict[Topic, set[Subscription]] = defaultdict(set)
        for each in behind:
            for topic in each.topics:
                by_topic[topic].add(each)
        organizations = {topic.organization_id for topic in by_topic}
        place, goal = min(each.after for each in behind), max(goals.values())
        async with self._driver.changes(pipeline(organizations), place, patience_ms=_PATIENCE_MS) as stream:
            while place < goal:
                change = await stream.try_next()
                if change is None:
                    place = place if stream.resume_token is None else cursor_of(stream.resume_token)
                    continue
                notice = notice_of(change)
                place = notice.cursor
                for each in {each for topic in notice.topics for each in by_topic.get(topic, ())}:
                    if each.after < place <= goals[each] and len(missed[each]) < self._most:
                        missed[each].append(notice)
                        # The place of the last one that there was room for.
                        goals[each] = place if len(missed[each]) == self._most else goals[each]
        return {each: (missed[each], goals[each]) for each in behind}
