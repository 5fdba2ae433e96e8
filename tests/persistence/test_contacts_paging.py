"""Pages of contacts by name: none is lost or repeated, whatever comes and goes meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random

import pytest

from domain.contacts import Contact
from domain.ordering import ContactPosition, position
from domain.paging import Page, PageRequest
from domain.text import sort_key
from persistence.driver import DriverName
from persistence.names import CONTACTS
from persistence.stores import Stores
from tests.builders import a_contact
from tests.conftest import World


@pytest.fixture
def driver_name() -> DriverName:
    """One of the two: what is asked for is the same by either, and tests of each store see to how it is answered."""
    return DriverName.PYMONGO


NAMES = [
    "Zoe",
    "zoé",
    "ZOË",
    "Ángel",
    "angel",
    "Bob",
    "bob  Roe",
    "Bob Roe",
    "Óscar",
    "Ünal",
    "  jane",
    "Jane",
    "ß",
    "ss",
]


async def walk(stores: Stores, sizes: Random, *, backward: bool) -> AsyncIterator[Page[Contact]]:
    """Turn page after page, each of another size, until there is none."""
    request: PageRequest[ContactPosition] = PageRequest(sizes.randint(1, 7), None, is_backward=backward)
    while True:
        page = await stores.finding.page(request)
        yield page
        if not (page.has_previous if backward else page.has_next):
            return
        edge = page.rows[0 if backward else -1]
        request = PageRequest(sizes.randint(1, 7), position(edge), is_backward=backward)


def in_order(contacts: list[Contact]) -> list[str]:
    return [each.id for each in sorted(contacts, key=lambda each: (sort_key(each.name), each.id))]


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("seed", range(2))
async def test_contacts_that_come_and_go_neither_hide_nor_repeat_one(world: World, seed: int, backward: bool) -> None:
    dice = Random(seed)
    everyone = [a_contact(f"{each:02}", name=dice.choice(NAMES)) for each in range(40)]
    await world.add_contacts(*everyone)
    await world.add_contacts(
        *[a_contact(f"x{each}", name=dice.choice(NAMES)) for each in range(9)], organization_id="other"
    )
    passing = set(dice.sample([each.id for each in everyone], 10))
    stayed = [each for each in everyone if each.id not in passing]
    seen: list[str] = []
    pages = 0
    async for page in walk(world.stores(), dice, backward=backward):
        ids = [each.id for each in page.rows]
        seen = [*ids, *seen] if backward else [*seen, *ids]
        if passing and dice.random() < 0.8:
            await world.driver.collection(CONTACTS).delete_one({"_id": passing.pop()})
        pages += 1
        await world.add_contacts(a_contact(f"n{pages:02}", name=dice.choice(NAMES)))
    assert len(seen) == len(set(seen))
    assert not any(each.startswith("x") for each in seen)
    assert [each for each in seen if each in {one.id for one in stayed}] == in_order(stayed)


async def test_equal_names_lie_in_the_order_of_their_ids(world: World) -> None:
    contacts = [
        a_contact(each, name=name) for each, name in (("3", "josé"), ("1", "Jose"), ("2", "JOSÉ "), ("0", "Kim"))
    ]
    await world.add_contacts(*contacts)
    page = await world.stores().finding.page(PageRequest(10))
    assert [each.id for each in page.rows] == ["1", "2", "3", "0"]
    assert (page.has_previous, page.has_next) == (False, False)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
async def test_whether_more_lies_on_either_side_is_true_at_every_place(world: World, size: int) -> None:
    contacts = [a_contact(str(each), name="Jane" if each < 4 else "Kim") for each in range(6)]
    await world.add_contacts(*contacts)
    store = world.stores().finding
    for place, contact in enumerate(contacts):
        after = await store.page(PageRequest(size, position(contact)))
        assert after == Page(tuple(contacts[place + 1 : place + 1 + size]), True, place + 1 + size < 6)
        start = max(0, place - size)
        before = await store.page(PageRequest(size, position(contact), is_backward=True))
        assert before == Page(tuple(contacts[start:place]), start > 0, True)
    assert await store.page(PageRequest(size)) == Page(tuple(contacts[:size]), False, size < 6)
    last = await store.page(PageRequest(size, is_backward=True))
    assert last == Page(tuple(contacts[max(0, 6 - size) :]), size < 6, False)


async def test_a_place_whose_contact_is_gone_is_still_a_place(world: World) -> None:
    contacts = [a_contact(str(each), name="Jane") for each in range(3)]
    store = world.stores().finding
    await world.add_contacts(contacts[2])
    gone = position(contacts[1])
    assert await store.page(PageRequest(5, gone)) == Page((contacts[2],), False, False)
    assert await store.page(PageRequest(5, gone, is_backward=True)) == Page((), False, True)
    await world.add_contacts(contacts[0])
    assert await store.page(PageRequest(5, gone)) == Page((contacts[2],), True, False)
    assert await store.page(PageRequest(5, gone, is_backward=True)) == Page((contacts[0],), False, True)


async def test_another_organizations_contacts_are_on_no_side(world: World) -> None:
    await world.add_contacts(a_contact("1", name="Ann"), a_contact("2"), a_contact("3"), a_contact("5", name="Zoe"))
    await world.add_contacts(a_contact("4"), organization_id="other")
    theirs = world.stores("other").finding
    for backward in (False, True):
        page = await theirs.page(PageRequest(5, position(a_contact("4")), is_backward=backward))
        assert page == Page((), has_previous=not backward, has_next=backward)
        nobody = await world.stores("third").finding.page(
            PageRequest(5, position(a_contact("2")), is_backward=backward)
        )
        assert nobody == Page((), has_previous=False, has_next=False)
