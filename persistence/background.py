"""Work beside other work, which ends when that does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

_AGAIN_SECONDS = 1.0


@asynccontextmanager
async def running(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Have the work done while the block runs. At its end the work is cancelled, and waited for."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        await end(task)


async def end(task: asyncio.Task[None]) -> None:
    """Cancel the task, and wait for it; raises what it failed with, if it did.

    As often as it takes: PyMongo turns a cancellation that comes while it looks for a server into an error of its own,
    after which work that outlives outages goes on.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_SECONDS)
    if not task.cancelled():
        task.result()
