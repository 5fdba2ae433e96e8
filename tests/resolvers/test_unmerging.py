"""Undoing a merge: each outcome, and exactly what is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import capabilities
from domain.attributes import HeldValue, Provenance, Source
from domain.capabilities import PLANS_WITH, Barrier, Capability, Forbidden
from domain.contacts import Contact, Network, SocialIdentity
from domain.definitions import ValueRules
from domain.events import ContactEvent, EventKind, MergedContact, ValueChange
from domain.identity_changes import IdentityChanged, IdentityPatch
from domain.merging import ContactsMerged, MergeEnd, MergeField, MergeMoves, Side
from domain.outcomes import Kind, NotFound
from domain.paging import PageRequest
from domain.unmerging import ContactsUnmerged, Contradicted, Contradiction, ContradictionKind, UnmergeForeseen
from domain.values import NumberValue, TextValue
from persistence.names import CONTACTS, EVENTS, MERGES, NOTES
from resolvers import attributes, contacts, identities, merging, notes, unmerging
from resolvers.context import Context
from resolvers.merging import GivenChoice, MergeOrder
from tests.builders import MORNING, a_contact, a_definition, a_deleted_note, a_note, an_identity, an_organization, held
from tests.conftest import World
from tests.resolvers.changing import NOW, asker, log, stored

MINE = a_contact("c1", identities=(an_identity("1"),), values=(held("bio", TextValue("mine")),), note_count=1)
THEIRS = a_contact(
    "c2",
    name="J. Roe",
    identities=(an_identity("2", network=Network.TELEGRAM, is_primary=True),),
    values=(held("bio", TextValue("theirs")), held("nickname", TextValue("J."))),
    note_count=2,
)
THEIR_BIO = GivenChoice(MergeField.ATTRIBUTE, "bio", Side.OTHER)
LATER = NOW + timedelta(hours=1)
EARLIER = ContactEvent(
    f"{1:032}", "c2", MORNING, EventKind.VALUES_CHANGED, "jo", values=(ValueChange(None, THEIRS.values[1]),)
)


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(MINE, THEIRS)
    await world.add_notes(a_note("c1", id="n1"), a_note("c2", id="n2"), a_note("c2", id="n3"), a_note("c2", id="n4"))
    await world.stores().transact(lambda c: c.notes.delete(a_deleted_note(a_note("c2", id="n4"), agent_id="jo")))
    await world.stores().transact(lambda c: c.events.add(EARLIER))
    return world


async def merged(world: World, survivor: str = "c1", other: str = "c2", choice: GivenChoice = THEIR_BIO) -> str:
    """Merge the two; returns the merge's id."""
    made = await merging.merge(await asker(world, "ada"), MergeOrder(survivor, other, (choice,)), idempotency_key=None)
    assert isinstance(made, ContactsMerged), made
    return made.merge.id


async def unmerge(world: World, merge_id: str, *, is_dry_run: bool = False, agent: str = "ada") -> object:
    context = await asker(world, agent, at=LATER)
    return await unmerging.unmerge(context, merge_id=merge_id, is_dry_run=is_dry_run, idempotency_key=None)


async def test_both_are_as_they_were_and_the_log_says_so(seeded: World) -> None:
    before = await seeded.snapshot()
    merge_id = await merged(seeded)
    result = await unmerge(seeded, merge_id)
    bio = replace(MINE.values[0], version=3)
    gone = HeldValue("d-nickname", None, Provenance(Source.AGENT, LATER, "ada"), 2)
    survivor = replace(MINE, version=3, values=(bio, gone), updated_at=LATER)
    other = replace(THEIRS, version=3, updated_at=LATER)
    assert isinstance(result, ContactsUnmerged)
    assert (result.contact, result.other, result.moves) == (survivor, other, MergeMoves(1, 2, 1, 2))
    assert result.merge.end == MergeEnd(LATER, "ada")
    assert await seeded.stores().contacts.by_ids(["c1", "c2"]) == {"c1": survivor, "c2": other}
    after = await seeded.snapshot()
    assert after[NOTES] == before[NOTES]
    assert [each for each in after[EVENTS] if each["_id"] == EARLIER.id] == before[EVENTS]
    *_, of_survivor, of_other = await log(seeded)
    kind = EventKind.CONTACTS_UNMERGED
    values = (
        ValueChange(replace(THEIRS.values[0], version=2), bio),
        ValueChange(replace(THEIRS.values[1], version=1), gone),
    )
    parted_from = [MergedContact(merge_id, each.id, each.name) for each in (other, survivor)]
    assert of_survivor == ContactEvent("", "c1", LATER, kind, "ada", parted_from[0], values=values)
    assert of_other == ContactEvent("", "c2", LATER, kind, "ada", parted_from[1])
    [journal] = after[MERGES]
    # What the contacts said is kept no longer than it takes.
    assert "states" not in journal
    assert (journal["about"], journal["isStanding"]) == (["c1", "c2"], False)
    assert await seeded.stores().merges.by_ids([merge_id]) == {merge_id: result.merge}
    assert await unmerge(seeded, merge_id) == NotFound(Kind.MERGE)


async def test_a_dry_run_says_what_would_go_back_and_writes_nothing(seeded: World) -> None:
    merge_id = await merged(seeded)
    before, survivor = await seeded.snapshot(), await stored(seeded)
    result = await unmerge(seeded, merge_id, is_dry_run=True)
    assert isinstance(result, UnmergeForeseen)
    assert (result.contact, result.moves, result.merge.id) == (survivor, MergeMoves(1, 2, 1, 2), merge_id)
    context = await asker(seeded, "ada")
    await unmerging.unmerge(context, merge_id=merge_id, is_dry_run=True, idempotency_key="k")
    assert await seeded.snapshot() == before


async def test_what_happened_since_stays_with_the_survivor(seeded: World) -> None:
    merge_id = await merged(seeded)
    context = await asker(seeded)
    await notes.add(context, contact_id="c2", body="Since", idempotency_key=None)
    await notes.edit(context, note_id="n2", body="Edited", version=None, idempotency_key=None)
    await notes.delete(context, note_id="n3", version=None, idempotency_key=None)
    await attributes.set_value(
        context, contact_id="c2", key="followers", given=NumberValue(5), version=None, idempotency_key=None
    )
    result = await unmerge(seeded, merge_id)
    assert isinstance(result, ContactsUnmerged)
    assert (result.contact.note_count, result.other.note_count) == (2, 1)
    followers = result.contact.held("d-followers")
    assert followers is not None
    assert (followers.value, followers.version, result.other.held("d-followers")) == (NumberValue(5), 1, None)
    found = {each["_id"]: (each["contact"], each["isLive"], each["body"]) for each in (await seeded.snapshot())[NOTES]}
    since = next(each for each in found.values() if each[2] == "Since")
    assert since == ("c1", True, "Since")
    assert (found["n1"][0], found["n2"]) == ("c1", ("c2", True, "Edited"))
    assert [found[each][:2] for each in ("n3", "n4")] == [("c2", False)] * 2
    assert all("mergedFrom" not in each for each in (await seeded.snapshot())[NOTES])
    # What happened to a note since is where the note is.
    of_notes = {each.kind: each.contact_id for each in await log(seeded) if each.kind.value.startswith("NOTE")}
    assert of_notes == {EventKind.NOTE_ADDED: "c1", EventKind.NOTE_EDITED: "c2", EventKind.NOTE_DELETED: "c2"}


async def test_what_happened_to_an_identity_since_is_where_the_identity_is(seeded: World) -> None:
    merge_id = await merged(seeded)
    context = await asker(seeded)
    for each in (*MINE.identities, *THEIRS.identities):
        patch = IdentityPatch(channel="@acme")
        changed = await identities.update(
            context, contact_id="c1", key=each.key, patch=patch, version=None, idempotency_key=None
        )
        assert isinstance(changed, IdentityChanged)
    assert isinstance(await unmerge(seeded, merge_id), ContactsUnmerged)
    told = [(each.contact_id, each.after.key) for each in await log(seeded) if isinstance(each.after, SocialIdentity)]
    assert told == [("c1", MINE.identities[0].key), ("c2", THEIRS.identities[0].key)]


async def test_merges_are_undone_from_the_last_to_the_first(seeded: World) -> None:
    before = await seeded.snapshot()
    await seeded.add_contacts(a_contact("c3"))
    first = await merged(seeded)
    second = await merged(seeded, "c3", "c1")
    later = Contradicted((Contradiction(ContradictionKind.LATER_MERGE),))
    assert await unmerge(seeded, first) == later
    assert isinstance(await unmerge(seeded, second), ContactsUnmerged)
    assert [each["about"] for each in (await seeded.snapshot())[MERGES]] == [["c1", "c2"], ["c3", "c1"]]
    assert (await seeded.stores().contacts.by_ids(["c2"]))["c2"].id == "c1"
    await seeded.add_contacts(a_contact("c4"))
    third = await merged(seeded, "c1", "c4")
    assert await unmerge(seeded, first) == later
    for each in (third, first):
        assert isinstance(await unmerge(seeded, each), ContactsUnmerged)
    after = await seeded.snapshot()
    assert after[NOTES] == before[NOTES]
    assert {each["_id"] for each in after[CONTACTS]} == {"c1", "c2", "c3", "c4"}
    assert not any("mergedIds" in each for each in after[CONTACTS])
    assert after[EVENTS][:1] == before[EVENTS]


async def put(world: World, contact: Contact) -> None:
    await world.stores().transact(lambda changes: changes.contacts.put(contact))


async def test_what_contradicts_it_is_told_and_nothing_is_written(seeded: World) -> None:
    merge_id = await merged(seeded)
    became = await stored(seeded)
    await put(seeded, replace(became, identities=became.identities[:1], values=(became.values[0],)))
    before = await seeded.snapshot()
    reasons = (
        Contradiction(ContradictionKind.IDENTITY_GONE, identity=THEIRS.identities[0]),
        Contradiction(ContradictionKind.VALUE_CHANGED, definition_id="d-nickname"),
    )
    for is_dry_run in (False, True):
        assert await unmerge(seeded, merge_id, is_dry_run=is_dry_run) == Contradicted(reasons)
    assert await seeded.snapshot() == before


UNIQUE = a_definition("account", rules=ValueRules(is_unique=True))


def holder(contact_id: str, text: str) -> Contact:
    return a_contact(contact_id, values=(held("account", TextValue(text)),))


async def test_a_unique_value_that_somebody_took_since_contradicts_it(world: World) -> None:
    await world.add_organization(an_organization(), [], [UNIQUE])
    await world.add_contacts(holder("c1", "A-1"), holder("c2", "A-2"), a_contact("c3"))
    mine = GivenChoice(MergeField.ATTRIBUTE, "account", Side.SURVIVOR)
    merge_id = await merged(world, choice=mine)
    taken = Contradicted((Contradiction(ContradictionKind.VALUE_TAKEN, definition_id="d-account"),))
    survivor = await stored(world)
    for by in (holder("c3", "a-2"), replace(survivor, values=holder("c1", "a-2").values)):
        was = await stored(world, by.id)
        await put(world, by)
        before = await world.snapshot()
        assert await unmerge(world, merge_id) == taken
        assert await world.snapshot() == before
        await put(world, was)
    assert isinstance(await unmerge(world, merge_id), ContactsUnmerged)
    # A value that the survivor gives back was the other's own.
    again = await merged(world, choice=replace(mine, side=Side.OTHER))
    assert isinstance(await unmerge(world, again), ContactsUnmerged)
    values = [(await stored(world, each)).values[0].value for each in ("c1", "c2")]
    assert values == [TextValue("A-1"), TextValue("A-2")]


async def test_what_is_not_there_or_not_allowed_is_refused(seeded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    merge_id = await merged(seeded)
    before = await seeded.snapshot()
    assert await unmerge(seeded, "nothing") == NotFound(Kind.MERGE)
    theirs = await asker(seeded, "eve", "other")
    answer = await unmerging.unmerge(theirs, merge_id=merge_id, is_dry_run=False, idempotency_key=None)
    assert answer == NotFound(Kind.MERGE)
    assert await unmerge(seeded, merge_id, agent="jo") == Forbidden(Capability.MERGE_CONTACTS, Barrier.ROLE)
    monkeypatch.setattr(capabilities, "PLANS_WITH", {**PLANS_WITH, Capability.MERGE_CONTACTS: frozenset()})
    assert await unmerge(seeded, merge_id) == Forbidden(Capability.MERGE_CONTACTS, Barrier.PLAN)
    assert await seeded.snapshot() == before
    # A contact that was deleted cannot be parted.
    monkeypatch.undo()
    await seeded.driver.collection(CONTACTS).delete_many({"_id": "c1"})
    assert await unmerge(seeded, merge_id) == NotFound(Kind.MERGE)


async def test_undoing_is_offered_to_admins_while_nothing_contradicts_it(seeded: World) -> None:
    merge_id = await merged(seeded)

    async def offered(agent: str = "ada", context: Context | None = None) -> bool:
        own = context or await asker(seeded, agent)
        merge = await merging.find(own, merge_id)
        assert merge is not None
        answers = {await unmerging.can_unmerge(own, each) for each in (merge, replace(merge, states=None))}
        assert len(answers) == 1
        return answers.pop()

    assert (await offered(), await offered("jo")) == (True, False)
    became = await stored(seeded)
    await put(seeded, replace(became, identities=()))
    assert not await offered()
    await put(seeded, became)
    context = await asker(seeded, "ada", at=LATER)
    merge = await merging.find(context, merge_id)
    assert merge is not None
    assert await offered(context=context)
    await unmerging.unmerge(context, merge_id=merge_id, is_dry_run=False, idempotency_key=None)
    assert not await offered(context=context)
    assert not await unmerging.can_unmerge(context, replace(merge, id="nothing", states=None))
    await seeded.driver.collection(CONTACTS).delete_many({})
    assert not await unmerging.can_unmerge(await asker(seeded, "ada"), merge)


async def test_what_the_same_request_asks_next_sees_that_it_was_undone(seeded: World) -> None:
    merge_id = await merged(seeded)
    context = await asker(seeded, "ada", at=LATER)
    assert await contacts.find(context, "c2") == await contacts.find(context, "c1")
    assert await notes.find(context, "n2") is not None
    result = await unmerging.unmerge(context, merge_id=merge_id, is_dry_run=False, idempotency_key=None)
    assert isinstance(result, ContactsUnmerged)
    assert [await contacts.find(context, each) for each in ("c1", "c2")] == [result.contact, result.other]
    note = await notes.find(context, "n2")
    assert note is not None
    assert note.note.contact_id == "c2"
    assert (await merging.page(context, "c1", PageRequest(1))).rows == (result.merge,)
