"""Logs of deletions, receipts, tombstones and answers, for the organizations of `noise`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.answers import RecordedAnswer
from domain.attributes import AttributeChanged
from domain.events import ContactEvent, EventKind, MergedContact, ValueChange
from domain.merging import Merge, MergeEnd
from domain.values import TextValue
from persistence.deletion_documents import from_deletion
from persistence.driver import Document, Driver
from persistence.event_documents import from_event
from persistence.merge_documents import from_merge
from persistence.names import DELETED_CONTACTS, EVENTS, MERGES, RECEIPTS
from persistence.privacy_documents import from_receipt
from persistence.stores import Changes, Stores
from tests.builders import MORNING, a_contact, held
from tests.erasing import a_deletion, a_receipt

DELETION_COUNT = 60
UNFINISHED = 2
"""Deleted contacts of each organization of whom something may be left."""
NAMED = 20
"""Contacts of each organization, deleted ones among them, who were merged with another by mistake once."""
SHARED = 12
"""What happened while they were one to whom each of the unfinished was merged with: a third of it is theirs alone, a
third is of both."""
TRACES = [f"email:{each}@example.com" for each in range(40)]


def deletion_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-x-{number:03}"


THEIRS = ValueChange(None, held("bio", TextValue("theirs")))


def _naming(number: int, organization_id: str) -> Document:
    """What happened to somebody else."""
    gone = MergedContact(f"{organization_id}-m-{number}", f"{organization_id}-gone-{number}", "Gone")
    name, contact_id = f"{organization_id}-naming-{number}", f"{organization_id}-partner-{number % 3}"
    values = (THEIRS,) if number < UNFINISHED else ()
    event = ContactEvent(name, contact_id, MORNING, EventKind.CONTACTS_UNMERGED, "ada", gone, None, values)
    return from_event(event, organization_id)


def _shared(number: int, organization_id: str) -> list[Document]:
    """The merge that ended as above, and what happened in between."""
    gone = MergedContact(f"{organization_id}-m-{number}", f"{organization_id}-gone-{number}", "Gone")
    contact_id, own = f"{organization_id}-partner-{number % 3}", ValueChange(None, held("rank", TextValue("own")))
    name, at, kind = f"{organization_id}-taken-up-{number}", MORNING - timedelta(hours=1), EventKind.CONTACTS_MERGED
    merged = ContactEvent(name, contact_id, at, kind, "ada", None, gone, (THEIRS,))
    since = [
        ContactEvent(
            f"{organization_id}-shared-{number}-{each}",
            contact_id,
            MORNING - timedelta(minutes=each + 1),
            EventKind.VALUES_CHANGED,
            "jo",
            values=[(own,), (THEIRS,), (THEIRS, own)][each % 3],
        )
        for each in range(SHARED)
    ]
    return [from_event(each, organization_id) for each in (merged, *since, *_beyond(number, organization_id))]


def _beyond(number: int, organization_id: str) -> list[ContactEvent]:
    """In between, that one was part of somebody else for a moment."""
    partner = MergedContact(f"{organization_id}-n-{number}", f"{organization_id}-partner-{number % 3}", "Gone")
    name, contact_id = f"{organization_id}-beyond-{number}", f"{organization_id}-third-{number}"
    at, kind = MORNING - timedelta(minutes=30), EventKind.CONTACTS_MERGED
    merged = ContactEvent(f"{name}-merged", contact_id, at, kind, "ada", None, partner, (THEIRS,))
    parted = replace(merged, id=f"{name}-parted", kind=EventKind.CONTACTS_UNMERGED, before=partner, after=None)
    back = (ValueChange(THEIRS.after, replace(THEIRS.after, value=None)),)
    return [merged, replace(parted, values=back)]


def _journal(number: int, organization_id: str) -> list[Document]:
    """The merges of both."""
    gone, partner, third = (
        f"{organization_id}-{each}" for each in (f"gone-{number}", f"partner-{number % 3}", f"third-{number}")
    )
    merges = [
        Merge(
            f"{organization_id}-{name}-{number}",
            survivor,
            other,
            "Gone",
            MORNING,
            "ada",
            None,
            MergeEnd(MORNING, "ada"),
        )
        for name, survivor, other in (("m", partner, gone), ("n", third, partner))
    ]
    return [
        {**from_merge(each, organization_id), "about": [each.survivor_id, each.other_id], "isStanding": False}
        for each in merges
    ]


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
    await driver.collection(EVENTS).insert_many([_naming(each, organization_id) for each in range(NAMED)])
    shared = [event for each in range(UNFINISHED) for event in _shared(each, organization_id)]
    await driver.collection(EVENTS).insert_many(shared)
    journal = [merge for each in range(UNFINISHED) for merge in _journal(each, organization_id)]
    await driver.collection(MERGES).insert_many(journal)

    async def work(changes: Changes) -> None:
        await changes.privacy.entomb(TRACES, MORNING)
        for number in range(20):
            success = AttributeChanged(a_contact(f"{organization_id}-gone-{number % 4}"), "d-bio")
            await changes.answers.record("jo", f"noise-{number}", RecordedAnswer("f", success), MORNING)

    await Stores.of(driver, organization_id).transact(work)
