"""What an HTTP answer says before it is read: how large it is, whether it is a failure, and when to come again."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Self

from domain.crm import CrmFailed, FailureReason

_LONGEST_WAIT = timedelta(days=1)
_GZIP = 31
"""What zlib calls it, with the largest window."""


class TooLargeError(Exception):
    """An answer is larger than it may be."""


class UnreadableError(Exception):
    """An answer is compressed in a way that is not known, or broken."""


@dataclass(slots=True)
class Bounded:
    """Puts an answer together while it comes, and stops where it becomes too large, also by being unpacked."""

    limit: int
    unpacking: zlib._Decompress | None
    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    @classmethod
    def of(cls, headers: Mapping[str, str], limit: int) -> Self:
        """Begin with what the headers say.

        Raises:
            TooLargeError: they say that too much will come.
            UnreadableError: they tell a compression that nobody asked for.
        """
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise TooLargeError
        match headers.get("content-encoding", "identity").strip().lower():
            case "identity" | "":
                return cls(limit, None)
            case "gzip" | "x-gzip":
                return cls(limit, zlib.decompressobj(_GZIP))
            case _:
                raise UnreadableError

    def take(self, chunk: bytes) -> None:
        """Add what has come.

        Raises:
            TooLargeError: it is too much now.
            UnreadableError: it cannot be unpacked.
        """
        if self.unpacking is not None:
            if self.unpacking.eof:
                # It would be kept, without an end.
                raise UnreadableError
            try:
                # One byte more than may be shows that there is more.
                chunk = self.unpacking.decompress(chunk, self.limit - self.size + 1)
            except zlib.error as problem:
                raise UnreadableError from problem
        self.size += len(chunk)
        if self.size > self.limit:
            raise TooLargeError
        self.parts.append(chunk)

    def whole(self) -> bytes:
        """Return the answer.

        Raises:
            UnreadableError: what was compressed ends too early.
        """
        if self.unpacking is not None and not self.unpacking.eof and self.parts:
            raise UnreadableError
        return b"".join(self.parts)


def failure_of_status(status: int, headers: Mapping[str, str], host: str, now: datetime) -> CrmFailed | None:
    """Return the failure that the status means, or None where the answer is to be read."""
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            message = f"{host} does not accept the credentials, or they lack a permission (status {status})."
            return CrmFailed(FailureReason.UNAUTHORIZED, message)
        case HTTPStatus.TOO_MANY_REQUESTS:
            message = f"{host} was asked too often (status 429)."
            return CrmFailed(FailureReason.RATE_LIMITED, message, retry_after(headers, now))
        case _ if 300 <= status < 400:
            return CrmFailed(FailureReason.REDIRECTED, f"{host} answers with a redirect, which is not followed.")
        case _ if status >= 500:
            message = f"{host} failed (status {status})."
            return CrmFailed(FailureReason.SERVER_ERROR, message, retry_after(headers, now))
        case _:
            return None


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return how long the header asks for patience: a day at most, and None where it does not say."""
    told = headers.get("retry-after", "").strip()
    if told.isascii() and told.isdecimal():
        # A number of many digits is more than a duration can hold.
        return min(timedelta(seconds=int(told[:9])), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta()), _LONGEST_WAIT)
