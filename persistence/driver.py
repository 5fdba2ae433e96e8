"""The driver: PyMongo's asyncio client, or Motor, its predecessor, behind one small adapter.

The two differ in five calls; everything else is the same object to us.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC
from enum import Enum
from typing import Any, Protocol, TypeVar, cast

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandListener
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

Document = dict[str, Any]
Pipeline = Sequence[Mapping[str, Any]]
Session = AsyncClientSession
R = TypeVar("R")
Outage = PyMongoError
"""What ends an attempt whose database is away; it may be repeated when that is back."""

_CODEC: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
# An answer to a client is a promise: it is on the disks of a majority before it is given.
_DURABLE = WriteConcern(w="majority", j=True)
_PATIENCE_MS = 5_000


class ChangeStream(Protocol):
    """A change stream as both drivers have it."""

    @property
    def resume_token(self) -> Mapping[str, Any] | None:
        """Up to where everything was given; None before the first answer."""

    async def try_next(self) -> Mapping[str, Any] | None:
        """Return the next change, None where there is none for a while."""


class DriverName(Enum):
    PYMONGO = "pymongo"
    MOTOR = "motor"


class Driver:
    """One database, reached with PyMongo's asyncio client."""

    def __init__(self, uri: str, database: str, listeners: Sequence[CommandListener] = ()) -> None:
        self._client: Any = self._connect(
            uri,
            event_listeners=list(listeners),
            serverSelectionTimeoutMS=_PATIENCE_MS,
            appname="contact-graph",
            tz_aware=True,
        )
        self._database: AsyncDatabase[Document] = self._client.get_database(
            database, codec_options=_CODEC, write_concern=_DURABLE
        )

    @staticmethod
    def _connect(uri: str, **options: Any) -> Any:
        return AsyncMongoClient(uri, **options)

    def collection(self, name: str) -> AsyncCollection[Document]:
        return self._database[name]

    async def aggregate(self, collection: str, pipeline: Pipeline, *, hint: str | None = None) -> list[Document]:
        options: Any = {} if hint is None else {"hint": hint}
        return await (await self._database[collection].aggregate(pipeline, **options)).to_list(None)

    async def aggregate_documents(self, documents: Sequence[Document], pipeline: Pipeline) -> list[Document]:
        """Run the pipeline over documents of our own, as if they were a collection."""
        return await (await self._database.aggregate([{"$documents": documents}, *pipeline])).to_list(None)

    @asynccontextmanager
    async def watch(self, pipeline: Pipeline) -> AsyncIterator[AsyncIterator[Mapping[str, Any]]]:
        """Open a change stream over the database."""
        async with await self._database.watch(pipeline) as stream:
            yield stream

    @asynccontextmanager
    async def changes(self, pipeline: Pipeline, after: str | None, *, patience_ms: int) -> AsyncIterator[ChangeStream]:
        """Open a change stream over the database that can be taken up again.

        Args:
            pipeline: what of the changes is wanted.
            after: the data of a resume token to go on behind; None begins with now.
            patience_ms: how long the database waits for a change before it says that there is none.
        """
        # From a moment that the database's log has: left to itself, the stream would begin a tick behind all that there
        # is, a place that another stream comes to with the next write only.
        where: Any = (
            {"start_at_operation_time": (await self.command("ping"))["operationTime"]}
            if after is None
            else {"resume_after": {"_data": after}}
        )
        async with await self._watched(pipeline, max_await_time_ms=patience_ms, **where) as stream:
            yield stream

    async def _watched(self, pipeline: Pipeline, **options: Any) -> Any:
        return await self._database.watch(pipeline, **options)

    async def transaction(self, work: Callable[[Session], Awaitable[R]]) -> R:
        """Run the work in one transaction, again from its start where another one was in the way.

        The work may therefore run several times: it must have no effect but through the session.
        """
        async with self._client.start_session() as session:
            return await self._in_transaction(session, work)

    @staticmethod
    async def _in_transaction(session: Session, work: Callable[[Session], Awaitable[R]]) -> R:
        return await session.with_transaction(
            cast("Any", work), read_concern=ReadConcern("snapshot"), write_concern=_DURABLE
        )

    async def command(self, name: str, value: object = 1) -> Document:
        return await self._database.command(name, value)

    async def drop(self) -> None:
        await self._client.drop_database(self._database.name)

    async def close(self) -> None:
        await self._client.close()


class MotorDriver(Driver):
    """The same database, reached with Motor."""

    @staticmethod
    def _connect(uri: str, **options: Any) -> Any:
        return AsyncIOMotorClient(uri, **options)

    async def aggregate(self, collection: str, pipeline: Pipeline, *, hint: str | None = None) -> list[Document]:
        options: Any = {} if hint is None else {"hint": hint}
        cursor: Any = self._database[collection].aggregate(pipeline, **options)
        return cast("list[Document]", await cursor.to_list(None))

    async def aggregate_documents(self, documents: Sequence[Document], pipeline: Pipeline) -> list[Document]:
        cursor: Any = self._database.aggregate([{"$documents": documents}, *pipeline])
        return cast("list[Document]", await cursor.to_list(None))

    @asynccontextmanager
    async def watch(self, pipeline: Pipeline) -> AsyncIterator[AsyncIterator[Mapping[str, Any]]]:
        stream: Any = self._database.watch(pipeline)
        async with stream:
            # Motor opens the stream with its first step: what changes before that, it would never tell.
            yield _onward(await stream.try_next(), stream)

    async def _watched(self, pipeline: Pipeline, **options: Any) -> Any:
        return self._database.watch(pipeline, **options)

    async def transaction(self, work: Callable[[Session], Awaitable[R]]) -> R:
        async with await self._client.start_session() as session:
            return await self._in_transaction(session, work)

    async def close(self) -> None:
        self._client.close()


async def _onward(
    first: Mapping[str, Any] | None, stream: AsyncIterator[Mapping[str, Any]]
) -> AsyncIterator[Mapping[str, Any]]:
    if first is not None:
        yield first
    async for each in stream:
        yield each


def connect(
    uri: str,
    database: str,
    *,
    driver: DriverName = DriverName.PYMONGO,
    listeners: Sequence[CommandListener] = (),
) -> Driver:
    """Return a driver over the named database. It connects when first used."""
    return (MotorDriver if driver is DriverName.MOTOR else Driver)(uri, database, listeners)
