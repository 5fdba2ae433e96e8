"""Contacts whom others became part of, and who have e-mail addresses in common."""

from __future__ import annotations

from datetime import timedelta

from domain.contacts import Contact, Network
from domain.events import ContactEvent, EventKind, NoteVersion, ValueChange
from domain.merging import Merge, MergeStates
from domain.values import EmailValue, PhoneValue, TextValue
from persistence.derived import contact_document
from persistence.driver import Driver
from persistence.event_documents import from_event
from persistence.merge_documents import from_merge
from persistence.names import CONTACTS, EVENTS, MERGES, NOTES
from persistence.note_documents import from_note
from tests.builders import MORNING, a_contact, a_note, an_identity, held

SURVIVORS = 12
MERGES_EACH = 25
MOVED = 30
"""Notes and events that the newest merge of survivor 1 brought along, every third note deleted."""

EDITED = 3
"""Of those notes, how many were edited after the merge."""


def survivor_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-s-{number}"


def old_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-old-{number}"


def merge_id(survivor: int, number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-m-{survivor}-{number}"


def a_survivor(number: int, organization_id: str = "acme") -> Contact:
    """Every third one has an address as an identity, every third one as a value; all have a number."""
    email = an_identity("shared@example.com", network=Network.EMAIL) if number == 0 else an_identity(f"s-{number}")
    values = (held("email", EmailValue("Shared@example.com")),) if number % 3 == 1 else ()
    return a_contact(
        survivor_id(number, organization_id),
        name=f"Survivor {number}",
        identities=(email,),
        values=(*values, held("phone", PhoneValue(f"+1202555010{number % 2}"))),
    )


def a_noisy_merge(survivor: int, number: int, organization_id: str = "acme") -> Merge:
    contact = a_survivor(survivor, organization_id)
    return Merge(
        merge_id(survivor, number, organization_id),
        contact.id,
        old_id(survivor, organization_id) if number == 0 else f"{old_id(survivor, organization_id)}-{number}",
        "Old",
        MORNING + timedelta(minutes=number),
        "jo",
        MergeStates(contact, contact, contact),
    )


async def make_merging_noise(driver: Driver, organization_id: str) -> None:
    contacts = [contact_document(a_survivor(each, organization_id), organization_id, ()) for each in range(SURVIVORS)]
    for number, each in enumerate(contacts):
        each["mergedIds"] = [f"{organization_id}-older-{number}", old_id(number, organization_id)]
    await driver.collection(CONTACTS).insert_many(contacts)
    merges = [
        a_noisy_merge(survivor, number, organization_id)
        for survivor in range(SURVIVORS)
        for number in range(MERGES_EACH)
    ]
    documents = [
        {**from_merge(each, organization_id), "about": [each.survivor_id, each.other_id], "isStanding": True}
        for each in merges
    ]
    await driver.collection(MERGES).insert_many(documents)
    await _move(driver, organization_id)


async def _move(driver: Driver, organization_id: str) -> None:
    owner, marked = survivor_id(1, organization_id), {"mergedFrom": [merge_id(1, 1, organization_id)]}
    notes = [a_note(owner, f"Note {each}", id=f"{owner}-n-{each:03}") for each in range(MOVED)]
    moved = [
        {**from_note(each, organization_id), **marked, "isLive": number % 3 != 0} for number, each in enumerate(notes)
    ]
    await driver.collection(NOTES).insert_many(moved)
    changed = (ValueChange(None, held("bio", TextValue("x"))),)
    events = [
        ContactEvent(f"{owner}-e-{each:03}", owner, MORNING, EventKind.VALUES_CHANGED, "jo", values=changed)
        for each in range(MOVED)
    ]
    await driver.collection(EVENTS).insert_many([{**from_event(each, organization_id), **marked} for each in events])
    since = [
        ContactEvent(
            f"{owner}-since-{each}",
            owner,
            MORNING + timedelta(minutes=2),
            EventKind.NOTE_EDITED,
            "jo",
            NoteVersion(notes[each].id, 1),
            NoteVersion(notes[each].id, 2),
        )
        for each in range(EDITED)
    ]
    await driver.collection(EVENTS).insert_many([from_event(each, organization_id) for each in since])
