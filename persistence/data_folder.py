"""The folder of the embedded MongoDB: who may use it, and how much its log may hold."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from persistence import watchdog

if sys.platform == "win32":  # pragma: no cover - measured on Linux
    import msvcrt
else:
    import fcntl

OTHER_WAY = "Or set MONGODB_URI to use a MongoDB of your own."

# Beyond the file's end, for Windows lets nobody else read what is locked.
_WINDOWS_LOCK_OFFSET = 1 << 30

# A process that was killed keeps its locks until the system has taken it apart.
_PATIENCE_SECONDS = 0.5
_POLL_SECONDS = 0.01


class EmbeddedMongoError(Exception):
    """The embedded MongoDB cannot run; the message names the cause and the way out."""


class FolderInUseError(EmbeddedMongoError):
    """Another server has the folder."""


@contextmanager
def announced(folder: Path, uri: str) -> Iterator[str]:
    """Let the commands of this user find the mongod that has the folder, while it runs."""
    note = _note(folder)
    note.touch(mode=0o600)
    note.write_text(uri)
    try:
        yield uri
    finally:
        note.unlink(missing_ok=True)


def announced_uri(folder: Path) -> str | None:
    """The URI of the mongod that has the folder, if one said so; after a SIGKILL nobody may be there."""
    try:
        return _note(folder).read_text() or None
    except OSError:
        return None


def _note(folder: Path) -> Path:
    return folder / "mongod.uri"


@asynccontextmanager
async def sole_use(folder: Path) -> AsyncIterator[Path]:
    """Hold a data folder, created for this user alone when missing, against every other server.

    Yields:
        Its absolute path.

    Raises:
        EmbeddedMongoError: another server has it, or the system does not let us use it.
    """
    folder, lock = _open(folder)
    try:
        await _take(lock, folder)
        # Left by a process that was killed: by now another program may have the port.
        _note(folder).unlink(missing_ok=True)
        yield folder
    finally:
        os.close(lock)


def _open(folder: Path) -> tuple[Path, int]:
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        database(folder).mkdir(mode=0o700, exist_ok=True)
        return folder, os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EmbeddedMongoError(
            f"The data folder {folder} cannot be used ({error.strerror}): "
            f"choose another folder with CONTACT_GRAPH_DATA. {OTHER_WAY}"
        ) from error


async def _take(lock: int, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    patience = loop.time() + _PATIENCE_SECONDS
    while not _locked(lock):
        if loop.time() > patience:
            raise in_use(folder, folder / "server.lock")
        await asyncio.sleep(_POLL_SECONDS)
    # The number is for the message alone: it may be stale, the lock never is.
    os.ftruncate(lock, 0)
    os.lseek(lock, 0, os.SEEK_SET)
    os.write(lock, str(os.getpid()).encode())


def _locked(lock: int) -> bool:
    try:
        # The system's lock, for it ends with the process, even by SIGKILL.
        if sys.platform == "win32":  # pragma: no cover - measured on Linux
            os.lseek(lock, _WINDOWS_LOCK_OFFSET, os.SEEK_SET)
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def in_use(folder: Path, holder: Path) -> FolderInUseError:
    """The error for a folder that somebody else has, named in the holder file."""
    process = holder.read_text().strip() or "unknown"
    return FolderInUseError(
        f"The data folder {folder} is in use by process {process}: "
        f"stop it or choose another folder with CONTACT_GRAPH_DATA. {OTHER_WAY}"
    )


def database(folder: Path) -> Path:
    """Where mongod keeps its files."""
    return folder / "db"


def fresh_log(folder: Path) -> Path:
    """An empty log for one run; the log of the run before is kept, older ones are not."""
    log = folder / "mongod.log"
    if log.exists():
        log.replace(watchdog.previous(log))
    log.touch(mode=0o600)
    return log
