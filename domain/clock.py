"""Time as it is kept: UTC, to the millisecond, which is what the database stores."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return to_millisecond(datetime.now(UTC))


def to_millisecond(moment: datetime) -> datetime:
    """Return the aware moment in UTC with what is below a millisecond cut off."""
    utc = moment.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
