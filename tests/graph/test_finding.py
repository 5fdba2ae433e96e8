"""Finding contacts: what a search finds and for whom, in which orders contacts are listed, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.contacts import Contact, Network
from domain.definitions import AttributeDefinition, ValueType
from domain.finding import EVERYONE, ContactQuery
from domain.ordering import ContactPosition
from domain.paging import Page, PageRequest
from domain.values import EmailValue, PhoneValue, TextValue, UrlValue
from persistence.driver import Driver
from persistence.finding import FindingStore
from tests.builders import a_contact, a_definition, an_agent, an_identity, an_organization, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, execute_in, refused

LIST = """query (
  $search: String, $filter: ContactFilter, $order: [ContactOrder!]
  $first: Int, $after: String, $last: Int, $before: String
) { contacts(
  search: $search, filter: $filter, orderBy: $order, first: $first, after: $after, last: $last, before: $before
) { totalCount nodes { name } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""

SEARCHABLE = (
    a_definition("email", ValueType.EMAIL, is_searchable=True),
    a_definition("phone", ValueType.PHONE, is_searchable=True),
    a_definition("website", ValueType.URL, is_searchable=True),
    a_definition("bio", is_searchable=True),
    a_definition("secret", is_searchable=True, is_admin_only=True),
    a_definition("rank"),
)
JANE = a_contact(
    "c1",
    name="Jané O'Brien",
    identities=(
        an_identity("1", handle="@surfer_girl"),
        an_identity("2", network=Network.WHATSAPP, handle="+44 20 7946 0958"),
    ),
    values=(
        held("email", EmailValue("Jane.Roe@Example.com")),
        held("phone", PhoneValue("+12022243441")),
        held("website", UrlValue("https://www.coffee.example/beans")),
        held("bio", TextValue("Writes about Kåfé, at length.")),
        held("secret", TextValue("Embargoed")),
        held("rank", TextValue("Admiral")),
    ),
)
BOB = a_contact("c2", name="Bob Roe")


async def names(world: World, *, agent: str = "jo", **variables: Any) -> list[str]:
    """Ask for a list; checks that it is counted as it is listed."""
    found = (await ask(world, LIST, variables, agent=agent))["contacts"]
    assert found["totalCount"] == len(found["nodes"])
    return [each["name"] for each in found["nodes"]]


async def define(world: World, *definitions: AttributeDefinition) -> None:
    await world.add_organization(an_organization(), [an_agent("jo")], definitions)


async def seeded(world: World) -> None:
    await define(world, *SEARCHABLE)
    await world.add_contacts(JANE, BOB)
    await world.add_contacts(a_contact("x1", name="Jané Elsewhere"), organization_id="other")


FINDS_JANE = [
    *("j", "jane", "JANÉ", "obrien", "o'brien", "O\u2019Brien", "brien", "o", "jane brien", "brien jane", " jane "),
    *("@surfer", "surfer_girl", "girl", "jane.roe@example.com", "JANE.ROE@ex", "jane@", "example", "com"),
    *("coffee.example/b", "beans", "(202) 224-3441", "+1 202 224 3441", "12022243441", "2022243441", "1-202-224"),
    *("202224", "+44 20 7946", "02079460958", "kafe", "KÅFÉ", "length writes", "jane 202 224-3441", "jane-o'brien"),
]
SIGNS = ["^jane", "jan?", "j.*", "$jane", "(jane)", "{jane}"]
"""Which are passed over, and mean nothing."""
FINDS_NOBODY = [
    *("ane", "janet", "jane smith", "roe@example.com", "https", "www", "3441", "2022243442", "+1 203", "admiral"),
    *("!", ".*", "$", "{}", "\U0001f642", "ja.*ne", "$ne", "embargoed", "elsewhere"),
]


async def test_a_search_finds_by_the_beginnings_of_words(world: World) -> None:
    await seeded(world)
    for text in FINDS_JANE:
        assert "Jané O'Brien" in await names(world, search=text), text
    assert await names(world, search="roe") == ["Bob Roe", "Jané O'Brien"]
    assert await names(world, search="roe", filter={"isVip": False, "network": "TWITTER"}) == ["Jané O'Brien"]


async def test_nothing_else_is_found_and_nothing_typed_is_a_pattern(world: World) -> None:
    await seeded(world)
    for text in FINDS_NOBODY:
        assert await names(world, search=text) == [], text
    for text in SIGNS:
        assert await names(world, search=text) == ["Jané O'Brien"], text


async def test_what_an_attribute_holds_is_searched_as_long_as_it_is_seen_and_searchable(world: World) -> None:
    await seeded(world)
    assert await names(world, search="embargoed", agent="ada") == ["Jané O'Brien"]
    assert await names(world, search="embargoed jane", agent="jo") == []
    bio = SEARCHABLE[3]
    assert await names(world, search="kafe") == ["Jané O'Brien"]
    for hidden in (
        replace(bio, is_searchable=False),
        replace(bio, is_enabled=False),
        replace(bio, is_admin_only=True),
    ):
        # What indexes hold of the contact is as it was: the definition alone counts.
        await define(world, hidden)
        for text in ("k", "kafe", "kafe jane"):
            assert await names(world, search=text) == []
        await define(world, bio)
        assert await names(world, search="kafe") == ["Jané O'Brien"]


async def test_a_searched_value_of_another_type_is_not_kept_for_searching(world: World) -> None:
    await define(world, a_definition("color", ValueType.SELECT, is_searchable=True))
    await world.add_contacts(JANE)
    assert await names(world, search="kafe") == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"search": ""}, "Write what to search for, or leave `search` out to list everyone."),
        ({"search": " \n"}, "Write what to search for, or leave `search` out to list everyone."),
        ({"search": "x" * 201}, "Search for less: at most 200 characters."),
        ({"search": "x " * 11}, "Search for fewer words: at most 10."),
        (
            {"search": "x", "order": [{"field": "NAME"}]},
            "Leave `orderBy` out: what a search finds is listed by name.",
        ),
        *(
            (
                {"order": [{"field": each} for each in fields]},
                "Order by one of NAME, CREATED_AT, UPDATED_AT, VIP_SINCE, NOTE_COUNT, or by VIP_SINCE and then NAME, "
                "each either way.",
            )
            for fields in (
                *(["NAME", "VIP_SINCE"], ["NOTE_COUNT", "NAME"], ["NAME", "NAME"], ["VIP_SINCE", "NAME", "NOTE_COUNT"]),
                ["VIP_SINCE", "VIP_SINCE"],
            )
        ),
    ],
)
async def test_what_cannot_be_found_by_is_refused(world: World, variables: Answer, message: str) -> None:
    mistake = await refused(world, LIST, variables)
    assert (mistake.code, mistake.path, mistake.message) == ("BAD_USER_INPUT", ("contacts",), message)


async def test_the_longest_search_is_answered(world: World) -> None:
    await world.add_contacts(a_contact("c1", name="x" * 200))
    assert await names(world, search="x" * 200) == ["x" * 200]
    assert await names(world, search="x " * 10) == ["x" * 200]


class OnlyCountsImpatiently(FindingStore):
    """Takes its time over a page, whatever it was told."""

    def __init__(self, driver: Driver, organization_id: str, patience_ms: int) -> None:
        super().__init__(driver, organization_id, patience_ms)
        self.patient = FindingStore(driver, organization_id)

    async def page(self, request: PageRequest[ContactPosition], query: ContactQuery = EVERYONE) -> Page[Contact]:
        return await self.patient.page(request, query)


async def test_what_takes_too_long_says_that_it_has_to_be_narrowed(world: World) -> None:
    many = tuple(held("bio", TextValue("x")) for _ in range(50))
    await world.add_contacts(*(a_contact(f"c{each}", name=f"Name {each}", values=many) for each in range(300)))
    texts = [f"{each}" for each in range(99)]
    slow = [{"attribute": {"key": "bio", "text": {"anyOf": [*texts, f"y{each}"]}}} for each in range(30)]
    context = await world.context()
    for store, path in ((FindingStore, ("contacts",)), (OnlyCountsImpatiently, ("contacts", "totalCount"))):
        finding = store(world.driver, "acme", patience_ms=1)
        impatient = replace(context, stores=replace(context.stores, finding=finding))
        [mistake] = (await execute_in(impatient, LIST, {"filter": {"or": slow}})).mistakes
        assert (mistake.code, mistake.path) == ("TOO_BROAD", path)
        assert mistake.message.startswith(
            "This takes too long: too many contacts have to be looked at. Narrow it, with"
        )
