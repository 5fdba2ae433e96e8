"""Tokens of an OpenID provider: RS256 or ES256, verified with the keys its JWKS URL publishes."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import jwt

from graph.authentication import (
    DEFAULT_LEEWAY,
    DEFAULT_ORGANIZATION_CLAIM,
    INVALID,
    Claims,
    Expectations,
    Unauthenticated,
    claims_of,
)

logger = logging.getLogger("contact_graph.authentication")

ALGORITHMS: Final = ("RS256", "ES256")
_RETRY_SECONDS: Final = 5.0


class KeysUnavailableError(Exception):
    """The provider could not be asked, so that a token with an unknown key can be neither accepted nor refused."""


class SigningKeys:
    """The provider's published keys, by their id.

    A known key answers at once, without the network. Keys older than ``max_age`` seconds are fetched anew in the
    background; while the provider is down the known ones go on working. An unknown id fetches at once, but never
    more often than every ``cooldown`` seconds (5 after a failure), whatever the callers send.
    """

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 5.0,
        max_age: float = 300.0,
        cooldown: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=timeout)
        self._timeout, self._max_age, self._cooldown, self._clock = timeout, max_age, cooldown, clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._attempted_at: float | None = None
        self._failure: Exception | None = None
        self._fetch: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> jwt.PyJWK | None:
        """The key with this id; without an id, the key where there is but one.

        Raises:
            KeysUnavailableError: the key is not known and the provider does not answer.
        """
        key = self._known(key_id)
        if key is not None:
            if self._age() >= self._max_age:
                self._fetch_if_due()
            return key
        fetch = self._fetch_if_due()
        if fetch is not None:
            # The fetch serves every waiting caller: one who leaves must not cancel it.
            await asyncio.shield(fetch)
        key = self._known(key_id)
        if key is None and self._failure is not None:
            raise KeysUnavailableError("The signing keys could not be fetched.") from self._failure
        return key

    def _known(self, key_id: str | None) -> jwt.PyJWK | None:
        if key_id is None:
            return next(iter(self._keys.values())) if len(self._keys) == 1 else None
        return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._attempted_at is None else self._clock() - self._attempted_at

    def _fetch_if_due(self) -> asyncio.Task[None] | None:
        """The fetch under way, or a new one where the last is long enough ago."""
        if self._fetch is not None and not self._fetch.done():
            return self._fetch
        wait = min(_RETRY_SECONDS, self._cooldown) if self._failure is not None else self._cooldown
        if self._age() < wait:
            return None
        self._attempted_at = self._clock()
        self._fetch = asyncio.get_running_loop().create_task(self._refresh())
        return self._fetch

    async def _refresh(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                keys = await asyncio.to_thread(self._download)
        except (jwt.PyJWTError, OSError, ValueError, RecursionError) as error:
            self._failure = error
            logger.warning("The signing keys could not be fetched from %s: %r", self._client.uri, error)
        else:
            self._keys, self._failure = keys, None

    def _download(self) -> dict[str, jwt.PyJWK]:
        published = jwt.PyJWKSet.from_dict(self._client.fetch_data())
        return {
            key.key_id or "": key
            for key in published.keys
            if key.algorithm_name in ALGORITHMS and key.public_key_use in (None, "sig")
        }


class OpenIdVerifier:
    """Verifies the RS256 and ES256 tokens of one provider; raises ``KeysUnavailableError`` when it is down."""

    def __init__(
        self,
        jwks_url: str,
        *,
        issuer: str | None = None,
        audience: str | None = None,
        organization_claim: str = DEFAULT_ORGANIZATION_CLAIM,
        leeway: timedelta = DEFAULT_LEEWAY,
        keys: SigningKeys | None = None,
    ) -> None:
        self._keys = keys or SigningKeys(jwks_url)
        self._expectations = Expectations(issuer, audience, organization_claim, leeway)

    async def verify(self, token: str) -> Claims | Unauthenticated:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError):
            return INVALID
        # Checked before the key is looked up: a token that cannot pass must not reach the network.
        if header.get("alg") not in ALGORITHMS:
            return INVALID
        key = await self._keys.find(header.get("kid"))
        return INVALID if key is None else claims_of(token, key, ALGORITHMS, self._expectations)
