"""Importing contacts: whom a row is about, and what the contact is after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.attributes import Source
from domain.contacts import (
    NEVER_ASKED,
    Contact,
    ContactValidation,
    IdentityKey,
    LookUpOutcome,
    SocialIdentity,
    is_strong,
)
from domain.identity_changes import one_primary
from domain.ids import new_id
from domain.import_mappings import ImportMapping
from domain.import_values import NOTHING_UNIQUE, UniqueValues, merged_values
from domain.imports import Rejected, Row, RowIdentity
from domain.values import Value


@dataclass(frozen=True, slots=True)
class Imported:
    """What the row comes to; `before` None is a new contact, `after` equal to `before` no change."""

    before: Contact | None
    after: Contact
    remarks: tuple[str, ...]
    """What was left as it was although the row says otherwise, and why."""


@dataclass(slots=True)
class KnownContacts:
    """The contacts that the rows of a batch can be about or clash with; grows with each row of the batch."""

    by_identity: dict[IdentityKey, Contact]
    by_import_key: dict[str, Contact]
    by_id: dict[str, Contact]
    by_unique_value: dict[str, Contact]
    """By the value's name. What a contact no longer holds is not free before the batch is written."""
    unique: UniqueValues

    @classmethod
    def of(cls, contacts: Iterable[Contact], unique: UniqueValues = NOTHING_UNIQUE) -> KnownContacts:
        known = cls({}, {}, {}, {}, unique)
        for each in contacts:
            known.learn(each)
        return known

    def learn(self, contact: Contact) -> None:
        self.by_id[contact.id] = contact
        self.by_identity.update({each.key: contact for each in contact.identities})
        own = () if contact.import_key is None else (contact.import_key,)
        self.by_import_key.update(dict.fromkeys((*own, *contact.merged_import_keys), contact))
        held = {each.definition_id: each.value for each in contact.values if each.value is not None}
        self.by_unique_value.update(dict.fromkeys(self.unique.names(held), contact))

    def holder(self, definition_id: str, value: Value) -> Contact | None:
        if definition_id not in self.unique.labels:
            return None
        return self.by_unique_value.get(self.unique.name(definition_id, value))


def any_id(_row: Row) -> str:
    return new_id()


def refuse_nobody(_row: Row, _before: Contact | None) -> Rejected | None:
    return None


def merged(
    row: Row,
    known: KnownContacts,
    mapping: ImportMapping,
    now: datetime,
    make_id: Callable[[Row], str] = any_id,
    refuse: Callable[[Row, Contact | None], Rejected | None] = refuse_nobody,
) -> Imported | Rejected:
    """Return what the row comes to, and let the rows after it know.

    `make_id` names a new contact; `refuse` tells why a row is not taken, given the contact whom it is about.
    """
    before = _subject(row, known)
    if isinstance(before, Rejected):
        return before
    if refused := refuse(row, before):
        return refused
    if before is None and not mapping.may_create:
        return Rejected(("No contact has one of the row's identities.",))
    identities, remarks, problems = _identities(row, known, before)
    contact = before or _new(row, now, make_id(row))
    values = merged_values(row, contact, mapping.source, now, known.unique, known.holder)
    if problems or values.problems:
        return Rejected((*problems, *values.problems))
    name = row.name if mapping.source is Source.IMPORT else contact.name
    after = replace(
        contact,
        name=name,
        identities=identities,
        values=tuple(values.held.values()),
        validation=_validation(row, contact, now),
        import_key=contact.import_key or _free_import_key(row, known),
    )
    if before is not None and after != before:
        is_own = (name, identities) != (before.name, before.identities)
        after = replace(after, version=before.version + is_own, updated_at=now)
    known.learn(after)
    return Imported(before, after, (*remarks, *values.remarks))


def _subject(row: Row, known: KnownContacts) -> Contact | Rejected | None:
    if (named := known.by_id.get(row.contact_id or "")) is not None:
        return named
    found: dict[str, Contact] = {}
    for each in row.identities:
        owner = known.by_identity.get(each.identity.key)
        if owner is not None and not _contradicts(row, owner):
            found[owner.id] = owner
    if len(found) > 1:
        names = " and ".join(sorted(each.name for each in found.values()))
        return Rejected((f"The identities belong to several contacts: {names}.",))
    if found:
        return next(iter(found.values()))
    owner = known.by_import_key.get(row.import_key or "")
    return None if owner is None or _contradicts(row, owner) else owner


def _free_import_key(row: Row, known: KnownContacts) -> str | None:
    """Return the row's import key where no contact has it: namesakes with identities of their own may share one.

    A contact that the row names by its id needs none.
    """
    is_needed = row.contact_id not in known.by_id and row.import_key not in known.by_import_key
    return row.import_key if is_needed else None


def _contradicts(row: Row, owner: Contact) -> bool:
    """Tell whether a network knows the row's person and the owner as two people, whatever else they share."""
    given = {each.identity.key for each in row.identities if is_strong(each.identity.key)}
    owned = {each.key for each in owner.identities if is_strong(each.key)}
    # One person may have several accounts on a network: one of them in common is enough.
    shared = {each.network for each in given & owned}
    return bool({each.network for each in given} & {each.network for each in owned} - shared)


def _identities(
    row: Row, known: KnownContacts, before: Contact | None
) -> tuple[tuple[SocialIdentity, ...], list[str], list[str]]:
    own: dict[IdentityKey, SocialIdentity] = {} if before is None else {each.key: each for each in before.identities}
    remarks = list(row.remarks)
    problems: list[str] = []
    for each in row.identities:
        key, owner = each.identity.key, known.by_identity.get(each.identity.key)
        if owner is not None and (before is None or owner.id != before.id):
            taken = f"{key.network.value} {each.identity.handle} belongs to {owner.name}"
            (remarks if each.may_be_left_out else problems).append(taken)
            continue
        kept = own.get(key)
        own[key] = each.identity if kept is None else _refreshed(kept, each)
    return one_primary(tuple(own.values())), remarks, problems


def _refreshed(kept: SocialIdentity, given: RowIdentity) -> SocialIdentity:
    handle = given.identity.handle if given.has_handle else kept.handle
    return replace(kept, handle=handle, profile_url=given.identity.profile_url or kept.profile_url)


def _new(row: Row, now: datetime, contact_id: str) -> Contact:
    return Contact(
        id=contact_id,
        version=1,
        name=row.name,
        avatar_url=None,
        identities=(),
        values=(),
        vip=None,
        validation=NEVER_ASKED,
        note_count=0,
        created_at=now,
        updated_at=now,
    )


def _validation(row: Row, contact: Contact, now: datetime) -> ContactValidation:
    was = contact.validation
    if row.record_id is None or (was.is_validated and was.record_id == row.record_id):
        return was
    return ContactValidation(LookUpOutcome.FOUND, now, row.record_id)
