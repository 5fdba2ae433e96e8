"""Both drivers behind the adapter: durable writes, transactions, pipelines and change streams."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Int64
from pymongo.errors import InvalidOperation, OperationFailure, ServerSelectionTimeoutError

import persistence.driver
from persistence.driver import Driver, DriverName, MotorDriver, Session, connect
from tests.conftest import Commands

DURABLE = {"w": "majority", "j": True}


@pytest.fixture
def name(driver_name: DriverName) -> DriverName:
    return driver_name


async def test_the_setting_decides_which_driver_it_is(mongodb_uri: str, name: DriverName) -> None:
    opened = connect(mongodb_uri, "unused", driver=name)
    assert type(opened) is (MotorDriver if name is DriverName.MOTOR else Driver)
    await opened.close()


async def test_pymongo_is_the_driver_where_none_is_named(mongodb_uri: str) -> None:
    opened = connect(mongodb_uri, "unused")
    assert type(opened) is Driver
    await opened.close()


async def test_a_write_is_acknowledged_by_a_majority_and_journaled(driver: Driver, commands: Commands) -> None:
    await driver.collection("things").insert_one({"_id": 1})
    [sent] = commands.sent
    assert (sent.command_name, sent.command["writeConcern"]) == ("insert", DURABLE)


async def test_times_come_back_aware_and_in_utc(driver: Driver) -> None:
    moment = datetime(2026, 11, 23, 9, 0, 0, 123000, tzinfo=UTC)
    await driver.collection("things").insert_one({"_id": 1, "at": moment})
    [found] = await driver.aggregate("things", [])
    assert (found["at"], found["at"].tzinfo) == (moment, UTC)


async def test_a_pipeline_runs_over_a_collection(driver: Driver) -> None:
    await driver.collection("things").insert_many([{"_id": each} for each in range(300)])
    found = await driver.aggregate("things", [{"$match": {"_id": {"$gte": 150}}}, {"$sort": {"_id": 1}}])
    assert [each["_id"] for each in found] == list(range(150, 300))


async def test_a_pipeline_runs_over_documents_of_our_own(driver: Driver) -> None:
    documents = [{"_id": each} for each in range(300)]
    found = await driver.aggregate_documents(documents, [{"$match": {"_id": {"$gte": 150}}}])
    assert found == documents[150:]


async def test_a_transaction_is_kept_whole(driver: Driver, commands: Commands) -> None:
    things = driver.collection("things")

    async def work(session: Session) -> str:
        await things.insert_one({"_id": 1}, session=session)
        await things.insert_one({"_id": 2}, session=session)
        return "done"

    assert await driver.transaction(work) == "done"
    assert commands.names() == ["insert", "insert", "commitTransaction"]
    assert commands.sent[0].command["readConcern"]["level"] == "snapshot"
    assert commands.sent[2].command["writeConcern"] == DURABLE
    assert await things.find().to_list(None) == [{"_id": 1}, {"_id": 2}]


async def test_a_transaction_that_fails_leaves_nothing(driver: Driver) -> None:
    things = driver.collection("things")

    async def work(session: Session) -> None:
        await things.insert_one({"_id": 1}, session=session)
        raise KeyError("on the way")

    with pytest.raises(KeyError, match="on the way"):
        await driver.transaction(work)
    assert await things.find().to_list(None) == []


async def test_a_transaction_runs_again_where_another_one_was_in_its_way(driver: Driver) -> None:
    things = driver.collection("things")
    await things.insert_one({"_id": 1, "count": 0})
    seen: list[int] = []

    async def work(session: Session) -> None:
        found = await things.find_one({"_id": 1}, session=session)
        assert found is not None
        seen.append(found["count"])
        if len(seen) == 1:
            await things.update_one({"_id": 1}, {"$set": {"count": 10}})
        await things.update_one({"_id": 1}, {"$set": {"count": found["count"] + 1}}, session=session)

    await driver.transaction(work)
    assert seen == [0, 10]
    assert await things.find_one() == {"_id": 1, "count": 11}


async def test_a_change_made_right_after_a_stream_was_opened_is_told(driver: Driver) -> None:
    things = driver.collection("things")
    async with driver.watch([{"$match": {"ns.coll": "things"}}]) as stream, asyncio.timeout(30):
        await things.insert_one({"_id": 1})
        await driver.collection("others").insert_one({"_id": 2})
        await things.insert_one({"_id": 3})
        told = [(await anext(stream))["documentKey"]["_id"] for _ in range(2)]
    assert told == [1, 3]


async def test_a_change_made_while_a_stream_is_being_opened_is_told_once(driver: Driver) -> None:
    things, told = driver.collection("things"), list[int]()
    stop = asyncio.Event()

    async def write() -> int:
        number = 0
        while not stop.is_set():
            number += 1
            await things.insert_one({"_id": number})
        return number

    writing = asyncio.create_task(write())
    async with driver.watch([{"$match": {"ns.coll": "things"}}]) as stream, asyncio.timeout(30):
        stop.set()
        last = await writing
        while not told or told[-1] < last:
            told.append((await anext(stream))["documentKey"]["_id"])
    assert told == list(range(told[0], last + 1))


async def test_a_stream_that_cannot_be_opened_is_an_error(driver: Driver) -> None:
    with pytest.raises(OperationFailure, match="magic"):
        async with driver.watch([{"$magic": {}}]):
            pass


async def test_a_command_runs_in_the_database(driver: Driver, commands: Commands) -> None:
    await driver.collection("things").insert_one({"_id": 1})
    answer: dict[str, Any] = await driver.command("count", "things")
    assert answer["n"] == 1
    assert (await driver.command("ping"))["ok"] == Int64(1)
    assert {each.database_name for each in commands.sent} == {commands.sent[0].database_name}


async def test_dropping_leaves_nothing(driver: Driver) -> None:
    await driver.collection("things").insert_one({"_id": 1})
    await driver.drop()
    assert await driver.collection("things").find().to_list(None) == []


async def test_a_closed_driver_answers_nothing_more(mongodb_uri: str, name: DriverName) -> None:
    opened = connect(mongodb_uri, "unused", driver=name)
    assert (await opened.command("ping"))["ok"] == 1
    await opened.close()
    with pytest.raises(InvalidOperation):
        await opened.command("ping")


@pytest.mark.usefixtures("forgotten_sockets")
async def test_a_server_that_is_not_there_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch, name: DriverName
) -> None:
    assert persistence.driver._PATIENCE_MS == 5_000
    monkeypatch.setattr(persistence.driver, "_PATIENCE_MS", 50)
    opened = connect("mongodb://127.0.0.1:1/?directConnection=true", "unused", driver=name)
    with pytest.raises(ServerSelectionTimeoutError):
        await opened.command("ping")
    await opened.close()
