"""Three organizations with enough in them that a query which reads too much is seen to."""

from __future__ import annotations

from datetime import timedelta

from domain.contacts import Contact
from domain.notes import ContactNote
from domain.values import TextValue
from persistence.documents import from_contact
from persistence.driver import Driver
from persistence.indexes import CONTACTS, NOTES, ensure_indexes
from persistence.note_documents import from_note
from persistence.organizations import OrganizationStore
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_note, an_agent, an_identity, an_organization, held

ORGANIZATIONS = ("acme", "other", "third")
CONTACT_COUNT = 300
NAMES = ("Jane", "Bob", "José", "Zoe")
NOTED = 5
"""Contacts with notes."""
NOTE_COUNT = 210
PER_MOMENT = 42
"""Notes of one millisecond, of which every third is deleted: 28 are live."""


def contact_id(number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-{number:03}"


def note_id(contact: int, number: int, organization_id: str = "acme") -> str:
    return f"{organization_id}-{contact:03}-{number:03}"


def a_noisy_contact(number: int, organization_id: str = "acme") -> Contact:
    """Two hundred share four names."""
    return a_contact(
        contact_id(number, organization_id),
        name=NAMES[number % 4] if number < 200 else f"Name {number}",
        identities=(an_identity(f"t-{number}"), an_identity(f"u-{number}")),
        values=(held("bio", TextValue("hi")),),
        import_key=f"k-{number}",
    )


def a_noisy_note(contact: int, number: int, organization_id: str = "acme") -> ContactNote:
    created = MORNING + timedelta(minutes=number // PER_MOMENT)
    owner = contact_id(contact, organization_id)
    return a_note(owner, f"Note {number}", id=note_id(contact, number, organization_id), created_at=created)


async def make_noise(driver: Driver) -> None:
    await ensure_indexes(driver)
    for organization_id in ORGANIZATIONS:
        agents = [an_agent(f"{organization_id}-a{each}", organization_id=organization_id) for each in range(30)]
        definitions = EVERY_TYPE if organization_id == "acme" else ()
        await OrganizationStore(driver).put(an_organization(organization_id), agents, definitions)
        contacts = [from_contact(a_noisy_contact(each, organization_id), organization_id) for each in range(300)]
        await driver.collection(CONTACTS).insert_many(contacts)
        notes = [
            {**from_note(a_noisy_note(contact, number, organization_id), organization_id), "isLive": number % 3 != 0}
            for contact in range(NOTED)
            for number in range(NOTE_COUNT)
        ]
        await driver.collection(NOTES).insert_many(notes)
