"""A server in miniature, for the tests that kill one: `python -m tests.persistence.embedded_host <folder> <loop>`.

It runs an embedded MongoDB, acknowledges one write, says `ready` with the URI, and waits. Cancelled by Ctrl-C, it goes
on writing for a while, as a server that finishes its requests does, and says when that went well.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
from pathlib import Path

import uvloop
from pymongo import AsyncMongoClient

from persistence.embedded import embedded_mongodb


async def serve(folder: Path) -> None:
    async with embedded_mongodb(folder) as uri, AsyncMongoClient[dict[str, int]](uri, w="majority") as client:
        writes = client.host.writes
        await writes.insert_one({"number": 1})
        say(f"ready {uri}")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            for number in range(2, 52):
                await writes.insert_one({"number": number})
                await asyncio.sleep(0.01)
            say("finished")
            raise


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # A shell that runs the tests in the background lets them ignore it, and all that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for _ in range(3):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    (uvloop if sys.argv[2] == "uvloop" else asyncio).run(serve(Path(sys.argv[1])))
