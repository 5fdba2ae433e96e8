"""Events of every kind, such as the tests of the timeline need."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.attributes import Source, SyncState
from domain.contacts import NEVER_ASKED, ContactValidation, LookUpOutcome
from domain.events import ContactEvent, EventKind, MergedContact, NoteVersion, State, ValueChange, ValueStanding
from domain.values import NumberValue, TextValue
from domain.vip import VipStatus
from tests.builders import MORNING, an_identity, held
from tests.conftest import World

TWITTER = an_identity("1", is_primary=True)
RENAMED_THERE = replace(TWITTER, handle="jane_roe")
VIP = VipStatus(MORNING, "ada", "Loyal", None)
OTHER = MergedContact("m1", "c0", "Jane R.")
BIO = ValueChange(None, held("bio", TextValue("hi")))
FOLLOWERS = ValueChange(held("followers", NumberValue(1)), held("followers", None, version=2))

STATES: dict[EventKind, tuple[State, State, tuple[ValueChange, ...]]] = {
    EventKind.CONTACT_CREATED: (None, "Jane", (BIO,)),
    EventKind.CONTACT_RENAMED: ("Jane", "Jane Roe", ()),
    EventKind.IDENTITY_ADDED: (None, TWITTER, ()),
    EventKind.IDENTITY_CHANGED: (TWITTER, RENAMED_THERE, ()),
    EventKind.IDENTITY_REMOVED: (RENAMED_THERE, None, ()),
    EventKind.VALUES_CHANGED: (None, None, (FOLLOWERS,)),
    EventKind.NOTE_ADDED: (None, NoteVersion("n1", 1), ()),
    EventKind.NOTE_EDITED: (NoteVersion("n1", 1), NoteVersion("n1", 2), ()),
    EventKind.NOTE_DELETED: (NoteVersion("n1", 2), None, ()),
    EventKind.NOTE_RESTORED: (NoteVersion("n1", 2), NoteVersion("n1", 3), ()),
    EventKind.VIP_SET: (None, VIP, ()),
    EventKind.VIP_CLEARED: (VIP, None, ()),
    EventKind.CONTACTS_MERGED: (None, OTHER, (BIO,)),
    EventKind.LOOKED_UP: (NEVER_ASKED, ContactValidation(LookUpOutcome.FOUND, MORNING, "r1"), ()),
    EventKind.SYNC_CHANGED: (
        ValueStanding("d-segment", SyncState.PENDING),
        ValueStanding("d-segment", SyncState.REJECTED, "No."),
        (),
    ),
    EventKind.CONTACTS_UNMERGED: (OTHER, None, (ValueChange(BIO.after, held("bio", None, version=2)),)),
}


def one_of_each(contact_id: str = "c1") -> list[ContactEvent]:
    """Return an event of each kind, a minute apart, in the order of the kinds; the first is an import's."""
    return [
        ContactEvent(
            id=f"e{number:02}",
            contact_id=contact_id,
            at=MORNING + timedelta(minutes=number),
            kind=kind,
            agent_id="jo" if number else None,
            before=STATES[kind][0],
            after=STATES[kind][1],
            values=STATES[kind][2],
            source=Source.AGENT if number else Source.IMPORT,
        )
        for number, kind in enumerate(EventKind)
    ]


async def add_events(world: World, *events: ContactEvent, organization_id: str = "acme") -> None:
    await world.stores(organization_id).transact(lambda changes: changes.events.add(*events))
