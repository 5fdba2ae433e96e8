"""The connectors of the organizations: made once, made anew when their settings change, and closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from crm.connector import Connector
from crm.directory import DirectoryConnector
from domain.agents import Directory, Organization
from domain.crm import CrmFailed, FailureReason, FieldWrite, LookUpQuery
from domain.crm_settings import Connection, CrmSettings, DirectoryConnection, HubSpotConnection, Sealed
from persistence.stores import Stores
from resolvers.crm_connections import Connections
from tests.builders import an_organization
from tests.conftest import World

LIST = DirectoryConnection()
HUBSPOT, OTHER_HUBSPOT = HubSpotConnection(Sealed("one")), HubSpotConnection(Sealed("another"))


class Closable(DirectoryConnector):
    """A customer list that can be told to be slow to close."""

    def __init__(self, stores: Stores) -> None:
        super().__init__(stores.crm_records, "US")
        self.may_close = asyncio.Event()
        self.may_close.set()
        self.is_closed = False

    async def close(self) -> None:
        await self.may_close.wait()
        self.is_closed = True


@dataclass(slots=True)
class Maker:
    """Makes customer lists, whatever is asked for, and remembers them."""

    stores: Callable[[str], Stores]
    made: list[tuple[str, Connection]] = field(default_factory=list)
    connectors: list[Closable] = field(default_factory=list)

    def __call__(self, organization: Organization, connection: Connection) -> Connector:
        self.made.append((organization.id, connection))
        self.connectors.append(Closable(self.stores(organization.id)))
        return self.connectors[-1]


def directory(connection: Connection | None, organization_id: str = "acme") -> Directory:
    return Directory(an_organization(organization_id), {}, (), crm=CrmSettings(1, connection))


async def test_a_connector_is_made_once_and_closed_in_the_end(world: World) -> None:
    maker = Maker(world.stores)
    connections = Connections(maker)
    first = connections.of(directory(LIST))
    # What else is set does not matter to it.
    again = replace(directory(LIST), crm=CrmSettings(7, LIST, is_automatic=True))
    assert connections.of(again) is first is maker.connectors[0]
    assert maker.made == [("acme", LIST)]
    await connections.close()
    assert maker.connectors[0].is_closed
    # Whoever asks after that gets a new one, and nothing is closed twice.
    assert connections.of(again) is maker.connectors[1]
    await connections.close()
    await connections.close()
    assert [each.is_closed for each in maker.connectors] == [True, True]


async def test_each_organization_has_its_own(world: World) -> None:
    maker = Maker(world.stores)
    connections = Connections(maker)
    ours, theirs = connections.of(directory(LIST)), connections.of(directory(LIST, "other"))
    assert ours is not theirs
    assert connections.of(directory(LIST)) is ours
    assert maker.made == [("acme", LIST), ("other", LIST)]
    await connections.close()
    assert [each.is_closed for each in maker.connectors] == [True, True]


async def test_other_settings_are_another_connector(world: World) -> None:
    maker = Maker(world.stores)
    connections = Connections(maker)
    connections.of(directory(HUBSPOT))
    maker.connectors[0].may_close.clear()
    second = connections.of(directory(OTHER_HUBSPOT))
    # The first one is closed, and nobody waits for that.
    assert (second is maker.connectors[1], maker.connectors[0].is_closed) == (True, False)
    maker.connectors[0].may_close.set()
    await connections.close()
    assert [each.is_closed for each in maker.connectors] == [True, True]
    assert maker.made == [("acme", HUBSPOT), ("acme", OTHER_HUBSPOT)]


async def test_what_is_being_closed_is_waited_for_in_the_end(world: World) -> None:
    maker = Maker(world.stores)
    connections = Connections(maker)
    connections.of(directory(HUBSPOT))
    maker.connectors[0].may_close.clear()
    assert connections.of(directory(None)) is None
    assert connections.of(directory(None)) is None
    closing = asyncio.create_task(connections.close())
    await asyncio.sleep(0)
    assert not closing.done()
    maker.connectors[0].may_close.set()
    await closing
    assert (maker.connectors[0].is_closed, len(maker.made)) == (True, 1)


async def test_without_a_crm_nothing_is_made(world: World) -> None:
    maker = Maker(world.stores)
    connections = Connections(maker)
    assert connections.of(directory(None)) is None
    await connections.close()
    assert maker.made == []


async def test_of_settings_that_cannot_be_used_every_call_says_so() -> None:
    def make(_organization: Organization, _connection: Connection) -> Connector:
        raise ValueError("Give the credentials anew.")

    connections = Connections(make)
    connector = connections.of(directory(HUBSPOT))
    assert connector is not None
    assert connections.of(directory(HUBSPOT)) is connector
    failed = CrmFailed(FailureReason.REFUSED, "Give the credentials anew.")
    query, write = LookUpQuery({"phone": "1"}), FieldWrite("k", "r", {}, {})
    assert await connector.look_up([query, query], ()) == [failed, failed]
    assert await connector.look_up([], ()) == []
    assert await connector.read(["r"], ()) == failed
    assert await connector.write(write) == failed
    assert await connector.check() == failed
    await connections.close()


async def test_a_process_that_reaches_no_crm_says_so() -> None:
    connections = Connections()
    connector = connections.of(directory(LIST))
    assert connector is not None
    assert await connector.check() == CrmFailed(FailureReason.REFUSED, "This process reaches no CRM.")
    await connections.close()
