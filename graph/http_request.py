"""From an HTTP request to the parameters of a GraphQL request, or to the refusal the caller gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from starlette.requests import Request

from graph.negotiation import MediaType, media_type_and_parameters

BAD_REQUEST: Final = "BAD_REQUEST"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer without a GraphQL result: the HTTP request itself was not one the endpoint takes."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    error_id: str | None = None


@dataclass(frozen=True, slots=True)
class Parameters:
    """A well-formed GraphQL request. What is absent, null or (the name) empty is None."""

    query: str
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


async def parameters_of(request: Request, max_body_bytes: int) -> Parameters | Refusal:
    """Reads and checks the request's parameters.

    Raises:
        starlette.requests.ClientDisconnect: the client left before it had sent its body.
    """
    if request.method == "GET":
        return parameters_in(_from_query_string(request.query_params))
    body = await _body(request, max_body_bytes)
    return body if isinstance(body, Refusal) else parameters_in(_decoded(body, "The request body"))


def content_refusal(headers: Mapping[str, str], max_body_bytes: int) -> Refusal | None:
    """What is wrong with a body can be known from its headers, before any of it is read."""
    media_type, parameters = media_type_and_parameters(headers.get("content-type", ""))
    if media_type != MediaType.JSON.value or parameters.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        return _unsupported("Send the request as `Content-Type: application/json`, in UTF-8.")
    if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
        return _unsupported("Compressed request bodies are not read: send it as it is.")
    length = headers.get("content-length", "").strip()
    # Ten digits are too much whatever the limit, and int() of thousands of them raises.
    if length.isdecimal() and (len(length) > 10 or int(length) > max_body_bytes):
        return _too_large(max_body_bytes)
    return None


async def _body(request: Request, limit: int) -> bytes | Refusal:
    # Counted while it arrives: a chunked body announces no length.
    chunks, size = list[bytes](), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            return _too_large(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _from_query_string(query: Mapping[str, str]) -> dict[str, Any] | Refusal:
    found: dict[str, Any] = {name: query[name] for name in ("query", "operationName") if name in query}
    for name in ("variables", "extensions"):
        if text := query.get(name):
            value = _decoded(text.encode(), f"The parameter `{name}`")
            if isinstance(value, Refusal):
                return value
            found[name] = value
    return found


def _decoded(text: bytes, what: str) -> object:
    # orjson refuses what has no meaning in JSON or no place in an answer: NaN, lone surrogates, a number beyond a
    # double, more than 1,024 levels, bytes that are no UTF-8. All of it as one ValueError.
    try:
        return orjson.loads(text)
    except ValueError as error:
        return _malformed(f"{what} could not be read as JSON: {error}.")


def parameters_in(found: object) -> Parameters | Refusal:
    """Read and check the parameters of decoded JSON; a refusal is handed on."""
    if isinstance(found, Refusal):
        return found
    if isinstance(found, list):
        return _malformed("Batches are not supported: send one operation as a JSON object.")
    if not isinstance(found, dict):
        return _malformed("The request must be a JSON object with the key `query`.")
    query, name = found.get("query"), found.get("operationName")
    if not isinstance(query, str) or not query:
        return _malformed("`query` is missing: it must be a string with a GraphQL document.")
    if not isinstance(name, str | None):
        return _malformed("`operationName` must be a string, or null, or absent.")
    variables, extensions = found.get("variables"), found.get("extensions")
    if not isinstance(variables, dict | None):
        return _malformed("`variables` must be an object, or null, or absent.")
    if not isinstance(extensions, dict | None):
        return _malformed("`extensions` must be an object, or null, or absent.")
    return Parameters(query, name or None, variables, extensions)


def _malformed(message: str) -> Refusal:
    return Refusal(400, BAD_REQUEST, message)


def _unsupported(message: str) -> Refusal:
    return Refusal(415, "UNSUPPORTED_MEDIA_TYPE", message)


def _too_large(limit: int) -> Refusal:
    return Refusal(413, "REQUEST_TOO_LARGE", f"The request body is larger than {limit} bytes.")
