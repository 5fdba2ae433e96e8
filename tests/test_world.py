"""What every test begins with: organizations as the product stores them, in a database with nothing else in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from pymongo import ASCENDING

from persistence.driver import Driver
from persistence.indexes import INDEXES
from persistence.names import AGENTS, BY_EMAIL, CONTACTS, NOTES, TEAMS
from tests.conftest import EmptyDatabase, World, put_organizations


@pytest_asyncio.fixture
async def another(driver: Driver, test_database: EmptyDatabase) -> AsyncIterator[EmptyDatabase]:
    """The test's database as it is given, that may be spoilt."""
    yield replace(test_database)
    # Whatever came of it.
    test_database.made = None
    test_database.client.drop_database(test_database.name)


async def test_its_organizations_are_those_that_the_store_puts(world: World) -> None:
    copied = await world.snapshot()
    assert {name: len(each) for name, each in copied.items() if each} == {
        "agents": 5,
        "attributeDefinitions": 32,
        "organizations": 2,
        "teams": 3,
    }
    for name in INDEXES:
        await world.driver.collection(name).delete_many({})
    await put_organizations(world)
    put = await world.snapshot()
    for name in (AGENTS, TEAMS):
        # Their ids are made up by the database.
        for each in (*copied[name], *put[name]):
            del each["_id"]
    assert put == copied


async def test_what_is_left_in_any_collection_is_removed(another: EmptyDatabase) -> None:
    for name in INDEXES:
        another.database[name].insert_one({})
    assert sorted(another.filled()) == sorted(INDEXES)
    another.empty()
    assert another.filled() == []
    assert another.made is not None


@pytest.mark.parametrize("spoil", ["index", "collection", "dropped", "option"])
async def test_what_was_made_otherwise_is_made_anew(spoil: str, another: EmptyDatabase) -> None:
    if spoil == "index":
        another.database[AGENTS].drop_index(BY_EMAIL)
        another.database[AGENTS].create_index([("email", ASCENDING), ("org", ASCENDING)], name=BY_EMAIL)
    elif spoil == "collection":
        another.database["more"].insert_one({})
    elif spoil == "dropped":
        another.database[NOTES].drop()
    else:
        another.database.command("collMod", CONTACTS, validator={"name": {"$exists": True}})
    another.empty()
    assert another.made is None
    assert another.database.list_collection_names() == []
