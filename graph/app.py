"""The composition root: settings become a database, a schema and an application."""

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain import clock
from domain.agents import Agent, Directory
from graph.asking import accepted_languages, asking_agent
from graph.authentication import SharedSecretVerifier, TokenVerifier, Unauthenticated
from graph.crm_process import CrmProcess, crm_process
from graph.crm_webhook import TakeNotification, notifications_route
from graph.demo import crm_vault, demo_tables, demo_tokens, signing_secret
from graph.demo_crm import demo_crm
from graph.extensions import schema_extensions
from graph.graphiql import GraphiqlConfig, graphiql_page, page_headers, static_assets
from graph.http_endpoint import GraphQLEndpoint
from graph.middleware import middleware
from graph.openid import OpenIdVerifier
from graph.schema import create_schema
from graph.sessions import Ground, open_session
from graph.settings import Demo, Settings
from graph.streams import Streams
from persistence.background import running
from persistence.database import Database, DatabaseError, open_database
from resolvers.context import Context
from resolvers.crm_notifications import NotificationResult
from resolvers.crm_notifications import take as take_notification
from resolvers.demo import make_demo
from resolvers.live import Live
from resolvers.upkeep import Upkeep

__all__ = ["Database", "DatabaseError", "app_from_environment", "create_app", "database_of"]

OpenDatabase = Callable[[], AbstractAsyncContextManager[Database]]


class _Opened:
    """What the lifespan opened, for the requests that come while it lasts."""

    database: Database
    verifier: TokenVerifier
    upkeep: Upkeep
    ground: Ground
    crm: CrmProcess


def database_of(settings: Settings, *, may_share: bool = False) -> AbstractAsyncContextManager[Database]:
    """Open the database of the settings; entering it raises DatabaseError.

    Args:
        settings: say which.
        may_share: use the embedded MongoDB of a server that runs now, as a command may and a second server may not.
    """
    return open_database(
        uri=settings.mongodb_uri,
        name=settings.database,
        data_folder=settings.data,
        driver=settings.driver,
        may_share=may_share,
        most_waiting=settings.live.waiting,
    )


def create_app(settings: Settings, open_own: OpenDatabase | None = None) -> ASGIApp:
    """Build the application. Nothing is opened until its lifespan begins.

    Args:
        settings: read once, by the caller.
        open_own: opens a database in place of the settings' one.
    """
    opened = _Opened()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with (open_own or (lambda: database_of(settings)))() as database:
            if settings.demo is not Demo.OFF:
                await make_demo(database.driver, demo_tables())
            opened.database, opened.verifier = database, _verifier(settings)
            opened.upkeep = Upkeep(database.organizations, database.stores)
            opened.ground = _ground(settings, opened)
            async with (
                crm_process(settings, crm_vault(settings), database) as opened.crm,
                demo_crm(settings, opened.crm.vault, database),
                running(opened.upkeep.follow()),
                running(opened.crm.worker.follow()),
                running(database.live.follow()),
            ):
                yield

    endpoint = _endpoint(settings, opened)
    routes: list[BaseRoute] = [
        Route("/health", _health(opened)),
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
        notifications_route(_notifications(opened)),
    ]
    if settings.graphiql:
        # The page itself is at /graphql, for those who ask for HTML.
        routes += [Mount("/graphiql/assets", static_assets()), Route("/", _to_graphiql)]
    return _PlainFailures(Starlette(routes=routes, middleware=middleware(settings), lifespan=lifespan))


class _PlainFailures:
    """Says why the start failed in the words of the error alone, for an operator and not for a programmer."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            problem = sys.exc_info()[1]
            if message["type"] == "lifespan.startup.failed" and isinstance(problem, DatabaseError):
                message = {**message, "message": str(problem)}
            await send(message)

        await self._app(scope, receive, tell)


def _verifier(settings: Settings) -> TokenVerifier:
    issuer, audience, claim = settings.issuer, settings.audience, settings.organization_claim
    if settings.jwks_url is not None:
        return OpenIdVerifier(settings.jwks_url, issuer=issuer, audience=audience, organization_claim=claim)
    secret = signing_secret(settings)
    return SharedSecretVerifier(secret, issuer=issuer, audience=audience, organization_claim=claim)


def _ground(settings: Settings, opened: _Opened) -> Ground:
    database = opened.database
    retention = timedelta(days=settings.note_retention_days)

    def context(agent: Agent, directory: Directory, languages: tuple[str, ...]) -> Context:
        organization_id = directory.organization.id
        stores = database.stores(organization_id)

        def definitions_changed() -> None:
            database.cache.forget(organization_id)
            opened.upkeep.poked.set()
            opened.crm.worker.poked.set()

        return Context.of(
            agent,
            directory,
            database.organizations,
            stores,
            languages,
            definitions_changed,
            retention,
            opened.crm.connections,
            opened.crm.vault,
        )

    return Ground(
        verifier=opened.verifier,
        find_directory=database.directory,
        watching=database.cache.watching,
        context=context,
        live=lambda renew, last_event_id: Live(database.live, renew, last_event_id),
    )


def _endpoint(settings: Settings, opened: _Opened) -> GraphQLEndpoint[Context]:
    async def authenticate(request: Request) -> Context | Unauthenticated:
        asking = await asking_agent(request.headers, opened.verifier, opened.database.directory)
        if isinstance(asking, Unauthenticated):
            return asking
        languages = accepted_languages(request.headers.get("accept-language"))
        return opened.ground.context(*asking, languages)

    def page() -> Response:
        config = GraphiqlConfig("/graphql", demo_tokens(settings))
        return HTMLResponse(graphiql_page(config), headers=page_headers())

    schema = create_schema(schema_extensions(settings.limits))
    return GraphQLEndpoint(
        schema,
        authenticate=authenticate,
        ide=page if settings.graphiql else None,
        max_body_bytes=settings.max_body_bytes,
        streams=Streams(schema, lambda headers: open_session(opened.ground, headers), settings.live),
    )


def _notifications(opened: _Opened) -> TakeNotification:
    async def take(organization_id: str, request: Request, body: bytes) -> NotificationResult:
        directory = await opened.database.directory(organization_id)
        stores = opened.database.stores(organization_id)
        result = await take_notification(directory, stores, opened.crm.vault, request.headers, body, clock.now())
        opened.crm.worker.poked.set()
        return result

    return take


def _health(opened: _Opened) -> Callable[[Request], Awaitable[Response]]:
    async def health(_request: Request) -> Response:
        is_up = await opened.database.is_up()
        return JSONResponse({"status": "up" if is_up else "no database"}, 200 if is_up else 503)

    return health


async def _to_graphiql(_request: Request) -> Response:
    return RedirectResponse("/graphql")


def app_from_environment() -> ASGIApp:
    """Build the application for a server of your choice: `uvicorn --factory graph.app:app_from_environment`."""
    return create_app(Settings.of(os.environ))
