"""Signatures of what the CRM and the product send to each other: HMAC-SHA256, with a key that both know.

`X-Contact-Graph-Timestamp` holds the time in seconds since 1970, `X-Contact-Graph-Signature` the HMAC over that text, a
dot and the body, in hexadecimal digits. The key is exchanged in hexadecimal digits too, and decoded before it is used.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# Header names are compared without regard to case; in lower case they are found in any mapping of headers.
SIGNATURE = "x-contact-graph-signature"
TIMESTAMP = "x-contact-graph-timestamp"
TOLERANCE = timedelta(minutes=5)
_KEY = re.compile(r"(?:[0-9a-fA-F]{2}){16,}")
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class SignatureFault(Enum):
    """What is wrong with a signature."""

    MISSING = "MISSING"
    """One of the headers is not there."""
    MALFORMED = "MALFORMED"
    """A header is not spelt as agreed."""
    WRONG = "WRONG"
    """Made with another key, for another body or for another time."""
    TOO_OLD = "TOO_OLD"
    FROM_THE_FUTURE = "FROM_THE_FUTURE"


@dataclass(frozen=True, slots=True)
class Signed:
    """The body is from who has the key, and is as it was sent."""

    replay_key: str
    """The same each time that this message comes. Kept for twice the tolerance, it tells one that came before."""


def is_key(text: str) -> bool:
    """Tell whether the text is a key: 16 bytes or more, in hexadecimal digits."""
    return _KEY.fullmatch(text) is not None


def sign(key: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers that sign the body.

    Raises:
        ValueError: the key is none.
    """
    timestamp = str(int(now.timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: _signature(key, timestamp, body)}


def verify(
    key: str, headers: Mapping[str, str], body: bytes, now: datetime, tolerance: timedelta = TOLERANCE
) -> Signed | SignatureFault:
    """Return whether who sent the body has the key, and sent it now.

    Args:
        key: in hexadecimal digits.
        headers: by lower-case name, or whatever the case.
        body: as it came.
        now: when it came.
        tolerance: by how much the time of the sender may differ.

    Raises:
        ValueError: the key is none.
    """
    signature, timestamp = headers.get(SIGNATURE), headers.get(TIMESTAMP)
    if signature is None or timestamp is None:
        return SignatureFault.MISSING
    if _SIGNATURE.fullmatch(signature) is None or _TIMESTAMP.fullmatch(timestamp) is None:
        return SignatureFault.MALFORMED
    expected = _signature(key, timestamp, body)
    if not hmac.compare_digest(signature.lower(), expected):
        return SignatureFault.WRONG
    age = now.timestamp() - int(timestamp)
    if age > tolerance.total_seconds():
        return SignatureFault.TOO_OLD
    if age < -tolerance.total_seconds():
        return SignatureFault.FROM_THE_FUTURE
    return Signed(expected)


def _signature(key: str, timestamp: str, body: bytes) -> str:
    if not is_key(key):
        raise ValueError("A key of signatures has 32 hexadecimal digits or more, in pairs.")
    return hmac.digest(bytes.fromhex(key), timestamp.encode() + b"." + body, "sha256").hex()
