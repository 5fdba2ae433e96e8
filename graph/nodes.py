"""Global ids: opaque to callers, who hand back what they were given."""

import base64
import binascii
from dataclasses import dataclass

import strawberry

_LONGEST = 1_400
"""Characters of an id: those of an identity whose 200 characters are of the longest that there are."""


@strawberry.interface(description="Anything that has an id of its own. Use the id as the key of a normalized cache.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque, unique among all objects of every type, and the same for ever. Never build or parse one."
    )


@dataclass(frozen=True, slots=True)
class GlobalId:
    type_name: str
    local_id: str


def encode_id(type_name: str, local_id: str) -> strawberry.ID:
    return strawberry.ID(base64.urlsafe_b64encode(f"{type_name}:{local_id}".encode()).decode().rstrip("="))


def decode_id(given: str) -> GlobalId | None:
    """Return what the id names, or None where it is none of ours."""
    if len(given) > _LONGEST:
        return None
    try:
        text = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    type_name, separator, local_id = text.partition(":")
    return GlobalId(type_name, local_id) if separator and local_id else None
