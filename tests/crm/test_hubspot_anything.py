"""Whoever is looked up among whatever contacts: HubSpot's searches find what comparing everybody would."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm import hubspot_api, hubspot_finding
from domain.crm import CrmFailed, Field, LookUpAnswer, LookUpQuery, RecordFound, RecordMissing, RecordsAmbiguous
from tests.crm.hubspot_server import HubSpotHost, HubSpotServer, Properties

NUMBERS: dict[Field, list[str]] = {
    "+49301234567": ["+49301234567", "030 1234567", "+49 (0)30 1234-567", "0301234567"],
    "+12022251234": ["(202) 225-1234", "+1 202 225 1234"],
}
SAME: dict[str, dict[Field, list[str]]] = {
    "email": {each: [each, each.upper()] for each in ("ada@example.com", "mary@example.com", "jane@example.com")},
    "phone": NUMBERS,
    "mobilephone": NUMBERS,
    "lastname": {"Byron": ["Byron", "BYRON"], "Müller": ["Müller", "müller"]},
    "city": {"Bonn": ["Bonn"], "Ulm": ["ulm"]},
    "orders": {3.0: ["3", "3.0"], 10.5: ["10.50"]},
    "is_partner": {True: ["true"], False: ["false"]},
    "interests": {("Jam", "Tea"): ["Tea;Jam", "Jam;Tea"], ("Tea",): ["Tea"]},
}
"""By property, what a person's field may be, and the texts of contacts that agree with it."""


def texts(alias: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *(text for some in SAME[alias].values() for text in some)])


def fields(alias: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(list(SAME[alias]))


CONTACTS: st.SearchStrategy[Properties] = st.fixed_dictionaries({}, optional={alias: texts(alias) for alias in SAME})
QUERIES = st.fixed_dictionaries({}, optional={alias: fields(alias) for alias in SAME}).filter(bool).map(LookUpQuery)


def numbered(contacts: list[Properties]) -> dict[str, Properties]:
    """Number the contacts, as HubSpot would have them: no two with the same address."""
    kept: dict[str, Properties] = {}
    addresses = set[str]()
    for number, each in enumerate(contacts):
        address = (each.get("email") or "").lower()
        kept[str(number)] = {**each, "email": None} if address in addresses else each
        addresses |= {address} - {""}
    return kept


def agreeing(contact: Properties, query: LookUpQuery) -> int:
    return sum(contact.get(alias) in SAME[alias][each] for alias, each in query.fields.items())


def who_agrees_most(contacts: dict[str, Properties], query: LookUpQuery) -> set[str]:
    counts = {record_id: agreeing(each, query) for record_id, each in contacts.items()}
    return {record_id for record_id, count in counts.items() if count and count == max(counts.values())}


def ids_of(answer: LookUpAnswer) -> set[str]:
    match answer:
        case RecordFound(record):
            return {record.id}
        case RecordMissing():
            return set()
        case RecordsAmbiguous(candidates):
            assert 2 <= len(candidates) <= 20
            return {each.id for each in candidates}
        case CrmFailed(_, message):
            raise AssertionError(message)


# The server outlives the examples; each has contacts of its own.
@given(st.lists(CONTACTS, max_size=12), st.lists(QUERIES, min_size=1, max_size=12))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_who_is_found_is_who_agrees_most(
    hubspot: HubSpotHost, contacts: list[Properties], queries: list[LookUpQuery]
) -> None:
    server = HubSpotServer(numbered(contacts))
    answers = await hubspot(server).look_up(queries, [])
    assert [ids_of(each) for each in answers] == [who_agrees_most(server.contacts, each) for each in queries]
    # One batch of addresses, and searches of five properties: ten of them are searched.
    assert len(server.asked) <= 3


@given(st.lists(CONTACTS, max_size=8), st.lists(QUERIES, min_size=1, max_size=8))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_who_is_found_in_a_crowd_is_who_agrees_most(
    hubspot: HubSpotHost, contacts: list[Properties], queries: list[LookUpQuery]
) -> None:
    crowd: Properties = {"city": "Bonn", "is_partner": "true"}
    server = HubSpotServer(numbered([*contacts, *(crowd for _ in range(60))]))
    with pytest.MonkeyPatch.context() as patch:
        # A crowd of sixty instead of a thousand is as many as are not read.
        patch.setattr(hubspot_api, "PAGE_SIZE", 25)
        patch.setattr(hubspot_finding, "PAGE_SIZE", 25)
        patch.setattr(hubspot_finding, "_MOST_PAGES", 2)
        answers = await hubspot(server).look_up(queries, [])
    for query, answer in zip(queries, answers, strict=True):
        best = who_agrees_most(server.contacts, query)
        assert ids_of(answer) <= best
        assert len(ids_of(answer)) == min(len(best), 20)
