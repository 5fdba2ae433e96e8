"""The connectors of the organizations: each made when it is needed first, and anew when its settings change."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from crm.connector import Connector
from domain.agents import Directory, Organization
from domain.crm import CrmFailed, CrmRecord, FailureReason, FieldWrite, LookUpAnswer, LookUpQuery, WriteAnswer
from domain.crm_settings import Connection

MakeConnector = Callable[[Organization, Connection], Connector]
"""Raises ValueError, with what to do, where the settings cannot be used, such as a credential that cannot be opened."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A connection of settings that cannot be used: each call says so."""

    failed: CrmFailed

    async def look_up(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        return [self.failed] * len(queries)

    async def read(self, record_ids: Sequence[str], wanted: Collection[str]) -> Mapping[str, CrmRecord] | CrmFailed:
        return self.failed

    async def write(self, write: FieldWrite) -> WriteAnswer:
        return self.failed

    async def check(self) -> CrmFailed | None:
        return self.failed

    async def close(self) -> None: ...


def _no_connector(_organization: Organization, _connection: Connection) -> Connector:
    raise ValueError("This process reaches no CRM.")


@dataclass(slots=True)
class Connections:
    """One process's connectors, by organization."""

    make: MakeConnector = _no_connector
    _open: dict[str, tuple[Connection, Connector]] = field(default_factory=dict)
    _closing: set[asyncio.Task[None]] = field(default_factory=set)

    def of(self, directory: Directory) -> Connector | None:
        """Return the organization's connector; None where it has no CRM."""
        organization, connection = directory.organization, directory.crm.connection
        opened = self._open.get(organization.id)
        if opened is not None and opened[0] == connection:
            return opened[1]
        if opened is not None:
            # Whoever uses it yet is not waited for here.
            closing = asyncio.create_task(self._open.pop(organization.id)[1].close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        if connection is None:
            return None
        connector = self.made(organization, connection)
        self._open[organization.id] = connection, connector
        return connector

    def made(self, organization: Organization, connection: Connection) -> Connector:
        """Return a connector that the caller closes."""
        try:
            return self.make(organization, connection)
        except ValueError as problem:
            return Unusable(CrmFailed(FailureReason.REFUSED, str(problem)))

    async def close(self) -> None:
        opened = list(self._open.values())
        self._open.clear()
        await asyncio.gather(*(connector.close() for _, connector in opened), *self._closing)
