"""Requests to a CRM over HTTP: bounded in time and size, and to no address that is nobody's business.

httpcore, on which httpx stands, sends them: it has no cookies, proxies, redirects and log lines with addresses that one
organization's requests could share with another's.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpcore
import httpx
import orjson

from crm.addresses import AddressRefusedError, CheckedNetwork, Resolve, addresses_of
from crm.http_answers import Bounded, TooLargeError, UnreadableError, failure_of_status
from domain import clock
from domain.crm import CrmFailed, FailureReason

_CONNECTIONS = 200
_KEPT_CONNECTIONS = 50
_KEPT_SECONDS = 15.0
_OWN_HEADERS = {"user-agent": "contact-graph", "accept-encoding": "gzip"}


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a request may cost."""

    connect_seconds: float = 3.0
    total_seconds: float = 10.0
    """From its beginning to the last byte of the answer, however slowly that comes."""
    answer_bytes: int = 5_000_000
    """Also of what a compressed answer becomes."""
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

    def __init__(
        self,
        limits: HttpLimits | None = None,
        *,
        resolve: Resolve = addresses_of,
        trust: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._limits = limits or HttpLimits()
        self._now = now
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or httpcore.default_ssl_context(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT_CONNECTIONS,
            keepalive_expiry=_KEPT_SECONDS,
            network_backend=CheckedNetwork(allow_private=self._limits.allow_private, resolve=resolve),
        )

    async def send(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None
    ) -> HttpAnswer | CrmFailed:
        """Send a request and read the whole answer.

        Every status up to 499 but 401, 403, 407, 429 and redirects is an answer; those, 5xx and everything that goes
        wrong on the way are failures with their reason: Retry-After is read, as seconds or as a date.
        """
        address = self._checked(url)
        if isinstance(address, CrmFailed):
            return address
        host = address.host
        try:
            async with asyncio.timeout(self._limits.total_seconds):
                return await self._exchange(method, address, headers, body)
        except (TimeoutError, httpcore.TimeoutException):
            return CrmFailed(FailureReason.TIMED_OUT, f"{host} did not answer in time.")
        except AddressRefusedError:
            return CrmFailed(FailureReason.ADDRESS_REFUSED, f"{host} is an address of a private network.")
        except TooLargeError:
            size = self._limits.answer_bytes
            return CrmFailed(FailureReason.TOO_LARGE, f"The answer of {host} is larger than {size:,} bytes.")
        except UnreadableError:
            return CrmFailed(
                FailureReason.UNREADABLE, f"The answer of {host} is compressed in a way that is not known."
            )
        except (httpcore.LocalProtocolError, UnicodeEncodeError):
            # Not in its own words: they quote the header, which may be the credential.
            return CrmFailed(FailureReason.REFUSED, "A credential has characters that no request can carry.")
        except httpcore.ConnectError:
            return CrmFailed(
                FailureReason.UNREACHABLE,
                f"No connection to {host}: its name is unknown, it refuses, or its certificate is not trusted.",
            )
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return CrmFailed(FailureReason.UNREACHABLE, f"{host} broke off before its answer was complete.")

    async def close(self) -> None:
        await self._pool.aclose()

    def _checked(self, url: str) -> httpx.URL | CrmFailed:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            return CrmFailed(FailureReason.ADDRESS_REFUSED, "The address is no URL.")
        is_port = parsed.port is None or 0 < parsed.port < 65_536
        if parsed.scheme not in ("https", "http") or not parsed.host or not is_port:
            return CrmFailed(
                FailureReason.ADDRESS_REFUSED,
                "The address must begin with https:// and name a host, and a port that there is.",
            )
        if parsed.scheme == "http" and not self._limits.allow_private:
            return CrmFailed(FailureReason.ADDRESS_REFUSED, "The address must begin with https://.")
        if parsed.userinfo or parsed.fragment:
            return CrmFailed(FailureReason.ADDRESS_REFUSED, "The address must have neither a user nor a fragment.")
        return parsed

    async def _exchange(
        self, method: str, address: httpx.URL, headers: Mapping[str, str], body: bytes | None
    ) -> HttpAnswer | CrmFailed:
        seconds = self._limits.total_seconds
        timeouts = {"connect": self._limits.connect_seconds, "read": seconds, "write": seconds, "pool": seconds}
        # httpx knows the forms of a host and a path on the wire, and which headers a body needs.
        request = httpx.Request(method, address, headers={**_OWN_HEADERS, **headers}, content=body)
        async with self._pool.stream(
            method,
            httpcore.URL(scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path),
            headers=request.headers.raw,
            content=body,
            extensions={"timeout": timeouts},
        ) as response:
            told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            failure = failure_of_status(response.status, told, address.host, self._now())
            if failure is not None:
                return failure
            bounded = Bounded.of(told, self._limits.answer_bytes)
            async for chunk in response.aiter_stream():
                bounded.take(chunk)
            content = bounded.whole()
        return HttpAnswer(response.status, told, content, _json(content))


def _json(content: bytes) -> object:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
