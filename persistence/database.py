"""Opening the database: a MongoDB of the operator's, or the embedded one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandListener

from domain.agents import Directory
from persistence.background import running
from persistence.data_folder import FolderInUseError, announced_uri
from persistence.deletion import finish_deletions
from persistence.directory_cache import DirectoryCache
from persistence.driver import Driver, DriverName, connect
from persistence.embedded import EmbeddedMongoError, embedded_mongodb
from persistence.indexes import ensure_indexes
from persistence.live import MOST_WAITING, Hub
from persistence.organizations import OrganizationStore
from persistence.stores import Stores

_LONGEST_REASON = 400


class DatabaseError(Exception):
    """The database cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Database:
    """What is open while the process runs."""

    driver: Driver
    organizations: OrganizationStore
    cache: DirectoryCache
    live: Hub
    """Whoever wants its news has to let it follow them."""

    def stores(self, organization_id: str) -> Stores:
        return Stores.of(self.driver, organization_id)

    async def directory(self, organization_id: str) -> Directory | None:
        return await self.cache.get(organization_id)

    async def is_up(self) -> bool:
        """Tell whether the database answers; waits for it as long as any command does."""
        try:
            await self.driver.command("ping")
        except PyMongoError:
            return False
        return True


@asynccontextmanager
async def open_database(
    *,
    uri: str | None,
    name: str,
    data_folder: Path,
    driver: str = DriverName.PYMONGO.value,
    may_share: bool = False,
    listeners: Sequence[CommandListener] = (),
    most_waiting: int = MOST_WAITING,
) -> AsyncIterator[Database]:
    """Open the database, with its indexes, and close it at the end.

    Args:
        uri: of a replica set, a sharded cluster or Atlas; None runs the embedded MongoDB.
        name: of the database in it.
        data_folder: of the embedded MongoDB.
        driver: `pymongo` or `motor`.
        may_share: use the embedded MongoDB of a server that runs now, rather than refuse for it.
        listeners: told of every command.
        most_waiting: news that may wait for one who listens.

    Raises:
        DatabaseError: it cannot be reached, is not one that has transactions, or fails what the block asks of it.
    """
    which = "embedded MongoDB" if uri is None else "MongoDB at MONGODB_URI"
    async with AsyncExitStack() as stack:
        if uri is None:
            uri = await _embedded(stack, data_folder, may_share=may_share)
        try:
            opened = _connected(uri, name, driver, listeners)
            yield await stack.enter_async_context(_opened(opened, most_waiting))
        except PyMongoError as problem:
            # PyMongo may repeat a whole query or answer of the server; the reason comes first.
            raise DatabaseError(f"The {which} cannot be used: {str(problem)[:_LONGEST_REASON]}") from problem


def _connected(uri: str, name: str, driver: str, listeners: Sequence[CommandListener]) -> Driver:
    try:
        return connect(uri, name, driver=DriverName(driver), listeners=listeners)
    except ValueError as problem:
        # PyMongo has an error of its own for most of what can be wrong with a URI, but not for its port.
        raise DatabaseError(f"MONGODB_URI: {problem}.") from problem


async def _embedded(stack: AsyncExitStack, data_folder: Path, *, may_share: bool) -> str:
    try:
        return await stack.enter_async_context(embedded_mongodb(data_folder))
    except FolderInUseError as problem:
        running = announced_uri(data_folder) if may_share else None
        if running is None:
            raise DatabaseError(str(problem)) from problem
        return running
    except EmbeddedMongoError as problem:
        raise DatabaseError(str(problem)) from problem


@asynccontextmanager
async def _opened(driver: Driver, most_waiting: int) -> AsyncIterator[Database]:
    try:
        await _prepare(driver)
        cache, hub = DirectoryCache(driver), Hub(driver, most_waiting=most_waiting)
        async with running(cache.follow()):
            yield Database(driver, OrganizationStore(driver), cache, hub)
    finally:
        await driver.close()


async def _prepare(driver: Driver) -> None:
    hello = await driver.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseError(
            "The MongoDB at MONGODB_URI is a standalone server, which has no transactions: make it a replica set "
            "(one member will do), or leave MONGODB_URI out to use the embedded one."
        )
    await ensure_indexes(driver)
    await finish_deletions(driver)
