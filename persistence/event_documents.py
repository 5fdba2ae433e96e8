"""The stored shape of what happened to a contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from domain.attributes import Source, SyncState
from domain.contacts import ContactValidation, SocialIdentity
from domain.events import (
    ContactEvent,
    EventKind,
    EventPosition,
    MergedContact,
    NoteVersion,
    State,
    ValueChange,
    ValueKey,
    ValueStanding,
    position,
)
from domain.vip import VipStatus
from persistence.documents import (
    from_held,
    from_identity,
    from_validation,
    from_vip,
    to_held,
    to_identity,
    to_validation,
    to_vip,
    without_none,
)
from persistence.driver import Document


def from_event(event: ContactEvent, organization_id: str) -> Document:
    return without_none(
        {
            "_id": event.id,
            "org": organization_id,
            "contact": event.contact_id,
            "place": event_place(position(event)),
            "kind": event.kind.value,
            "agent": event.agent_id,
            "source": event.source.value,
            "before": _from_state(event.before),
            "after": _from_state(event.after),
            "values": [_from_change(each) for each in event.values] or None,
            # What the history of a value is found by, in one equality that no other index could serve.
            "subjects": [value_subject(ValueKey(event.contact_id, each.after.definition_id)) for each in event.values]
            or None,
            # Whom it tells of beside the contact: with whom it is deleted.
            "named": _named(event),
        }
    )


def to_event(document: Document) -> ContactEvent:
    kind = EventKind(document["kind"])
    read = _READERS[kind]
    before, after = document.get("before"), document.get("after")
    return ContactEvent(
        id=document["_id"],
        contact_id=document["contact"],
        at=document["place"]["at"],
        kind=kind,
        agent_id=document.get("agent"),
        before=None if before is None else read(before),
        after=None if after is None else read(after),
        values=tuple(_to_change(each) for each in document.get("values", ())),
        source=Source(document["source"]),
    )


def _named(event: ContactEvent) -> str | None:
    state = event.after or event.before
    return state.contact_id if isinstance(state, MergedContact) else None


def event_place(place: EventPosition) -> Document:
    return {"at": place.at, "id": place.id}


def value_subject(key: ValueKey) -> str:
    return f"{key.contact_id}:{key.definition_id}"


def _from_change(change: ValueChange) -> Document:
    before = None if change.before is None else from_held(change.before)
    return without_none({"d": change.after.definition_id, "before": before, "after": from_held(change.after)})


def _to_change(document: Document) -> ValueChange:
    before = document.get("before")
    return ValueChange(None if before is None else to_held(before), to_held(document["after"]))


def _from_state(state: State) -> object:
    match state:
        case None | str():
            return state
        case SocialIdentity():
            return from_identity(state)
        case NoteVersion(note_id, version):
            return {"note": note_id, "version": version}
        case VipStatus():
            return from_vip(state)
        case MergedContact(merge_id, contact_id, name):
            return {"merge": merge_id, "contact": contact_id, "name": name}
        case ContactValidation():
            return from_validation(state)
        case ValueStanding(definition_id, standing, message):
            return without_none({"d": definition_id, "state": standing.value, "says": message})
        case _:
            assert_never(state)


def _to_standing(document: Document) -> ValueStanding:
    return ValueStanding(document["d"], SyncState(document["state"]), document.get("says"))


def _to_note_version(document: Document) -> NoteVersion:
    return NoteVersion(document["note"], document["version"])


def _to_merged(document: Document) -> MergedContact:
    return MergedContact(document["merge"], document["contact"], document["name"])


_READERS: Mapping[EventKind, Callable[[Any], State]] = {
    EventKind.CONTACT_CREATED: str,
    EventKind.CONTACT_RENAMED: str,
    EventKind.IDENTITY_ADDED: to_identity,
    EventKind.IDENTITY_REMOVED: to_identity,
    EventKind.IDENTITY_CHANGED: to_identity,
    EventKind.VALUES_CHANGED: str,
    EventKind.NOTE_ADDED: _to_note_version,
    EventKind.NOTE_EDITED: _to_note_version,
    EventKind.NOTE_DELETED: _to_note_version,
    EventKind.NOTE_RESTORED: _to_note_version,
    EventKind.VIP_SET: to_vip,
    EventKind.VIP_CLEARED: to_vip,
    EventKind.CONTACTS_MERGED: _to_merged,
    EventKind.CONTACTS_UNMERGED: _to_merged,
    EventKind.LOOKED_UP: to_validation,
    EventKind.SYNC_CHANGED: _to_standing,
}
