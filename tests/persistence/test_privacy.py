"""Receipts, tombstones and everything about one person: exactly what is stored, and for whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import timedelta

from domain.deletion import DeletionPosition
from domain.events import ContactEvent, EventKind
from domain.note_revisions import revision_of
from domain.notes import NOTE_RETENTION
from domain.paging import PageRequest
from domain.privacy import KeptNote, PersonRecord
from domain.tombstones import Tombstones, keyed_hash
from persistence.names import RECEIPTS, SECRETS, TOMBSTONES
from tests.builders import MORNING, a_contact, a_deleted_note, a_note
from tests.conftest import World
from tests.erasing import a_receipt, add_receipts
from tests.merging import add_merged

LATER = MORNING + timedelta(hours=1)
NAMES = ("email:jane@x.com", "identity:TWITTER:@jane")


async def entomb(world: World, *traces: str, organization_id: str = "acme", later: bool = False) -> None:
    at = LATER if later else MORNING
    await world.stores(organization_id).transact(lambda changes: changes.privacy.entomb(traces, at))


async def tombstones(world: World, traces: Collection[str], organization_id: str = "acme") -> Tombstones:
    return await world.stores(organization_id).transact(lambda changes: changes.privacy.tombstones(traces))


async def test_a_tombstone_is_a_hash_under_the_organizations_own_secret(world: World) -> None:
    await entomb(world, *NAMES)
    await entomb(world, NAMES[0], organization_id="other")
    snapshot = await world.snapshot()
    secrets = {each["org"]: each["secret"] for each in snapshot[SECRETS]}
    assert {org: len(secret) for org, secret in secrets.items()} == {"acme": 32, "other": 32}
    assert secrets["acme"] != secrets["other"]
    stored = {(each["org"], each["hash"], each["at"]) for each in snapshot[TOMBSTONES]}
    expected = {("acme", keyed_hash(secrets["acme"], each), MORNING) for each in NAMES}
    assert stored == expected | {("other", keyed_hash(secrets["other"], NAMES[0]), MORNING)}
    assert {name for each in snapshot[TOMBSTONES] for name in each} == {"_id", "org", "hash", "at"}


async def test_the_secret_stays_and_an_erasure_again_is_the_latest(world: World) -> None:
    await entomb(world, *NAMES)
    before = (await world.snapshot())[SECRETS]
    await entomb(world, NAMES[0], later=True)
    assert (await world.snapshot())[SECRETS] == before
    assert await tombstones(world, [*NAMES, "email:bob@x.com"]) == Tombstones({NAMES[0]: LATER, NAMES[1]: MORNING})
    assert await tombstones(world, []) == Tombstones()
    assert await tombstones(world, NAMES, "other") == Tombstones()


async def test_a_person_without_traces_needs_no_secret(world: World) -> None:
    await entomb(world)
    snapshot = await world.snapshot()
    assert (snapshot[SECRETS], snapshot[TOMBSTONES]) == ([], [])


async def test_a_receipt_comes_back_as_it_was_given(world: World) -> None:
    receipt, silent = a_receipt(), replace(a_receipt("x2"), reason=None)
    await world.stores().transact(lambda changes: changes.privacy.add(receipt))
    await world.stores().transact(lambda changes: changes.privacy.add(silent))
    assert [await world.stores().privacy.receipt(each) for each in ("x1", "x2", "x3")] == [receipt, silent, None]
    assert await world.stores("other").privacy.receipt("x1") is None
    assert (await world.snapshot())[RECEIPTS][0] == {
        "_id": "x1",
        "org": "acme",
        "deleted": "c1",
        "place": {"at": MORNING, "id": "x1"},
        "admin": "ada",
        "reason": "Asked for it.",
        "counts": asdict(receipt.counts),
    }


async def test_receipts_are_ones_own_newest_first(world: World) -> None:
    receipts = [a_receipt(f"x{each}", at=MORNING + timedelta(minutes=each // 2)) for each in range(4)]
    await add_receipts(world, *receipts, a_receipt("y1", organization_id="other"))
    store, newest_first = world.stores().privacy, tuple(reversed(receipts))
    page = await store.receipts(PageRequest(3))
    assert (page.rows, page.has_previous, page.has_next) == (newest_first[:3], False, True)
    rest = await store.receipts(PageRequest(3, DeletionPosition(page.rows[-1].at, page.rows[-1].id)))
    assert (rest.rows, rest.has_previous, rest.has_next) == (newest_first[3:], True, False)
    assert (await store.count(), await world.stores("other").privacy.count()) == (4, 1)


async def test_a_person_is_read_whole_in_the_order_of_what_happened(world: World) -> None:
    contact = a_contact("c1", note_count=2)
    await world.add_contacts(contact, a_contact("c2"))
    notes = [a_note("c1", id=f"n{each}", created_at=MORNING + timedelta(minutes=each // 2)) for each in range(3)]
    await world.add_notes(*reversed(notes), a_note("c2", id="n9"))
    events = [
        ContactEvent(f"e{each}", "c1", MORNING + timedelta(minutes=each // 2), EventKind.VIP_SET, "jo")
        for each in range(3)
    ]
    stores, anothers = world.stores(), replace(events[0], id="x", contact_id="c2")
    await stores.transact(lambda changes: changes.events.add(*reversed(events), anothers))
    await stores.transact(lambda changes: changes.notes.delete(a_deleted_note(notes[1], at=LATER)))
    kept = (KeptNote(notes[0], None, None), KeptNote(notes[1], LATER, "ada"), KeptNote(notes[2], None, None))
    earlier = [replace(notes[2], version=each, body=f"Version {each}") for each in (1, 2)]
    for each in (*reversed(earlier), a_note("c2", id="n9")):
        await stores.transact(lambda changes, each=each: changes.revisions.keep(each))  # type: ignore[misc]
    revisions = tuple(map(revision_of, earlier))
    assert await stores.privacy.person("c1", LATER) == PersonRecord(contact, kept, revisions, tuple(events), ())
    assert await stores.privacy.person("nobody", LATER) is None
    assert await world.stores("other").privacy.person("c1", LATER) is None
    # A deleted note that is past its date is there no more, whoever has not removed it yet.
    await stores.transact(lambda changes: changes.revisions.expire("n2", LATER + NOTE_RETENTION))
    later = await stores.privacy.person("c1", LATER + NOTE_RETENTION)
    assert later == PersonRecord(contact, (kept[0], kept[2]), (), tuple(events), ())


async def test_the_old_id_of_a_person_names_whom_they_became(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(a_note("c1", id="n1"))
    await add_merged(world, "c1", a_contact("c0", name="Jane R."))
    by_old_id = await world.stores().privacy.person("c0", LATER)
    assert by_old_id == await world.stores().privacy.person("c1", LATER)
    assert by_old_id is not None
    assert (by_old_id.contact.id, [each.note.id for each in by_old_id.notes]) == ("c1", ["n1"])
