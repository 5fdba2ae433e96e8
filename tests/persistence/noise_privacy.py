"""Logs of deletions, receipts, tombstones and answers, for the organizations of `noise`."""

from __future__ import annotations

from datetime import timedelta

from domain.answers import RecordedAnswer
from domain.attributes import AttributeChanged
from persistence.deletion_documents import from_deletion
from persistence.driver import Driver
from persistence.names import DELETED_CONTACTS, RECEIPTS
from persistence.privacy_documents import from_receipt
from persistence.stores import Changes, Stores
from tests.builders import MORNING, a_contact
from tests.erasing import a_deletion, a_receipt

DELETION_COUNT = 60
UNFINISHED = 2
"""Deleted contacts of each organization of whom something may be left."""
TRACES = [f"email:{each}@example.com" for each in range(40)]


def deletion_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-x-{number:03}"


async def make_privacy_noise(driver: Driver, organization_id: str) -> None:
    entries, receipts = [], []
    for number in range(DELETION_COUNT):
        name, at = deletion_id(number, organization_id), MORNING + timedelta(minutes=number)
        entry = a_deletion(name, deleted_id=f"{organization_id}-gone-{number}", at=at)
        mark = {"isUnfinished": True} if number < UNFINISHED else {}
        entries.append({**from_deletion(entry, organization_id), **mark})
        receipts.append(from_receipt(a_receipt(name, organization_id=organization_id, at=at)))
    await driver.collection(DELETED_CONTACTS).insert_many(entries)
    await driver.collection(RECEIPTS).insert_many(receipts)

    async def work(changes: Changes) -> None:
        await changes.privacy.entomb(TRACES, MORNING)
        for number in range(20):
            success = AttributeChanged(a_contact(f"{organization_id}-gone-{number % 4}"), "d-bio")
            await changes.answers.record("jo", f"noise-{number}", RecordedAnswer("f", success), MORNING)

    await Stores.of(driver, organization_id).transact(work)
