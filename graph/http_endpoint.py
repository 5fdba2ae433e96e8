"""GraphQL over HTTP: the specification's September 2026 edition, with 200 for clients that know plain JSON only."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketClose
from strawberry.asgi import GraphQL
from strawberry.schema import BaseSchema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from graph.authentication import Unauthenticated
from graph.http_request import BAD_REQUEST, Parameters, Refusal, content_refusal, parameters_of
from graph.http_response import refusal_response, result_response
from graph.masking import INTERNAL_SERVER_ERROR, RESOLUTION_FAILURE, report
from graph.negotiation import EventStreamFit, MediaType, event_stream_fit, negotiate, prefers_html
from graph.streams import Streams

Ctx = TypeVar("Ctx")

Authenticate = Callable[[Request], Awaitable[Ctx | Unauthenticated]]

_OPERATIONS: Final = {
    "GET": frozenset({OperationType.QUERY}),
    "POST": frozenset({OperationType.QUERY, OperationType.MUTATION}),
}
_METHOD_NOT_ALLOWED: Final = Refusal(
    405, "METHOD_NOT_ALLOWED", "Send GraphQL requests with GET or POST.", {"allow": "GET, POST"}
)
_MUTATION_BY_GET: Final = Refusal(
    405, "METHOD_NOT_ALLOWED", "Mutations change data: send them with POST.", {"allow": "POST"}
)
_SUBSCRIPTION: Final = Refusal(
    400, BAD_REQUEST, "A subscription answers more than once, which this request cannot carry: it was not begun."
)
_NOT_ACCEPTABLE: Final = Refusal(
    406, "NOT_ACCEPTABLE", f"Accept {MediaType.GRAPHQL.value} (or {MediaType.JSON.value})."
)


class GraphQLEndpoint(GraphQL[Ctx, None], Generic[Ctx]):
    """The ASGI application of one URL.

    The order of the checks is what they cost: method, content headers, Accept, authentication, then the body.

    Args:
        schema: built with ``graph.extensions.schema_extensions``.
        authenticate: the context of the request's operation, or who is not known. What it raises is an outage: 503.
        ide: answers a browser which comes without a query; None where there is no page for one.
        max_body_bytes: a larger body is refused with 413, as soon as that is seen.
        streams: begins what answers more than once; None where nothing does.
    """

    def __init__(
        self,
        schema: BaseSchema,
        *,
        authenticate: Authenticate[Ctx],
        ide: Callable[[], Response] | None = None,
        max_body_bytes: int = 1_000_000,
        streams: Streams | None = None,
    ) -> None:
        super().__init__(schema, graphql_ide=None, subscription_protocols=())
        self._authenticate, self._ide, self._max_body_bytes = authenticate, ide, max_body_bytes
        self._streams = streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
            return
        request = Request(scope, receive)
        media_type = negotiate(request.headers.get("accept"))
        try:
            answer = await self._answer(request, media_type)
        except ClientDisconnect:
            return
        except Exception as error:
            answer = Refusal(500, INTERNAL_SERVER_ERROR, "Internal server error.", {}, report(error, "endpoint"))
        response = refusal_response(answer, media_type) if isinstance(answer, Refusal) else answer
        # A server may raise OSError for a client that left meanwhile, which is nobody's failure.
        with suppress(OSError):
            await response(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._streams is None:
            await WebSocketClose()(scope, receive, send)
        else:
            await self._streams.websocket(WebSocket(scope, receive, send))

    async def _answer(self, request: Request, media_type: MediaType | None) -> Response | Refusal:
        if self._ide is not None and _asks_for_ide(request):
            return self._ide()
        refusal = self._refusal_by_headers(request)
        if refusal is not None:
            return refusal
        events = EventStreamFit.NONE if self._streams is None else event_stream_fit(request.headers.get("accept"))
        if media_type is None and events is not EventStreamFit.PREFERRED:
            return _NOT_ACCEPTABLE
        try:
            context = await self._authenticate(request)
        except Exception as error:
            return _unavailable(error)
        if isinstance(context, Unauthenticated):
            return Refusal(401, "UNAUTHENTICATED", context.message, {"www-authenticate": "Bearer"})
        parameters = await parameters_of(request, self._max_body_bytes)
        if isinstance(parameters, Refusal):
            return parameters
        if self._streams is not None and events is EventStreamFit.PREFERRED:
            return await self._streams.events(request, parameters)
        result = await self._run(request.method, parameters, context)
        if self._streams is not None and events is EventStreamFit.POSSIBLE and result is _SUBSCRIPTION:
            return await self._streams.events(request, parameters)
        return result if isinstance(result, Refusal) else result_response(result, media_type or MediaType.JSON)

    def _refusal_by_headers(self, request: Request) -> Refusal | None:
        if request.method not in _OPERATIONS:
            return _METHOD_NOT_ALLOWED
        return content_refusal(request.headers, self._max_body_bytes) if request.method == "POST" else None

    async def _run(self, method: str, parameters: Parameters, context: Ctx) -> ExecutionResult | Refusal:
        try:
            return await self.schema.execute(
                parameters.query,
                variable_values=parameters.variables,
                context_value=context,
                operation_name=parameters.operation_name,
                allowed_operation_types=_OPERATIONS[method],
                operation_extensions=parameters.extensions,
            )
        except InvalidOperationTypeError as error:
            return _SUBSCRIPTION if error.operation_type is OperationType.SUBSCRIPTION else _MUTATION_BY_GET
        except CannotGetOperationTypeError as error:
            return ExecutionResult(data=None, errors=[_unresolved(error.operation_name)])


def _asks_for_ide(request: Request) -> bool:
    return (
        request.method == "GET" and "query" not in request.query_params and prefers_html(request.headers.get("accept"))
    )


def _unavailable(error: Exception) -> Refusal:
    message = "The service is not available at the moment: try again shortly."
    return Refusal(503, "SERVICE_UNAVAILABLE", message, {"retry-after": "5"}, report(error, "authentication"))


def _unresolved(operation_name: str | None) -> GraphQLError:
    known = f"has no operation named `{operation_name}`" if operation_name else "has no operation"
    return GraphQLError(f"The document {known}.", extensions={"code": RESOLUTION_FAILURE})
