"""What the tests of the hub share: something happens, and is heard."""

from __future__ import annotations

import asyncio

from domain.live import Happened, contact_topic
from persistence.driver import Driver
from persistence.live_subscriptions import Subscription

TOPIC = contact_topic("acme", "c1")
PATIENCE = 30.0


async def happen(driver: Driver, event_id: str, contact_id: str = "c1") -> None:
    entry = {"_id": event_id, "org": "acme", "contact": contact_id, "kind": "CONTACT_RENAMED", "before": "A"}
    await driver.collection("contactEvents").insert_one(entry)


async def told(subscription: Subscription, number: int) -> list[str]:
    """Return the ids of the next events, which must be told before long."""
    heard = []
    async with asyncio.timeout(PATIENCE):
        for _ in range(number):
            notice = await subscription.next()
            news = getattr(notice, "news", notice)
            assert isinstance(news, Happened), news
            heard.append(news.event_id)
    return heard
