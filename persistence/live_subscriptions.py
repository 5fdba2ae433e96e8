"""Who listens to what, and what each of them has not taken yet."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Sequence

from domain.live import Cursor, Ending, Notice, Topic


class Subscription:
    """What one listener is to be told: so much of it waits, and no more.

    One that is behind is told by rewinds what happened up to `position`, as much at a time as may wait; what happens
    meanwhile is held back, and told by a rewind too where it becomes too much.
    """

    def __init__(
        self,
        topics: Collection[Topic],
        position: Cursor,
        after: Cursor | None = None,
        *,
        most: int,
        rewind: Callable[[Subscription], None],
    ) -> None:
        """Make one that is told what comes behind `position`.

        Args:
            topics: what is listened to.
            position: how far the process had come when the listening began.
            after: how far the listener had come; None where it begins with `position`.
            most: how much may wait.
            rewind: asks for what was missed.
        """
        self.topics = set(topics)
        self.position = position
        self.after = position if after is None else after
        self._most = most
        self._rewind = rewind
        self._waiting: deque[Notice] = deque()
        self._held: deque[Notice] | None = deque() if self.after < position else None
        self._is_resting = self._held is not None
        """Behind, and no rewind was asked for: what waits has to be taken first."""
        self._ending: Ending | None = None
        self._ready = asyncio.Event()

    @property
    def is_behind(self) -> bool:
        return self._held is not None and self._ending is None

    def put(self, notice: Notice) -> None:
        """Tell what has happened now."""
        if self._ending is not None or notice.cursor <= self.after:
            return
        if self._held is not None:
            self._hold(self._held, notice)
        elif len(self._waiting) < self._most:
            self._waiting.append(notice)
            self._ready.set()
        else:
            # What waits is delivered, so that whoever goes on from the last of it has come further.
            self.end(Ending.TOO_SLOW)

    def _hold(self, held: deque[Notice], notice: Notice) -> None:
        if len(held) < self._most:
            held.append(notice)
        else:
            held.clear()
            self.position = notice.cursor

    def catch_up(self, missed: Sequence[Notice], up_to: Cursor) -> None:
        """Tell what was missed: all of it up to the place."""
        if self._held is None:
            return
        self._waiting.extend(missed)
        self.after = up_to
        if up_to < self.position:
            self._is_resting = True
        else:
            self._waiting.extend(self._held)
            self._held = None
        self._ready.set()

    def end(self, ending: Ending) -> None:
        self._ending = self._ending or ending
        self._ready.set()

    async def next(self) -> Notice | Ending:
        """Return the next notice, or why there will be none: waits until there is one of them."""
        while True:
            if self._waiting:
                return self._waiting.popleft()
            if self._ending is not None:
                return self._ending
            self._ready.clear()
            if self._is_resting:
                self._is_resting = False
                self._rewind(self)
            await self._ready.wait()


class Subscriptions:
    """All who listen, found by what they listen to."""

    def __init__(self) -> None:
        self._by_topic: defaultdict[Topic, set[Subscription]] = defaultdict(set)
        self._all: set[Subscription] = set()

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, subscription: Subscription) -> bool:
        return subscription in self._all

    def add(self, subscription: Subscription) -> None:
        self._all.add(subscription)
        self._join(subscription, subscription.topics)

    def remove(self, subscription: Subscription) -> None:
        self._all.discard(subscription)
        for topic in subscription.topics:
            self._by_topic[topic].discard(subscription)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def tell(self, notice: Notice) -> None:
        found = {each for topic in notice.topics for each in self._by_topic.get(topic, ())}
        for each in found:
            if notice.is_joining:
                self._join(each, notice.topics)
            each.put(notice)

    def end(self, ending: Ending) -> None:
        for each in self._all:
            each.end(ending)

    def _join(self, subscription: Subscription, topics: Iterable[Topic]) -> None:
        subscription.topics.update(topics)
        for topic in topics:
            self._by_topic[topic].add(subscription)
