"""Finding contacts: what the database answers is what looking at every contact would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact
from domain.filters import EVERYBODY, Filter, OfAttribute
from domain.finding import ContactQuery
from domain.ids import new_id
from domain.ordering import ORDERS, ContactPosition, Order, position
from domain.outcomes import Invalid
from domain.paging import PageRequest
from domain.search import Search, search_for
from domain.vip import VipStatus
from persistence.derived import contact_document
from persistence.driver import DriverName
from persistence.finding import FindingStore
from persistence.names import CONTACTS
from persistence.word_walks import Key, Walk
from tests.builders import MORNING, a_contact
from tests.conftest import World
from tests.persistence.finding_model import (
    DEFINITIONS,
    FILTERS,
    NOW,
    SAMPLES,
    SEARCHES,
    SEVERAL_WORDS,
    SOME_FILTERS,
    SOURCES,
    a_found_contact,
    beyond,
    conditions_for,
    listed,
    some_contacts,
)


@pytest.fixture
def driver_name() -> DriverName:
    """One of the two: what is asked for is the same by either, and tests of each store see to how it is answered."""
    return DriverName.PYMONGO


quick = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


EVERY_WAY = st.sampled_from([0, 2_000])
"""Contacts that may be read and sorted: with none, even few are come across in the list's own order."""
KEYS_PER_ROW = st.sampled_from([1, 100])
"""Keys of the index of words that are read first: with one, the contacts are come by in many parts."""


async def kept(world: World, contacts: Sequence[Contact], few: int = 2_000, keys_per_row: int = 100) -> FindingStore:
    """Keep these contacts and no others."""
    rows = world.driver.collection(CONTACTS)
    await rows.delete_many({"org": "acme"})
    if contacts:
        await rows.insert_many([contact_document(each, "acme", DEFINITIONS) for each in contacts])
    return FindingStore(world.driver, "acme", few=few, keys_per_row=keys_per_row)


def search(text: str, sources: tuple[str, ...] = SOURCES) -> Search | None:
    found = search_for(text, sources=sources, region="DE" if text.startswith("0") else "US")
    return None if isinstance(found, Invalid) else found


async def check(store: FindingStore, contacts: Sequence[Contact], query: ContactQuery, size: int = 50) -> None:
    expected = listed(contacts, query)
    for backward in (False, True):
        assert await paged(store, query, size, backward=backward) == expected, query
    assert await store.count(query) == len(expected)


async def paged(store: FindingStore, query: ContactQuery, size: int, *, backward: bool) -> list[Contact]:
    """Return the whole list, page by page from its start or its end."""
    rows: list[Contact] = []
    place: ContactPosition | None = None
    while True:
        page = await store.page(PageRequest(size, place, is_backward=backward), query)
        has_more, has_behind = page.has_next, page.has_previous
        if backward:
            has_more, has_behind = has_behind, has_more
        rows = [*page.rows, *rows] if backward else [*rows, *page.rows]
        assert has_behind is (place is not None)
        if not has_more:
            return rows
        place = position(page.rows[0 if backward else -1], query.order)


async def test_each_test_of_each_type_is_passed_by_the_same_values(world: World) -> None:
    """Of every value there is a contact, and some have none."""
    values = [(each, value) for each in DEFINITIONS for value in (None, *SAMPLES[each.value_type])]
    contacts = [
        a_contact(f"c{number:03}", values=(HeldValue(each.id, value, Provenance(Source.API, MORNING), 1),))
        for number, (each, value) in enumerate(values)
    ]
    store = await kept(world, [*contacts, a_contact("nothing")])
    for each in DEFINITIONS[:-1]:
        for test in conditions_for(each.value_type):
            query = ContactQuery(filter=OfAttribute(each.id, test))
            expected = listed(contacts, query)
            assert list((await store.page(PageRequest(100), query)).rows) == expected, query
            assert await store.count(query) == len(expected)


@given(some_contacts(8), st.lists(FILTERS, min_size=6, max_size=6), st.sampled_from(ORDERS), EVERY_WAY)
@quick
async def test_a_filter_leaves_whom_looking_at_everyone_leaves(
    world: World, contacts: list[Contact], filters: list[Filter], order: Order, few: int
) -> None:
    store = await kept(world, contacts, few)
    for wanted in filters:
        await check(store, contacts, ContactQuery(filter=wanted, order=order))


@given(
    some_contacts(8),
    st.lists(st.sampled_from(SEARCHES), min_size=5, max_size=5, unique=True),
    st.lists(st.sampled_from(SOURCES), unique=True).map(tuple),
    st.just(EVERYBODY) | FILTERS,
    EVERY_WAY,
    KEYS_PER_ROW,
)
@quick
async def test_a_search_finds_whom_looking_at_every_word_finds(
    world: World,
    contacts: list[Contact],
    texts: list[str],
    sources: tuple[str, ...],
    wanted: Filter,
    few: int,
    keys_per_row: int,
) -> None:
    store = await kept(world, contacts, few, keys_per_row)
    for text in texts:
        await check(store, contacts, ContactQuery(search=search(text, sources), filter=wanted), size=2)


CHANGES: dict[str, Callable[[Contact], Contact]] = {
    "renamed": lambda each: replace(each, name=f"{each.name} II" if len(each.name) < 20 else "A"),
    "noted": lambda each: replace(each, note_count=(each.note_count + 1) % 3),
    "promoted": lambda each: replace(each, vip=VipStatus(NOW, "jo", None, None)),
    "demoted": lambda each: replace(each, vip=None),
    "updated": lambda each: replace(each, updated_at=each.updated_at + timedelta(hours=1)),
}


LISTS = st.builds(ContactQuery, filter=st.sampled_from(SOME_FILTERS), order=st.sampled_from(ORDERS))
SEARCHED_LISTS = st.builds(
    ContactQuery,
    # Half of them are for one word.
    st.sampled_from(["j", "jane", "r", "20", *SEVERAL_WORDS[:4]]).map(search),
    st.sampled_from(SOME_FILTERS),
    st.sampled_from(ORDERS[:2]),
)
QUERIES = LISTS | SEARCHED_LISTS


@given(st.data())
@settings(quick, max_examples=80)
async def test_who_is_there_throughout_is_neither_lost_nor_repeated(world: World, data: st.DataObject) -> None:
    contacts = data.draw(some_contacts(14))
    query = data.draw(QUERIES)
    order, backward = query.order, data.draw(st.booleans())
    store = await kept(world, contacts, data.draw(EVERY_WAY), data.draw(KEYS_PER_ROW))
    now, touched = {each.id: each for each in contacts}, set[str]()
    seen: list[str] = []
    place: ContactPosition | None = None
    while True:
        size = data.draw(st.integers(1, 4))
        page = await store.page(PageRequest(size, place, is_backward=backward), query)
        onward = [each.id for each in (reversed(page.rows) if backward else page.rows)]
        seen += onward
        whole = listed(list(now.values()), query)
        left = beyond(whole, place, order, backward=backward)
        has_more, has_behind = len(left) > size, len(left) < len(whole)
        assert onward == [each.id for each in left[:size]]
        assert (page.has_previous, page.has_next) == ((has_more, has_behind) if backward else (has_behind, has_more))
        if not has_more:
            break
        place = position(page.rows[0 if backward else -1], order)
        for _ in range(data.draw(st.integers(0, 2))):
            touched |= await change(world, data, now)
    throughout = [each.id for each in listed(contacts, query) if each.id not in touched]
    assert [each for each in seen if each not in touched] == (throughout[::-1] if backward else throughout)


async def change(world: World, data: st.DataObject, now: dict[str, Contact]) -> set[str]:
    """Add, delete or change one; returns its id."""
    rows = world.driver.collection(CONTACTS)
    kind = data.draw(st.sampled_from(["added", "deleted", *CHANGES]))
    if kind == "added" or not now:
        made = data.draw(a_found_contact(f"c{data.draw(st.integers(0, 14))}-{new_id()}"))
        now[made.id] = made
        await rows.insert_one(contact_document(made, "acme", DEFINITIONS))
        return {made.id}
    chosen = data.draw(st.sampled_from(sorted(now)))
    before = now.pop(chosen)
    await rows.delete_one({"_id": chosen})
    if kind != "deleted":
        now[chosen] = CHANGES[kind](before)
        await rows.insert_one(contact_document(now[chosen], "acme", DEFINITIONS))
    return {chosen}


async def test_who_is_renamed_while_a_search_for_several_words_goes_on_has_moved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that ended with the new name would pass over all between the two."""
    contacts = [a_contact(f"c{each}", name=f"Jane {each} Roe") for each in range(6)]
    store = await kept(world, contacts)
    take = Walk.take

    async def take_and_rename(walk: Walk, count: int) -> Sequence[Key]:
        taken = await take(walk, count)
        moved = contact_document(replace(contacts[2], name="Zoe Jane Roe"), "acme", DEFINITIONS)
        await world.driver.collection(CONTACTS).replace_one({"_id": "c2"}, moved)
        return taken

    monkeypatch.setattr(Walk, "take", take_and_rename)
    page = await store.page(PageRequest(3), ContactQuery(search=search("jane roe")))
    assert [each.id for each in page.rows] == ["c0", "c1", "c3"]
    assert page.has_next


async def test_what_is_before_a_place_of_a_search_for_several_words_is_there_without_who_was_at_it(
    world: World,
) -> None:
    contacts = [a_contact(f"c{each}", name=f"Jane {each} Roe") for each in range(4)]
    store = await kept(world, [contacts[0], contacts[2]], keys_per_row=1)
    query = ContactQuery(search=search("jane roe"))
    for gone, has_before, has_behind in ((1, True, True), (3, True, False)):
        place = position(contacts[gone])
        after = await store.page(PageRequest(1, place), query)
        before = await store.page(PageRequest(1, place, is_backward=True), query)
        assert (bool(after.rows), after.has_previous) == (has_behind, has_before)
        assert (bool(before.rows), before.has_next) == (has_before, has_behind)
    # Who is at the place is before what comes after it, also where nobody else is.
    first = await store.page(PageRequest(1, position(contacts[0])), query)
    assert ([each.id for each in first.rows], first.has_previous, first.has_next) == (["c2"], True, False)
    # Who was renamed is behind the place of the old name.
    moved = await store.page(PageRequest(1, position(replace(contacts[0], name="Jane"))), query)
    assert ([each.id for each in moved.rows], moved.has_previous) == (["c0"], False)
