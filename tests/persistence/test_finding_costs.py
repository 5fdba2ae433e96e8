"""What a filter costs: few contacts are found by its own index and sorted, many are come across in the list's order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from domain.filters import (
    AllOf,
    AnyOf,
    Contains,
    Filter,
    Happened,
    Happening,
    HasNotes,
    IsOneOf,
    IsVip,
    NoneOf,
    OfAttribute,
)
from domain.finding import ContactQuery
from domain.ordering import ORDERS, position
from domain.paging import PageRequest
from domain.search import Search, Term
from domain.values import TextValue
from domain.vip import VipStatus
from persistence.filter_queries import Range, ranges_of
from persistence.finding import FindingStore
from persistence.names import BY_VALUE
from tests.builders import MORNING, a_contact, held
from tests.conftest import Commands, World
from tests.persistence.explaining import Cost, costs_of

RARE = OfAttribute("d-bio", IsOneOf((TextValue("rare"),)))
COMMON = OfAttribute("d-rank", IsOneOf((TextValue("common"),)))
LATE = Happened(Happening.CREATED, MORNING + timedelta(hours=297), None)
NEWEST = next(each for each in ORDERS if each[0].field.value == "CREATED_AT" and each[0].direction.value == "DESC")


async def seeded(world: World, few: int) -> FindingStore:
    """Three hundred, of whom three hold something rare, are VIPs or have notes, and all something common."""
    await world.add_contacts(
        *(
            replace(
                a_contact(
                    f"c{each:03}",
                    name=f"Name {each:03}",
                    values=(
                        held("bio", TextValue("rare" if each < 3 else f"{each}")),
                        held("rank", TextValue("common")),
                    ),
                    vip=VipStatus(MORNING, "jo", None, None) if each < 3 else None,
                    note_count=1 if each < 3 else 0,
                ),
                created_at=MORNING + timedelta(hours=each),
            )
            for each in range(300)
        )
    )
    return FindingStore(world.driver, "acme", few=few)


async def cost(world: World, commands: Commands, store: FindingStore, query: ContactQuery) -> list[Cost]:
    commands.clear()
    await store.page(PageRequest(20), query)
    return await costs_of(world.driver, list(commands.sent))


async def test_few_are_read_by_the_index_of_what_they_share(world: World, commands: Commands) -> None:
    store = await seeded(world, few=5)
    few: list[Filter] = [RARE, IsVip(MORNING), HasNotes(), LATE, AllOf((COMMON, AllOf((RARE,))))]
    for order in ORDERS[:2]:
        for wanted in few:
            *probes, found = await cost(world, commands, store, ContactQuery(filter=wanted, order=order))
            assert found.examined == found.returned == 3, wanted
            # Of something common no more are counted than decide.
            assert all(each.examined <= 6 for each in probes)
            assert [each.tried for each in (*probes, found)] == [0] * (len(probes) + 1)


async def test_many_are_come_across_in_the_order_of_the_list(world: World, commands: Commands) -> None:
    store = await seeded(world, few=0)
    for order in ORDERS[:2]:
        for wanted in (COMMON, AnyOf((COMMON, RARE)), NoneOf((RARE, IsVip(MORNING))), AllOf((COMMON, NoneOf((RARE,))))):
            query = ContactQuery(filter=wanted, order=order)
            for place in (None, position(a_contact("c150", name="Name 150"), order)):
                commands.clear()
                page = await store.page(PageRequest(20, place), query)
                assert len(page.rows) == 20
                costs = await costs_of(world.driver, list(commands.sent))
                listing = next(each for each in costs if each.command == "find")
                assert listing.returned == 21
                assert listing.examined <= 24
                assert not {"SORT", "COLLSCAN"} & listing.stages
                assert [each.tried for each in costs] == [0] * len(costs)


async def test_a_search_goes_with_either(world: World, commands: Commands) -> None:
    search = Search((Term((("name",),)),))
    for few, examined in ((5, 3), (0, 300)):
        store = await seeded(world, few) if few else FindingStore(world.driver, "acme", few=0)
        *_, found = await cost(world, commands, store, ContactQuery(search=search, filter=RARE))
        assert (found.examined, found.returned) == (examined, 3)
        assert ("SORT" in found.stages) is (few > 0)
        assert found.tried == 0


async def test_a_range_of_the_orders_own_field_bounds_what_is_read(world: World, commands: Commands) -> None:
    store = await seeded(world, few=0)
    *_, found = await cost(world, commands, store, ContactQuery(filter=LATE, order=NEWEST))
    assert (found.examined, found.returned) == (3, 3)


async def test_counting_reads_what_is_meant(world: World, commands: Commands) -> None:
    store = await seeded(world, few=5)
    for wanted, examined in ((RARE, 3), (COMMON, 300), (NoneOf((RARE,)), 300)):
        commands.clear()
        await store.count(ContactQuery(filter=wanted))
        *_, found = await costs_of(world.driver, list(commands.sent))
        assert found.examined == examined


def test_who_holds_a_text_with_the_words_is_looked_for_among_those_who_hold_one() -> None:
    containing = OfAttribute("d-bio", Contains("words"))
    assert list(ranges_of(containing)) == [Range({"values.d": "d-bio"}, BY_VALUE)]
