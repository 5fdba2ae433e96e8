"""From a GraphQL result, or a refusal, to the bytes and the status of an HTTP response."""

import json
from typing import Any, Final

import orjson
from starlette.responses import Response
from strawberry.types import ExecutionResult

from graph.http_request import Refusal
from graph.masking import INTERNAL_SERVER_ERROR, PARSE_FAILED
from graph.negotiation import MediaType

# The GraphQL-over-HTTP specification's own code: data, but not all of it.
PARTIAL_SUCCESS: Final = 294

# What is answered is somebody's personal data.
_HEADERS: Final = {"cache-control": "no-store"}


def result_body(result: ExecutionResult) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [error.formatted for error in result.errors]
    if not _is_request_error(result):
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def result_response(result: ExecutionResult, media_type: MediaType) -> Response:
    return Response(
        encode(result_body(result)), status_of(result, media_type), _HEADERS, media_type=media_type.content_type
    )


def refusal_response(refusal: Refusal, media_type: MediaType | None) -> Response:
    """In the negotiated type; where there is none, in the one every client can read."""
    extensions = {"code": refusal.code, **({"id": refusal.error_id} if refusal.error_id else {})}
    body = {"errors": [{"message": refusal.message, "extensions": extensions}]}
    content_type = (media_type or MediaType.JSON).content_type
    return Response(encode(body), refusal.status, {**_HEADERS, **refusal.headers}, media_type=content_type)


def status_of(result: ExecutionResult, media_type: MediaType) -> int:
    """The September 2026 edition's codes for clients that accept its media type; 200 for the others.

    Those others take any other status for a message of a proxy, and do not read the errors.
    """
    if not result.errors:
        return 200
    early = _is_request_error(result)
    codes = {(error.extensions or {}).get("code") for error in result.errors}
    if early and INTERNAL_SERVER_ERROR in codes:
        return 500
    if media_type is MediaType.JSON:
        return 200
    if not early:
        return PARTIAL_SUCCESS
    return 400 if PARSE_FAILED in codes else 422


def _is_request_error(result: ExecutionResult) -> bool:
    """Whether no field was run: such an answer has no `data` at all, not even null."""
    return result.data is None and all(error.path is None for error in result.errors or ())


def encode(body: object) -> bytes:
    """JSON in UTF-8.

    orjson refuses lone surrogates and integers beyond 64 bits, which a database may hold; the standard library
    writes both.
    """
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
