"""Requests to a CRM over HTTP: bounded in time and size, and to no address that is nobody's business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.crm import CrmFailed


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a request may cost."""

    connect_seconds: float = 3.0
    total_seconds: float = 10.0
    """From its beginning to the last byte of the answer, however slowly that comes."""
    answer_bytes: int = 5_000_000
    allow_private: bool = False
    """Whether plain HTTP, and addresses of private networks and of this machine, may be asked."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    json: Any = field(default=None)
    """The body, read as JSON; None where it is empty or no JSON."""


class HttpClient:
    """Sends requests; one pool of connections, to be closed."""

    def __init__(self, limits: HttpLimits | None = None) -> None:
        self._limits = limits or HttpLimits()

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> HttpAnswer | CrmFailed:
        """Send a request and read the whole answer.

        Every status up to 499 but 401, 403, 407, 429 and redirects is an answer; those, 5xx and everything that goes
        wrong on the way are failures with their reason: Retry-After is read, as seconds or as a date.
        """
        raise NotImplementedError

    async def close(self) -> None: ...
