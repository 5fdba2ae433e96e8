"""VIP: what may be set, and until when it holds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from domain.outcomes import ErrorCode, Invalid
from domain.vip import LONGEST_REASON, VipStatus, granted
from tests.builders import MORNING

MOMENT = timedelta(milliseconds=1)
REASON = ("input", "reason")


def grant(reason: str | None = None, expires_at: datetime | None = None) -> VipStatus | Invalid:
    return granted(agent_id="jo", now=MORNING, reason=reason, expires_at=expires_at)


def test_a_status_needs_neither_reason_nor_expiry() -> None:
    assert grant() == VipStatus(since=MORNING, agent_id="jo", reason=None, expires_at=None)


def test_a_status_keeps_who_and_when_with_the_reason_normalised() -> None:
    later = MORNING + MOMENT
    assert grant("Press\r\ncafe\u0301", later) == VipStatus(MORNING, "jo", "Press\ncaf\u00e9", later)


@pytest.mark.parametrize("expires_at", [MORNING, MORNING - MOMENT, MORNING.astimezone(timezone(timedelta(hours=2)))])
def test_an_expiry_that_is_not_in_the_future_is_refused(expires_at: datetime) -> None:
    message = "Give an expiry in the future, or none."
    wanted = Invalid(ErrorCode.NOT_IN_THE_FUTURE, message, ("input", "expiresAt"))
    assert grant("Press", expires_at) == wanted


@pytest.mark.parametrize("reason", ["", "  ", "\u200b"])
def test_a_reason_with_nothing_to_see_is_refused(reason: str) -> None:
    message = "Write something: the text is empty or only white space."
    assert grant(reason) == Invalid(ErrorCode.BLANK, message, REASON)


def test_a_reason_that_cannot_be_kept_is_refused() -> None:
    message = "Remove the character U+0000: it cannot be kept in a text."
    assert grant("a\x00") == Invalid(ErrorCode.FORBIDDEN_CHARACTER, message, REASON)


def test_a_reason_may_have_five_hundred_code_points_and_no_more() -> None:
    assert LONGEST_REASON == 500
    assert grant("\U0001f680" * 500) == VipStatus(MORNING, "jo", "\U0001f680" * 500, None)
    message = "Shorten the text by 1: at most 500 characters are kept."
    assert grant("\U0001f680" * 501) == Invalid(ErrorCode.TOO_LONG, message, REASON)


def test_a_status_without_expiry_always_holds() -> None:
    status = VipStatus(MORNING, "jo", None, None)
    assert status.is_current(MORNING + timedelta(days=36_500))


def test_a_status_holds_until_its_expiry_and_no_longer() -> None:
    status = VipStatus(MORNING, "jo", None, MORNING + timedelta(hours=1))
    assert status.is_current(MORNING + timedelta(hours=1) - MOMENT)
    assert not status.is_current(MORNING + timedelta(hours=1))
    assert not status.is_current(MORNING + timedelta(hours=1) + MOMENT)
