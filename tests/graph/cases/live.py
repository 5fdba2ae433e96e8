"""Subscriptions: `tests/graph/test_live_visibility.py` has what the tests of queries and mutations cannot ask for."""

from __future__ import annotations

NAMES_NOTHING = {
    *(f"Subscription.contactChanged({each})" for each in ("id", "after")),
    *(f"Subscription.queueChanged({each})" for each in ("team", "after")),
}
