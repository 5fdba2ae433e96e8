"""Merging: each outcome, and exactly what is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain import capabilities
from domain.agents import Plan
from domain.capabilities import PLANS_WITH, Barrier, Capability, Forbidden
from domain.contacts import Network
from domain.events import ContactEvent, EventKind, MergedContact, NoteVersion, ValueChange, ValueKey
from domain.merging import (
    NAME,
    ContactsMerged,
    Merge,
    MergeConflict,
    MergeField,
    MergeForeseen,
    MergeMoves,
    MergePoint,
    MergePreview,
    NoSuchSide,
    Side,
    StaleSide,
    Unresolved,
)
from domain.notes import NoteAdded
from domain.outcomes import ErrorCode, Invalid
from domain.paging import PageRequest
from domain.values import NumberValue, TextValue
from persistence.names import CONTACTS, EVENTS, MERGES, NOTES
from resolvers import attributes, contacts, merging, notes, vip
from resolvers.context import Context
from resolvers.merging import GivenChoice, MergeOrder
from tests.builders import (
    MORNING,
    a_contact,
    a_conversation,
    a_conversation_note,
    a_deleted_note,
    a_note,
    an_identity,
    held,
)
from tests.conftest import World
from tests.merging import add_merged
from tests.resolvers.changing import NOW, asker, happened, log, stored

BIO = held("bio", TextValue("theirs"), version=2, agent_id="jo")
MINE = a_contact(
    "c1",
    identities=(an_identity("1", is_primary=True),),
    values=(held("followers", NumberValue(1)),),
    note_count=1,
    version=3,
)
THEIRS = a_contact(
    "c2",
    name="J. Roe",
    identities=(an_identity("2", network=Network.TELEGRAM, is_primary=True),),
    values=(BIO,),
    note_count=2,
)
FIRST, SECOND = f"{1:032}", f"{2:032}"
EARLIER = ContactEvent(FIRST, "c2", MORNING, EventKind.VALUES_CHANGED, "jo", values=(ValueChange(None, BIO),))
NAMES = MergeConflict(NAME, "Jane Roe", "J. Roe", Side.SURVIVOR)


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(MINE, THEIRS)
    await world.add_notes(a_note("c1", id="n1"), a_note("c2", id="n2"), a_note("c2", id="n3"), a_note("c2", id="n4"))
    await world.stores().transact(lambda c: c.notes.delete(a_deleted_note(a_note("c2", id="n4"), agent_id="jo")))
    added = ContactEvent(SECOND, "c2", MORNING, EventKind.NOTE_ADDED, "jo", None, NoteVersion("n2", 1))
    await world.stores().transact(lambda c: c.events.add(EARLIER, added))
    return world


async def merge(context: Context, order: MergeOrder | None = None) -> object:
    return await merging.merge(context, order or MergeOrder("c1", "c2"), idempotency_key=None)


async def test_everything_of_the_other_goes_to_the_survivor(seeded: World) -> None:
    context = await asker(seeded, "ada")
    result = await merge(context, MergeOrder("c1", "c2", version=3, other_version=1))
    taken = replace(BIO, version=1)
    after = replace(
        MINE,
        version=4,
        identities=(*MINE.identities, an_identity("2", network=Network.TELEGRAM)),
        values=(*MINE.values, taken),
        note_count=3,
        updated_at=NOW,
        merged_ids=("c2",),
    )
    assert isinstance(result, ContactsMerged)
    made = Merge(result.merge.id, "c1", "c2", "J. Roe", NOW, "ada")
    assert result == ContactsMerged(after, made, MergePreview(MergeMoves(1, 2, 2, 1), (NAMES,)))
    snapshot = await seeded.snapshot()
    assert [each["_id"] for each in snapshot[CONTACTS]] == ["c1"]
    assert await stored(seeded) == after
    moved = {each["_id"]: (each["contact"], each.get("mergedFrom"), each["isLive"]) for each in snapshot[NOTES]}
    by = [made.id]
    assert moved == {
        "n1": ("c1", None, True),
        "n2": ("c1", by, True),
        "n3": ("c1", by, True),
        "n4": ("c1", by, False),
    }
    found = {each["_id"]: (each["contact"], each.get("mergedFrom"), each.get("subjects")) for each in snapshot[EVENTS]}
    subjects = ["c1:d-bio"]
    assert (found.pop(FIRST), found.pop(SECOND)) == (("c1", by, subjects), ("c1", by, None))
    assert list(found.values()) == [("c1", None, subjects)]
    became_one = MergedContact(made.id, "c2", "J. Roe")
    change = ValueChange(None, taken)
    assert (await log(seeded))[2:] == [happened(EventKind.CONTACTS_MERGED, None, became_one, change, agent="ada")]
    [journal] = snapshot[MERGES]
    assert (journal["about"], journal["isStanding"]) == (["c1", "c2"], True)
    kept = (await seeded.stores().merges.by_ids([made.id]))[made.id].states
    assert kept is not None
    assert (kept.survivor_was, kept.other_was, kept.became) == (MINE, THEIRS, after)


async def test_the_past_of_a_value_is_found_at_the_survivor_in_its_order(seeded: World) -> None:
    await merge(await asker(seeded, "ada"))
    key = ValueKey("c1", "d-bio")
    history = await seeded.stores().events.histories([key, ValueKey("c2", "d-bio")], PageRequest(5))
    assert [(each.kind, each.at) for each in history[key].rows] == [
        (EventKind.CONTACTS_MERGED, NOW),
        (EventKind.VALUES_CHANGED, MORNING),
    ]
    assert history[ValueKey("c2", "d-bio")].rows == ()
    assert history[key].rows[1] == replace(EARLIER, contact_id="c1")


async def test_the_old_id_names_the_survivor_wherever_an_id_is_taken(seeded: World) -> None:
    await merge(await asker(seeded, "ada"))
    context = await asker(seeded)
    found = await contacts.find(context, "c2")
    assert found == await stored(seeded)
    note = await notes.add(context, contact_id="c2", body="To the old id", idempotency_key=None)
    assert isinstance(note, NoteAdded)
    assert (note.note.contact_id, note.contact.id, note.contact.note_count) == ("c1", "c1", 4)
    await vip.set_vip(context, contact_id="c2", reason=None, expires_at=None, version=4, idempotency_key=None)
    await attributes.set_value(
        context, contact_id="c2", key="bio", given=TextValue("new"), version=1, idempotency_key=None
    )
    survivor = await stored(seeded)
    assert (survivor.vip is None, survivor.note_count, survivor.version) == (False, 4, 5)
    await notes.delete(context, note_id="n2", version=None, idempotency_key=None)
    events = (await log(seeded))[2:]
    assert {each.contact_id for each in events} == {"c1"}
    assert [each.kind for each in events] == [
        *(EventKind.CONTACTS_MERGED, EventKind.NOTE_ADDED, EventKind.VIP_SET, EventKind.VALUES_CHANGED),
        EventKind.NOTE_DELETED,
    ]
    assert {each["contact"] for each in (await seeded.snapshot())[NOTES]} == {"c1"}
    # Nor does anybody of another organization find the survivor by it.
    theirs = await asker(seeded, "eve", "other")
    assert await contacts.find(theirs, "c2") is None


async def test_a_chain_of_merges_leads_to_its_end_until_that_is_deleted(seeded: World) -> None:
    await seeded.add_contacts(a_contact("c3", note_count=1))
    await seeded.add_notes(a_note("c3", id="n5"))
    context = await asker(seeded, "ada")
    first = await merge(context)
    # By the old id too: it is the contact that c2 became which goes.
    second = await merge(context, MergeOrder("c3", "c2"))
    assert isinstance(first, ContactsMerged)
    assert isinstance(second, ContactsMerged)
    assert (second.contact.merged_ids, second.contact.note_count) == (("c2", "c1"), 4)
    found = await seeded.stores().contacts.by_ids(["c1", "c2", "c3"])
    assert [found[each].id for each in ("c1", "c2", "c3")] == ["c3"] * 3
    marks = {each["_id"]: each.get("mergedFrom") for each in (await seeded.snapshot())[NOTES]}
    both = [first.merge.id, second.merge.id]
    assert marks == {"n1": both[1:], "n2": both, "n3": both, "n4": both, "n5": None}
    page = await seeded.stores().notes.pages(["c3"], PageRequest(9))
    assert {each.id for each in page["c3"].rows} == {"n1", "n2", "n3", "n5"}
    # What says something of the three is found by the last of them.
    assert [each["about"] for each in (await seeded.snapshot())[MERGES]] == [["c1", "c2", "c3"], ["c3", "c1"]]
    await seeded.driver.collection(CONTACTS).delete_one({"_id": "c3"})
    assert await seeded.stores().contacts.by_ids(["c1", "c2", "c3"]) == {}


def chosen(side: Side, key: str | None = "bio", field: MergeField = MergeField.ATTRIBUTE) -> GivenChoice:
    return GivenChoice(field, key, side)


CONFLICT = MergePoint(MergeField.ATTRIBUTE, "d-bio")


async def test_two_values_need_a_choice(seeded: World) -> None:
    mine = held("bio", TextValue("mine"), version=5)
    await seeded.add_contacts(replace(MINE, id="c5", identities=(), values=(mine,)))
    context = await asker(seeded, "ada")
    order, before = MergeOrder("c5", "c2"), await seeded.snapshot()
    moves = MergeMoves(1, 2, 2, 0)
    preview = MergePreview(moves, (NAMES, MergeConflict(CONFLICT, mine, BIO, None)))
    assert await merge(context, order) == Unresolved(preview)
    was = await stored(seeded, "c5")
    assert await merge(context, replace(order, is_dry_run=True)) == MergeForeseen(was, preview)
    order = replace(order, choices=(chosen(Side.OTHER), chosen(Side.OTHER, None, MergeField.NAME)))
    foreseen = await merge(context, replace(order, is_dry_run=True))
    assert await seeded.snapshot() == before
    made = await merge(context, order)
    assert isinstance(foreseen, MergeForeseen)
    assert isinstance(made, ContactsMerged)
    assert made.preview == foreseen.preview
    assert made.preview.moves == replace(moves, values=1)
    assert [each.chosen for each in made.preview.conflicts] == [Side.OTHER] * 2
    assert (made.contact.name, made.contact.values) == ("J. Roe", (replace(BIO, version=6),))


async def test_a_dry_run_is_not_remembered(seeded: World) -> None:
    context, before = await asker(seeded, "ada"), await seeded.snapshot()
    order = MergeOrder("c1", "c2", is_dry_run=True)
    for _ in range(2):
        assert isinstance(await merging.merge(context, order, idempotency_key="k"), MergeForeseen)
    assert await seeded.snapshot() == before


def refused(code: ErrorCode, message: str, *path: str) -> Invalid:
    return Invalid(code, message, ("input", *path))


SAME = refused(
    ErrorCode.SAME_CONTACT,
    "Give two contacts: both ids name the same one, perhaps because they were merged before.",
    "otherId",
)
NO_KEY = refused(ErrorCode.NOT_A_KEY, "Give a key with ATTRIBUTE, and with nothing else.", "choices", "0", "key")
UNKNOWN = refused(
    ErrorCode.NOT_FOUND,
    "There is no attribute of that key: ask `attributeDefinitions` for those there are.",
    *("choices", "1", "key"),
)
TWICE = refused(ErrorCode.REPEATED_OPTION, "Choose one of the two sides, and not both.", "choices", "1")
BOTH = (chosen(Side.OTHER), chosen(Side.SURVIVOR))
REFUSALS: list[tuple[str, MergeOrder, object]] = [
    ("same", MergeOrder("c1", "c1"), SAME),
    ("merged before", MergeOrder("c1", "c0"), SAME),
    ("nobody stays", MergeOrder("nobody", "c2"), NoSuchSide(Side.SURVIVOR)),
    ("nobody goes", MergeOrder("c1", "nobody"), NoSuchSide(Side.OTHER)),
    ("stale", MergeOrder("c2", "c1", version=2), StaleSide(Side.SURVIVOR, THEIRS)),
    ("stale other", MergeOrder("c1", "c2", other_version=2), StaleSide(Side.OTHER, THEIRS)),
    ("no key", MergeOrder("c1", "c2", (chosen(Side.OTHER, None),)), NO_KEY),
    ("a key too many", MergeOrder("c1", "c2", (chosen(Side.OTHER, "bio", MergeField.NAME),)), NO_KEY),
    ("unknown key", MergeOrder("c1", "c2", (chosen(Side.OTHER), chosen(Side.OTHER, "no"))), UNKNOWN),
    ("both sides", MergeOrder("c1", "c2", BOTH), TWICE),
]


async def test_what_is_refused_writes_nothing(seeded: World) -> None:
    await add_merged(seeded, "c1", a_contact("c0"))
    before = await seeded.snapshot()
    for name, order, answer in REFUSALS:
        for each in (order, replace(order, is_dry_run=True)):
            assert await merge(await asker(seeded, "ada"), each) == answer, name
    assert await merge(await asker(seeded, "eve", "other")) == NoSuchSide(Side.SURVIVOR)
    assert await seeded.snapshot() == before


async def test_more_than_one_transaction_moves_is_refused(seeded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await seeded.add_conversations(a_conversation("c2", "v1"))
    await seeded.add_conversation_notes(*(a_conversation_note(contact_id="c2", id=each) for each in ("k1", "k2")))
    gone = a_deleted_note(a_conversation_note(contact_id="c2", id="k2"), agent_id="jo")
    await seeded.stores().transact(lambda changes: changes.conversation_notes.delete(gone))
    before = await seeded.snapshot()
    # Two live notes, a deleted one and two events; a conversation with a live note and a deleted one.
    monkeypatch.setattr(merging, "MOST_MOVED", 7)
    answer = await merge(await asker(seeded, "ada"))
    advice = (
        "The other contact has more than 7 notes, events, conversations and notes on these, deleted notes included: "
        "merge the other way."
    )
    assert answer == Invalid(ErrorCode.TOO_MANY, advice, ("input", "otherId"))
    assert await seeded.snapshot() == before
    monkeypatch.setattr(merging, "MOST_MOVED", 8)
    assert isinstance(await merge(await asker(seeded, "ada")), ContactsMerged)


async def test_admins_merge_on_every_plan_that_the_table_says(seeded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await seeded.snapshot()
    assert await merge(await asker(seeded)) == Forbidden(Capability.MERGE_CONTACTS, Barrier.ROLE)
    monkeypatch.setattr(capabilities, "PLANS_WITH", {**PLANS_WITH, Capability.MERGE_CONTACTS: frozenset({Plan.TEAM})})
    assert await merge(await asker(seeded, "ada")) == Forbidden(Capability.MERGE_CONTACTS, Barrier.PLAN)
    assert await seeded.snapshot() == before


async def test_what_the_same_request_asks_next_sees_the_merge(seeded: World) -> None:
    context = await asker(seeded, "ada")
    loaded: Sequence[object] = [
        await contacts.find(context, "c2"),
        await notes.find(context, "n2"),
        await merging.page(context, "c1", PageRequest(5)),
        await merging.count(context, "c1"),
    ]
    assert None not in loaded
    made = await merge(context)
    assert isinstance(made, ContactsMerged)
    assert await contacts.find(context, "c2") == await contacts.find(context, "c1") == made.contact
    found = await notes.find(context, "n2")
    assert found is not None
    assert found.note.contact_id == "c1"
    assert [each.id for each in (await merging.page(context, "c1", PageRequest(5))).rows] == [made.merge.id]
    assert (await merging.count(context, "c1"), await merging.count(context, "c2")) == (1, 0)


async def test_merges_are_listed_newest_first_for_each_survivor(seeded: World) -> None:
    for number in range(3):
        other = a_contact(f"o{number}")
        await add_merged(seeded, "c1", other, merge_id=f"m{number}", at=MORNING + timedelta(minutes=number))
    context = await asker(seeded)
    newest = await merging.page(context, "c1", PageRequest(2))
    assert ([each.id for each in newest.rows], newest.has_next) == (["m2", "m1"], True)
    assert (await merging.page(context, "c2", PageRequest(2))).rows == ()
    assert await merging.count(context, "c1") == 3
    assert await merging.count(await asker(seeded, "mo", "other"), "c1") == 0
    assert await merging.find(await asker(seeded, "mo", "other"), "m1") is None
