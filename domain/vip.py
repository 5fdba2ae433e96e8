"""VIP: the people who matter are answered first, where a contact group says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.outcomes import ErrorCode, Invalid
from domain.text import clean

LONGEST_REASON = 500
"""Code points of the reason."""


@dataclass(frozen=True, slots=True)
class VipStatus:
    since: datetime
    agent_id: str
    reason: str | None
    expires_at: datetime | None

    def is_current(self, now: datetime) -> bool:
        """Tell whether it still holds: an expiry in the past has ended it, whoever was awake to notice."""
        return self.expires_at is None or now < self.expires_at


def granted(*, agent_id: str, now: datetime, reason: str | None, expires_at: datetime | None) -> VipStatus | Invalid:
    """Return the status to set, or why it is refused. `now` and `expires_at` are aware."""
    if expires_at is not None and expires_at <= now:
        return Invalid(ErrorCode.NOT_IN_THE_FUTURE, "Give an expiry in the future, or none.", ("input", "expiresAt"))
    if reason is not None:
        cleaned = clean(reason, longest=LONGEST_REASON)
        if isinstance(cleaned, Invalid):
            return cleaned.at("input", "reason")
        reason = cleaned
    return VipStatus(since=now, agent_id=agent_id, reason=reason, expires_at=expires_at)
