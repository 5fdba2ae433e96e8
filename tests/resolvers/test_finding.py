"""Finding contacts: pages that spare look-ups, and what the asker may find by."""

from __future__ import annotations

from dataclasses import replace

from domain.definitions import ValueType
from domain.filters import AllOf, AnyOf, Holds, IsOneOf, OfAttribute
from domain.finding import ContactQuery, TooBroad
from domain.ordering import ContactPosition, position
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import Page, PageRequest
from domain.search import Search, Term
from domain.values import PhoneValue, TextValue
from persistence.finding import FindingStore
from resolvers import contacts, finding
from tests.builders import EVERY_TYPE, a_contact, a_definition, an_agent, an_organization, held
from tests.conftest import Commands, World

BOB, JANE = a_contact("c2", name="Bob"), a_contact("c1")
FIRST: PageRequest[ContactPosition] = PageRequest(1)


async def seeded(world: World) -> None:
    secret = a_definition("secret", is_searchable=True, is_admin_only=True)
    await world.add_organization(
        an_organization(region="DE"), [an_agent("jo")], [*EVERY_TYPE, secret, a_definition("notes", is_searchable=True)]
    )
    await world.add_contacts(JANE, BOB)
    await world.add_contacts(a_contact("x1"), organization_id="other")


async def test_a_page_is_by_name_and_spares_looking_its_contacts_up_again(world: World, commands: Commands) -> None:
    await seeded(world)
    context = await world.context()
    assert await finding.page(context, FIRST) == Page((BOB,), has_previous=False, has_next=True)
    assert await finding.page(context, PageRequest(1, position(BOB))) == Page((JANE,), True, False)
    commands.clear()
    assert [await contacts.find(context, each) for each in ("c1", "c2")] == [JANE, BOB]
    assert commands.names() == []


async def test_the_contacts_of_the_organization_are_counted(world: World) -> None:
    await seeded(world)
    assert await finding.count(await world.context()) == 2
    assert await finding.count(await world.context("mo", "other")) == 1


async def test_a_search_is_for_what_the_asker_may_see_in_the_organizations_country(world: World) -> None:
    await seeded(world)
    jo, ada = await world.context(), await world.context("ada")
    assert finding.search(jo, "x") == Search((Term((("x",),)),), ("d-notes",))
    assert finding.search(ada, "x") == Search((Term((("x",),)),), ("d-notes", "d-secret"))
    number = finding.search(jo, "030 123456")
    assert isinstance(number, Search)
    assert ("+4930123456", "30123456") in number.terms[0].readings
    refused = finding.search(jo, "")
    assert isinstance(refused, Invalid)
    assert refused.code is ErrorCode.BLANK


async def test_a_condition_is_on_an_attribute_that_the_asker_may_see(world: World) -> None:
    await seeded(world)
    jo, ada = await world.context(), await world.context("ada")
    for key in ("nothing", "secret", "pager"):
        assert finding.attribute_condition(jo, key, None, Holds()) == NotFound(Kind.DEFINITION)
    assert finding.attribute_condition(ada, "secret", None, Holds()) == OfAttribute("d-secret", Holds())
    number = IsOneOf((PhoneValue("030 123456"),))
    kept = OfAttribute("d-phone", IsOneOf((PhoneValue("+4930123456"),)))
    assert finding.attribute_condition(jo, "phone", ValueType.PHONE, number) == kept
    refused = finding.attribute_condition(jo, "bio", ValueType.PHONE, number)
    assert isinstance(refused, Invalid)
    assert refused.code is ErrorCode.WRONG_TYPE


async def test_what_the_database_cannot_answer_in_time_is_too_broad(world: World) -> None:
    many = tuple(held("bio", TextValue("x")) for _ in range(50))
    await world.add_contacts(*(a_contact(f"c{each}", name=f"Name {each}", values=many) for each in range(300)))
    context = await world.context()
    stores = replace(context.stores, finding=FindingStore(world.driver, "acme", patience_ms=1, few=0))
    impatient = replace(context, stores=stores)
    texts = tuple(TextValue(f"{each}") for each in range(1_000))
    query = ContactQuery(filter=OfAttribute("d-bio", IsOneOf(texts)))
    slow = ContactQuery(filter=AnyOf(tuple(AllOf((query.filter,)) for _ in range(100))))
    assert await finding.page(impatient, PageRequest(0), slow) == TooBroad()
    assert await finding.count(impatient, slow) == TooBroad()
