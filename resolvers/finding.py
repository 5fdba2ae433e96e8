"""Finding contacts: by what is typed, by conditions, in an order. What is hidden from the asker finds nobody."""

from __future__ import annotations

from domain.contacts import Contact
from domain.definitions import ValueType
from domain.filter_checks import checked_test
from domain.filters import OfAttribute, Test
from domain.finding import EVERYONE, ContactQuery, TooBroad
from domain.ordering import ContactPosition
from domain.outcomes import Invalid, Kind, NotFound
from domain.paging import Page, PageRequest
from domain.search import Search, search_for, searched_sources
from persistence.deadlines import TooSlowError
from resolvers.context import Context


async def page(
    context: Context, request: PageRequest[ContactPosition], query: ContactQuery = EVERYONE
) -> Page[Contact] | TooBroad:
    """Return a page of the organization's contacts."""
    try:
        found = await context.stores.finding.page(request, query)
    except TooSlowError:
        return TooBroad()
    context.loaders.contact_by_id.prime_many({each.id: each for each in found.rows})
    return found


async def count(context: Context, query: ContactQuery = EVERYONE) -> int | TooBroad:
    try:
        return await context.stores.finding.count(query)
    except TooSlowError:
        return TooBroad()


def search(context: Context, text: str) -> Search | Invalid:
    """Return what the text looks for, in what the asker may see, or why it is refused."""
    directory = context.directory
    sources = searched_sources(directory.definitions)
    return search_for(text, sources=sources, region=directory.organization.region)


def attribute_condition(
    context: Context, key: str, value_type: ValueType | None, test: Test
) -> OfAttribute | Invalid | NotFound:
    """Return the condition on the attribute of that key, or why there is none.

    Args:
        context: who asks.
        key: of a definition; a hidden or switched-off one is answered like none.
        value_type: of the attributes that the test is for; None for those of any.
        test: as it came in.
    """
    definition = context.directory.definition(key)
    if definition is None or not definition.is_enabled:
        return NotFound(Kind.DEFINITION)
    checked = checked_test(definition, value_type, test, region=context.directory.organization.region)
    return checked if isinstance(checked, Invalid) else OfAttribute(definition.id, checked)
