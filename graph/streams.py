"""What can answer more than once: streams of server-sent events, and WebSockets, of one endpoint."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.schema import BaseSchema
from strawberry.types.graphql import OperationType

from domain.live import Ending
from graph.authentication import Unauthenticated
from graph.event_stream import EventStream
from graph.http_request import Parameters, Refusal
from graph.live_errors import Ended
from graph.live_limits import Connections, LiveLimits
from graph.sessions import Session
from graph.websocket import Connection

SignIn = Callable[[Mapping[str, str]], Awaitable[Session | Unauthenticated]]
"""By headers, whose names are in lower case."""

_OPERATIONS: Final = {
    "GET": (OperationType.QUERY, OperationType.SUBSCRIPTION),
    "POST": (OperationType.QUERY, OperationType.MUTATION, OperationType.SUBSCRIPTION),
}
_FULL: Final = Refusal(
    503, "TOO_MANY_CONNECTIONS", "Too many clients listen to this process: try again.", {"retry-after": "5"}
)


class Streams:
    """Begins streams, as many as the limits allow.

    Args:
        schema: built with ``graph.extensions.schema_extensions``.
        sign_in: finds out who asks. What it raises is an outage.
        limits: of all of them together, and of each.
    """

    def __init__(self, schema: BaseSchema, sign_in: SignIn, limits: LiveLimits) -> None:
        self._schema, self._sign_in, self._limits = schema, sign_in, limits
        self._connections = Connections(limits.connections)

    @property
    def open(self) -> int:
        return self._connections.open

    async def events(self, request: Request, parameters: Parameters) -> Response | Refusal:
        """Run the operation of a well-formed request, with its answers as server-sent events."""
        if self._connections.is_full:
            return _FULL
        session = await self._sign_in(request.headers)
        if isinstance(session, Unauthenticated):
            return _unauthenticated(session.message)
        context = await session.begin(request.headers.get("last-event-id"))
        if isinstance(context, Ending):
            return _unauthenticated(Ended(context).message)
        results = await self._schema.stream(
            parameters.query,
            variable_values=parameters.variables,
            context_value=context,
            operation_name=parameters.operation_name,
            allowed_operation_types=_OPERATIONS[request.method],
            operation_extensions=parameters.extensions,
        )
        return EventStream(results, session, context.live, self._limits, self._connections)

    async def websocket(self, websocket: WebSocket) -> None:
        """Serve a WebSocket until it is closed."""
        await Connection(websocket, self._schema, self._sign_in, self._limits).serve(self._connections)


def _unauthenticated(message: str) -> Refusal:
    return Refusal(401, "UNAUTHENTICATED", message, {"www-authenticate": "Bearer"})
