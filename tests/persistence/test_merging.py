"""The journal of merges, and that undoing gives back what there was, document by document."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from domain.events import ContactEvent, EventKind, ValueChange
from domain.merging import Merge, MergeEnd, MergePreview, MergeStates
from domain.merging_union import union
from domain.paging import PageRequest
from domain.values import TextValue
from persistence.merge_documents import from_merge, from_preview, to_merge, to_preview
from persistence.merging import Moved
from persistence.names import EVENTS, MERGES, NOTES, REVISIONS
from persistence.stores import Changes
from tests.builders import MORNING, a_contact, a_deleted_note, a_note, an_identity, held
from tests.conftest import World
from tests.merging import add_merged
from tests.persistence.strategies import merges, previews, through_bson


@given(merges, previews)
def test_every_merge_and_preview_comes_back_as_it_went(merge: Merge, preview: MergePreview) -> None:
    assert to_merge(through_bson(from_merge(merge, "acme"))) == merge
    assert to_preview(through_bson(from_preview(preview))) == preview


ID = "$merge.of{strange}"
"""Whatever an id looks like, it is no path and no operator."""


async def test_what_moves_is_counted_marked_and_given_back(world: World) -> None:
    survivor, other = a_contact("$c1"), a_contact("$c2", identities=(an_identity("2"),), note_count=2)
    await world.add_contacts(survivor, other, a_contact("c3"))
    stores = world.stores()
    await world.add_notes(*(a_note("$c2", id=f"n{each}") for each in range(3)), a_note("c3", id="n3"))
    values = (ValueChange(None, held("bio", TextValue("x"))), ValueChange(None, held("rank", TextValue("x"))))
    events = [
        ContactEvent("e1", "$c2", MORNING, EventKind.VALUES_CHANGED, "jo", values=values),
        ContactEvent("e2", "$c2", MORNING, EventKind.VIP_CLEARED, "jo"),
        ContactEvent("e3", "c3", MORNING, EventKind.VALUES_CHANGED, "jo", values=values),
    ]

    async def begin(changes: Changes) -> None:
        await changes.notes.delete(a_deleted_note(a_note("$c2", id="n2"), agent_id="jo"))
        await changes.revisions.keep(a_note("$c2", id="n2", version=0))
        await changes.events.add(*events)

    await stores.transact(begin)
    before = await world.snapshot()
    became = union(survivor, other, {}, agent_id="ada", now=MORNING).survivor
    merge = Merge(ID, "$c1", "$c2", "Jane Roe", MORNING, "ada", MergeStates(survivor, other, became))
    assert await stores.transact(lambda changes: changes.merges.movable("$c2")) == Moved(2, 3, 2, 0)

    async def take_up(changes: Changes) -> None:
        await changes.merges.take_up(merge)
        await changes.contacts.put(became)

    await stores.transact(take_up)
    assert await stores.transact(lambda changes: changes.merges.find(ID)) == merge
    assert await stores.transact(lambda changes: changes.merges.returnable(ID)) == Moved(2, 3, 2, 0)
    assert await stores.transact(lambda changes: changes.merges.movable("$c2")) == Moved(0, 0, 0, 0)
    between = await world.snapshot()
    assert [(each["contact"], each.get("mergedFrom")) for each in between[NOTES]] == [
        *[("$c1", [ID])] * 3,
        ("c3", None),
    ]
    assert [(each["contact"], each.get("subjects")) for each in between[EVENTS]] == [
        ("$c1", ["$c1:d-bio", "$c1:d-rank"]),
        ("$c1", None),
        ("c3", ["c3:d-bio", "c3:d-rank"]),
    ]
    assert [(each["contact"], each["note"]) for each in between[REVISIONS]] == [("$c1", "n2")]
    assert [each["place"] for each in between[EVENTS]] == [each["place"] for each in before[EVENTS]]

    async def give_back(changes: Changes) -> None:
        await changes.merges.give_back(replace(merge, states=None, end=MergeEnd(MORNING, "ada")))
        await changes.contacts.put(survivor)
        await changes.contacts.insert(other)

    await stores.transact(give_back)
    after = await world.snapshot()
    assert [each["isStanding"] for each in after.pop(MERGES)] == [False]
    assert after == {name: rows for name, rows in before.items() if name != MERGES}


async def test_another_organization_sees_and_moves_nothing(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await add_merged(world, "c1", a_contact("c2"), merge_id="m1")
    await world.add_notes(a_note("c1", id="n1"))
    before, theirs = await world.snapshot(), world.stores("other")
    assert await theirs.merges.by_ids(["m1"]) == {}
    assert (await theirs.merges.pages(["c1"], PageRequest(5)))["c1"].rows == ()
    assert await theirs.merges.counts(["c1"]) == {}
    assert await theirs.transact(lambda changes: changes.merges.find("m1")) is None
    assert await theirs.transact(lambda changes: changes.merges.movable("c1")) == Moved(0, 0, 0, 0)
    assert await theirs.transact(lambda changes: changes.merges.returnable("m1")) == Moved(0, 0, 0, 0)
    assert await theirs.contacts.by_ids(["c2"]) == {}
    assert await theirs.transact(lambda changes: changes.contacts.find("c2")) is None
    assert await theirs.transact(lambda changes: changes.contacts.count_notes("c2", more=1)) is None
    assert await world.snapshot() == before


async def test_an_undone_merge_is_said_of_those_two_alone(world: World) -> None:
    """The journal of deleted contacts goes with them: who is named in an entry is named for that."""
    await world.add_contacts(a_contact("c1"), a_contact("c9"))
    first = await add_merged(world, "c1", a_contact("c2"), merge_id="m1")
    await world.stores().transact(
        lambda changes: changes.merges.give_back(replace(first, end=MergeEnd(MORNING, "ada")))
    )
    await world.driver.collection("contacts").delete_one({"_id": "c1"})
    await add_merged(world, "c9", a_contact("c1"), merge_id="m2")
    found = {each["_id"]: each["about"] for each in (await world.snapshot())[MERGES]}
    assert found == {"m1": ["c1", "c2"], "m2": ["c9", "c1"]}
