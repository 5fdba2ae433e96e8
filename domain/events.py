"""What happened to a contact: one entry a change, written with the change or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from domain.attributes import HeldValue
from domain.notes import ContactNote
from domain.vip import VipStatus


class EventKind(Enum):
    CONTACT_CREATED = "CONTACT_CREATED"
    NOTE_ADDED = "NOTE_ADDED"
    NOTE_EDITED = "NOTE_EDITED"
    NOTE_DELETED = "NOTE_DELETED"
    VALUE_SET = "VALUE_SET"
    VALUE_CLEARED = "VALUE_CLEARED"
    VIP_SET = "VIP_SET"
    VIP_CLEARED = "VIP_CLEARED"


State = HeldValue | ContactNote | VipStatus | None


@dataclass(frozen=True, slots=True)
class ContactEvent:
    """Before and after are the whole thing that changed: enough to show it, and to bring it back."""

    id: str
    contact_id: str
    at: datetime
    kind: EventKind
    agent_id: str | None
    """None where no agent did it: an import, a network, the CRM."""
    before: State = None
    after: State = None
