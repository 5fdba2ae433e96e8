"""Who asks: bearer tokens (JWT) and their verification with a shared secret. OpenID providers: ``graph.openid``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

import jwt

MINIMUM_SECRET_BYTES: Final = 32
DEFAULT_LEEWAY: Final = timedelta(seconds=10)
DEFAULT_ORGANIZATION_CLAIM: Final = "org"

# Longer than any token of ours or of a provider; what is longer is refused before any work is done on it.
_MAXIMUM_TOKEN_CHARACTERS: Final = 8192


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. Role and plan are not in it: they come from the database."""

    agent_id: str
    organization_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Unauthenticated:
    """The caller is not known; ``message`` is for them and says what to do, never why a signature failed."""

    message: str


MISSING: Final = Unauthenticated("Sign in: send the header `Authorization: Bearer <token>`.")
MALFORMED: Final = Unauthenticated("The Authorization header must read `Bearer <token>`, with one token.")
EXPIRED: Final = Unauthenticated("The token has expired: get a new one and repeat the request.")
NOT_YET_VALID: Final = Unauthenticated("The token is not valid yet: check the clock of its issuer.")
WRONG_AUDIENCE: Final = Unauthenticated("The token was not issued for this API: ask for one with its audience.")
WRONG_ISSUER: Final = Unauthenticated("The token comes from an issuer this API does not trust.")
INVALID: Final = Unauthenticated("The token is not valid: get a new one and repeat the request.")


class TokenVerifier(Protocol):
    """Turns a token into claims. Raises only for outages."""

    async def verify(self, token: str) -> Claims | Unauthenticated: ...


@dataclass(frozen=True, slots=True)
class Expectations:
    """What every token must satisfy beside its signature; ``issuer`` and ``audience`` are optional."""

    issuer: str | None = None
    audience: str | None = None
    organization_claim: str = DEFAULT_ORGANIZATION_CLAIM
    leeway: timedelta = DEFAULT_LEEWAY


class SharedSecretVerifier:
    """Verifies HS256 tokens signed with a secret both sides know (at least 32 bytes in UTF-8)."""

    def __init__(
        self,
        secret: str,
        *,
        issuer: str | None = None,
        audience: str | None = None,
        organization_claim: str = DEFAULT_ORGANIZATION_CLAIM,
        leeway: timedelta = DEFAULT_LEEWAY,
    ) -> None:
        self._key = _strong(secret)
        self._expectations = Expectations(issuer, audience, organization_claim, leeway)

    async def verify(self, token: str) -> Claims | Unauthenticated:
        return claims_of(token, self._key, ("HS256",), self._expectations)


def issue_token(
    secret: str,
    *,
    agent_id: str,
    organization_id: str,
    lifetime: timedelta,
    now: datetime,
    issuer: str | None = None,
    audience: str | None = None,
    organization_claim: str = DEFAULT_ORGANIZATION_CLAIM,
) -> str:
    """An HS256 token for a ``SharedSecretVerifier`` with the same expectations; ``now`` has a zone."""
    payload = {"sub": agent_id, organization_claim: organization_id, "iat": now, "exp": now + lifetime}
    expected = {"iss": issuer, "aud": audience}
    payload.update({name: value for name, value in expected.items() if value is not None})
    return jwt.encode(payload, _strong(secret), algorithm="HS256")


def bearer_token(headers: Mapping[str, str]) -> str | Unauthenticated:
    """The token of an ``Authorization`` header (looked up in lower case, as Starlette's headers allow)."""
    header = headers.get("authorization")
    if header is None:
        return MISSING
    scheme, _, token = header.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or " " in token:
        return MALFORMED
    return token


def claims_of(
    token: str, key: jwt.PyJWK | bytes, algorithms: Sequence[str], expectations: Expectations
) -> Claims | Unauthenticated:
    """The claims of a token whose signature, times, issuer and audience hold.

    ``algorithms`` is the complete list of what may sign: it never comes from the token, so neither ``none`` nor
    an HMAC over a public key can pass.
    """
    if len(token) > _MAXIMUM_TOKEN_CHARACTERS:
        return INVALID
    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            issuer=expectations.issuer,
            audience=expectations.audience,
            leeway=expectations.leeway,
            options={
                "require": ["exp", "sub"],
                "verify_aud": expectations.audience is not None,
                "enforce_minimum_key_length": True,
            },
        )
    except (jwt.PyJWTError, ValueError, OverflowError, RecursionError) as error:
        return refusal_of(error)
    return _claims(payload, expectations.organization_claim)


def refusal_of(error: Exception) -> Unauthenticated:
    """What to tell a caller whose token PyJWT refused."""
    match error:
        case jwt.ExpiredSignatureError():
            return EXPIRED
        case jwt.ImmatureSignatureError():
            return NOT_YET_VALID
        case jwt.InvalidAudienceError():
            return WRONG_AUDIENCE
        case jwt.InvalidIssuerError():
            return WRONG_ISSUER
        case jwt.MissingRequiredClaimError(claim=claim):
            return _missing(claim)
        case _:
            return INVALID


def _claims(payload: Mapping[str, Any], organization_claim: str) -> Claims | Unauthenticated:
    agent, organization = payload["sub"], payload.get(organization_claim)
    if not isinstance(agent, str) or not agent:
        return _missing("sub")
    if not isinstance(organization, str) or not organization:
        return _missing(organization_claim)
    try:
        expires_at = datetime.fromtimestamp(int(payload["exp"]), UTC)
    except (ValueError, OverflowError, OSError):  # a year beyond 9999
        return INVALID
    return Claims(agent, organization, expires_at)


def _missing(claim: str) -> Unauthenticated:
    return Unauthenticated(f"The token lacks the claim `{claim}`: get one which carries it.")


def _strong(secret: str) -> bytes:
    key = secret.encode()
    if len(key) < MINIMUM_SECRET_BYTES:
        raise ValueError(f"The token secret must have at least {MINIMUM_SECRET_BYTES} bytes; it has {len(key)}.")
    return key
