"""Opening the database: whose it is, what is there once it is open, and what is said where it cannot be used."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
import pytest_asyncio
from pymongo.errors import PyMongoError

from domain.ids import new_id
from persistence.data_folder import announced, sole_use
from persistence.database import Database, DatabaseError, open_database
from persistence.deletion_documents import from_deletion
from persistence.directory_cache import DirectoryCache
from persistence.driver import DriverName, MotorDriver, connect
from persistence.indexes import INDEXES
from persistence.live import Hub
from persistence.mongod import installed_mongod
from persistence.names import DELETED_CONTACTS, NOTES
from persistence.note_documents import from_note
from persistence.organizations import OrganizationStore
from tests.builders import a_note, an_agent, an_organization
from tests.conftest import Commands
from tests.erasing import a_deletion

Test = TypeVar("Test", bound=Callable[..., Awaitable[None]])
UNUSED = Path("unused")
NOBODY = "mongodb://127.0.0.1:1/?directConnection=true"


@pytest_asyncio.fixture
async def forgotten_sockets(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Keep from other tests what PyMongo forgets: the socket of a client that is closed while it connects.

    Nobody is there however long one waits, so that the driver is patient for a moment only.
    """
    monkeypatch.setattr("persistence.driver._PATIENCE_MS", 500)
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        await asyncio.sleep(0.05)
        gc.collect()


def nobody_there(test: Test) -> Test:
    ignored = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
    marked: Test = ignored(pytest.mark.usefixtures("forgotten_sockets")(test))
    return marked


def a_name() -> str:
    return f"test_{uuid4().hex}"


async def test_it_is_open_with_its_indexes_on_either_driver(
    mongodb_uri: str, driver_name: DriverName, commands: Commands
) -> None:
    opening = open_database(
        uri=mongodb_uri, name=a_name(), data_folder=UNUSED, driver=driver_name.value, listeners=[commands]
    )
    async with opening as database:
        assert isinstance(database.driver, MotorDriver) is (driver_name is DriverName.MOTOR)
        assert await database.is_up() is True
        for collection, expected in INDEXES.items():
            found = set(await database.driver.collection(collection).index_information())
            assert found == {"_id_", *(each.document["name"] for each in expected)}
        assert {"hello", "ping", "createIndexes"} <= set(commands.names())
        await database.driver.drop()


async def test_opening_it_again_finds_what_was_written(mongodb_uri: str) -> None:
    name, organization = a_name(), an_organization(new_id())
    agent = an_agent(new_id(), organization_id=organization.id)
    async with open_database(uri=mongodb_uri, name=name, data_folder=UNUSED) as database:
        assert await database.directory(organization.id) is None
        await database.organizations.put(organization, [agent], [])
        assert await database.stores(organization.id).finding.count() == 0
    async with open_database(uri=mongodb_uri, name=name, data_folder=UNUSED) as database:
        found = await database.directory(organization.id)
        assert found is not None
        assert (found.organization, found.agents, found.definitions) == (organization, {agent.id: agent}, ())
        await database.driver.drop()


async def test_opening_it_finishes_the_deletions_that_another_process_could_not(mongodb_uri: str) -> None:
    name = a_name()
    async with open_database(uri=mongodb_uri, name=name, data_folder=UNUSED) as database:
        notes, log = database.driver.collection(NOTES), database.driver.collection(DELETED_CONTACTS)
        await notes.insert_many([from_note(a_note(each, id=f"n-{each}"), "acme") for each in ("gone", "c1")])
        await log.insert_one({**from_deletion(a_deletion(deleted_id="gone"), "acme"), "isUnfinished": True})
    async with open_database(uri=mongodb_uri, name=name, data_folder=UNUSED) as database:
        assert [each["_id"] async for each in database.driver.collection(NOTES).find()] == ["n-c1"]
        assert await database.stores("acme").deletions.by_id("x1") == a_deletion(deleted_id="gone")
        await database.driver.drop()


async def test_changes_of_others_are_followed_while_it_is_open(mongodb_uri: str) -> None:
    before = asyncio.all_tasks()
    async with open_database(uri=mongodb_uri, name=a_name(), data_folder=UNUSED) as database:
        async with asyncio.timeout(30):
            await database.cache.is_followed.wait()
        await database.driver.drop()
    assert not database.cache.is_followed.is_set()
    followers = {each for each in asyncio.all_tasks() - before if "follow" in repr(each.get_coro())}
    assert followers == set()


async def test_a_failure_in_the_block_is_its_own(mongodb_uri: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with open_database(uri=mongodb_uri, name=a_name(), data_folder=UNUSED):
            raise ZeroDivisionError


async def test_a_failure_of_the_database_in_the_block_is_told_in_short(mongodb_uri: str) -> None:
    with pytest.raises(DatabaseError) as told:
        async with open_database(uri=mongodb_uri, name=a_name(), data_folder=UNUSED):
            raise PyMongoError("because " + "of this " * 100)
    expected = "The MongoDB at MONGODB_URI cannot be used: " + ("because " + "of this " * 100)[:400]
    assert str(told.value) == expected


@nobody_there
async def test_a_mongodb_that_does_not_answer_is_named_by_its_setting() -> None:
    with pytest.raises(DatabaseError, match=r"^The MongoDB at MONGODB_URI cannot be used: 127\.0\.0\.1:1: "):
        async with open_database(uri=NOBODY, name="x", data_folder=UNUSED):
            pytest.fail("nobody is there")


WRONG_URIS = {
    "mongodb://127.0.0.1:99999/": "MONGODB_URI: Port must be an integer between 0 and 65535.",
    "mongodb://a:b:c@host/": "The MongoDB at MONGODB_URI cannot be used: Username and password must be escaped",
    "http://host/": "The MongoDB at MONGODB_URI cannot be used: Invalid URI scheme",
}


@pytest.mark.parametrize(("uri", "message"), WRONG_URIS.items(), ids=WRONG_URIS.keys())
async def test_a_wrong_uri_is_named_by_its_setting(uri: str, message: str) -> None:
    with pytest.raises(DatabaseError, match=f"^{re.escape(message)}"):
        async with open_database(uri=uri, name="x", data_folder=UNUSED):
            pytest.fail("there is no such address")


@nobody_there
async def test_a_database_that_does_not_answer_is_not_up() -> None:
    driver = connect(NOBODY, "x")
    try:
        assert await Database(driver, OrganizationStore(driver), DirectoryCache(driver), Hub(driver)).is_up() is False
    finally:
        await driver.close()


async def test_a_standalone_mongodb_is_refused_with_the_way_out(tmp_path: Path) -> None:
    command = ["--port=0", "--bind_ip=127.0.0.1", "--nounixsocket", f"--dbpath={tmp_path}"]
    mongod = await asyncio.create_subprocess_exec(installed_mongod(), *command, stdout=asyncio.subprocess.PIPE)
    assert mongod.stdout is not None
    try:
        listening = None
        async with asyncio.timeout(60):
            while listening is None:
                line = await mongod.stdout.readline()
                listening = re.search(rb'"id":23016,.*"port":(\d+)', line)
        with pytest.raises(DatabaseError) as refused:
            async with open_database(uri=f"mongodb://127.0.0.1:{int(listening[1])}/", name="x", data_folder=UNUSED):
                pytest.fail("it has no transactions")
    finally:
        mongod.terminate()
        await mongod.communicate()
    assert str(refused.value) == (
        "The MongoDB at MONGODB_URI is a standalone server, which has no transactions: make it a replica set "
        "(one member will do), or leave MONGODB_URI out to use the embedded one."
    )


async def test_the_embedded_one_is_run_and_its_data_found_again(tmp_path: Path) -> None:
    async with open_database(uri=None, name="x", data_folder=tmp_path) as database:
        await database.organizations.put(an_organization(), [], [])
        # A second server may not have it; a command may use it beside the first.
        with pytest.raises(DatabaseError) as refused:
            async with open_database(uri=None, name="x", data_folder=tmp_path):
                pytest.fail("two servers")
        assert str(refused.value) == in_use(tmp_path)
        async with open_database(uri=None, name="x", data_folder=tmp_path, may_share=True) as shared:
            found = await shared.directory("acme")
            assert found is not None
            assert found.organization == an_organization()
        assert await database.is_up() is True
    async with open_database(uri=None, name="x", data_folder=tmp_path, may_share=True) as database:
        assert await database.organizations.directory("acme") is not None


def in_use(folder: Path) -> str:
    return (
        f"The data folder {folder} is in use by process {os.getpid()}: stop it or choose another folder with "
        "CONTACT_GRAPH_DATA. Or set MONGODB_URI to use a MongoDB of your own."
    )


async def test_a_command_that_comes_while_the_server_starts_says_who_has_the_folder(tmp_path: Path) -> None:
    async with sole_use(tmp_path):
        with pytest.raises(DatabaseError) as refused:
            async with open_database(uri=None, name="x", data_folder=tmp_path, may_share=True):
                pytest.fail("nobody said where it is")
    assert str(refused.value) == in_use(tmp_path)


@nobody_there
async def test_where_the_shared_one_is_gone_it_is_not_called_the_operators(tmp_path: Path) -> None:
    async with sole_use(tmp_path):
        with announced(tmp_path, NOBODY), pytest.raises(DatabaseError, match=r"^The embedded MongoDB cannot be used: "):
            async with open_database(uri=None, name="x", data_folder=tmp_path, may_share=True):
                pytest.fail("nobody is there")


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(DatabaseError) as refused:
        async with open_database(uri=None, name="x", data_folder=file, may_share=True):
            pytest.fail("it is no folder")
    assert str(refused.value) == (
        f"The data folder {file} cannot be used (File exists): choose another folder with CONTACT_GRAPH_DATA. "
        "Or set MONGODB_URI to use a MongoDB of your own."
    )
