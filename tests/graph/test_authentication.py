import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from graph.authentication import (
    EXPIRED,
    INVALID,
    MALFORMED,
    MISSING,
    NOT_YET_VALID,
    WRONG_AUDIENCE,
    WRONG_ISSUER,
    Claims,
    SharedSecretVerifier,
    Unauthenticated,
    bearer_token,
    issue_token,
)

SECRET = "a secret long enough for every one of the HMAC algorithms there are"
NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
VERIFIER = SharedSecretVerifier(SECRET)


def token_with(*, key: Any = SECRET, algorithm: str | None = "HS256", headers: Any = None, **claims: Any) -> str:
    payload = {"sub": "agent-1", "org": "org-1", "exp": NOW + HOUR, **claims}
    return jwt.encode(
        {name: value for name, value in payload.items() if value is not ...},
        key,
        algorithm=algorithm,
        headers=headers,
    )


async def test_a_token_we_issue_is_one_we_accept() -> None:
    token = issue_token(SECRET, agent_id="agent-1", organization_id="org-1", lifetime=HOUR, now=NOW)
    assert await VERIFIER.verify(token) == Claims("agent-1", "org-1", NOW + HOUR)


@pytest.mark.parametrize("secret", ["", "x" * 31])
def test_a_short_secret_is_refused_by_name(secret: str) -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        SharedSecretVerifier(secret)
    with pytest.raises(ValueError, match="at least 32 bytes"):
        issue_token(secret, agent_id="a", organization_id="o", lifetime=HOUR, now=NOW)


def test_a_secret_is_counted_in_bytes() -> None:
    SharedSecretVerifier("ü" * 16)


@pytest.mark.parametrize(
    ("claims", "answer"),
    [
        ({"exp": NOW - timedelta(seconds=30)}, EXPIRED),
        ({"nbf": NOW + HOUR}, NOT_YET_VALID),
        ({"iat": NOW + HOUR}, NOT_YET_VALID),
        ({"exp": ...}, Unauthenticated("The token lacks the claim `exp`: get one which carries it.")),
        ({"sub": ...}, Unauthenticated("The token lacks the claim `sub`: get one which carries it.")),
        ({"sub": ""}, Unauthenticated("The token lacks the claim `sub`: get one which carries it.")),
        ({"org": ...}, Unauthenticated("The token lacks the claim `org`: get one which carries it.")),
        ({"org": 7}, Unauthenticated("The token lacks the claim `org`: get one which carries it.")),
        ({"sub": 7}, INVALID),
        ({"exp": "soon"}, INVALID),
        ({"exp": 1e300}, INVALID),
        ({"exp": float("inf")}, INVALID),
        ({"exp": 10**400}, INVALID),
        ({"key": "another secret of at least thirty-two bytes"}, INVALID),
        ({"algorithm": "HS384"}, INVALID),
        ({"algorithm": "none", "key": None}, INVALID),
        ({"headers": {"crit": ["x"], "x": 1}}, INVALID),
    ],
    # Not the claims themselves: what is told of a time differs between two processes that run these tests.
    ids=[
        *("expired", "not yet valid", "issued later", "no exp", "no sub", "empty sub", "no org", "org no text"),
        *("sub no text", "exp no number", "exp beyond time", "exp infinite", "exp beyond floats", "another secret"),
        *("another algorithm", "no algorithm", "critical header"),
    ],
)
async def test_a_token_that_does_not_hold(claims: dict[str, Any], answer: Unauthenticated) -> None:
    assert await VERIFIER.verify(token_with(**claims)) == answer


async def test_a_token_just_expired_passes_by_the_leeway() -> None:
    token = token_with(exp=datetime.now(UTC) - timedelta(seconds=5))
    assert isinstance(await VERIFIER.verify(token), Claims)
    assert await SharedSecretVerifier(SECRET, leeway=timedelta()).verify(token) == EXPIRED


async def test_issuer_and_audience_are_checked_where_they_are_set() -> None:
    verifier = SharedSecretVerifier(SECRET, issuer="https://us", audience="panel")
    assert isinstance(await verifier.verify(token_with(iss="https://us", aud=["panel", "x"])), Claims)
    assert await verifier.verify(token_with(iss="https://them", aud="panel")) == WRONG_ISSUER
    assert await verifier.verify(token_with(iss="https://us", aud="other")) == WRONG_AUDIENCE
    assert "`iss`" in str(await verifier.verify(token_with(aud="panel")))
    assert "`aud`" in str(await verifier.verify(token_with(iss="https://us")))
    assert isinstance(await VERIFIER.verify(token_with(iss="anybody", aud="anything")), Claims)


async def test_the_organization_claim_has_any_name() -> None:
    verifier = SharedSecretVerifier(SECRET, organization_claim="https://tenant")
    claims = await verifier.verify(token_with(**{"https://tenant": "org-2"}))
    assert claims == Claims("agent-1", "org-2", NOW + HOUR)


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "\ud800.a.b",
        "é.é.é",
        _segment({"alg": "none"}) + "." + _segment({"sub": "a", "org": "b", "exp": 2**40}) + ".",
        _segment({"alg": None}) + ".e30.",
        _segment([]) + ".e30.",
        base64.urlsafe_b64encode(b"[" * 3000).decode() + ".e30.",
        "a" * 10_000_000,
    ],
    ids=lambda token: ascii(token[:30]),
)
async def test_what_is_no_token(token: str) -> None:
    assert await VERIFIER.verify(token) == INVALID


@given(st.text(max_size=80) | st.text('abcXYZ-_=.{}"', max_size=80))
async def test_any_text_is_answered(token: str) -> None:
    assert isinstance(await VERIFIER.verify(token), Unauthenticated)


async def test_every_changed_character_is_noticed() -> None:
    token = token_with()
    for place in range(0, len(token) - 1, 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert isinstance(await VERIFIER.verify(changed), Unauthenticated)


async def test_an_hmac_over_a_public_key_does_not_pass() -> None:
    pem = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    assert await VERIFIER.verify(token_with(key=pem.hex())) == INVALID


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, MISSING),
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER   abc  ", "abc"),
        ("Bearer", MALFORMED),
        ("Bearer ", MALFORMED),
        ("", MALFORMED),
        ("Basic abc", MALFORMED),
        ("abc", MALFORMED),
        ("Bearer a b", MALFORMED),
        ("Bearer a, Bearer b", MALFORMED),
    ],
)
def test_the_token_of_a_header(header: str | None, expected: str | Unauthenticated) -> None:
    assert bearer_token(Headers({} if header is None else {"Authorization": header})) == expected
