"""Merging while others write: nothing is lost, and nothing happens twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

from domain.events import EventKind
from domain.merging import ContactsMerged, MergeField, Side
from domain.notes import NoteAdded, NoteEdited
from domain.outcomes import ErrorCode, Invalid, NotFound
from domain.unmerging import ContactsUnmerged
from domain.values import TextValue
from persistence.names import CONTACTS, EVENTS, MERGES, NOTES
from resolvers import attributes, merging, notes, unmerging, vip
from resolvers.context import Context
from resolvers.merging import GivenChoice, MergeOrder
from tests.builders import a_contact, a_note, an_identity, held
from tests.conftest import World
from tests.resolvers.changing import asker, stored

MINE = a_contact("c1", identities=(an_identity("1"),), note_count=1)
THEIRS = a_contact("c2", identities=(an_identity("2"),), values=(held("bio", TextValue("x")),), note_count=1)


async def seed(world: World) -> Context:
    await world.add_contacts(MINE, THEIRS)
    await world.add_notes(a_note("c1", id="n1"), a_note("c2", id="n2"))
    return await asker(world, "ada")


async def merge(context: Context, survivor: str = "c1", other: str = "c2", key: str | None = None) -> object:
    return await merging.merge(context, MergeOrder(survivor, other), idempotency_key=key)


async def test_what_is_written_about_the_other_in_the_same_moment_is_the_survivors(world: World) -> None:
    context = await seed(world)
    writes = [
        *(notes.add(context, contact_id="c2", body=f"Note {each}", idempotency_key=None) for each in range(20)),
        notes.edit(context, note_id="n2", body="Edited", version=1, idempotency_key=None),
        vip.set_vip(context, contact_id="c2", reason="So", expires_at=None, version=None, idempotency_key=None),
        attributes.set_value(
            context, contact_id="c2", key="rank", given=TextValue("1"), version=None, idempotency_key=None
        ),
    ]
    *results, made = await asyncio.gather(*writes[:10], merge(context), *writes[10:], return_exceptions=False)
    everything = [*results, made]
    kinds = Counter(type(each).__name__ for each in everything)
    assert kinds == {"NoteAdded": 20, "NoteEdited": 1, "ContactChanged": 1, "AttributeChanged": 1, "ContactsMerged": 1}
    snapshot = await world.snapshot()
    assert [each["_id"] for each in snapshot[CONTACTS]] == ["c1"]
    assert {each["contact"] for each in snapshot[NOTES]} == {"c1"}
    assert {each["body"] for each in snapshot[NOTES]} == {
        *("Prefers mornings.", "Edited"),
        *(f"Note {each}" for each in range(20)),
    }
    survivor = await stored(world)
    assert survivor.note_count == len(snapshot[NOTES]) == 22
    assert (survivor.vip is None, [each.definition_id for each in survivor.values]) == (False, ["d-bio", "d-rank"])
    assert {each["contact"] for each in snapshot[EVENTS]} == {"c1"}
    assert Counter(each["kind"] for each in snapshot[EVENTS]) == {
        "NOTE_ADDED": 20,
        "NOTE_EDITED": 1,
        "VIP_SET": 1,
        "VALUES_CHANGED": 1,
        "CONTACTS_MERGED": 1,
    }


async def test_of_two_that_are_merged_both_ways_at_once_one_survives(world: World) -> None:
    context = await seed(world)
    results = await asyncio.gather(*(merge(context, *pair) for pair in (("c1", "c2"), ("c2", "c1")) * 5))
    assert Counter(type(each) for each in results) == {ContactsMerged: 1, Invalid: 9}
    assert {each.code for each in results if isinstance(each, Invalid)} == {ErrorCode.SAME_CONTACT}
    [winner] = [each.contact for each in results if isinstance(each, ContactsMerged)]
    found = await world.stores().contacts.by_ids(["c1", "c2"])
    assert found == {"c1": winner, "c2": winner}
    snapshot = await world.snapshot()
    assert len(snapshot[MERGES]) == 1
    assert {each["contact"] for each in (*snapshot[NOTES], *snapshot[EVENTS])} == {winner.id}
    assert winner.note_count == 2


async def test_a_merge_and_its_undoing_repeated_by_key_happen_once(world: World) -> None:
    context = await seed(world)
    results = await asyncio.gather(*(merge(context, key="k1") for _ in range(10)))
    first = results[0]
    assert isinstance(first, ContactsMerged)
    assert results == [first] * 10

    async def undo() -> object:
        return await unmerging.unmerge(context, merge_id=first.merge.id, is_dry_run=False, idempotency_key=None)

    undone = await asyncio.gather(*(undo() for _ in range(10)))
    assert Counter(type(each) for each in undone) == {ContactsUnmerged: 1, NotFound: 9}
    kinds = [each["kind"] for each in (await world.snapshot())[EVENTS]]
    assert sorted(kinds) == [EventKind.CONTACTS_MERGED.value, *[EventKind.CONTACTS_UNMERGED.value] * 2]


async def test_what_is_written_while_it_is_undone_is_at_one_of_the_two(world: World) -> None:
    context = await seed(world)
    made = await merge(context)
    assert isinstance(made, ContactsMerged)
    merge_id = made.merge.id
    undone, edited, *added = await asyncio.gather(
        unmerging.unmerge(context, merge_id=merge_id, is_dry_run=False, idempotency_key=None),
        notes.edit(context, note_id="n2", body="Edited", version=1, idempotency_key=None),
        *(notes.add(context, contact_id="c2", body=f"Note {each}", idempotency_key=None) for each in range(20)),
    )
    assert isinstance(undone, ContactsUnmerged)
    assert isinstance(edited, NoteEdited)
    assert {type(each) for each in added} == {NoteAdded}
    owners = Counter(each["contact"] for each in (await world.snapshot())[NOTES])
    counts = {each: (await stored(world, each)).note_count for each in ("c1", "c2")}
    assert counts == dict(owners)
    assert sum(owners.values()) == 22
    moved = (await world.stores().notes.by_ids(["n2"]))["n2"]
    assert (moved.contact_id, moved.body, moved.merged_from) == ("c2", "Edited", ())
    edits = [each for each in (await world.snapshot())[EVENTS] if each["kind"] == EventKind.NOTE_EDITED.value]
    assert [each["contact"] for each in edits] == ["c2"]


async def test_of_many_that_become_one_all_are_in_it(world: World) -> None:
    await world.add_contacts(*(a_contact(f"c{each}", note_count=1) for each in range(8)))
    await world.add_notes(*(a_note(f"c{each}", id=f"n{each}") for each in range(8)))
    context = await asker(world, "ada")
    results = await asyncio.gather(*(merge(context, "c0", f"c{each}") for each in range(1, 8)))
    assert {type(each) for each in results} == {ContactsMerged}
    survivor = await stored(world, "c0")
    assert survivor.note_count == 8
    assert set(survivor.merged_ids) == {f"c{each}" for each in range(1, 8)}
    assert (await world.stores().contacts.by_ids(survivor.merged_ids)) == dict.fromkeys(survivor.merged_ids, survivor)


async def test_a_value_set_after_a_preview_needs_a_choice_of_its_own(world: World) -> None:
    context = await seed(world)
    choice = GivenChoice(MergeField.NAME, None, Side.OTHER)
    order = MergeOrder("c1", "c2", (choice,))
    await attributes.set_value(
        context, contact_id="c1", key="bio", given=TextValue("y"), version=None, idempotency_key=None
    )
    before = await world.snapshot()
    result = await merging.merge(context, order, idempotency_key=None)
    assert type(result).__name__ == "Unresolved"
    assert await world.snapshot() == before
    decided = replace(order, choices=(choice, GivenChoice(MergeField.ATTRIBUTE, "bio", Side.SURVIVOR)))
    assert isinstance(await merging.merge(context, decided, idempotency_key=None), ContactsMerged)
