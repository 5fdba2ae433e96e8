"""Customer lists in which every record shares a city with many, and a phone number with nobody."""

from __future__ import annotations

from domain.crm import CrmRecord
from persistence.driver import Driver
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
    records = [a_noisy_record(each) for each in range(RECORDS)]
    await Stores.of(driver, organization_id).transact(
        lambda changes: changes.crm_records.put_many(records, "US", MORNING)
    )
