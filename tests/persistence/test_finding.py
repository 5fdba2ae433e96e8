"""Finding contacts: what the database answers is what looking at every contact would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.attributes import HeldValue, Provenance, Source
from domain.contacts import Contact, Network
from domain.filters import EVERYBODY, Filter, HasNotes, IsVip, NoneOf, OfAttribute, OnNetwork
from domain.finding import ContactQuery
from domain.ids import new_id
from domain.ordering import ORDERS, ContactPosition, Direction, Order, position
from domain.outcomes import Invalid
from domain.paging import PageRequest
from domain.search import Search, search_for
from domain.vip import VipStatus
from persistence.derived import contact_document
from persistence.driver import DriverName
from persistence.finding import FindingStore
from persistence.names import CONTACTS
from tests.builders import MORNING, a_contact
from tests.conftest import World
from tests.persistence.finding_model import (
    DEFINITIONS,
    FILTERS,
    NOW,
    SAMPLES,
    SEARCHED,
    SEARCHES,
    a_found_contact,
    conditions_for,
    listed,
    some_contacts,
)


@pytest.fixture
def driver_name() -> DriverName:
    """One of the two: what is asked for is the same by either, and tests of each store see to how it is answered."""
    return DriverName.PYMONGO


quick = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SOURCES = tuple(f"d-{each}" for each in SEARCHED)


EVERY_WAY = st.sampled_from([0, 2_000])
"""Contacts that may be read and sorted: with none, even few are come across in the list's own order."""
SOME_FILTERS: list[Filter] = [EVERYBODY, HasNotes(), NoneOf((IsVip(NOW),)), OnNetwork(Network.WEB_CHAT)]


async def kept(world: World, contacts: Sequence[Contact], few: int = 2_000) -> FindingStore:
    """Keep these contacts and no others."""
    rows = world.driver.collection(CONTACTS)
    await rows.delete_many({"org": "acme"})
    if contacts:
        await rows.insert_many([contact_document(each, "acme", DEFINITIONS) for each in contacts])
    return FindingStore(world.driver, "acme", few=few)


def search(text: str, sources: tuple[str, ...] = SOURCES) -> Search | None:
    found = search_for(text, sources=sources, region="DE" if text.startswith("0") else "US")
    return None if isinstance(found, Invalid) else found


async def check(store: FindingStore, contacts: Sequence[Contact], query: ContactQuery) -> None:
    expected = listed(contacts, query)
    for backward in (False, True):
        page = await store.page(PageRequest(50, is_backward=backward), query)
        assert list(page.rows) == expected, query
        assert (page.has_previous, page.has_next) == (False, False)
    assert await store.count(query) == len(expected)


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
)
@quick
async def test_a_search_finds_whom_looking_at_every_word_finds(
    world: World, contacts: list[Contact], texts: list[str], sources: tuple[str, ...], wanted: Filter, few: int
) -> None:
    store = await kept(world, contacts, few)
    for text in texts:
        await check(store, contacts, ContactQuery(search=search(text, sources), filter=wanted))


CHANGES: dict[str, Callable[[Contact], Contact]] = {
    "renamed": lambda each: replace(each, name=f"{each.name} II" if len(each.name) < 20 else "A"),
    "noted": lambda each: replace(each, note_count=(each.note_count + 1) % 3),
    "promoted": lambda each: replace(each, vip=VipStatus(NOW, "jo", None, None)),
    "demoted": lambda each: replace(each, vip=None),
    "updated": lambda each: replace(each, updated_at=each.updated_at + timedelta(hours=1)),
}


@given(st.data())
@settings(quick, max_examples=50)
async def test_who_is_there_throughout_is_neither_lost_nor_repeated(world: World, data: st.DataObject) -> None:
    contacts = data.draw(some_contacts(14))
    order = data.draw(st.sampled_from(ORDERS))
    wanted = data.draw(st.sampled_from(SOME_FILTERS))
    query = ContactQuery(filter=wanted, order=order)
    backward = data.draw(st.booleans())
    store = await kept(world, contacts, data.draw(EVERY_WAY))
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


def beyond(whole: Sequence[Contact], place: ContactPosition | None, order: Order, *, backward: bool) -> list[Contact]:
    """Return who lies behind the place (before it, nearest first, where backward) in the list as it is now."""
    onward = list(reversed(whole)) if backward else list(whole)
    return onward if place is None else [each for each in onward if is_behind(each, place, order, backward=backward)]


def is_behind(contact: Contact, place: ContactPosition, order: Order, *, backward: bool) -> bool:
    here = position(contact, order)
    for key, one, other in zip(order, here.keys, place.keys, strict=True):
        if one != other:
            # Nothing comes last, whichever way.
            later = one is None or (other is not None and (one > other) is (key.direction is Direction.ASC))  # type: ignore[operator]
            return later is not backward
    later = (here.id > place.id) is (order[-1].direction is Direction.ASC)
    return here.id != place.id and later is not backward


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
