"""Finding contacts: every order and search is read from its index, without sorting and without reading in vain."""

from __future__ import annotations

from domain.finding import ContactQuery
from domain.ordering import ORDERS, ContactPosition, Order, position
from domain.outcomes import Invalid
from domain.paging import PageRequest
from domain.search import search_for
from tests.persistence.explain_cases.case import Act, Case, Costs
from tests.persistence.noise import CONTACT_COUNT, a_noisy_contact
from tests.persistence.noise_merging import SURVIVORS

MIDDLE = a_noisy_contact(100)
"""In the middle of fifty contacts of one name, and of all who came about in one hour; a VIP since that day."""
SEARCHED = tuple(f"d-searched-{each}" for each in range(20))


def pages(query: ContactQuery, place: ContactPosition | None = None, *, backward: bool = False) -> Act:
    return lambda stores: stores.finding.page(PageRequest(20, place, is_backward=backward), query)


def counts(query: ContactQuery) -> Act:
    return lambda stores: stores.finding.count(query)


def search(text: str, sources: int) -> ContactQuery:
    found = search_for(text, sources=SEARCHED[:sources], region="US")
    assert not isinstance(found, Invalid)
    return ContactQuery(search=found)


def cases_of_order(order: Order) -> list[Case]:
    name = " ".join(f"{each.field.value} {each.direction.value}" for each in order)
    query, place = ContactQuery(order=order), position(MIDDLE, order)
    beside: Costs = [("find", 21), ("find", 0)]
    return [
        ("FindingStore.page", f"first {name}", pages(query), [("find", 21)]),
        ("FindingStore.page", f"last {name}", pages(query, backward=True), [("find", 21)]),
        ("FindingStore.page", f"after {name}", pages(query, place), beside),
        ("FindingStore.page", f"before {name}", pages(query, place, backward=True), beside),
    ]


def cases_of_search(text: str, sources: int, *, looked_at: bool = False) -> list[Case]:
    """All three hundred have Jane's handle; where more than a beginning is asked for, they have to be looked at."""
    query, place = search(text, sources), position(MIDDLE)
    name = f"«{text}» in {sources}"
    exact: Costs = [("find", 21), ("find", 1 if looked_at else 0)]
    return [
        ("FindingStore.page", f"first {name}", pages(query), [("find", 21)]),
        ("FindingStore.page", f"after {name}", pages(query, place), exact),
        ("FindingStore.page", f"before {name}", pages(query, place, backward=True), exact),
        ("FindingStore.count", name, counts(query), [("aggregate", CONTACT_COUNT + SURVIVORS if looked_at else 0)]),
    ]


def cases_of_several_words(sources: int) -> list[Case]:
    """Who has one word, which of those have the other, and then the documents of a page; the place is still there."""
    both, place = search("jané JAN", sources), position(MIDDLE)
    keys: Costs = [("find", 0), ("find", 0)]
    page: Costs = [*keys, ("find", 21)]
    disjoint, exact = search("bob zoe", sources), search("jané j", sources)
    name = f"in {sources}"
    return [
        ("FindingStore.page", f"first «jané JAN» {name}", pages(both), page),
        ("FindingStore.page", f"after «jané JAN» {name}", pages(both, place), [*page, ("find", 1)]),
        ("FindingStore.page", f"before «jané JAN» {name}", pages(both, place, backward=True), [*page, ("find", 1)]),
        ("FindingStore.page", f"«bob j» {name}", pages(search("bob j", sources)), page),
        ("FindingStore.page", f"«bob zoe» {name}", pages(disjoint), keys),
        ("FindingStore.count", f"«bob zoe» {name}", counts(disjoint), keys),
        ("FindingStore.count", f"«jané j» {name}", counts(exact), keys),
        ("FindingStore.count", f"«jané JAN» {name}", counts(both), [*keys, ("aggregate", CONTACT_COUNT + SURVIVORS)]),
    ]


VIPS = ContactQuery(order=ORDERS[-4])
END = position(a_noisy_contact(288), VIPS.order)
"""Five of those who became VIPs last come behind it."""
PHONE = search("+1 (902) 924 3441", 20)
"""Which can be read in several ways, in all of the attributes."""

CASES: list[Case] = [
    *(case for order in ORDERS for case in cases_of_order(order)),
    *(case for sources in (0, 1, 5, 20) for case in cases_of_search("j", sources)),
    *cases_of_search("jan", 1, looked_at=True),
    *(case for sources in (0, 20) for case in cases_of_several_words(sources)),
    ("FindingStore.page", "«jim»", pages(search("jim", 0)), [("find", 0)]),
    ("FindingStore.page", "VIPs and then others", pages(VIPS, END), [("find", 5), ("find", 16), ("find", 0)]),
    ("FindingStore.page", "phone", pages(PHONE), [("find", 0)]),
    ("FindingStore.page", "after phone", pages(PHONE, position(MIDDLE)), [("find", 0), ("find", 0)]),
    ("FindingStore.count", "everyone", counts(ContactQuery()), [("aggregate", 0)]),
]
