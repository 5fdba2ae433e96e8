"""Against a provider of our own: real keys, real HTTP on loopback."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from graph.authentication import EXPIRED, INVALID, WRONG_AUDIENCE, Claims
from graph.openid import KeysUnavailableError, OpenIdVerifier, SigningKeys

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
LATER_KEY = ec.generate_private_key(ec.SECP256R1())
EXPIRES = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def published(key: Any, key_id: str | None, **more: Any) -> dict[str, Any]:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), **({"kid": key_id} if key_id else {}), **more}


class Provider(ThreadingHTTPServer):
    """Publishes ``keys``; ``status`` other than 200 is an outage; counts how often it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.keys: list[dict[str, Any]] = [published(RSA_KEY, "rsa"), published(EC_KEY, "ec", use="sig")]
        self.status, self.asked, self.body = 200, 0, b""
        self.open = threading.Event()
        self.open.set()

    def handle_error(self, *_: Any) -> None:
        """A client that gave up waiting is what some of the tests want."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/jwks"


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        self.server.asked += 1
        self.server.open.wait(5)
        body = self.server.body or json.dumps({"keys": self.server.keys}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.open.set()
        server.shutdown()
        thread.join()


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def token(key: Any = RSA_KEY, key_id: str | None = "rsa", algorithm: str = "RS256", **claims: Any) -> str:
    payload = {"sub": "agent-1", "org": "org-1", "exp": EXPIRES, **claims}
    return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": key_id} if key_id else None)


def verifier_of(provider: Provider, clock: Clock, **options: Any) -> OpenIdVerifier:
    return OpenIdVerifier(provider.url, keys=SigningKeys(provider.url, clock=clock, timeout=2), **options)


async def test_tokens_of_both_kinds_are_accepted_with_one_fetch(provider: Provider) -> None:
    verifier = OpenIdVerifier(provider.url)
    for _ in range(3):
        assert await verifier.verify(token()) == Claims("agent-1", "org-1", EXPIRES)
        assert isinstance(await verifier.verify(token(EC_KEY, "ec", "ES256")), Claims)
    assert provider.asked == 1


async def test_a_url_that_is_no_http_is_refused_at_once() -> None:
    with pytest.raises(jwt.PyJWKClientError, match="scheme"):
        OpenIdVerifier("file:///etc/passwd")


async def test_what_the_claims_must_satisfy(provider: Provider) -> None:
    verifier = verifier_of(provider, Clock(), issuer="https://id", audience="panel", organization_claim="tenant")
    good: dict[str, Any] = {"iss": "https://id", "aud": "panel", "tenant": "org-2"}
    assert await verifier.verify(token(**good)) == Claims("agent-1", "org-2", EXPIRES)
    assert await verifier.verify(token(**good | {"aud": "x"})) == WRONG_AUDIENCE
    assert await verifier.verify(token(**good | {"exp": EXPIRES - timedelta(hours=2)})) == EXPIRED


async def test_algorithms_cannot_be_confused(provider: Provider) -> None:
    verifier = verifier_of(provider, Clock())
    pem = RSA_KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    hmac = jwt.encode({"sub": "a", "org": "o", "exp": EXPIRES}, pem.hex(), "HS256", headers={"kid": "rsa"})
    unsigned = jwt.encode({"sub": "a", "org": "o", "exp": EXPIRES}, "", "none", headers={"kid": "rsa"})
    for forged in (hmac, unsigned, token(algorithm="RS512"), "no token"):
        assert await verifier.verify(forged) == INVALID
    assert provider.asked == 0
    for forged in (token(EC_KEY, "rsa", "ES256"), token(RSA_KEY, "ec", "RS256"), token(LATER_KEY, "ec", "ES256")):
        assert await verifier.verify(forged) == INVALID


async def test_a_symmetric_or_encryption_key_is_never_used(provider: Provider) -> None:
    secret = {"kty": "oct", "kid": "oct", "k": "c2VjcmV0LW9mLXRoaXJ0eS10d28tYnl0ZXMtb3ItbW9yZQ"}
    provider.keys = [secret, published(EC_KEY, "enc", use="enc"), published(RSA_KEY, "rsa")]
    verifier = verifier_of(provider, Clock())
    assert isinstance(await verifier.verify(token()), Claims)
    assert await verifier.verify(token(EC_KEY, "enc", "ES256")) == INVALID


async def test_a_token_without_key_id_needs_a_single_key(provider: Provider) -> None:
    verifier = verifier_of(provider, clock := Clock())
    assert await verifier.verify(token(key_id=None)) == INVALID
    provider.keys = [published(RSA_KEY, None)]
    clock.now += 30
    assert isinstance(await verifier.verify(token(key_id=None)), Claims)


async def test_unknown_keys_are_asked_for_at_most_every_thirty_seconds(provider: Provider) -> None:
    verifier = verifier_of(provider, clock := Clock())
    await verifier.verify(token())
    provider.keys.append(published(LATER_KEY, "later"))
    rotated = token(LATER_KEY, "later", "ES256")
    for second in range(30):
        clock.now = 1000 + second
        assert await verifier.verify(rotated) == INVALID
        assert await verifier.verify(token(key_id=f"random-{second}")) == INVALID
    assert provider.asked == 1
    clock.now = 1030
    assert isinstance(await verifier.verify(rotated), Claims)
    assert provider.asked == 2


async def test_callers_who_wait_share_one_fetch_and_survive_who_leaves(provider: Provider) -> None:
    provider.open.clear()
    verifier = verifier_of(provider, Clock())
    first, *others = (asyncio.create_task(verifier.verify(token())) for _ in range(10))
    await asyncio.sleep(0.05)
    first.cancel()
    provider.open.set()
    assert all(isinstance(claims, Claims) for claims in await asyncio.gather(*others))
    assert provider.asked == 1


async def test_the_event_loop_goes_on_while_keys_are_fetched(provider: Provider) -> None:
    provider.open.clear()
    waiting = asyncio.create_task(verifier_of(provider, Clock()).verify(token()))
    for _ in range(10):
        await asyncio.sleep(0.001)
    assert not waiting.done()
    provider.open.set()
    assert isinstance(await waiting, Claims)


async def _until(provider: Provider, asked: int) -> None:
    async with asyncio.timeout(5):
        while provider.asked < asked:  # noqa: ASYNC110 - the count is another thread's
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("status", "body"), [(503, b""), (200, b"no json"), (200, b"[]"), (200, b'{"keys":[]}'), (302, b""), (200, b"\xff")]
)
async def test_while_the_provider_is_down_known_keys_go_on_working(
    status: int, body: bytes, provider: Provider
) -> None:
    verifier = verifier_of(provider, clock := Clock())
    await verifier.verify(token())
    provider.status, provider.body = status, body
    clock.now += 3600
    assert isinstance(await verifier.verify(token()), Claims)
    await _until(provider, 2)
    assert isinstance(await verifier.verify(token()), Claims)
    with pytest.raises(KeysUnavailableError):
        await verifier.verify(token(key_id="unknown"))
    assert provider.asked == 2
    provider.status, provider.body = 200, b""
    clock.now += 5
    assert await verifier.verify(token(key_id="unknown")) == INVALID
    assert provider.asked == 3


async def test_without_any_key_an_outage_is_an_outage(provider: Provider) -> None:
    provider.status = 500
    verifier = verifier_of(provider, clock := Clock())
    for _ in range(3):
        with pytest.raises(KeysUnavailableError):
            await verifier.verify(token())
    assert provider.asked == 1
    provider.status = 200
    clock.now += 5
    assert isinstance(await verifier.verify(token()), Claims)


async def test_a_provider_that_hangs_is_given_up(provider: Provider) -> None:
    provider.open.clear()
    verifier = OpenIdVerifier(provider.url, keys=SigningKeys(provider.url, timeout=0.1))
    with pytest.raises(KeysUnavailableError):
        await verifier.verify(token())


async def test_a_key_that_was_withdrawn_stops_working(provider: Provider) -> None:
    verifier = verifier_of(provider, clock := Clock())
    assert isinstance(await verifier.verify(token()), Claims)
    provider.keys = [published(EC_KEY, "ec")]
    clock.now += 300
    assert isinstance(await verifier.verify(token()), Claims)
    await _until(provider, 2)
    assert await verifier.verify(token()) == INVALID
