"""The versions that notes had before, as they are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.events import NoteVersion
from domain.note_revisions import NoteRevision, RevisionPosition, revision_of
from domain.notes import ContactNote
from domain.paging import Page, PageRequest
from persistence.names import REVISIONS
from persistence.stores import Changes
from tests.builders import MORNING, a_note
from tests.conftest import World

LATER = MORNING + timedelta(hours=1)
VERSIONS = [
    replace(a_note("c1", f"Version {each}", id="n1", version=each), edited_at=LATER, edited_by_id="ada")
    for each in range(1, 13)
]
OTHER = a_note("c2", "Of another", id="n2")
NEWEST_FIRST = tuple(revision_of(each) for each in reversed(VERSIONS))
NOTHING: Page[NoteRevision] = Page((), has_previous=False, has_next=False)


async def keep(world: World, *notes: ContactNote) -> None:
    async def work(changes: Changes) -> None:
        for each in notes:
            await changes.revisions.keep(each)

    await world.stores().transact(work)


async def test_a_version_is_kept_with_whose_it_is_and_what_it_said(world: World) -> None:
    await keep(world, VERSIONS[2])
    assert (await world.snapshot())[REVISIONS] == [
        {
            "_id": "n1:3",
            "org": "acme",
            "contact": "c1",
            "note": "n1",
            "place": {"version": 3},
            "body": "Version 3",
            "agent": "ada",
            "at": LATER,
        }
    ]
    found = await world.stores().transact(lambda changes: changes.revisions.find(NoteVersion("n1", 3)))
    assert found == NoteRevision("n1", "c1", 3, "Version 3", "ada", LATER)


async def test_versions_are_listed_by_number_newest_first(world: World) -> None:
    await keep(world, *VERSIONS, OTHER)
    revisions = world.stores().revisions
    assert await revisions.pages(["n1", "n2", "n3"], PageRequest(3)) == {
        "n1": Page(NEWEST_FIRST[:3], has_previous=False, has_next=True),
        "n2": Page((revision_of(OTHER),), has_previous=False, has_next=False),
        "n3": NOTHING,
    }
    # The tenth follows on the eleventh, as numbers do and texts do not.
    after = await revisions.pages(["n1"], PageRequest(3, RevisionPosition(11)))
    assert after == {"n1": Page(NEWEST_FIRST[2:5], has_previous=True, has_next=True)}
    before = await revisions.pages(["n1"], PageRequest(20, RevisionPosition(9), is_backward=True))
    assert before == {"n1": Page(NEWEST_FIRST[:3], has_previous=False, has_next=True)}
    assert await revisions.counts(["n1", "n2", "n3"]) == {"n1": 12, "n2": 1, "n3": 0}


async def test_versions_are_found_by_their_names_until_their_date(world: World) -> None:
    await keep(world, *VERSIONS[:2], OTHER)
    keys = [NoteVersion("n1", 2), NoteVersion("n1", 1), NoteVersion("n1", 3), NoteVersion("n2", 1)]
    stores = world.stores()
    kept = {each.key: each for each in map(revision_of, (*VERSIONS[:2], OTHER))}
    assert await stores.revisions.by_versions(keys, MORNING) == kept
    await stores.transact(lambda changes: changes.revisions.expire("n1", LATER))
    purged = {each["_id"]: each.get("purge") for each in (await world.snapshot())[REVISIONS]}
    assert purged == {"n1:1": LATER, "n1:2": LATER, "n2:1": None}
    assert await stores.revisions.by_versions(keys, LATER - timedelta(milliseconds=1)) == kept
    # MongoDB has not removed them yet, and still nobody sees them.
    assert await stores.revisions.by_versions(keys, LATER) == {NoteVersion("n2", 1): revision_of(OTHER)}
    await stores.transact(lambda changes: changes.revisions.expire("n1", None))
    assert await stores.revisions.by_versions(keys, LATER) == kept
    assert all("purge" not in each for each in (await world.snapshot())[REVISIONS])


async def test_another_organization_sees_and_changes_nothing(world: World) -> None:
    await keep(world, *VERSIONS[:2])
    before, theirs, key = await world.snapshot(), world.stores("other"), NoteVersion("n1", 1)
    assert await theirs.revisions.by_versions([key], MORNING) == {}
    assert await theirs.revisions.counts(["n1"]) == {"n1": 0}
    for request in (PageRequest(5), PageRequest(5, RevisionPosition(2)), PageRequest(5, RevisionPosition(1), True)):
        assert await theirs.revisions.pages(["n1"], request) == {"n1": NOTHING}
    assert await theirs.transact(lambda changes: changes.revisions.find(key)) is None
    await theirs.transact(lambda changes: changes.revisions.expire("n1", MORNING))
    assert await world.snapshot() == before
