"""Where a CRM tells that its records have changed."""

from collections.abc import Awaitable, Callable
from typing import assert_never

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graph.masking import report
from resolvers.crm_notifications import (
    NotificationPostponed,
    NotificationResult,
    NotificationTaken,
    NotificationUnreadable,
    NotificationUnsigned,
)

MOST_BYTES = 200_000
"""Of a notification."""
PATH = "/crm/{organization}/notifications"
TakeNotification = Callable[[str, Request, bytes], Awaitable[NotificationResult]]


def notifications_route(take: TakeNotification) -> Route:
    """Return the route; `take` is given the organization's id, the request and its body."""

    async def receive(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return _told(413, f"A notification has at most {MOST_BYTES} bytes.")
        try:
            result = await take(request.path_params["organization"], request, body)
        except Exception as error:
            # As wherever the database is away: under the id, a reader of the log finds what happened.
            report(error, "notification of a CRM")
            result = NotificationPostponed()
        match result:
            case NotificationTaken(contacts):
                return JSONResponse({"contacts": contacts}, 202)
            case NotificationUnreadable():
                return _told(400, 'Send JSON such as {"recordIds": ["…"]}, with at most 1,000 ids.')
            case NotificationUnsigned():
                return _told(401, "Sign the notification with the key of the connection, in the last five minutes.")
            case NotificationPostponed():
                return _told(503, "The notification cannot be taken now: send it again later.")
            case _:
                assert_never(result)

    return Route(PATH, receive, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """Return the body, None where it is too long: no more than that is read of it."""
    read = bytearray()
    try:
        async for chunk in request.stream():
            read += chunk
            if len(read) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(read)


def _told(status: int, message: str) -> Response:
    # As all that this server answers where something is wrong.
    return JSONResponse({"errors": [{"message": message}]}, status)
