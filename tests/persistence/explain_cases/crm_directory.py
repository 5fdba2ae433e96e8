"""Customer lists."""

from __future__ import annotations

from dataclasses import replace

from domain.crm import CrmRecord, FieldWrite
from tests.builders import MORNING
from tests.persistence.explain_cases.case import Act, Case, within
from tests.persistence.noise_crm import CITIES, RECORDS, a_noisy_record

ONE_CITY = RECORDS // CITIES
NEW, SAME, CHANGED = CrmRecord("new", {"phone": "1"}), a_noisy_record(3), replace(a_noisy_record(4), name="Other")


def by_keys(*keys: str, most: int = 100) -> Act:
    return lambda stores: stores.crm_records.by_keys(keys, most)


def write(record_id: str, text: str, expected: str) -> Act:
    asked = FieldWrite("k", record_id, {"city": text}, {"city": expected})
    return lambda stores: stores.crm_records.write(asked, "US")


def put(*told: CrmRecord) -> Act:
    return within(lambda changes: changes.crm_records.put_many(told, "US", MORNING))


CASES: list[Case] = [
    ("CrmRecordStore.by_keys", "one", by_keys("phone:+12025550007", "phone:none"), [("find", 1)]),
    (
        *("CrmRecordStore.by_keys", "two keys of the same records"),
        by_keys("city:city 1", "rooms:1", "phone:+12025550007"),
        [("find", ONE_CITY)],
    ),
    ("CrmRecordStore.by_keys", "bounded", by_keys("city:city 1", "city:city 2", most=7), [("find", 7)]),
    ("CrmRecordStore.by_keys", "nothing", by_keys(), [("find", 0)]),
    ("CrmRecordStore.by_ids", "", lambda s: s.crm_records.by_ids(["r-003", "r-099", "none"]), [("find", 2)]),
    ("CrmRecordStore.count", "", lambda s: s.crm_records.count(), [("aggregate", 0)]),
    ("CrmRecordStore.write", "", write("r-003", "Here", "City 3"), [("find", 1), ("update", 1)]),
    ("CrmRecordStore.write", "conflict", write("r-003", "Here", "City 4"), [("find", 1)]),
    ("CrmRecordStore.write", "missing", write("none", "Here", "City 4"), [("find", 0)]),
    (
        *("CrmRecordStore.remove_absent", ""),
        lambda s: s.crm_records.remove_absent([f"r-{each:03}" for each in range(RECORDS - 9)]),
        [("find", 0), ("delete", 9)],
    ),
    (
        "CrmRecordStore.remove_absent",
        "none",
        lambda s: s.crm_records.remove_absent([f"r-{each:03}" for each in range(RECORDS)]),
        [("find", 0)],
    ),
    ("CrmRecordWriter.put_many", "", put(NEW, SAME, CHANGED), [("find", 2), ("update", 1)]),
    ("CrmRecordWriter.put_many", "unchanged", put(SAME), [("find", 1)]),
]
