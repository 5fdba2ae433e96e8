"""What the tests of merging share."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

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
) -> Merge:
    """Make the contact, and at once a part of the survivor; returns the merge without its states."""
    await world.add_contacts(other, organization_id=organization_id)

    async def work(changes: Changes) -> Merge:
        survivor = await changes.contacts.find(survivor_id)
        assert survivor is not None
        made = union(survivor, other, NO_CHOICES, agent_id="ada", now=at)
        states = MergeStates(survivor, other, made.survivor)
        merge = Merge(merge_id, survivor.id, other.id, other.name, at, "ada", states)
        await changes.merges.take_up(merge)
        await changes.contacts.put(made.survivor)
        after, kind = MergedContact(merge_id, other.id, other.name), EventKind.CONTACTS_MERGED
        await changes.events.add(ContactEvent(new_id(), survivor.id, at, kind, "ada", after=after, values=made.values))
        return replace(merge, states=None)

    return await world.stores(organization_id).transact(work)
