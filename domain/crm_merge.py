"""What a contact holds once the CRM was heard of: of two values, whose it is, and what has to be asked of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import assert_never

from domain.attributes import CrmSync, HeldValue, Provenance, Source, SyncState
from domain.contacts import Contact
from domain.crm import CrmRecord, Field
from domain.crm_values import alias, is_exchanged, value_of_field
from domain.definitions import AttributeDefinition, SyncRule
from domain.events import ValueChange
from domain.outcomes import Invalid
from domain.values import Value


@dataclass(frozen=True, slots=True)
class CrmMerge:
    """What hearing of the CRM comes to."""

    contact: Contact
    """As it is then; its own version grows with nothing of this."""
    changes: tuple[ValueChange, ...] = ()
    """Of values that are others now."""
    standings: tuple[ValueChange, ...] = ()
    """Of values that are the same, and stand otherwise between here and the CRM."""
    unreadable: tuple[str, ...] = ()
    """Keys of the attributes of which the CRM's field means no value: what is held stays."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a record says of one attribute."""

    field: Field | None
    value: Value | None
    at: datetime | None
    """When the record was changed, where the CRM tells."""


def merged_record(
    contact: Contact, record: CrmRecord, definitions: Iterable[AttributeDefinition], *, region: str, now: datetime
) -> CrmMerge:
    """Return what the contact holds once its record was read.

    Args:
        contact: as it was.
        record: what the CRM told.
        definitions: whose fields are taken.
        region: ISO 3166 country that a phone number without a prefix is read in.
        now: when the CRM was asked.
    """
    held: dict[str, HeldValue] = {}
    unreadable = []
    for definition in definitions:
        name, before = alias(definition), contact.held(definition.id)
        if not is_exchanged(definition) or name not in record.fields or _is_heard_since(before, now):
            continue
        field = record.fields[name]
        value = value_of_field(definition, field, region=region)
        if isinstance(value, Invalid):
            unreadable.append(definition.key)
            after = None if before is None else _apart(before, field, record.updated_at or now)
        else:
            after = _heard(definition, before, _Told(field, value, record.updated_at), region, now)
        if after is not None:
            held[definition.id] = after
    return replace(with_held(contact, held), unreadable=tuple(unreadable))


def with_held(contact: Contact, held: dict[str, HeldValue]) -> CrmMerge:
    """Return the contact with these by definition id, and what of them is another than it was."""
    before = {each.definition_id: each for each in contact.values}
    changed = [ValueChange(before.get(each), after) for each, after in held.items() if before.get(each) != after]
    values = tuple(({**before, **held}).values())
    is_standing = {each.after.definition_id: _is_standing(each) for each in changed}
    return CrmMerge(
        replace(contact, values=values) if changed else contact,
        changes=tuple(each for each in changed if not is_standing[each.after.definition_id]),
        standings=tuple(each for each in changed if is_standing[each.after.definition_id]),
    )


def _is_standing(change: ValueChange) -> bool:
    return change.before is not None and change.before.value == change.after.value


def _is_heard_since(held: HeldValue | None, asked_at: datetime) -> bool:
    """Tell whether the CRM was heard of after it was asked this: an answer that came late says what was before."""
    synced_at = None if held is None or held.sync is None else held.sync.synced_at
    return synced_at is not None and synced_at > asked_at


def _apart(held: HeldValue, field: Field | None, at: datetime) -> HeldValue:
    """Return what is held where the CRM holds a field that means no value."""
    sync = held.sync
    if sync is None or sync.field == field:
        return held
    match sync.state:
        case SyncState.IN_SYNC:
            return replace(held, sync=None)
        case SyncState.REJECTED:
            return replace(held, sync=replace(sync, field=field))
        case SyncState.PENDING | SyncState.CONFLICT:
            return replace(held, sync=CrmSync(SyncState.CONFLICT, sync.synced_at, field, None, at))
        case _:
            assert_never(sync.state)


def _heard(
    definition: AttributeDefinition, held: HeldValue | None, told: _Told, region: str, now: datetime
) -> HeldValue | None:
    """Return what is held once the CRM told; None where there was nothing and is nothing."""
    if held is None:
        return None if told.value is None else _taken(definition, held, told, now)
    sync = held.sync
    if held.value == told.value:
        is_known = sync is not None and sync.state is SyncState.IN_SYNC and sync.field == told.field
        return held if is_known else replace(held, sync=CrmSync(SyncState.IN_SYNC, now, told.field))
    if sync is None or sync.state is SyncState.IN_SYNC:
        # Ours is kept, but is not what the CRM holds: nothing is said to be in sync.
        return _taken(definition, held, told, now) if _is_the_crms(definition, held, told) else replace(held, sync=None)
    known = (sync.field, *sync.overtaken)
    if any(each == told.field or value_of_field(definition, each, region=region) == told.value for each in known):
        # Nothing new of the CRM, spelled otherwise at most; or what was set here, and has been overtaken since.
        return replace(held, sync=replace(sync, field=told.field))
    if sync.state is SyncState.REJECTED:
        return _taken(definition, held, told, now)
    return replace(held, sync=CrmSync(SyncState.CONFLICT, sync.synced_at, told.field, None, told.at or now))


def _taken(definition: AttributeDefinition, held: HeldValue | None, told: _Told, now: datetime) -> HeldValue:
    version = 1 if held is None else held.version + 1
    sync = CrmSync(SyncState.IN_SYNC, now, told.field)
    return HeldValue(definition.id, told.value, Provenance(Source.CRM, now), version, sync)


def _is_the_crms(definition: AttributeDefinition, held: HeldValue, told: _Told) -> bool:
    """Tell whether the rule gives the value to the CRM."""
    match definition.sync_rule:
        case SyncRule.ALWAYS_CRM:
            return True
        case SyncRule.PREFER_CRM:
            return told.value is not None
        case SyncRule.MOST_RECENT:
            # Of what they agreed on, the CRM alone has changed anything since, whatever its clock says.
            is_agreed = held.sync is not None and held.sync.state is SyncState.IN_SYNC
            return is_agreed or told.at is None or told.at >= held.provenance.at
        case SyncRule.NEVER:
            return False
        case _:
            assert_never(definition.sync_rule)


class Side(Enum):
    """One of two values that are in conflict."""

    CRM = "CRM"
    LOCAL = "LOCAL"


def side_by_rule(definition: AttributeDefinition, held: HeldValue, *, region: str) -> Side | None:
    """Return whose value the rule would keep of two that are in conflict; None where it leaves that to people."""
    sync = held.sync
    if sync is None or sync.state is not SyncState.CONFLICT:
        return None
    value = value_of_field(definition, sync.field, region=region)
    if isinstance(value, Invalid):
        return Side.LOCAL
    return Side.CRM if _is_the_crms(definition, held, _Told(sync.field, value, sync.changed_at)) else Side.LOCAL


def written(contact: Contact, sent: HeldValue, field: Field | None, now: datetime) -> CrmMerge:
    """Return what stands once the CRM has taken what was sent, and holds the field."""
    held = contact.held(sent.definition_id)
    if held is None or held.sync is None or held.sync.state is not SyncState.PENDING:
        return CrmMerge(contact)
    # An edit that came meanwhile is still to be sent, and expects what was sent now.
    state = SyncState.IN_SYNC if held.version == sent.version else SyncState.PENDING
    return with_held(contact, {sent.definition_id: replace(held, sync=CrmSync(state, now, field))})


def rejected(contact: Contact, sent: HeldValue, message: str) -> CrmMerge:
    """Return what stands once the CRM has refused what was sent: it is kept, for its editor to see."""
    held = contact.held(sent.definition_id)
    if held is None or held.sync is None or held.sync.state is not SyncState.PENDING or held.version != sent.version:
        return CrmMerge(contact)
    sync = replace(held.sync, state=SyncState.REJECTED, message=message)
    return with_held(contact, {sent.definition_id: replace(held, sync=sync)})


def has_waiting(contact: Contact) -> bool:
    """Tell whether the contact has a record, and values that are to be written into it."""
    return contact.validation.record_id is not None and any(map(is_pending, contact.values))


def is_pending(held: HeldValue) -> bool:
    return held.sync is not None and held.sync.state is SyncState.PENDING


def pending(
    contact: Contact, definitions: Iterable[AttributeDefinition]
) -> list[tuple[AttributeDefinition, HeldValue]]:
    """Return what the CRM has not heard of yet, in the order of the edits."""
    waiting = []
    for definition in definitions:
        held = contact.held(definition.id)
        if held is not None and is_pending(held) and is_exchanged(definition):
            waiting.append((definition, held))
    return sorted(waiting, key=lambda each: (each[1].provenance.at, each[0].id))
