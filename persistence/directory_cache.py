"""The directories of the organizations, held in the process and kept right by a change stream."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pymongo.errors import PyMongoError

from domain.agents import Directory
from persistence.driver import Driver
from persistence.names import AGENTS, DEFINITIONS, GROUPS, ORGANIZATIONS, TEAMS
from persistence.organizations import OrganizationStore

_log = logging.getLogger("contact_graph.directory")
_MOST = 1_000
_PAUSE_SECONDS = 1.0


class DirectoryCache:
    """Answers with the directory of an organization, from memory while the change stream is open."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._store = OrganizationStore(driver)
        self._kept: OrderedDict[str, Directory] = OrderedDict()
        self._loading: dict[str, asyncio.Task[Directory | None]] = {}
        self._watchers: dict[Callable[[], None], str] = {}
        self.is_followed = asyncio.Event()
        """Set while changes made by other processes reach this one: only then is anything kept."""

    async def get(self, organization_id: str) -> Directory | None:
        kept = self._kept.get(organization_id)
        if kept is not None:
            self._kept.move_to_end(organization_id)
            return kept
        if not self.is_followed.is_set():
            return await self._store.directory(organization_id)
        loading = self._loading.get(organization_id)
        if loading is None:
            loading = asyncio.create_task(self._load(organization_id))
            self._loading[organization_id] = loading
        # One asker who goes away must not take the answer from the others.
        return await asyncio.shield(loading)

    async def _load(self, organization_id: str) -> Directory | None:
        try:
            directory = await self._store.directory(organization_id)
        finally:
            # Not so where it was forgotten while it was loading: what was read may be older than the change.
            is_current = self._loading.get(organization_id) is asyncio.current_task()
            if is_current:
                del self._loading[organization_id]
        if is_current and directory is not None:
            self._kept[organization_id] = directory
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
        return directory

    def forget(self, organization_id: str) -> None:
        """Read it anew when next asked for: call it after a change of one's own."""
        self._kept.pop(organization_id, None)
        self._loading.pop(organization_id, None)
        self._tell(organization_id)

    def _forget_all(self) -> None:
        self._kept.clear()
        self._loading.clear()
        self._tell(None)

    @contextmanager
    def watching(self, organization_id: str, changed: Callable[[], None]) -> Iterator[None]:
        """Have `changed` called, which must not fail, whenever the organization's directory may be another one."""
        self._watchers[changed] = organization_id
        try:
            yield
        finally:
            del self._watchers[changed]

    def _tell(self, organization_id: str | None) -> None:
        for changed, watched in list(self._watchers.items()):
            if organization_id in {watched, None}:
                changed()

    async def follow(self) -> None:
        """Follow the changes until cancelled. While the stream is away, every answer is read anew."""
        watched = [{"$match": {"ns.coll": {"$in": [ORGANIZATIONS, AGENTS, TEAMS, DEFINITIONS, GROUPS]}}}]
        while True:
            try:
                async with self._driver.watch(watched) as stream:
                    self._forget_all()
                    self.is_followed.set()
                    async for change in stream:
                        self._notice(change)
            except PyMongoError as problem:
                _log.warning("The change stream ended; directories are read anew until it is back: %s", problem)
            finally:
                self.is_followed.clear()
                self._forget_all()
            await asyncio.sleep(_PAUSE_SECONDS)

    def _notice(self, change: Mapping[str, Any]) -> None:
        if _is_progress(change):
            return
        document, key = change.get("fullDocument"), change.get("documentKey")
        if change["ns"]["coll"] == ORGANIZATIONS and key is not None:
            self.forget(key["_id"])
        elif document is not None:
            self.forget(document["org"])
        else:
            # An update, a deletion or a dropped collection does not say whose it was; such changes are rare enough
            # to forget all.
            self._forget_all()


def _is_progress(change: Mapping[str, Any]) -> bool:
    """Tell whether it says no more than how far the upkeep of indexes has come, as it does every few contacts."""
    return set(change.get("updateDescription", {}).get("updatedFields", {})) == {"pending.behind"}
