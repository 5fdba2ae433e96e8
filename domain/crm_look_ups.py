"""Looking a contact up: by what, and what the contact is once the CRM has answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from domain.attributes import HeldValue, Source
from domain.contacts import Contact, ContactValidation, CrmCandidate, LookUpOutcome, Network
from domain.crm import (
    PASSING,
    CrmFailed,
    CrmRecord,
    FailureReason,
    Field,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
)
from domain.crm_merge import CrmMerge, merged_record
from domain.crm_settings import CrmSettings
from domain.crm_values import alias, field_of_value, is_exchanged
from domain.definitions import AttributeDefinition, SyncRule
from domain.events import ContactEvent, EventKind, ValueStanding
from domain.ids import new_id

LONGEST_PAUSE = timedelta(hours=1)
"""Between two attempts at a CRM that does not answer."""
_FIRST_PAUSE = timedelta(seconds=15)
_SHORTEST_PAUSE = timedelta(seconds=1)
_LONGEST_ASKED = timedelta(days=1)


def query_of(contact: Contact, definitions: Iterable[AttributeDefinition], settings: CrmSettings) -> LookUpQuery | None:
    """Return what the CRM is asked for the contact by, or None where nothing is known to ask by."""
    fields = dict(_known(contact, definitions))
    for network, name in settings.identity_aliases:
        if (external_id := _external_id(contact, network)) is not None:
            fields.setdefault(name, external_id)
    return LookUpQuery(fields) if fields else None


def _known(contact: Contact, definitions: Iterable[AttributeDefinition]) -> Iterator[tuple[str, Field]]:
    for definition in definitions:
        held = contact.held(definition.id) if _is_asked_by(definition) else None
        field = None if held is None else field_of_value(definition, held.value)
        if field is not None and field != ():
            yield alias(definition), field


def _is_asked_by(definition: AttributeDefinition) -> bool:
    return definition.is_look_up and definition.is_enabled and not definition.is_archived


def _external_id(contact: Contact, network: Network) -> str | None:
    """Return the network's own id of the contact, of several the primary identity's."""
    own = [each for each in contact.identities if each.key.network is network]
    # A handle stands for an id that is not known; no CRM has it.
    known = sorted(
        (each for each in own if not each.key.external_id.startswith("@")), key=lambda each: not each.is_primary
    )
    return known[0].key.external_id if known else None


def asked_by(contact: Contact, definitions: Collection[AttributeDefinition], settings: CrmSettings) -> str | None:
    """Name what the contact is looked up by, where, and what for: another name tells that it has to be done again.

    One whose record is known is asked for by that. None where nothing is known to ask by.
    """
    query, record_id = query_of(contact, definitions, settings), contact.validation.record_id
    if query is None and record_id is None:
        return None
    known = sorted(query.fields.items()) if record_id is None and query is not None else [("", record_id)]
    whom = type(settings.connection).__name__
    return hashlib.sha256(json.dumps([whom, known, sorted(wanted(definitions))]).encode()).hexdigest()[:32]


def wanted(definitions: Iterable[AttributeDefinition]) -> frozenset[str]:
    """Return the aliases of the fields that the CRM is asked to tell."""
    return frozenset(alias(each) for each in definitions if is_exchanged(each))


def exchange_of(definition: AttributeDefinition) -> tuple[str | None, tuple[str, SyncRule] | None]:
    """Return what contacts are asked for by the attribute, and how its values are told: None where they are not.

    Where a change of the definition makes it another, something else is to be done about every contact.
    """
    told = (alias(definition), definition.sync_rule) if is_exchanged(definition) else None
    return alias(definition) if _is_asked_by(definition) else None, told


def looked_up(
    contact: Contact,
    answer: LookUpAnswer,
    definitions: Collection[AttributeDefinition],
    *,
    region: str,
    now: datetime,
    retry_at: datetime | None = None,
) -> CrmMerge:
    """Return what the contact is once the CRM has answered for it.

    Args:
        contact: as it was.
        answer: the CRM's.
        definitions: whose fields are taken.
        region: ISO 3166 country that a phone number without a prefix is read in.
        now: when it was asked.
        retry_at: when it is asked again by itself, where it failed.
    """
    was = contact.validation
    if was.asked_at is not None and was.asked_at > now:
        # It was asked again since: the answer came late.
        return CrmMerge(contact)
    match answer:
        case RecordFound(record):
            merge = merged_record(contact, record, definitions, region=region, now=now)
            validation = ContactValidation(LookUpOutcome.FOUND, now, record.id, record.url)
            return replace(merge, contact=replace(merge.contact, validation=validation))
        case RecordMissing():
            validation = ContactValidation(LookUpOutcome.NOT_FOUND, now)
        case RecordsAmbiguous(candidates):
            validation = ContactValidation(LookUpOutcome.AMBIGUOUS, now, candidates=tuple(map(_candidate, candidates)))
        case CrmFailed(reason):
            # What was known before is known still.
            validation = replace(was, outcome=LookUpOutcome.FAILED, asked_at=now, failure=reason, retry_at=retry_at)
        case _:
            assert_never(answer)
    return CrmMerge(replace(contact, validation=validation))


def _candidate(record: CrmRecord) -> CrmCandidate:
    return CrmCandidate(record.id, record.name, record.url)


def pause(failed: CrmFailed, attempts: int) -> timedelta:
    """Return how long to wait before the next attempt: twice as long after each, or as long as the CRM asked for.

    Where somebody has to change something first, it is tried now and then all the same: it may be changed at the CRM.
    """
    if failed.reason not in PASSING:
        return LONGEST_PAUSE
    doubled = min(_FIRST_PAUSE * 2 ** min(attempts, 20), LONGEST_PAUSE)
    # One that is left alone has asked for nothing: all that waits for it need not be looked at every second.
    shortest = _FIRST_PAUSE if failed.reason is FailureReason.PAUSED else _SHORTEST_PAUSE
    return doubled if failed.retry_after is None else min(max(failed.retry_after, shortest), _LONGEST_ASKED)


def events_of(before: Contact, merge: CrmMerge, now: datetime, agent_id: str | None = None) -> list[ContactEvent]:
    """Return what the timeline tells of it: values, standings, and another outcome than the last time."""
    contact, was, became = merge.contact, before.validation, merge.contact.validation
    events = []
    if (was.outcome, was.record_id) != (became.outcome, became.record_id):
        kind = EventKind.LOOKED_UP
        events.append(ContactEvent(new_id(), contact.id, now, kind, agent_id, was, became, source=Source.CRM))
    if merge.changes:
        kind, values = EventKind.VALUES_CHANGED, merge.changes
        events.append(ContactEvent(new_id(), contact.id, now, kind, None, values=values, source=Source.CRM))
    for each in merge.standings:
        told = _standing(each.before), _standing(each.after)
        if told[1] is not None and told[0] != told[1]:
            kind = EventKind.SYNC_CHANGED
            events.append(ContactEvent(new_id(), contact.id, now, kind, agent_id, *told, source=Source.CRM))
    return events


def _standing(held: HeldValue | None) -> ValueStanding | None:
    if held is None or held.sync is None:
        return None
    return ValueStanding(held.definition_id, held.sync.state, held.sync.message)
