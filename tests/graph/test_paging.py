"""Pages: whatever their sizes and direction, they are slices of the one list; what fits no rule is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.ids import new_id
from persistence.names import NOTES
from tests.builders import MORNING, a_contact, a_note
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, contact_gid, note_gid, refused

ARGUMENTS = "$first: Int, $after: String, $last: Int, $before: String"
PASSED = "first: $first, after: $after, last: $last, before: $before"
PAGE = """{
  edges { cursor node { id } } nodes { id }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}"""
OF_NOTES = f"query ($id: ID!, {ARGUMENTS}) {{ contact(id: $id) {{ page: notes({PASSED}) {PAGE} }} }}"
OF_CONTACTS = f"query ({ARGUMENTS}) {{ page: contacts({PASSED}) {PAGE} }}"


async def page_of(world: World, contact_id: str | None, **arguments: Any) -> Answer:
    """Ask for a page of a contact's notes, or of the contacts; checks what holds for every page."""
    if contact_id is None:
        data = await ask(world, OF_CONTACTS, arguments)
    else:
        data = (await ask(world, OF_NOTES, {"id": contact_gid(contact_id), **arguments}))["contact"]
    page: Answer = data["page"]
    assert page["nodes"] == [each["node"] for each in page["edges"]]
    cursors = [each["cursor"] for each in page["edges"]]
    assert len(set(cursors)) == len(cursors)
    info = page["pageInfo"]
    assert (info["startCursor"], info["endCursor"]) == ((cursors[0], cursors[-1]) if cursors else (None, None))
    return page


def ids_of(page: Answer) -> list[str]:
    return [each["id"] for each in page["nodes"]]


async def check_pages(world: World, contact_id: str | None, whole: list[str], sizes: list[int]) -> None:
    """Page through the list in pages of the sizes, there and back again, and compare with slices of it."""
    start, cursor = 0, None
    for size in sizes:
        page = await page_of(world, contact_id, first=size, after=cursor)
        end = min(start + size, len(whole))
        assert ids_of(page) == whole[start:end]
        assert page["pageInfo"]["hasNextPage"] is (end < len(whole))
        assert page["pageInfo"]["hasPreviousPage"] is (start > 0)
        start, cursor = end, page["pageInfo"]["endCursor"] or cursor
    end, cursor = len(whole), None
    for size in sizes:
        page = await page_of(world, contact_id, last=size, before=cursor)
        start = max(end - size, 0)
        assert ids_of(page) == whole[start:end]
        assert page["pageInfo"]["hasPreviousPage"] is (start > 0)
        assert page["pageInfo"]["hasNextPage"] is (end < len(whole))
        end, cursor = start, page["pageInfo"]["startCursor"] or cursor


# The world outlives the examples; each has a contact of its own, so that none sees another's notes.
@given(
    hours=st.lists(st.integers(0, 3), max_size=12),
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_pages_of_notes_are_slices_of_the_whole_list(world: World, hours: list[int], sizes: list[int]) -> None:
    contact = a_contact()
    await world.add_contacts(contact)
    notes = [a_note(contact.id, created_at=MORNING + timedelta(hours=each)) for each in hours]
    if notes:
        await world.add_notes(*notes)
    in_order = sorted(notes, key=lambda each: (each.created_at, each.id), reverse=True)
    await check_pages(world, contact.id, [note_gid(each.id) for each in in_order], sizes)


@pytest.mark.parametrize("sizes", [[1] * 8, [2] * 5, [3] * 3, [7, 1], [100, 1], [5, 1, 3]])
async def test_pages_of_contacts_are_slices_of_the_whole_list(world: World, sizes: list[int]) -> None:
    names = ["Ann", "Jane Roe", "jane roe", "Jané Roe", "Jane Roe", "Zoe", ""]
    contacts = [a_contact(f"c{number}", name=name) for number, name in enumerate(names)]
    await world.add_contacts(*contacts)
    await check_pages(world, None, [contact_gid(f"c{each}") for each in (6, 0, 1, 2, 3, 4, 5)], sizes)


async def test_a_page_of_none_tells_whether_there_are_any(world: World) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    await world.add_notes(a_note("c1"))
    assert (await page_of(world, "c1", first=0))["pageInfo"]["hasNextPage"] is True
    assert (await page_of(world, "c1", last=0))["pageInfo"]["hasPreviousPage"] is True
    assert (await page_of(world, "c2", first=0))["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("given_size", [{}, {"first": None}, {"last": None}, {"after": None, "before": None}])
async def test_twenty_are_given_where_no_number_is(world: World, given_size: dict[str, Any]) -> None:
    await world.add_contacts(a_contact("c1"))
    notes = [a_note("c1", id=f"n{each:03}") for each in range(25)]
    await world.add_notes(*notes)
    newest = [note_gid(f"n{each:03}") for each in range(24, -1, -1)]
    page = await page_of(world, "c1", **given_size)
    assert ids_of(page) == newest[:20]
    following = await page_of(world, "c1", after=page["pageInfo"]["endCursor"])
    assert ids_of(following) == newest[20:]
    # Before a cursor, and without a number: the twenty nearest to it.
    last = following["pageInfo"]["endCursor"]
    assert ids_of(await page_of(world, "c1", before=last)) == newest[4:24]


async def test_up_to_a_hundred_are_given_at_once(world: World) -> None:
    await world.add_contacts(a_contact("c1"), *(a_contact(f"x{each:03}", name="X") for each in range(104)))
    await world.add_notes(*(a_note("c1") for _ in range(105)))
    for contact_id in ("c1", None):
        for arguments in ({"first": 100}, {"last": 100}):
            page = await page_of(world, contact_id, **arguments)
            assert len(page["nodes"]) == 100
            assert page["pageInfo"]["hasNextPage"] is ("first" in arguments)


async def test_what_comes_and_goes_between_two_pages_neither_hides_nor_repeats_a_note(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(*(a_note("c1", id=f"n{each}", created_at=MORNING) for each in range(6)))
    first = await page_of(world, "c1", first=3)
    assert ids_of(first) == [note_gid(each) for each in ("n5", "n4", "n3")]
    # A newer one comes, and the very note that the cursor points at goes.
    await world.add_notes(a_note("c1", id="n9", created_at=MORNING + timedelta(hours=1)))
    await world.driver.collection(NOTES).delete_one({"_id": "n3"})
    second = await page_of(world, "c1", first=3, after=first["pageInfo"]["endCursor"])
    assert ids_of(second) == [note_gid(each) for each in ("n2", "n1", "n0")]
    assert second["pageInfo"]["hasPreviousPage"] is True
    back = await page_of(world, "c1", last=10, before=second["pageInfo"]["startCursor"])
    assert ids_of(back) == [note_gid(each) for each in ("n9", "n5", "n4")]


async def test_contacts_of_one_operation_may_be_paged_differently(world: World) -> None:
    await world.add_contacts(a_contact("c1", name="A"), a_contact("c2", name="B"))
    await world.add_notes(
        *(a_note(owner, f"{owner} {each}", id=f"{owner}-{each}") for owner in ("c1", "c2") for each in "abc")
    )
    query = """{ contacts { nodes {
      newest: notes(first: 1) { nodes { body } } two: notes(first: 2) { nodes { body } }
      oldest: notes(last: 1) { nodes { body } }
    } } }"""

    def bodies(*found: str) -> Answer:
        return {"nodes": [{"body": each} for each in found]}

    assert (await ask(world, query))["contacts"]["nodes"] == [
        {"newest": bodies(f"{c} c"), "two": bodies(f"{c} c", f"{c} b"), "oldest": bodies(f"{c} a")}
        for c in ("c1", "c2")
    ]


BOTH = "Give `first` or `last`, not both."
AFTER_WITH_FIRST = "Give `after` with `first`, and `before` with `last`."
BEFORE_WITH_LAST = "Give `before` with `last`, and `after` with `first`."
SIZE = "Ask for 0 to 100 at a time, and page through the rest with cursors."

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"first": 1, "last": 1}, BOTH),
    ({"first": 0, "last": 0}, BOTH),
    ({"first": 101}, SIZE),
    ({"last": 101}, SIZE),
    ({"first": -1}, SIZE),
    ({"last": -1}, SIZE),
    ({"first": 2**31 - 1}, SIZE),
    ({"last": 1, "after": "x"}, AFTER_WITH_FIRST),
    ({"after": "x", "before": "x"}, AFTER_WITH_FIRST),
    ({"first": 1, "before": "x"}, BEFORE_WITH_LAST),
    ({"first": 1, "after": "x", "before": "x"}, BEFORE_WITH_LAST),
]


@pytest.mark.parametrize("query", [OF_NOTES, OF_CONTACTS])
async def test_arguments_that_do_not_fit_together_are_refused(world: World, query: str) -> None:
    await world.add_contacts(a_contact("c1"))
    path = ("contact", "page") if query is OF_NOTES else ("page",)
    for arguments, advice in WRONG:
        variables = {"id": contact_gid("c1"), **arguments} if query is OF_NOTES else arguments
        mistake = await refused(world, query, variables)
        assert (mistake.code, mistake.path, mistake.message) == ("BAD_USER_INPUT", path, advice), arguments


async def test_a_size_that_is_no_int_is_refused_before_anything_runs(world: World) -> None:
    for size in (2**31, 1.5, "1", True):
        mistake = await refused(world, OF_CONTACTS, {"first": size})
        assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ()), size


def test_new_ids_sort_by_the_time_of_making() -> None:
    """Which is why namesakes and notes of one moment are in the order of making."""
    made = [new_id() for _ in range(100)]
    assert sorted(made) == made
