"""What the tests of the directory cache share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from domain.agents import Directory
from persistence.directory_cache import DirectoryCache
from persistence.organizations import OrganizationStore
from tests.builders import an_organization
from tests.conftest import Commands, World

PATIENCE = 30
READ = ["find"] * 5
"""What reading a directory anew costs."""


@asynccontextmanager
async def following(cache: DirectoryCache) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(cache.follow())
    try:
        async with asyncio.timeout(PATIENCE):
            await cache.is_followed.wait()
        yield task
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait({task})


def reads(commands: Commands) -> list[str]:
    """Return the reads since the last call, without those of the change stream."""
    found = [each for each in commands.names() if each == "find"]
    commands.clear()
    return found


async def got(cache: DirectoryCache, organization_id: str = "acme") -> Directory:
    directory = await cache.get(organization_id)
    assert directory is not None
    return directory


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():  # noqa: ASYNC110 - another process's change gives no sign
            await asyncio.sleep(0.01)


async def renamed(world: World, name: str, organization_id: str = "acme") -> None:
    await OrganizationStore(world.driver).put(replace(an_organization(organization_id), name=name), [], [])
