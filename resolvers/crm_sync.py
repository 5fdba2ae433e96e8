"""What the CRM has said becomes what a contact holds: in one transaction, whoever has asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.contacts import Contact
from domain.crm import LookUpAnswer, LookUpQuery
from domain.crm_look_ups import events_of, looked_up, query_of
from domain.crm_merge import CrmMerge
from domain.crm_settings import CrmSettings
from domain.definitions import AttributeDefinition
from persistence.stores import Changes

Merge = Callable[[Contact, Sequence[AttributeDefinition]], CrmMerge]
"""Says what a contact comes to by those of the definitions that are given."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A contact, and what the CRM is asked about it."""

    contact: Contact
    definitions: Sequence[AttributeDefinition]
    """All of the organization's: also what the asking agent does not see comes from the CRM."""
    settings: CrmSettings
    query: LookUpQuery | None
    """None where nothing is known to ask by."""


async def asked(changes: Changes, contact_id: str) -> Asked | None:
    contact = await changes.contacts.find(contact_id)
    if contact is None:
        return None
    definitions, settings = await changes.definitions.in_order(), await changes.crm_settings.find()
    return Asked(contact, definitions, settings, query_of(contact, definitions, settings))


async def apply_answer(
    changes: Changes,
    contact_id: str,
    answer: LookUpAnswer,
    *,
    region: str,
    now: datetime,
    agent_id: str | None = None,
    retry_at: datetime | None = None,
    asked_as: Contact | None = None,
) -> Contact | None:
    """Keep what the CRM has answered for a contact; returns it, or None where it is not there any more.

    The answer is for the record that it had when the CRM was asked: nothing is kept of it where somebody has said since
    that another one is the contact's. None keeps it whatever happened.
    """

    def merge(contact: Contact, definitions: Sequence[AttributeDefinition]) -> CrmMerge:
        if asked_as is not None and asked_as.validation.record_id != contact.validation.record_id:
            return CrmMerge(contact)
        return looked_up(contact, answer, definitions, region=region, now=now, retry_at=retry_at)

    return await apply(changes, contact_id, merge, now=now, agent_id=agent_id)


async def apply(
    changes: Changes, contact_id: str, merge: Merge, *, now: datetime, agent_id: str | None = None
) -> Contact | None:
    """Keep what the contact comes to, as it is found in this transaction, with an entry in the timeline.

    A value that only one contact may hold, and that another one holds, is left out: nothing of the rest is lost by it.
    """
    before = await changes.contacts.find(contact_id)
    if before is None or before.id != contact_id:
        # One that was merged away meanwhile, too: what was answered for it is not the survivor's.
        return None
    definitions = await changes.definitions.in_order()
    made = merge(before, definitions)
    wanted = {each.after.definition_id: each.after.value for each in made.changes if each.after.value is not None}
    holders = await changes.contacts.holders_of_values(wanted)
    if taken := {each for each, holder in holders.items() if holder.id != before.id}:
        made = merge(before, [each for each in definitions if each.id not in taken])
    if made.contact == before:
        return before
    after = replace(made.contact, updated_at=now) if made.changes else made.contact
    await changes.contacts.put(after)
    for event in events_of(before, made, now, agent_id):
        await changes.events.add(event)
    return after
