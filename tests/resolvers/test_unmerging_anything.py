"""Whatever two contacts hold: merged and undone at once, both are back, with their notes and their past."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.contacts import Contact
from domain.events import ContactEvent, EventKind, creation_values
from domain.ids import new_id
from domain.merging import AVATAR, NAME, MergeField, MergePoint, Side
from domain.unmerging import ContactsUnmerged
from persistence.driver import Document
from persistence.event_documents import from_event
from persistence.names import EVENTS, NOTES
from persistence.note_documents import from_note
from resolvers import unmerging
from tests.builders import MORNING, a_note
from tests.conftest import World
from tests.merging import add_merged, distinct, without_versions
from tests.persistence.strategies import contacts
from tests.resolvers.changing import asker

notes = st.lists(st.booleans(), max_size=4)
"""Whether each of a contact's notes is live."""


async def add_past(world: World, contact: Contact, lives: list[bool]) -> None:
    """Write notes and an event about a contact, as they are stored."""
    written = [{**from_note(a_note(contact.id), "acme"), "isLive": each} for each in lives]
    event = ContactEvent(
        new_id(), contact.id, MORNING, EventKind.CONTACT_CREATED, None, values=creation_values(contact.values)
    )
    await world.driver.collection(EVENTS).insert_one(from_event(event, "acme"))
    if written:
        await world.driver.collection(NOTES).insert_many(written)


async def past(world: World) -> dict[str, list[Document]]:
    """Notes and events, but for those of merging itself."""
    found = await world.snapshot()
    events = [each for each in found[EVENTS] if each["kind"] == EventKind.CONTACT_CREATED.value]
    return {NOTES: found[NOTES], EVENTS: events}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(mine=contacts, theirs=contacts, my_notes=notes, their_notes=notes, side=st.sampled_from(Side))
async def test_merged_and_undone_at_once_both_are_back(
    world: World, mine: Contact, theirs: Contact, my_notes: list[bool], their_notes: list[bool], side: Side
) -> None:
    number = new_id()
    survivor = replace(distinct(mine, f"s{number}"), note_count=sum(my_notes))
    other = replace(distinct(theirs, f"o{number}"), note_count=sum(their_notes))
    await world.add_contacts(survivor)
    for contact, lives in ((survivor, my_notes), (other, their_notes)):
        await add_past(world, contact, lives)
    before = await past(world)
    points = [MergePoint(MergeField.ATTRIBUTE, each.definition_id) for each in (*survivor.values, *other.values)]
    choices: dict[MergePoint, Any] = dict.fromkeys((NAME, AVATAR, *points), side)
    merge = await add_merged(world, survivor.id, other, merge_id=f"m{number}", choices=choices)
    both = await world.stores().contacts.by_ids([survivor.id, other.id])
    assert {each.id for each in both.values()} == {survivor.id}
    assert both[other.id].note_count == sum(my_notes) + sum(their_notes)
    result = await unmerging.unmerge(
        await asker(world, "ada"), merge_id=merge.id, is_dry_run=False, idempotency_key=None
    )
    assert isinstance(result, ContactsUnmerged)
    assert await past(world) == before
    found = await world.stores().contacts.by_ids([survivor.id, other.id])
    assert found == {survivor.id: result.contact, other.id: result.other}
    assert without_versions(result.contact) == without_versions(survivor)
    assert without_versions(result.other) == without_versions(other)
