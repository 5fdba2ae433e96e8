"""What the tests of timelines share: something of each kind that can happen to a contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from domain.contacts import Network
from domain.events import ContactEvent, EventKind, MergedContact, NoteVersion, State, ValueChange
from domain.values import TextValue
from domain.vip import VipStatus
from tests.builders import MORNING, an_identity, held
from tests.conftest import World

ACCOUNT = an_identity("55", network=Network.INSTAGRAM, handle="jr")
VIP = VipStatus(MORNING, "ada", "Ambassador", None)
OTHER = MergedContact("m1", "c3", "J. Roe")
BIO = ValueChange(None, held("bio", TextValue("Hello.")))

STATES: Mapping[EventKind, tuple[State, State]] = {
    EventKind.CONTACT_CREATED: (None, "Jane"),
    EventKind.CONTACT_RENAMED: ("Jane", "Jane Roe"),
    EventKind.IDENTITY_ADDED: (None, ACCOUNT),
    EventKind.IDENTITY_CHANGED: (ACCOUNT, replace(ACCOUNT, handle="jane")),
    EventKind.IDENTITY_REMOVED: (ACCOUNT, None),
    EventKind.VALUES_CHANGED: (None, None),
    EventKind.NOTE_ADDED: (None, NoteVersion("n1", 1)),
    EventKind.NOTE_EDITED: (NoteVersion("n1", 1), NoteVersion("n1", 2)),
    EventKind.NOTE_DELETED: (NoteVersion("n1", 2), None),
    EventKind.NOTE_RESTORED: (NoteVersion("n1", 2), NoteVersion("n1", 3)),
    EventKind.VIP_SET: (None, VIP),
    EventKind.VIP_CLEARED: (VIP, None),
    EventKind.CONTACTS_MERGED: (None, OTHER),
    EventKind.CONTACTS_UNMERGED: (OTHER, None),
}


def one_of_each(contact_id: str = "c1") -> tuple[ContactEvent, ...]:
    """Return an event of each kind, a minute after the other."""
    return tuple(
        ContactEvent(
            *(f"{contact_id}-{kind.value}", contact_id, MORNING + timedelta(minutes=number), kind, "jo", *STATES[kind]),
            values=(BIO,) if kind is EventKind.VALUES_CHANGED else (),
        )
        for number, kind in enumerate(EventKind)
    )


async def add_events(world: World, *events: ContactEvent, organization_id: str = "acme") -> None:
    await world.stores(organization_id).transact(lambda changes: changes.events.add(*events))
