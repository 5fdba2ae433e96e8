"""What the tests of merging share."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from domain.attributes import HeldValue
from domain.contacts import Contact
from domain.events import ContactEvent, EventKind, MergedContact
from domain.ids import new_id
from domain.merging import Choices, Merge, MergeStates
from domain.merging_union import union
from persistence.stores import Changes
from tests.builders import MORNING
from tests.conftest import World

NO_CHOICES: Choices = {}


async def add_merged(
    world: World,
    survivor_id: str,
    other: Contact,
    *,
    merge_id: str = "m1",
    organization_id: str = "acme",
    at: datetime = MORNING,
    choices: Choices = NO_CHOICES,
) -> Merge:
    """Make the contact, and at once a part of the survivor; returns the merge without its states."""
    await world.add_contacts(other, organization_id=organization_id)

    async def work(changes: Changes) -> Merge:
        survivor = await changes.contacts.find(survivor_id)
        assert survivor is not None
        made = union(survivor, other, choices, agent_id="ada", now=at)
        states = MergeStates(survivor, other, made.survivor)
        merge = Merge(merge_id, survivor.id, other.id, other.name, at, "ada", states)
        await changes.merges.take_up(merge)
        await changes.contacts.put(made.survivor)
        after, kind = MergedContact(merge_id, other.id, other.name), EventKind.CONTACTS_MERGED
        await changes.events.add(ContactEvent(new_id(), survivor.id, at, kind, "ada", after=after, values=made.values))
        return replace(merge, states=None)

    return await world.stores(organization_id).transact(work)


def without_versions(contact: Contact) -> tuple[Contact, dict[str, HeldValue]]:
    """The contact but for what undoing changes: versions, the time, and a trace of values that it never had."""
    values = {each.definition_id: replace(each, version=1) for each in contact.values if each.value is not None}
    return replace(contact, version=1, updated_at=MORNING, values=()), values


def distinct(contact: Contact, name: str) -> Contact:
    """Make it one that can be in the database: each key once, in this contact alone."""
    keys = {each.key: each for each in contact.identities}
    own = tuple(
        replace(each, key=replace(each.key, external_id=f"{name}{each.key.external_id}"), is_primary=False)
        for each in keys.values()
    )
    values = {each.definition_id: each for each in contact.values}
    merged_ids = tuple(f"{name}-{each}" for each in range(len(contact.merged_ids)))
    key = None if contact.import_key is None else f"{name}-k"
    keys_too = () if key is None else tuple(f"{key}{each}" for each in range(len(contact.merged_import_keys)))
    return replace(
        contact,
        id=name,
        identities=own,
        values=tuple(values.values()),
        merged_ids=merged_ids,
        import_key=key,
        merged_import_keys=keys_too,
    )
