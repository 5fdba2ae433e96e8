"""What stands before the application: who may ask from where."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from graph.settings import Demo, Settings


def middleware(settings: Settings) -> list[Middleware]:
    own_names = (
        []
        if settings.demo is not Demo.ON
        else [
            # The demo's page carries tokens: a site whose name was pointed at this machine must not read it.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]"], www_redirect=False)
        ]
    )
    if not settings.allowed_origins:
        return own_names
    return [
        *own_names,
        Middleware(
            CORSMiddleware,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["authorization", "content-type", "last-event-id"],
            max_age=3600,
        ),
    ]
