"""Every error a client sees has ``extensions.code``; what was not expected is masked, logged with an id, counted."""

import logging
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import strawberry
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry import relay
from strawberry.exceptions import MissingQueryError, StrawberryInputCoercionError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, StreamExecutionResult
from strawberry.types.execution import PreExecutionError

from graph.limits import TOO_COMPLEX

logger = logging.getLogger("contact_graph.graphql")

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
RESOLUTION_FAILURE: Final = "OPERATION_RESOLUTION_FAILURE"
BAD_USER_INPUT: Final = "BAD_USER_INPUT"
INTERNAL_SERVER_ERROR: Final = "INTERNAL_SERVER_ERROR"

# Strawberry raises these for what a client sent; two of them are no GraphQLErrors.
_CLIENT_MISTAKES: Final = (relay.GlobalIDValueError, StrawberryInputCoercionError)

# Not failures: the HTTP layer answers each with a status of its own.
_REFUSALS: Final = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)

# The parser counts, and has but one kind of error.
_TOO_MANY_TOKENS: Final = re.compile(r"more than \d+ tokens")

# Where graphql-core repeats a whole input that it refuses, or what stands in the place of one: it may hold a
# credential, or what people have written, and errors are kept by whoever collects them.
_REPEATED: Final = re.compile(
    r"(?:(?:, found|(?<=\?) Found|(?<=value)): [{\[]|(?<=to be an object), found: ).*", re.DOTALL
)

# What Strawberry says in words for whoever makes a schema, or without what to do instead.
_REWORDED: Final = (
    (
        r"OneOf Input Object '(\w+)' must specify exactly one key\.",
        r"Give exactly one of the fields of \1, and not null.",
    ),
    (r"Field '(\w+)\.(\w+)' must be non-null\.", r"Give exactly one of the fields of \1, and not null as `\2`."),
    (r"Value for member field '(\w+)' must be non-null", r"Give exactly one of the fields, and not null as `\1`."),
    (
        r"Variable '(\w+)' must be non-nullable to be used for OneOf Input Object '(\w+)'\.",
        r"Give exactly one of the fields of \2, and not null: declare the variable $\1 with an exclamation mark.",
    ),
    (
        r"Expected value of type .*, found null\. \w+ '(\w+)' of type .*",
        r"Leave `\1` out, or give it a value that is not null.",
    ),
    (
        r"Expected value of type .*, found null\. Field of type .*",
        "Leave the field out, or give it a value that is not null.",
    ),
)


@dataclass(slots=True)
class ErrorCounts:
    """How many errors were answered since the process began, by code. For a metrics page."""

    by_code: Counter[str] = field(default_factory=Counter)

    @property
    def unexpected(self) -> int:
        return self.by_code[INTERNAL_SERVER_ERROR]


def report(error: BaseException, where: str) -> str:
    """Logs an unexpected error with its traceback and gives the id under which a reader of the log finds it."""
    error_id = uuid.uuid4().hex[:12]
    logger.error("%s %s", error_id, where, exc_info=error)
    return error_id


class _Fallible(Protocol):
    errors: list[GraphQLError] | None


class ErrorCodes(SchemaExtension):
    """Labels and masks the errors of one operation. It must be the first extension, to see those of the others.

    It has no ``resolve`` hook: that would be called for every field of every row.
    """

    def __init__(self, counts: ErrorCounts) -> None:
        super().__init__()
        self._counts = counts
        self._last: _Fallible | None = None

    def on_operation(self) -> Iterator[None]:
        try:
            yield
        except _REFUSALS:
            raise
        except Exception as error:
            raise self._labelled([_as_graphql(error)], at_request=INTERNAL_SERVER_ERROR)[0] from None
        self._label(self.execution_context.result)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        parts: list[Any] = [result]
        parts += getattr(result, "incremental", None) or ()
        parts += getattr(result, "completed", None) or ()
        for part in parts:
            self._label(part)
        yield

    def _label(self, result: _Fallible | None) -> None:
        errors = getattr(result, "errors", None)
        # The last result of a stream passes twice, here and at the end of its operation; it counts once.
        if result is None or not errors or result is self._last:
            return
        self._last = result
        early = isinstance(result, PreExecutionError)
        result.errors = self._labelled(errors, at_request=VALIDATION_FAILED if early else BAD_USER_INPUT)

    def _labelled(self, errors: Sequence[GraphQLError], *, at_request: str) -> list[GraphQLError]:
        ids: dict[int, str] = {}
        labelled = [self._one(error, at_request, ids) for error in errors]
        self._counts.by_code.update(str((error.extensions or {})["code"]) for error in labelled)
        return labelled

    def _one(self, error: GraphQLError, at_request: str, ids: dict[int, str]) -> GraphQLError:
        code = _code_of(error, at_request)
        if code == INTERNAL_SERVER_ERROR and "id" not in (error.extensions or {}):
            # One failed batch fails many fields with the same exception: one entry in the log, one id.
            cause = error.original_error or error
            if id(cause) not in ids:
                ids[id(cause)] = report(cause, self._where(error))
            return masked(error, ids[id(cause)])
        error.message = _REPEATED.sub(".", error.message).replace("?.", "?")
        if isinstance(error.original_error or error, StrawberryInputCoercionError):
            error.message = _reworded(error.message)
        if (error.extensions or {}).get("code") != code:
            error.extensions = {**(error.extensions or {}), "code": code}
        return error

    def _where(self, error: GraphQLError) -> str:
        context = self.execution_context
        operation = context.operation_name if context.graphql_document else None
        return f"operation={operation} path={'.'.join(map(str, error.path or ()))}"


def _reworded(message: str) -> str:
    for said, better in _REWORDED:
        if (found := re.fullmatch(said, message, re.DOTALL)) is not None:
            return found.expand(better)
    return message


def masked(error: GraphQLError, error_id: str) -> GraphQLError:
    """The same place in the document, nothing of what happened there."""
    extensions = {"code": INTERNAL_SERVER_ERROR, "id": error_id}
    return GraphQLError(
        "Internal server error.", error.nodes, error.source, error.positions, error.path, None, extensions
    )


def _as_graphql(error: Exception) -> GraphQLError:
    return error if isinstance(error, GraphQLError) else GraphQLError("", original_error=error)


def _code_of(error: GraphQLError, at_request: str) -> str:
    """The code of one error; ``at_request`` is that of errors which belong to no field."""
    cause = error.original_error
    if isinstance(cause, _CLIENT_MISTAKES) or isinstance(error, _CLIENT_MISTAKES):
        return BAD_USER_INPUT
    # Over a transport that streams, they are answers: it has no status to say them with.
    if isinstance(cause, _REFUSALS):
        return RESOLUTION_FAILURE
    # Checked before the code: a foreign exception with an attribute `extensions` is copied by graphql-core.
    if cause is not None and not isinstance(cause, GraphQLError):
        return at_request if _is_unreadable_literal(error, cause) else INTERNAL_SERVER_ERROR
    if code := (error.extensions or {}).get("code"):
        return str(code)
    if isinstance(error, GraphQLSyntaxError):
        return TOO_COMPLEX if _TOO_MANY_TOKENS.search(error.message) else PARSE_FAILED
    if error.path is None:
        return at_request
    # At a field, graphql-core itself refuses arguments, and points at them. What points at nothing comes from
    # a resolver or from a value that does not fit its type, and was not meant for a client.
    return BAD_USER_INPUT if cause is not None and cause.nodes else INTERNAL_SERVER_ERROR


def _is_unreadable_literal(error: GraphQLError, cause: Exception) -> bool:
    """Whether a scalar refused a literal of the document, which it does with a ValueError."""
    return error.path is None and bool(error.nodes) and isinstance(cause, ValueError)


class QuietSchema(strawberry.Schema):
    """A schema which leaves logging to ``ErrorCodes``: Strawberry's own logs every client's typing mistake."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing, see above."""
