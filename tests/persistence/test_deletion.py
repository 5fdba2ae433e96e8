"""Deleting a contact: what goes at once, what goes after, and that nothing is forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from domain.answers import RecordedAnswer
from domain.attributes import AttributeChanged
from domain.deletion import DeletionPosition
from domain.events import ContactEvent, EventKind, MergedContact
from domain.notes import NoteEdited
from domain.paging import PageRequest
from persistence import deletion
from persistence.deletion import HOLDS_NOTHING_OF_A_CONTACT, KEPT_ABOUT_A_CONTACT, finish_deletions
from persistence.indexes import INDEXES
from persistence.names import CONTACTS, CRM_TASKS, DELETED_CONTACTS
from persistence.stores import Changes, Stores
from tests.builders import MORNING, a_contact, a_conversation, a_conversation_note, a_note, an_identity
from tests.conftest import Commands, World
from tests.erasing import a_deletion, add_deletions
from tests.merging import add_merged

EVENT = ContactEvent("e1", "c1", MORNING, EventKind.VIP_SET, "jo")
C1, C2 = a_contact("c1", identities=(an_identity("1"),), import_key="k1"), a_contact("c2")
NOTE = a_note("c1", id="n1")
KEPT_NAMES = {each.collection for each in KEPT_ABOUT_A_CONTACT}


def test_no_collection_is_forgotten() -> None:
    """Whoever adds a collection says whether it keeps something about a contact."""
    assert {CONTACTS} | KEPT_NAMES | HOLDS_NOTHING_OF_A_CONTACT == set(INDEXES)
    assert not KEPT_NAMES & HOLDS_NOTHING_OF_A_CONTACT


@pytest.mark.parametrize("kept", KEPT_ABOUT_A_CONTACT, ids=lambda each: each.index)
def test_what_is_kept_is_found_by_an_index_of_organization_and_contact(kept: deletion.Kept) -> None:
    index = next(each.document for each in INDEXES[kept.collection] if each.document["name"] == kept.index)
    assert set(list(index["key"])[:2]) == {"org", kept.field}


async def fill(world: World, organization_id: str = "acme", prefix: str = "") -> None:
    """Two contacts of whom there is something of each kind: a note of two versions, a conversation, events, answers.

    Each has survived a merge, and was parted from a third, to whom that happened too.
    """
    stores = world.stores(organization_id)

    async def work(changes: Changes) -> None:
        for each in (C1, C2):
            contact = a_contact(f"{prefix}{each.id}", identities=each.identities, import_key=each.import_key)
            await changes.contacts.insert(contact)
            note = a_note(contact.id, id=f"{prefix}n-{each.id}")
            await changes.notes.add(note)
            await changes.revisions.keep(note)
            await changes.conversations.insert(a_conversation(contact.id, f"{prefix}v-{each.id}"))
            written = a_conversation_note(f"{prefix}v-{each.id}", contact_id=contact.id, id=f"{prefix}k-{each.id}")
            await changes.conversation_notes.add(written)
            await changes.conversation_note_revisions.keep(written)
            event = ContactEvent(f"{prefix}e-{each.id}", contact.id, MORNING, EventKind.VIP_SET, "jo")
            parted = (MergedContact("m0", contact.id, contact.name), MergedContact("m0", f"{prefix}p", "P"))
            naming = [
                ContactEvent(
                    f"{prefix}{of}-{each.id}", of_whom, MORNING, EventKind.CONTACTS_UNMERGED, "ada", before=was
                )
                for of, of_whom, was in (("p", f"{prefix}p", parted[0]), ("u", contact.id, parted[1]))
            ]
            await changes.events.add(event, *naming)
            for key, success in (("a", NoteEdited(note)), ("b", AttributeChanged(contact, "d-bio"))):
                answer = RecordedAnswer("f", success)
                await changes.answers.record("jo", f"{key}-{each.id}", answer, MORNING)

    await stores.transact(work)
    for each in (C1, C2):
        task = {"_id": f"{prefix}{each.id}", "org": organization_id, "due": MORNING}
        await world.driver.collection(CRM_TASKS).insert_one(task)
        await add_merged(
            world,
            f"{prefix}{each.id}",
            a_contact(f"{prefix}old-{each.id}"),
            merge_id=f"{prefix}m-{each.id}",
            organization_id=organization_id,
        )


async def delete(stores: Stores, contact_id: str = "c1") -> dict[str, int]:
    async def work(changes: Changes) -> dict[str, int]:
        counts = await changes.deletions.counts(contact_id)
        await changes.deletions.delete(a_deletion(f"x-{contact_id}", deleted_id=contact_id))
        return dict(counts)

    return await stores.transact(work)


async def test_the_contact_goes_with_the_transaction_and_the_rest_when_it_is_finished(world: World) -> None:
    await fill(world)
    await fill(world, "other", "o-")
    before = await world.snapshot()
    counts = {
        "notes": 1,
        "revisions": 2,
        "conversations": 1,
        "conversation_notes": 1,
        "events": 4,
        "answers": 2,
        "merges": 1,
    }
    assert await delete(world.stores()) == counts
    between = await world.snapshot()
    changed = {name for name in INDEXES if between[name] != before[name]}
    assert changed == {CONTACTS, DELETED_CONTACTS}
    assert {each["_id"] for each in between[CONTACTS]} == {"c2", "o-c1", "o-c2"}
    assert [each["isUnfinished"] for each in between[DELETED_CONTACTS]] == [True]
    # Another organization's finishing is not this one's.
    await world.stores("other").deletions.finish()
    assert await world.snapshot() == between
    await world.stores().deletions.finish()
    after = await world.snapshot()
    for name in KEPT_NAMES:
        fields = [each.field for each in KEPT_ABOUT_A_CONTACT if each.collection == name]
        about = {
            field: [each for each in before[name] if each["org"] == "acme" and "c1" in each.get(field, ())]
            for field in fields
        }
        assert all(about.values())
        gone = [each for found in about.values() for each in found]
        assert after[name] == [each for each in before[name] if each not in gone]
    assert [each.get("isUnfinished") for each in after[DELETED_CONTACTS]] == [None]
    await world.stores().deletions.finish()
    assert await world.snapshot() == after


async def test_what_was_cut_off_is_finished_at_the_next_start(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await fill(world)
    await fill(world, "other", "o-")
    await delete(world.stores())
    await delete(world.stores("other"), "o-c2")
    notes, *_ = KEPT_ABOUT_A_CONTACT
    broken = deletion.Kept("contactEvents", "contact", "no_such_index", "events")
    with monkeypatch.context() as cut:
        cut.setattr(deletion, "KEPT_ABOUT_A_CONTACT", (notes, broken))
        with pytest.raises(Exception, match="hint provided does not correspond to an existing index"):
            await world.stores().deletions.finish()
    halfway = await world.snapshot()
    assert {each["contact"] for each in halfway[notes.collection]} == {"c2", "o-c1", "o-c2"}
    assert {each["contact"] for each in halfway["contactEvents"]} == {"c1", "c2", "p", "o-c1", "o-c2", "o-p"}
    await finish_deletions(world.driver)
    after = await world.snapshot()
    for kept in KEPT_ABOUT_A_CONTACT:
        found = [each[kept.field] for each in after[kept.collection] if kept.field in each]
        named = {each if isinstance(each, str) else each[0] for each in found}
        assert named & {"c1", "c2", "o-c1", "o-c2"} == {"c2", "o-c1"}
    assert [each.get("isUnfinished") for each in after[DELETED_CONTACTS]] == [None, None]


async def test_an_answer_without_a_change_is_not_left_behind(world: World) -> None:
    """Neither of two transactions writes what the other reads, and still one sees the other."""
    await fill(world)
    read, recorded = asyncio.Event(), asyncio.Event()
    runs = 0

    async def answering(changes: Changes) -> bool:
        nonlocal runs
        runs += 1
        found = await changes.contacts.find("c1")
        if runs == 1:
            read.set()
            await recorded.wait()
        if found is None:
            return False
        await changes.answers.record("jo", "late", RecordedAnswer("f", AttributeChanged(found, "d-bio")), MORNING)
        return True

    slow = asyncio.create_task(world.stores().transact(answering))
    await read.wait()
    await delete(world.stores())
    await world.stores().deletions.finish()
    recorded.set()
    assert await slow is False
    assert runs == 2
    after = await world.snapshot()
    assert [each["contacts"] for each in after["idempotentAnswers"]] == [["c2"], ["c2"]]


async def test_a_held_contact_is_written_to_once_and_stays_as_it_is(world: World, commands: Commands) -> None:
    await fill(world)
    before = await world.stores().contacts.by_ids(["c1"])
    commands.clear()

    async def work(changes: Changes) -> list[bool]:
        assert await changes.contacts.count_notes("nobody", more=1) is None
        return [await changes.contacts.hold(each) for each in ("c1", "c1", "nobody", "nobody")]

    assert await world.stores().transact(work) == [True, True, False, False]
    assert commands.names() == ["findAndModify"] * 2 + ["update"] * 3 + ["commitTransaction"]
    assert await world.stores().contacts.by_ids(["c1"]) == before
    # Who has changed the contact anyway holds it: no more is written.
    commands.clear()

    async def changing(changes: Changes) -> bool:
        await changes.contacts.put(C1)
        return await changes.contacts.hold("c1")

    assert await world.stores().transact(changing)
    reading_rules = ["find"] * 3
    placing = ["find", *reading_rules, "update"]
    assert commands.names() == ["find", "update", *placing, "find", "commitTransaction"]
    assert await world.stores("other").transact(lambda changes: changes.contacts.hold("c1")) is False


async def test_who_writes_in_again_is_a_new_contact(world: World) -> None:
    """Identities and import keys are free as soon as the contact is gone."""
    await fill(world)
    await delete(world.stores())
    again = a_contact("c9", identities=C1.identities, import_key=C1.import_key)
    await world.stores().transact(lambda changes: changes.contacts.insert(again))
    found = await world.stores().contacts.by_identities([C1.identities[0].key])
    assert found == {C1.identities[0].key: again}
    await world.stores().deletions.finish()
    assert (await world.stores().contacts.by_ids(["c9"]))["c9"] == again


async def test_the_log_is_ones_own_newest_first(world: World) -> None:
    entries = [a_deletion(f"x{each}", at=MORNING + timedelta(minutes=each // 2)) for each in range(5)]
    await add_deletions(world, *entries)
    await add_deletions(world, a_deletion("y1"), organization_id="other")
    log, newest_first = world.stores().deletions, tuple(reversed(entries))
    page = await log.page(PageRequest(3))
    assert (page.rows, page.has_previous, page.has_next) == (newest_first[:3], False, True)
    rest = await log.page(PageRequest(3, DeletionPosition(page.rows[-1].at, page.rows[-1].id)))
    assert (rest.rows, rest.has_previous, rest.has_next) == (newest_first[3:], True, False)
    back = await log.page(PageRequest(2, DeletionPosition(rest.rows[0].at, rest.rows[0].id), is_backward=True))
    assert (back.rows, back.has_previous, back.has_next) == (newest_first[1:3], True, True)
    assert (await log.count(), await world.stores("other").deletions.count()) == (5, 1)
    assert (await log.by_id("x3"), await log.by_id("y1")) == (entries[3], None)
    assert (await world.stores("nobody").deletions.page(PageRequest(3))).rows == ()
