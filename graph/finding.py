"""Finding contacts: the list of them, searched, filtered and ordered."""

from typing import Annotated, NoReturn, Self

import strawberry
from graphql import GraphQLError

from domain.contacts import Contact as ContactModel
from domain.filters import EVERYBODY
from domain.finding import ContactQuery, TooBroad
from domain.ordering import BY_NAME
from domain.outcomes import Invalid
from domain.paging import Page
from domain.search import LONGEST_SEARCH, MOST_TERMS, Search
from graph.contacts import Contact
from graph.errors import BadUserInput
from graph.filter_inputs import ContactFilter
from graph.filters import filter_of
from graph.info import Info
from graph.orders import ContactOrder, contact_cursor, contact_position, order_of
from graph.paging import After, Before, First, Last, PageInfo, given, page_info, page_request
from resolvers import finding
from resolvers.context import Context

TOO_BROAD = "TOO_BROAD"


def refuse_as_too_broad() -> NoReturn:
    message = (
        "This takes too long: too many contacts have to be looked at. Narrow it, with more letters in `search` or with "
        "a condition that few contacts meet, and leave `totalCount` out."
    )
    raise GraphQLError(message, extensions={"code": TOO_BROAD})


@strawberry.type(description="A contact and its place in the list.")
class ContactEdge:
    node: Contact = strawberry.field(description="The contact.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`.")


@strawberry.type(description="A page of contacts.")
class ContactConnection:
    edges: list[ContactEdge] = strawberry.field(description="The contacts with their places.")
    nodes: list[Contact] = strawberry.field(description="The contacts alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    query: strawberry.Private[ContactQuery]

    @strawberry.field(
        description="How many there are in all, search and filter considered. Counted only when asked for: leave it "
        "out of hot paths."
    )
    async def total_count(self, info: Info) -> int:
        found = await finding.count(info.context, self.query)
        return refuse_as_too_broad() if isinstance(found, TooBroad) else found

    @classmethod
    def of(cls, page: Page[ContactModel], query: ContactQuery) -> Self:
        edges = [ContactEdge(node=Contact.of(each), cursor=contact_cursor(each, query.order)) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            query=query,
        )


def _query(
    context: Context, search: str | None, wanted: ContactFilter | None, order: list[ContactOrder] | None
) -> ContactQuery:
    if search is not None and order:
        raise BadUserInput("Leave `orderBy` out: what a search finds is listed by name.")
    return ContactQuery(
        search=None if search is None else _search(context, search),
        filter=EVERYBODY if wanted is None else filter_of(context, wanted),
        order=BY_NAME if search is not None else order_of(order),
    )


def _search(context: Context, text: str) -> Search:
    found = finding.search(context, text)
    if isinstance(found, Invalid):
        raise BadUserInput(found.message)
    return found


Searched = Annotated[
    str | None,
    strawberry.argument(
        description="Beginnings of words, without regard to accents and letter case, in the name, the handles and the "
        "searchable attributes; all of them must be there. E-mail addresses and phone numbers are found by what they "
        f"begin with, phone numbers in any usual form. 1 to {LONGEST_SEARCH} characters, at most {MOST_TERMS} words."
    ),
]
Filtered = Annotated[
    ContactFilter | None, strawberry.argument(description="Only these contacts; goes with a search too.")
]
Ordered = Annotated[
    list[ContactOrder] | None,
    strawberry.argument(
        description="By one field, or by VIP_SINCE and then NAME; by name if left out. Not together with `search`. "
        "A cursor belongs to its order."
    ),
]


@strawberry.type
class FindingQueries:
    @strawberry.field(
        description="The organization's contacts: all of them, or those that a search and a filter leave. By name, "
        "without regard to accents and letter case, if nothing else is asked for. What cannot be answered within "
        f"5 seconds ends in an error with the code {TOO_BROAD}."
    )
    async def contacts(
        self,
        info: Info,
        search: Searched = strawberry.UNSET,
        filter: Filtered = strawberry.UNSET,
        order_by: Ordered = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ContactConnection:
        query = _query(info.context, given(search), given(filter), given(order_by))
        request = page_request(first, after, last, before, contact_position(query.order))
        page = await finding.page(info.context, request, query)
        return refuse_as_too_broad() if isinstance(page, TooBroad) else ContactConnection.of(page, query)
