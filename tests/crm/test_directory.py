"""The customer list as a CRM, over the real store: what a look-up, a reading and a write are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pymongo.errors import PyMongoError

from crm.connector import Connector
from crm.directory import DirectoryConnector
from domain.crm import (
    CrmFailed,
    CrmRecord,
    FailureReason,
    Field,
    FieldWrite,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
    RecordWritten,
    WriteConflict,
)
from persistence.driver import connect
from persistence.stores import Stores
from tests.builders import MORNING
from tests.conftest import Commands, World

JANE = CrmRecord("1", {"phone": "202-224-3441", "city": "Bonn", "fax": None}, "Jane", "https://crm.example/1", MORNING)
BOB = CrmRecord("2", {"phone": "202-224-3244", "city": "Bonn"}, "Bob", None, MORNING)
EVERYTHING = {"phone", "city", "fax"}
Connect = Callable[..., Connector]


@pytest.fixture
async def connector_to(world: World, commands: Commands) -> Connect:
    """A list of two records, and what asks it."""
    stores = world.stores()
    await stores.transact(lambda changes: changes.crm_records.put_many([JANE, BOB], "US", MORNING))
    commands.clear()

    def connected(**limits: int) -> Connector:
        return DirectoryConnector(stores.crm_records, "US", **limits)

    return connected


def a_query(**fields: Field) -> LookUpQuery:
    return LookUpQuery(fields)


async def test_a_hundred_are_looked_up_in_one_command_and_answered_in_their_order(
    connector_to: Connect, commands: Commands
) -> None:
    queries = [
        a_query(phone="+12022243244"),
        a_query(phone="+12025550100"),
        a_query(phone="+12022243441", city="BONN"),
        a_query(city="bonn"),
    ]
    found = await connector_to().look_up(queries * 25, EVERYTHING)
    assert found == [RecordFound(BOB), RecordMissing(), RecordFound(JANE), RecordsAmbiguous((JANE, BOB))] * 25
    assert commands.names() == ["find"]


async def test_only_what_is_wanted_is_told(connector_to: Connect) -> None:
    connector = connector_to()
    slim, other = replace(JANE, fields={"fax": None}), replace(BOB, fields={})
    assert await connector.look_up([a_query(phone="+12022243441"), a_query(city="Bonn")], ["fax"]) == [
        RecordFound(slim),
        RecordsAmbiguous((slim, other)),
    ]
    assert await connector.read(["2", "1", "none"], ["fax"]) == {"1": slim, "2": other}
    assert await connector.read([], EVERYTHING) == {}


async def test_who_is_looked_up_by_what_too_many_share_keeps_nobody_else_from_being_found(
    connector_to: Connect,
) -> None:
    connector = connector_to(most_read=1)
    jane, bob, both = a_query(phone="+12022243441"), a_query(phone="+12022243244"), a_query(city="Bonn", fax="1")
    told = (
        "More than 1 records of the customer list agree in one of city, fax: use attributes for the look-up that few "
        "have in common."
    )
    assert await connector.look_up([jane, both, bob, both, jane], EVERYTHING) == [
        RecordFound(JANE),
        CrmFailed(FailureReason.REFUSED, told),
        RecordFound(BOB),
        CrmFailed(FailureReason.REFUSED, told),
        RecordFound(JANE),
    ]
    assert await connector_to(most_read=2).look_up([both], EVERYTHING) == [RecordsAmbiguous((JANE, BOB))]


async def test_a_write_that_is_repeated_is_written(connector_to: Connect, world: World) -> None:
    connector = connector_to()
    asked = FieldWrite("k", "1", {"city": "Rome", "phone": None}, {"city": "bonn", "phone": "+12022243441"})
    first = await connector.write(asked)
    held = (await world.stores().crm_records.by_ids(["1"]))["1"]
    assert held == replace(JANE, fields={"phone": None, "city": "Rome", "fax": None}, updated_at=held.updated_at)
    before = await world.snapshot()
    assert (first, await connector.write(asked)) == (RecordWritten(held), RecordWritten(held))
    assert await world.snapshot() == before
    assert await connector.look_up([a_query(city="ROME"), a_query(phone="+12022243441")], EVERYTHING) == [
        RecordFound(held),
        RecordMissing(),
    ]


async def test_a_write_over_a_change_or_to_nobody_writes_nothing(connector_to: Connect, world: World) -> None:
    connector, before = connector_to(), await world.snapshot()
    assert await connector.write(FieldWrite("k", "1", {"city": "Rome"}, {"city": "Oslo"})) == WriteConflict(JANE)
    assert await connector.write(FieldWrite("k", "3", {"city": "Rome"}, {})) == RecordMissing()
    assert await world.snapshot() == before


async def test_a_list_without_records_is_told_of_when_it_is_checked(connector_to: Connect, world: World) -> None:
    assert await connector_to().check() is None
    empty = DirectoryConnector(world.stores("other").crm_records, "US")
    told = "The customer list is empty, so that nobody is found: import one with `contact-graph crm import`."
    assert await empty.check() == CrmFailed(FailureReason.REFUSED, told)
    assert await empty.look_up([a_query(phone="+12022243441")], EVERYTHING) == [RecordMissing()]
    assert await empty.look_up([], EVERYTHING) == []
    await empty.close()
    # What keeps the list was not closed with it.
    assert await connector_to().look_up([a_query(phone="+12022243244")], ["city", "phone"]) == [RecordFound(BOB)]


async def test_what_the_database_fails_at_is_not_an_answer() -> None:
    driver = connect("mongodb://127.0.0.1:1/", "none")
    await driver.close()
    connector = DirectoryConnector(Stores.of(driver, "acme").crm_records, "US")
    for asking in (
        connector.look_up([a_query(phone="1")], EVERYTHING),
        connector.read(["1"], EVERYTHING),
        connector.write(FieldWrite("k", "1", {}, {})),
        connector.check(),
    ):
        with pytest.raises(PyMongoError):
            await asking
