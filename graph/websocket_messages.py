"""The messages of graphql-transport-ws, as far as a server receives them: read and checked."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from graph.http_request import Parameters, Refusal, parameters_in

LONGEST_ID: Final = 200


@dataclass(frozen=True, slots=True)
class Init:
    authorization: str | None
    """As the header of that name would have it."""


@dataclass(frozen=True, slots=True)
class Ping:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    id: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """Not a message of the protocol; the reason is for whoever wrote the client."""

    reason: str


Message = Init | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> Message | Malformed:
    try:
        found = orjson.loads(text)
    except ValueError:
        return Malformed("A message must be JSON.")
    if not isinstance(found, dict):
        return Malformed("A message must be a JSON object.")
    payload = found.get("payload")
    match found.get("type"):
        case "connection_init":
            return _init(payload)
        case "ping":
            return Ping(payload) if isinstance(payload, dict | None) else Malformed("`payload` must be an object.")
        case "pong":
            return Pong()
        case "subscribe":
            return _subscribe(found.get("id"), payload)
        case "complete":
            operation_id = _operation_id(found.get("id"))
            return operation_id if isinstance(operation_id, Malformed) else Complete(operation_id)
        case _:
            return Malformed("`type` must be one that a client sends.")


def _init(payload: object) -> Init | Malformed:
    if not isinstance(payload, dict | None):
        return Malformed("`payload` must be an object.")
    # Clients take it for a header, and spell it as they do those.
    found = [value for name, value in (payload or {}).items() if name.lower() == "authorization"]
    if len(found) > 1 or not all(isinstance(each, str) for each in found):
        return Malformed("`payload.Authorization` must be a string.")
    return Init(found[0] if found else None)


def _subscribe(operation_id: object, payload: object) -> Subscribe | Malformed:
    known = _operation_id(operation_id)
    if isinstance(known, Malformed):
        return known
    parameters = parameters_in(payload)
    return Malformed(parameters.message) if isinstance(parameters, Refusal) else Subscribe(known, parameters)


def _operation_id(found: object) -> str | Malformed:
    if isinstance(found, str) and 0 < len(found) <= LONGEST_ID:
        return found
    return Malformed(f"`id` must be a string of 1 to {LONGEST_ID} characters.")
