"""Where values stand with the CRM once they go from one contact to another, whose record there may be another one."""

from __future__ import annotations

from domain.attributes import CrmSync, HeldValue, Source, SyncState
from domain.contacts import ContactValidation
from domain.crm_values import is_exchanged, known_field
from domain.definitions import AttributeDefinition


def taken_over(
    definition: AttributeDefinition | None, mine: HeldValue | None, theirs: HeldValue | None, *, is_their_record: bool
) -> CrmSync | None:
    """Return where a value stands that the survivor of a merge takes over.

    Args:
        definition: of the value, where it is known.
        mine: what the survivor had.
        theirs: what it takes; None where the other contact had nothing.
        is_their_record: whether the survivor's record is the other contact's from now on, or neither has one.
    """
    if is_their_record:
        return None if theirs is None else theirs.sync
    if definition is None or not _is_written(definition):
        # The survivor's own record has not been heard of, and it is the CRM that says what holds.
        return None
    synced_at = None if mine is None or mine.sync is None else mine.sync.synced_at
    return CrmSync(SyncState.PENDING, synced_at, known_field(definition, mine))


def given_back(
    definition: AttributeDefinition | None, was: HeldValue | None, now: HeldValue, *, is_same_record: bool
) -> CrmSync | None:
    """Return where a value stands that the survivor has again as it was before the merge.

    Args:
        definition: of the value, where it is known.
        was: what the survivor had before; None where it had nothing.
        now: what it holds in its place.
        is_same_record: whether the record that was written to since stays the survivor's.
    """
    sync = None if was is None else was.sync
    if definition is None or now.sync is None or not is_same_record or not _is_written(definition):
        return sync
    field = known_field(definition, now)
    # The record may hold by now what was taken over: it is to hold again what it did.
    return sync if field == known_field(definition, was) else CrmSync(SyncState.PENDING, now.sync.synced_at, field)


def validation_without(was: ContactValidation, became: ContactValidation, now: ContactValidation) -> ContactValidation:
    """Return the survivor's validation once a merge is undone: a record that came from the other goes with it."""
    return was if now == became or is_others_record(was, became, now) else now


def is_others_record(was: ContactValidation, became: ContactValidation, now: ContactValidation) -> bool:
    """Tell whether the survivor's record is the one that it has by the merge."""
    return now.record_id == became.record_id != was.record_id


def is_told_by_crm(held: HeldValue) -> bool:
    """Tell whether the CRM itself has set the value, and nobody here has decided so."""
    is_heard = held.sync is not None and held.sync.state is SyncState.IN_SYNC
    return is_heard and held.provenance.source is Source.CRM and held.provenance.agent_id is None


def _is_written(definition: AttributeDefinition) -> bool:
    return is_exchanged(definition) and definition.is_editable
