"""Three organizations with enough in them that a query which reads too much is seen to."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from domain.contacts import Contact
from domain.definitions import ValueRules
from domain.deleted_notes import DeletedNote
from domain.events import ContactEvent, EventKind, ValueChange
from domain.notes import ContactNote
from domain.values import TextValue
from domain.vip import VipStatus
from persistence import names
from persistence.derived import contact_document
from persistence.driver import Driver
from persistence.event_documents import from_event
from persistence.group_documents import from_group
from persistence.indexes import ensure_indexes
from persistence.names import (
    ANSWERS,
    CONTACTS,
    CONVERSATION_NOTE_REVISIONS,
    CONVERSATION_NOTES,
    CONVERSATIONS,
    CRM_HEALTH,
    CRM_RECORDS,
    CRM_TASKS,
    DEFINITIONS,
    DELETED_CONTACTS,
    EVENTS,
    GROUPS,
    MERGES,
    NOTES,
    REVISIONS,
    TEAMS,
)
from persistence.note_documents import from_deleted, from_note, from_revision
from persistence.organizations import OrganizationStore
from persistence.stores import Stores
from tests.builders import (
    EVERY_TYPE,
    MORNING,
    a_contact,
    a_definition,
    a_deleted_note,
    a_group,
    a_note,
    a_team,
    an_agent,
    an_identity,
    an_organization,
    held,
)
from tests.persistence.noise_conversations import make_conversation_noise
from tests.persistence.noise_crm import make_crm_noise
from tests.persistence.noise_merging import make_merging_noise
from tests.persistence.noise_privacy import make_privacy_noise

ORGANIZATIONS = ("acme", "other", "third")
CONTACT_COUNT = 300
NAMES = ("Jane", "Bob", "José", "Zoe")
EVENT_COUNT = 90
UNIQUE = a_definition("account_number", position=90, rules=ValueRules(is_unique=True))
KEPT = (
    CONTACTS,
    CONVERSATIONS,
    CONVERSATION_NOTES,
    CONVERSATION_NOTE_REVISIONS,
    DEFINITIONS,
    GROUPS,
    NOTES,
    REVISIONS,
    TEAMS,
    EVENTS,
    ANSWERS,
    DELETED_CONTACTS,
    MERGES,
    CRM_RECORDS,
    CRM_TASKS,
    CRM_HEALTH,
)
"""What the calls of the cases may change; it is put back after each."""
NOTED = 5
"""Contacts with notes."""
NOTE_COUNT = 210
PER_MOMENT = 42
"""Notes of one millisecond, of which every third is deleted: 28 are live."""
DELETED = MORNING + timedelta(days=1)
"""When the first ones were deleted: as many in one millisecond as were written in one."""
REVISED = 3
"""Notes of each contact with notes that have earlier versions."""
VERSIONS = 60
REVISION_COUNT = REVISED * VERSIONS


def contact_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-{number:03}"


def note_id(contact: int, number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-{contact:03}-{number:03}"


def a_noisy_contact(number: int, organization_id: str = "acme") -> Contact:
    """Two hundred share four names, and each hour has sixty, of whom every other is a VIP."""
    return replace(
        a_contact(
            contact_id(number, organization_id),
            name=NAMES[number % 4] if number < 200 else f"Name {number}",
            identities=(an_identity(f"t-{number}"), an_identity(f"u-{number}")),
            values=(held("bio", TextValue("hi")), held("account_number", TextValue(f"A-{number}"))),
            vip=VipStatus(an_hour(number), "jo", None, an_hour(number + 60) if number % 20 == 0 else None)
            if number % 2 == 0
            else None,
            note_count=number // 60,
            import_key=f"k-{number}",
        ),
        created_at=an_hour(number),
        updated_at=an_hour(number),
    )


def an_hour(number: int) -> datetime:
    """Return a moment that sixty contacts share."""
    return MORNING + timedelta(hours=number // 60)


def a_noisy_note(contact: int, number: int, organization_id: str = "acme") -> ContactNote:
    created = MORNING + timedelta(minutes=number // PER_MOMENT)
    owner = contact_id(contact, organization_id)
    return a_note(owner, f"Note {number}", id=note_id(contact, number, organization_id), created_at=created)


def a_noisy_deleted_note(contact: int, number: int, organization_id: str = "acme") -> DeletedNote[ContactNote]:
    at = DELETED + timedelta(minutes=number // PER_MOMENT)
    return a_deleted_note(a_noisy_note(contact, number, organization_id), at=at)


def event_id(contact: int, number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-e-{contact:03}-{number:03}"


def a_noisy_event(contact: int, number: int, organization_id: str = "acme") -> ContactEvent:
    """Of a contact's events every third is about VIP; the others change two values at once."""
    text = TextValue(f"{number}")
    changes = (
        ValueChange(None, held("bio", text, version=number)),
        ValueChange(None, held("rank", text, version=number + 1)),
    )
    return ContactEvent(
        event_id(contact, number, organization_id),
        contact_id(contact, organization_id),
        MORNING + timedelta(minutes=number),
        EventKind.VIP_CLEARED if number % 3 == 0 else EventKind.VALUES_CHANGED,
        "jo",
        values=() if number % 3 == 0 else changes,
    )


async def make_noise(driver: Driver) -> None:
    await ensure_indexes(driver)
    for organization_id in ORGANIZATIONS:
        agents = [an_agent(f"{organization_id}-a{each}", organization_id=organization_id) for each in range(30)]
        definitions = (*EVERY_TYPE, UNIQUE) if organization_id == "acme" else ()
        teams = [a_team(each, organization_id=organization_id) for each in ("first-line", "second-line")]
        await OrganizationStore(driver).put(an_organization(organization_id), agents, definitions, teams)
        # Long ago: what is settled can be said to be.
        changed = {"$set": {"rescoring": MORNING, "crmSweep": MORNING, "crmSweepBehind": None, "crmSweepIsLast": False}}
        await driver.collection(names.ORGANIZATIONS).update_one({"_id": organization_id}, changed)
        if organization_id == "acme":
            await Stores.of(driver, "acme").transact(lambda changes: changes.definitions.put(UNIQUE, is_pending=True))
        noisy = [a_noisy_contact(each, organization_id) for each in range(CONTACT_COUNT)]
        groups = [from_group(a_group(f"{organization_id}-g{n}", position=n), organization_id) for n in range(3)]
        await driver.collection(GROUPS).insert_many(groups)
        contacts = [contact_document(each, organization_id, definitions) for each in noisy]
        await driver.collection(CONTACTS).insert_many(contacts)
        await _make_notes(driver, organization_id)
        events = [
            from_event(a_noisy_event(contact, number, organization_id), organization_id)
            for contact in range(NOTED)
            for number in range(EVENT_COUNT)
        ]
        await driver.collection(EVENTS).insert_many(events)
        await make_privacy_noise(driver, organization_id)
        await make_merging_noise(driver, organization_id)
        await make_conversation_noise(driver, organization_id)
        await make_crm_noise(driver, organization_id)


async def _make_notes(driver: Driver, organization_id: str) -> None:
    documents, revisions = [], []
    for contact in range(NOTED):
        for number in range(NOTE_COUNT):
            note = a_noisy_note(contact, number, organization_id)
            deleted = a_noisy_deleted_note(contact, number, organization_id)
            documents.append(
                from_deleted(deleted, organization_id) if number % 3 == 0 else from_note(note, organization_id)
            )
        for number in range(1, REVISED + 1):
            note = a_noisy_note(contact, number, organization_id)
            for version in range(1, VERSIONS + 1):
                revisions.append(from_revision(replace(note, version=version), organization_id))
    await driver.collection(NOTES).insert_many(documents)
    await driver.collection(REVISIONS).insert_many(revisions)
