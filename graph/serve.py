"""Starting the server, and telling whoever started it where it is."""

import asyncio
import gc
import socket
import sys
from typing import Any

import uvicorn

from graph.app import create_app
from graph.demo import demo_tokens
from graph.graphiql import bundle_is_built
from graph.settings import Demo, Settings


class _Server(uvicorn.Server):
    """Says where it is once it is there."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            # What is loaded stays: without it, a full collection stops the server for no longer than its requests need.
            gc.collect()
            gc.freeze()
            port = self.servers[0].sockets[0].getsockname()[1]
            print(announcement(self._settings, port), flush=True)


def serve(settings: Settings) -> int:
    """Serve until a signal ends it; returns the exit status."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        log_config=_log_config(settings.log_level),
        access_log=settings.log_level == "debug",
        lifespan="on",
        timeout_graceful_shutdown=5,
        ws_max_size=settings.live.message_bytes,
        # It takes memory of each connection, for messages that are small.
        ws_per_message_deflate=False,
    )
    server = _Server(config, settings)
    try:
        asyncio.run(server.serve())
    except KeyboardInterrupt:
        return 0
    except SystemExit:
        # Uvicorn has logged why it gives up: the application did not start, or the system refused the address.
        if not server.lifespan.should_exit:
            asked = f"{settings.host}, port {settings.port}"
            hint = "choose another CONTACT_GRAPH_PORT or CONTACT_GRAPH_HOST."
            print(f"contact-graph: it cannot be served at {asked}: {hint}", file=sys.stderr)
        return 1
    return 0


def _log_config(level: str) -> dict[str, Any]:
    """Return uvicorn's own, with what this product says beside it."""
    ours = {"handlers": ["default"], "level": level.upper(), "propagate": False}
    loggers = {**uvicorn.config.LOGGING_CONFIG["loggers"], "contact_graph": ours}
    return {**uvicorn.config.LOGGING_CONFIG, "loggers": loggers}


def announcement(settings: Settings, port: int) -> str:
    """Return what the one who started the server wants to know."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = ["", f"  Contact Graph is at http://{host}:{port}/graphql"]
    if settings.graphiql:
        page = (
            "the page built from npm" if bundle_is_built() else "loaded from a CDN: Node.js was not there to build it"
        )
        lines.append(f"  GraphiQL, in a browser, is at the same address ({page})")
    where = (
        "the MongoDB at MONGODB_URI" if settings.mongodb_uri else f"the embedded MongoDB in {settings.data.resolve()}"
    )
    lines.append(f"  The data lies in {where}")
    if settings.demo is not Demo.OFF:
        lines += ["", "  Tokens, for the header `Authorization: Bearer …`:"]
        for each in demo_tokens(settings):
            lines += [f"    {each.label}", f"      {each.token}"]
    return "\n".join([*lines, ""])
