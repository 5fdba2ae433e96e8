"""Customer lists in which every record shares a city with many, and a phone number with nobody."""

from __future__ import annotations

from datetime import timedelta

from domain.crm import CrmRecord
from persistence.driver import Driver
from persistence.names import CONTACTS, CRM_HEALTH, CRM_TASKS
from persistence.stores import Stores
from tests.builders import MORNING

RECORDS = 120
CITIES = 6


def a_noisy_record(number: int) -> CrmRecord:
    return CrmRecord(
        f"r-{number:03}",
        {
            "phone": f"202-555-{number:04}",
            "city": f"City {number % CITIES}",
            "rooms": (f"{number % CITIES}", f"{number}"),
            "note": None,
        },
        f"Name {number}",
    )


async def make_crm_noise(driver: Driver, organization_id: str) -> None:
    """Every third contact has something to be done, of which half is due later; of `acme` the other half at once."""
    tasks = [
        {
            "_id": f"{organization_id}-{number:03}",
            "org": organization_id,
            "taker": "t",
            "due": MORNING
            + timedelta(hours=2 + number % 2 * 100 - 2 * (organization_id == "acme"), minutes=number % 60),
            **({"writeDue": MORNING} if number % 9 == 0 else {"lookUpDue": MORNING}),
        }
        for number in range(0, 300, 3)
    ]
    await driver.collection(CRM_TASKS).insert_many(tasks)
    await driver.collection(CRM_HEALTH).insert_one({"_id": organization_id, "org": organization_id, "failed": MORNING})
    known = {"$set": {"validation": {"outcome": "FOUND", "record": "r-1", "asked": MORNING}}}
    some = {"_id": {"$in": [f"{organization_id}-{number:03}" for number in range(5)]}}
    await driver.collection(CONTACTS).update_many(some, known)
    records = [a_noisy_record(each) for each in range(RECORDS)]
    await Stores.of(driver, organization_id).transact(
        lambda changes: changes.crm_records.put_many(records, "US", MORNING)
    )
