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
from tests.builders import MORNING, a_contact, an_identity, held
from tests.conftest import Commands, World
from tests.persistence.explaining import Cost, costs_of

RARE = OfAttribute("d-bio", IsOneOf((TextValue("rare"),)))
COMMON = OfAttribute("d-rank", IsOneOf((TextValue("common"),)))
LATE = Happened(Happening.CREATED, MORNING + timedelta(hours=297), None)
NEWEST = next(each for each in ORDERS if each[0].field.value == "CREATED_AT" and each[0].direction.value == "DESC")


async def seeded(world: World, few: int) -> FindingStore:
    """Three hundred like Jane, of whom three hold something rare, are VIPs or have notes, and all something common."""
    await world.add_contacts(
        *(
            replace(
                a_contact(
                    f"c{each:03}",
                    name=f"Name {each:03}",
                    identities=(an_identity(f"t-{each}"),),
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


def words(*texts: str) -> Search:
    return Search(tuple(Term(((each,),)) for each in texts))


async def test_who_has_several_words_is_come_by_without_documents(world: World, commands: Commands) -> None:
    store = await seeded(world, few=0)
    for texts, examined in (
        # Whoever is called so need not be asked about.
        (("name", "nam"), [0, 21]),
        # Nobody of the first hundred has the other: it leads from there on.
        (("name", "29"), [0, 0, 0, 10]),
        (("name", "4444"), [0, 0, 0]),
        (("444444", "name"), [0]),
    ):
        found = await cost(world, commands, store, ContactQuery(search=words(*texts)))
        assert [each.examined for each in found] == examined, texts
        assert found[-1].returned == examined[-1]
        assert [each.tried for each in found] == [0] * len(found)


async def test_several_words_take_few_commands(world: World, commands: Commands) -> None:
    store = await seeded(world, few=0)
    # A beginning of three letters is not indexed: those with two are looked at.
    query = ContactQuery(search=words("name", "jan"))
    commands.clear()
    assert len((await store.page(PageRequest(100), query)).rows) == 100
    assert commands.names() == ["find", "find", "find"]
    commands.clear()
    page = await store.page(PageRequest(100, position(a_contact("c150", name="Name 150"))), query)
    assert (len(page.rows), page.has_previous, page.has_next) == (100, True, True)
    assert commands.names() == ["find", "find", "find", "find"]
    commands.clear()
    assert await store.count(query) == 300
    assert commands.names() == ["find", "find", "aggregate"]


async def test_those_whom_a_filter_does_not_leave_are_looked_at_in_ever_larger_parts(
    world: World, commands: Commands
) -> None:
    store = await seeded(world, few=0)
    query = ContactQuery(search=words("name", "nam"), filter=RARE)
    probe, *found = await cost(world, commands, store, query)
    assert probe.examined == 1
    looked_at = [(each.examined, each.returned) for each in found if each.examined]
    assert looked_at == [(21, 3), (84, 0), (195, 0)]
    commands.clear()
    assert await store.count(query) == 3
    probe, *found = await costs_of(world.driver, list(commands.sent))
    assert [each.examined for each in found if each.examined] == [300]


async def test_where_a_filter_leaves_few_those_are_looked_at_for_several_words(
    world: World, commands: Commands
) -> None:
    store = await seeded(world, few=5)
    query = ContactQuery(search=words("name", "nam"), filter=RARE)
    *_, found = await cost(world, commands, store, query)
    assert (found.examined, found.returned) == (3, 3)
    commands.clear()
    assert await store.count(query) == 3
    *_, found = await costs_of(world.driver, list(commands.sent))
    assert found.examined == 3


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
