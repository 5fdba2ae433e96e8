"""The contact: a person who writes in, with the identities they write from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from domain.attributes import HeldValue
from domain.crm import FailureReason
from domain.vip import VipStatus


class Network(Enum):
    """The social network or channel family that an identity belongs to."""

    TWITTER = "TWITTER"
    FACEBOOK = "FACEBOOK"
    INSTAGRAM = "INSTAGRAM"
    YOUTUBE = "YOUTUBE"
    WHATSAPP = "WHATSAPP"
    LINKEDIN = "LINKEDIN"
    TIKTOK = "TIKTOK"
    TELEGRAM = "TELEGRAM"
    EMAIL = "EMAIL"
    SMS = "SMS"
    WEB_CHAT = "WEB_CHAT"

    # An enum's own hash is that of the name, computed in Python: an import asks for it a hundred times a contact.
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class IdentityKey:
    """What makes an identity one: it belongs to at most one live contact of the organization."""

    network: Network
    external_id: str


_CHANGEABLE = frozenset({Network.SMS, Network.WHATSAPP, Network.EMAIL})


def is_strong(key: IdentityKey) -> bool:
    """Tell whether the network itself gave the id: numbers and addresses pass from one person to another."""
    return key.network not in _CHANGEABLE and not key.external_id.startswith("@")


@dataclass(frozen=True, slots=True)
class SocialIdentity:
    key: IdentityKey
    handle: str
    """The primary identifier: what a person reads, such as the user name or the number."""
    channel: str | None = None
    """The company's own account that was written to."""
    secondary_identifier: str | None = None
    picture_url: str | None = None
    profile_url: str | None = None
    is_primary: bool = False


class LookUpOutcome(Enum):
    """What came of asking the CRM the last time."""

    NEVER_ASKED = "NEVER_ASKED"
    FOUND = "FOUND"
    NOT_FOUND = "NOT_FOUND"
    AMBIGUOUS = "AMBIGUOUS"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class CrmCandidate:
    """One of several records that may be the contact's."""

    record_id: str
    name: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ContactValidation:
    outcome: LookUpOutcome
    asked_at: datetime | None = None
    record_id: str | None = None
    """Of the contact's record in the CRM; a look-up that failed takes nothing away."""
    record_url: str | None = None
    candidates: tuple[CrmCandidate, ...] = ()
    """Of AMBIGUOUS: whom it may be."""
    failure: FailureReason | None = None
    """Of FAILED: why."""
    retry_at: datetime | None = None
    """Of FAILED: when it is tried again by itself; None where an agent asked, and nothing does so by itself."""

    @property
    def has_answered(self) -> bool:
        """Tell whether the CRM told, the last time that it was asked, what it knows of the contact."""
        return self.outcome is LookUpOutcome.FOUND

    @property
    def is_validated(self) -> bool:
        """Tell whether the CRM knows the contact, by the last time that it gave an answer."""
        is_kept = self.outcome is LookUpOutcome.FAILED and self.record_id is not None
        return self.outcome is LookUpOutcome.FOUND or is_kept


NEVER_ASKED = ContactValidation(LookUpOutcome.NEVER_ASKED)


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    version: int
    """Grows with each change of the contact's own fields; every value has a version of its own."""
    name: str
    avatar_url: str | None
    identities: tuple[SocialIdentity, ...]
    values: tuple[HeldValue, ...]
    vip: VipStatus | None
    validation: ContactValidation
    note_count: int
    created_at: datetime
    updated_at: datetime
    import_key: str | None = None
    """What tells an imported row without identities from the others, when the file is imported again."""
    merged_ids: tuple[str, ...] = ()
    """Ids of the contacts that became this one, the last one last: each of them names this contact for good."""
    merged_import_keys: tuple[str, ...] = ()
    """Import keys of those contacts, beside the contact's own."""

    def held(self, definition_id: str) -> HeldValue | None:
        return next((each for each in self.values if each.definition_id == definition_id), None)


def with_value(contact: Contact, held: HeldValue) -> Contact:
    """Return the contact with the value in its place, and no other value touched."""
    values = tuple(held if each.definition_id == held.definition_id else each for each in contact.values)
    if contact.held(held.definition_id) is None:
        values = (*values, held)
    return replace(contact, values=values, updated_at=held.provenance.at)


@dataclass(frozen=True, slots=True)
class ContactCreated:
    """The contact is there."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """A change of the contact's own fields was made."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class StaleContact:
    """The caller saw an older version. Nothing was changed; this is the contact now."""

    current: Contact
