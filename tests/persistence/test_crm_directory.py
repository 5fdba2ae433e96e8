"""The customer lists: found by key, written at once without loss, told many records at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from domain import clock
from domain.crm import CrmRecord, Field, FieldWrite, RecordMissing, RecordWritten, WriteConflict
from domain.crm_directory_writes import ListChanges
from persistence.names import CRM_RECORDS
from tests.builders import MORNING
from tests.conftest import Commands, World

LATER = MORNING + timedelta(hours=1)
FIELDS: dict[str, Field | None] = {
    "phone": "202-224-3441",
    "$where": "a.b",
    "tags": ("Gold", "Silver"),
    "rooms": 6.0,
    "vip": True,
    "fax": None,
}
JANE = CrmRecord("1", FIELDS, "Jane", "https://crm.example/1")
BOB = CrmRecord("2", {"phone": "202-224-3244"})


async def put(
    world: World, *told: CrmRecord, organization_id: str = "acme", at: datetime = MORNING, region: str = "US"
) -> ListChanges:
    return await world.stores(organization_id).transact(lambda changes: changes.crm_records.put_many(told, region, at))


async def stored(world: World, organization_id: str = "acme") -> dict[str, Any]:
    found = (await world.snapshot())[CRM_RECORDS]
    return {each["record"]: each for each in found if each["org"] == organization_id}


def at(record: CrmRecord, moment: datetime = MORNING) -> CrmRecord:
    return replace(record, updated_at=moment)


async def test_a_record_comes_back_as_it_was_told(world: World) -> None:
    assert await put(world, JANE, BOB) == ListChanges(new=2)
    store = world.stores().crm_records
    assert await store.by_ids(["1", "2", "3"]) == {"1": at(JANE), "2": at(BOB)}
    [jane] = (await store.by_ids(["1"])).values()
    # True equals 1 to Python.
    assert [type(each) for each in jane.fields.values()] == [str, str, tuple, float, bool, type(None)]
    document = (await stored(world))["1"]
    # Nothing from outside names a field of a document.
    assert set(document) == {"_id", "org", "record", "version", "name", "url", "fields", "keys", "updated"}
    assert {name for each in document["fields"] for name in each} == {"alias", "value"}
    assert document["keys"] == sorted(
        ["phone:202-224-3441", "phone:+12022243441", "$where:a.b", "tags:gold", "tags:silver", "rooms:6", "vip:true"]
    )


async def test_records_are_found_by_any_of_the_keys_each_once_and_so_many(world: World) -> None:
    await put(world, JANE, BOB)
    store = world.stores().crm_records
    assert await store.by_keys(["tags:gold", "tags:silver", "phone:+12022243441", "none"], 10) == [at(JANE)]
    assert {each.id for each in await store.by_keys({"tags:gold", "phone:+12022243244"}, 10)} == {"1", "2"}
    assert len(await store.by_keys({"tags:gold", "phone:+12022243244"}, 1)) == 1
    assert await store.by_keys([], 10) == []
    assert await store.by_keys(["phone:gold"], 10) == []


async def test_the_same_list_told_again_is_not_written(world: World, commands: Commands) -> None:
    await put(world, JANE, BOB)
    before = await world.snapshot()
    commands.clear()
    assert await put(world, BOB, JANE, at=LATER) == ListChanges(unchanged=2)
    assert commands.names() == ["find", "commitTransaction"]
    assert await world.snapshot() == before


async def test_what_changed_is_written_and_what_was_not_told_stays(world: World) -> None:
    await put(world, JANE, BOB)
    told = CrmRecord("1", {"phone": "202-224-5141", "fax": "1"}, "Jane Doe")
    new = CrmRecord("3", {})
    assert await put(world, told, BOB, new, at=LATER) == ListChanges(new=1, changed=1, unchanged=1)
    after = replace(JANE, fields={**FIELDS, **told.fields}, name="Jane Doe", updated_at=LATER)
    store = world.stores().crm_records
    assert await store.by_ids(["1", "2", "3"]) == {"1": after, "2": at(BOB), "3": at(new, LATER)}
    assert await store.by_keys(["phone:+12022243441"], 10) == []
    assert await store.by_keys(["phone:+12022245141", "fax:1"], 10) == [after]
    assert {name: each["version"] for name, each in (await stored(world)).items()} == {"1": 2, "2": 1, "3": 1}


async def test_numbers_are_read_anew_where_the_region_changed(world: World) -> None:
    told = CrmRecord("1", {"phone": "030 1234567"})
    await put(world, told, region="US")
    assert await put(world, told, region="DE") == ListChanges(changed=1)
    assert [each.id for each in await world.stores().crm_records.by_keys(["phone:+49301234567"], 10)] == ["1"]
    assert await put(world, told, region="DE") == ListChanges(unchanged=1)


async def test_nothing_is_kept_of_a_batch_that_fails(world: World) -> None:
    await put(world, BOB)
    before = await world.snapshot()
    with pytest.raises(BulkWriteError):
        await put(world, JANE, replace(BOB, name="Bob"), JANE)
    assert await world.snapshot() == before


async def test_two_imports_of_one_list_at_once_keep_each_record_once(world: World) -> None:
    records = [CrmRecord(f"{each}", {"phone": f"202-555-{each:04}"}) for each in range(40)]
    done = await asyncio.gather(put(world, *records), put(world, *reversed(records)), put(world, *records))
    assert sum(each.new for each in done) == 40
    assert sum(each.unchanged for each in done) == 80
    assert {each["version"] for each in (await stored(world)).values()} == {1}


async def test_organizations_do_not_see_each_others_lists(world: World) -> None:
    await put(world, JANE, BOB)
    await put(world, replace(BOB, name="Theirs"), organization_id="other")
    before = (await stored(world), (await stored(world, "other"))["2"]["name"])
    theirs, ours = world.stores("other").crm_records, world.stores().crm_records
    assert await theirs.by_keys(["tags:gold"], 10) == []
    assert [each.name for each in await theirs.by_keys(["phone:+12022243244"], 10)] == ["Theirs"]
    assert list(await theirs.by_ids(["1", "2"])) == ["2"]
    assert (await ours.count(), await theirs.count()) == (2, 1)
    assert await theirs.write(a_write({"vip": False}), "US") == RecordMissing()
    assert await theirs.remove_absent(["2"]) == 0
    assert (await stored(world), (await stored(world, "other"))["2"]["name"]) == before
    assert await theirs.remove_absent([]) == 1
    assert (await ours.count(), await theirs.count()) == (2, 0)


async def test_ids_that_look_like_two_in_one_stay_apart(world: World) -> None:
    for organization_id, record_id in (("a", 'b", "c'), ('a", "b', "c"), ("a:b", "c"), ("a", "b:c")):
        assert await put(world, CrmRecord(record_id, {}), organization_id=organization_id) == ListChanges(new=1)


def a_write(
    fields: dict[str, Field | None], expected: dict[str, Field | None] | None = None, record_id: str = "1"
) -> FieldWrite:
    return FieldWrite("k", record_id, fields, expected or {})


async def test_a_write_sets_fields_keys_and_time_and_repeated_nothing(world: World) -> None:
    await put(world, JANE, BOB)
    store, began = world.stores().crm_records, clock.now()
    asked = a_write({"phone": "202-224-5141", "fax": None, "city": "Bonn"}, {"phone": "+12022243441", "city": None})
    first = await store.write(asked, "US")
    assert isinstance(first, RecordWritten)
    assert first.record is not None
    assert first.record.updated_at is not None
    assert began <= first.record.updated_at <= clock.now()
    after = {**FIELDS, "phone": "202-224-5141", "city": "Bonn"}
    assert first.record == replace(JANE, fields=after, updated_at=first.record.updated_at)
    assert await store.by_ids(["1", "2"]) == {"1": first.record, "2": at(BOB)}
    assert await store.by_keys(["phone:+12022243441"], 10) == []
    assert await store.by_keys(["phone:+12022245141", "city:bonn"], 10) == [first.record]
    before = await world.snapshot()
    assert await store.write(asked, "US") == first
    assert await world.snapshot() == before


async def test_what_cannot_be_written_leaves_everything_as_it_is(world: World) -> None:
    await put(world, JANE, BOB)
    before = await world.snapshot()
    store = world.stores().crm_records
    assert await store.write(a_write({"fax": "1"}, {"fax": "2"}), "US") == WriteConflict(at(JANE))
    assert await store.write(a_write({"fax": "1"}, record_id="3"), "US") == RecordMissing()
    assert await world.snapshot() == before


async def test_of_writers_of_several_fields_at_once_none_is_lost(world: World) -> None:
    await put(world, JANE)
    store = world.stores().crm_records
    names = [f"f{each}" for each in range(8)]
    done = await asyncio.gather(*(store.write(a_write({each: each}, {each: None}), "US") for each in names))
    assert all(isinstance(each, RecordWritten) for each in done)
    document = (await stored(world))["1"]
    assert document["version"] == 9
    assert (await store.by_ids(["1"]))["1"].fields == {**FIELDS, **{each: each for each in names}}
    assert set(document["keys"]) >= {f"{each}:{each}" for each in names}


async def test_of_writers_of_one_field_at_once_one_writes_and_the_others_are_told(world: World) -> None:
    await put(world, JANE)
    store = world.stores().crm_records
    done = await asyncio.gather(*(store.write(a_write({"fax": f"{n}"}, {"fax": None}), "US") for n in range(6)))
    [winner] = [each for each in done if isinstance(each, RecordWritten)]
    held = (await store.by_ids(["1"]))["1"]
    assert winner == RecordWritten(held)
    assert [each for each in done if isinstance(each, WriteConflict)] == [WriteConflict(held)] * 5
    assert (await stored(world))["1"]["version"] == 2


async def test_an_import_and_a_write_at_once_lose_neither(world: World) -> None:
    await put(world, JANE)
    store = world.stores().crm_records
    imported = [put(world, CrmRecord("1", {f"i{each}": "x"})) for each in range(4)]
    done = await asyncio.gather(*imported, *(store.write(a_write({f"w{each}": "x"}), "US") for each in range(4)))
    assert done[:4] == [ListChanges(changed=1)] * 4
    held = (await store.by_ids(["1"]))["1"]
    assert held.fields == {**FIELDS, **{f"{kind}{each}": "x" for kind in "iw" for each in range(4)}}
    assert (await stored(world))["1"]["version"] == 9


async def test_what_a_list_has_no_more_is_removed_in_batches(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("persistence.crm_directory._AT_ONCE", 4)
    await put(world, *(CrmRecord(f"{each}", {}) for each in range(15)))
    store = world.stores().crm_records
    assert await store.remove_absent([f"{each}" for each in range(0, 15, 3)] + ["none"]) == 10
    assert set(await stored(world)) == {"0", "3", "6", "9", "12"}
    assert await store.count() == 5
    before = await world.snapshot()
    assert await store.remove_absent({"0", "3", "6", "9", "12"}) == 0
    assert await world.snapshot() == before
