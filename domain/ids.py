"""Identifiers, made by us so that a write needs no answer from the database to be named."""

from __future__ import annotations

import secrets
import time


def new_id() -> str:
    """Return 32 hexadecimal digits that sort by the time of making.

    The leading 16 are nanoseconds since 1970, so that rows made one after the other lie side by side in an
    index; the other 64 bits are random, so that processes need not agree.
    """
    return f"{time.time_ns():016x}{secrets.token_hex(8)}"
