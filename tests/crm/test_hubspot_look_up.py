"""Looking people up in HubSpot: who is found, and what is asked for that."""

from __future__ import annotations

from typing import Any

import pytest

from crm.hubspot import HubSpotConnector
from domain.crm import (
    CrmFailed,
    CrmRecord,
    Field,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
)
from tests.crm.hubspot_server import CHANGED, CONTACTS, HubSpotHost, HubSpotServer, Properties, error

FIRST = [str(number) for number in range(1_000, 1_020)]
"""Of a crowd."""
OWN = ["firstname", "lastname", "email", "lastmodifieddate"]


def query(**fields: Field) -> LookUpQuery:
    return LookUpQuery(fields)


def ids_of(answer: LookUpAnswer) -> list[str] | CrmFailed:
    match answer:
        case RecordFound(record):
            return [record.id]
        case RecordsAmbiguous(candidates):
            return [each.id for each in candidates]
        case RecordMissing():
            return []
        case CrmFailed():
            return answer


async def found(connector: HubSpotConnector, *queries: LookUpQuery) -> list[list[str] | CrmFailed]:
    return [ids_of(each) for each in await connector.look_up(queries, [])]


def filters(server: HubSpotServer, request: int = -1) -> list[dict[str, list[str]]]:
    """What a search was for: by group, the values by property."""
    groups: list[dict[str, Any]] = server.asked[request].body["filterGroups"]
    return [{each["propertyName"]: each["values"] for each in group["filters"]} for group in groups]


def a_crowd(size: int, **properties: str) -> dict[str, dict[str, str | None]]:
    return {str(number): dict(properties) for number in range(1_000, 1_000 + size)}


async def test_addresses_are_asked_for_in_one_request(hubspot: HubSpotHost) -> None:
    server = HubSpotServer(
        {
            "101": {"email": "ada@example.com", "firstname": "Ada", "lastname": "Byron", "orders": "12", "city": ""},
            "102": {"email": "Mary@Example.com", "lastname": "Shelley"},
            "103": {"email": "nobody@example.com"},
        }
    )
    queries = [query(email="mary@example.com"), query(email="Ada@Example.com"), query(email="ada@example.com")]
    connector = hubspot(server)
    answers = await connector.look_up([*queries, query(email="gone@example.com")], ["orders", "city", "unknown"])
    url = "https://app.hubspot.com/contacts/4711/record/0-1/"
    ada = CrmRecord("101", {"orders": "12", "city": None}, "Ada Byron", f"{url}101", CHANGED)
    mary = CrmRecord("102", {"orders": None, "city": None}, "Shelley", f"{url}102", CHANGED)
    assert answers == [RecordFound(mary), RecordFound(ada), RecordFound(ada), RecordMissing()]
    [request] = server.asked
    assert (request.method, request.path) == ("POST", f"{CONTACTS}/batch/read")
    assert request.body == {
        "inputs": [{"id": "mary@example.com"}, {"id": "ada@example.com"}, {"id": "gone@example.com"}],
        "properties": ["orders", "city", "unknown", "email", *OWN[:2], OWN[3], "hs_additional_emails"],
        "propertiesWithHistory": [],
        "idProperty": "email",
    }


async def test_others_are_searched_for_together(hubspot: HubSpotHost) -> None:
    server = HubSpotServer(
        {
            "1": {"phone": "030 1234567", "lastname": "Byron"},
            "2": {"customer_number": "K-77", "email": "mary@example.com"},
        }
    )
    connector = hubspot(server, portal_id=None)
    answers = await connector.look_up(
        [query(phone="+49301234567"), query(customer_number="k-77"), query(customer_number="K-78")], ["phone"]
    )
    assert answers == [
        RecordFound(CrmRecord("1", {"phone": "030 1234567"}, "Byron", None, CHANGED)),
        RecordFound(CrmRecord("2", {"phone": None}, "mary@example.com", None, CHANGED)),
        RecordMissing(),
    ]
    [request] = server.asked
    assert (request.method, request.path) == ("POST", f"{CONTACTS}/search")
    assert request.body == {
        "filterGroups": [
            {"filters": [{"propertyName": name, "operator": "IN", "values": values}]}
            for name, values in [
                ("phone", ["+49301234567"]),
                ("hs_searchable_calculated_phone_number", ["301234567"]),
                ("customer_number", ["k-77", "k-78", "K-78"]),
            ]
        ],
        "properties": ["phone", "customer_number", *OWN],
        "limit": 200,
        "after": "0",
        "sorts": [],
    }


async def test_nobody_is_asked_for_when_nobody_is_looked_up(hubspot: HubSpotHost) -> None:
    server = HubSpotServer()
    connector = hubspot(server)
    assert await connector.look_up([], ["city"]) == []
    assert server.asked == []


@pytest.mark.parametrize(
    ("fields", "agreeing"),
    [
        ({"lastname": "byron", "city": "BONN", "orders": 3.0}, ["1"]),
        ({"lastname": "Byron", "city": "Ulm"}, ["2"]),
        ({"lastname": "Byron"}, ["1", "2"]),
        ({"city": "Bonn", "lastname": "Shelley"}, ["1", "3"]),
        ({"interests": ("Jam", "Tea")}, ["3"]),
        ({"interests": ("Jam",)}, []),
        ({"is_partner": True, "segment": "Gold"}, ["3"]),
        ({"segment": "gold"}, []),
        ({"birthday": "2020-02-29"}, ["2"]),
    ],
)
async def test_who_agrees_in_most_is_the_person(
    hubspot: HubSpotHost, fields: dict[str, Field], agreeing: list[str]
) -> None:
    server = HubSpotServer(
        {
            "1": {"lastname": "Byron", "city": "Bonn", "orders": "3.0"},
            "2": {"lastname": "BYRON", "city": "Ulm", "birthday": "2020-02-29"},
            "3": {"lastname": "Shelley", "interests": "Tea;Jam", "is_partner": "true", "segment": "Gold"},
        }
    )
    connector = hubspot(server)
    assert await found(connector, LookUpQuery(fields)) == [agreeing]
    assert server.paths() == ["POST /search"]


async def test_an_address_that_nobody_has_leaves_the_other_fields(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"1": {"email": "ada@example.com", "phone": "+1 202 225 1234"}})
    connector = hubspot(server)
    assert await found(connector, query(email="new@example.com", phone="+12022251234")) == [["1"]]
    assert server.paths() == ["POST /batch/read", "POST /search"]
    assert filters(server) == [
        {"phone": ["+12022251234"]},
        {"hs_searchable_calculated_phone_number": ["2022251234"]},
    ]


async def test_who_has_the_address_and_agrees_in_all_is_not_searched_for(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"1": {"email": "ada@example.com", "city": "Bonn"}, "2": {"city": "Bonn"}})
    connector = hubspot(server)
    assert await found(connector, query(email="ada@example.com", city="Bonn")) == [["1"]]
    assert server.paths() == ["POST /batch/read"]


async def test_who_agrees_in_all_with_somebody_elses_contact_may_be_another(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"1": {"email": "ada@example.com", "city": "Bonn"}, "2": {"city": "Bonn"}})
    connector = hubspot(server)
    assert await found(connector, query(email="ada@example.com"), query(city="Bonn")) == [["1"], ["1", "2"]]


async def test_who_has_the_address_alone_is_compared_with_those_who_agree_in_more(hubspot: HubSpotHost) -> None:
    server = HubSpotServer(
        {"1": {"email": "ada@example.com"}, "2": {"city": "Bonn", "lastname": "Byron"}, "3": {"city": "Ulm"}}
    )
    connector = hubspot(server)
    assert await found(
        connector,
        query(email="ada@example.com", city="Bonn", lastname="Byron"),
        query(email="ada@example.com", city="Ulm"),
        query(city="Ulm"),
    ) == [["2"], ["1", "3"], ["3"]]
    assert server.paths() == ["POST /batch/read", "POST /search"]


async def test_a_further_address_is_the_person_too(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"1": {"email": "ada@example.com", "hs_additional_emails": "a@example.com;b@example.com"}})
    connector = hubspot(server)
    assert await found(connector, query(email="B@example.com")) == [["1"]]


async def test_of_many_who_agree_equally_twenty_are_told(hubspot: HubSpotHost) -> None:
    server = HubSpotServer(a_crowd(30, lastname="Byron"))
    connector = hubspot(server)
    [answer] = await connector.look_up([query(lastname="Byron")], ["lastname"])
    assert isinstance(answer, RecordsAmbiguous)
    assert [each.id for each in answer.candidates] == FIRST
    assert answer.candidates[0].fields == {"lastname": "Byron"}


async def test_results_are_paged(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({**a_crowd(450, city="Bonn"), "7": {"city": "Bonn", "lastname": "Byron"}})
    connector = hubspot(server)
    assert await found(connector, query(city="Bonn", lastname="Byron")) == [["7"]]
    assert [each.body["after"] for each in server.asked] == ["0", "200", "400"]
    assert all(each.body["filterGroups"] == server.asked[0].body["filterGroups"] for each in server.asked)


async def test_a_crowd_is_not_read_but_narrowed_down(hubspot: HubSpotHost) -> None:
    server = HubSpotServer(
        {
            **a_crowd(1_200, city="Bonn"),
            "7": {"city": "Bonn", "lastname": "Byron", "phone": "030 7654321"},
            "8": {"customer_number": "K-1"},
            "9": {"lastname": "Shelley", "segment": "Gold"},
        }
    )
    connector = hubspot(server)
    assert await found(
        connector,
        query(city="Bonn", lastname="Byron", phone="+49307654321"),
        query(customer_number="K-1", city="Bonn"),
        query(lastname="Shelley", segment="Gold", city="Bonn"),
        query(city="Bonn"),
    ) == [["7"], FIRST, ["9"], FIRST]
    # Six properties together; each of the first five, where only the city is crowded; then those in the city, whom
    # nobody agrees with in more: together, and each alone.
    assert [len(each.body["filterGroups"]) for each in server.asked] == [5, *[1] * 5, 1, 2, 1, 1]
    assert [filters(server, request) for request in (6, 7, 8, 9)] == [
        [{"segment": ["gold", "Gold"]}],
        [{"city": ["bonn", "Bonn"]}, {"city": ["bonn", "Bonn"]}],
        [{"city": ["bonn", "Bonn"]}],
        [{"city": ["bonn", "Bonn"]}],
    ]


async def test_in_several_crowds_at_once_hubspot_is_asked_for_who_is_in_all(hubspot: HubSpotHost) -> None:
    server = HubSpotServer(
        {
            **a_crowd(1_001, city="Bonn"),
            **{str(number): {"phone": "030 7654321"} for number in range(3_000, 4_001)},
            "7": {"city": "Bonn", "phone": "030 7654321"},
            "8": {"phone": "030 7654321", "lastname": "Byron"},
        }
    )
    connector = hubspot(server)
    assert await found(connector, query(city="Bonn", phone="+49307654321")) == [["7"]]
    assert filters(server) == [
        {"city": ["bonn", "Bonn"], "phone": ["+49307654321"]},
        {"city": ["bonn", "Bonn"], "hs_searchable_calculated_phone_number": ["307654321"]},
    ]
    assert len(server.asked) == 5
    assert await found(connector, query(lastname="Byron", phone="+49307654321")) == [["8"]]
    # Nobody in the crowd agrees in more than the phone.
    assert len(server.asked) == 5 + 4


async def test_many_people_in_a_crowd_are_asked_for_together_first(hubspot: HubSpotHost) -> None:
    names = [f"Byron {number}" for number in range(7)]
    server = HubSpotServer({str(n): {"city": "Bonn", "lastname": names[n % 7]} for n in range(1_001)})
    answers = await found(hubspot(server), *(query(city="Bonn", lastname=each) for each in names))
    assert answers == [[str(number) for number in range(own, 140, 7)] for own in range(7)]
    assert [len(each.body["filterGroups"]) for each in server.asked] == [2, 1, 1, 5, *[1] * 5, 2, 1, 1]


@pytest.mark.parametrize("further", [[], ["customer_number"]])
async def test_searches_for_a_crowd_keep_the_limits(hubspot: HubSpotHost, further: list[str]) -> None:
    names = ["city", "segment", "lastname", "firstname"]
    server = HubSpotServer(
        {
            **a_crowd(1_001, **dict.fromkeys(names, "x")),
            **{str(number): dict.fromkeys(further, "x") for number in range(3_000, 4_001)},
        }
    )
    query = LookUpQuery(dict.fromkeys([*names, *further], "x"))
    assert await found(hubspot(server), *[query] * 5) == [FIRST] * 5
    # Eighteen filters are enough for four people; a fifth crowded property is not searched for.
    narrow = server.asked[1 + len(names) + len(further) :]
    assert [len(each.body["filterGroups"]) for each in narrow] == [4, 1, 1, 1, 1, 1]
    assert {len(each) for request in range(-len(narrow), 0) for each in filters(server, request)} == {4}


async def test_a_filter_has_at_most_a_hundred_values(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"1": {"customer_number": "k99"}})
    assert (await found(hubspot(server), *(query(customer_number=f"K{n}") for n in range(100))))[99] == ["1"]
    assert [[len(values) for values in each.values()] for r in (0, 1) for each in filters(server, r)] == [[100], [100]]


async def test_a_crowd_that_many_are_looked_up_in_is_asked_about_one_by_one(hubspot: HubSpotHost) -> None:
    crowd = a_crowd(1_100, city="Bonn", lastname="Byron")
    server = HubSpotServer({**crowd, "7": {"city": "Bonn", "lastname": "Shelley"}})
    connector = hubspot(server)
    first, second = await found(connector, query(city="Bonn", lastname="Byron"), query(city="Bonn", lastname="Shelley"))
    assert (first, second) == (FIRST, ["7"])
    assert [len(each.body["filterGroups"]) for each in server.asked] == [2, 1, 1, 2, 1, 1]


async def test_a_server_that_tells_no_end_is_left(hubspot: HubSpotHost) -> None:
    server = HubSpotServer(a_crowd(60, city="Bonn"), most_results=2)
    connector = hubspot(server)
    assert await found(connector, query(city="Bonn")) == [FIRST[:10]]
    assert len(server.asked) == 6


async def test_a_hundred_people_are_few_requests_within_the_limits(hubspot: HubSpotHost) -> None:
    people: dict[str, Properties] = {
        str(n): {"work_phone": f"+49 30 {n:07}", "lastname": f"Müller-Lüdenscheidt {n}"} for n in range(100)
    }
    server = HubSpotServer(people)
    queries = [query(work_phone=f"+4930{n:07}", lastname=f"müller-lüdenscheidt {n}") for n in range(100)]
    connector = hubspot(server)
    assert await found(connector, *queries) == [[str(n)] for n in range(100)]
    assert {each.path for each in server.asked} == {f"{CONTACTS}/search"}
    assert 2 <= len(server.asked) <= 8


async def test_more_fields_than_a_search_has_groups_take_another_one(hubspot: HubSpotHost) -> None:
    names = ["city", "segment", "lastname", "firstname", "customer_number", "work_phone", "mobilephone"]
    server = HubSpotServer({"1": dict.fromkeys(names, "x"), "2": {"mobilephone": "x"}})
    connector = hubspot(server)
    assert await found(connector, LookUpQuery(dict.fromkeys(names, "x"))) == [["1"]]
    assert await found(connector, query(mobilephone="x")) == [["1", "2"]]
    assert [len(each.body["filterGroups"]) for each in server.asked] == [5, 2, 1]


async def test_fields_that_no_search_has_room_for_are_left_out(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"1": {"city": "B" * 201}, "2": {"city": "B" * 200}, "3": {"lastname": "Byron"}})
    connector = hubspot(server)
    assert await found(connector, query(city="b" * 201), query(city="b" * 200)) == [[], ["2"]]
    assert await found(connector, query(city="b" * 201, lastname="Byron")) == [["3"]]


async def test_whoever_wants_more_than_a_search_tells_reads_those_who_were_found(hubspot: HubSpotHost) -> None:
    wanted = ["city", *(f"a_property_with_quite_a_long_name_{number}" for number in range(50))]
    server = HubSpotServer({"1": {"lastname": "Byron", "city": "Bonn"}, "2": {"lastname": "Shelley"}})
    connector = hubspot(server)
    answers = await connector.look_up([query(lastname="Byron"), query(lastname="Godwin")], wanted)
    assert isinstance(answers[0], RecordFound)
    assert (answers[0].record.id, answers[0].record.fields) == ("1", {"city": "Bonn"})
    assert answers[1] == RecordMissing()
    assert server.paths() == ["POST /search", "POST /batch/read"]
    assert server.asked[0].body["properties"] == ["lastname", "firstname", "email", "lastmodifieddate"]
    assert server.asked[1].body["inputs"] == [{"id": "1"}]
    assert server.asked[1].body["properties"] == [*wanted, *OWN]


async def test_one_who_vanishes_before_being_read_is_missing(hubspot: HubSpotHost) -> None:
    wanted = [f"a_property_with_quite_a_long_name_{number}" for number in range(50)]
    server = HubSpotServer({"1": {"lastname": "Byron"}, "2": {"lastname": "Byron"}, "3": {"city": "Ulm"}})
    server.merged = {"2": "1", "3": "1"}
    connector = hubspot(server)
    one, other, *_ = await connector.look_up([query(lastname="Byron"), query(city="Ulm")], wanted)
    server.instead = [None, lambda: error(400, "no")]
    failed, missing = await connector.look_up([query(lastname="Byron"), query(city="Bonn")], wanted)
    assert ids_of(one) == ["1"]
    assert isinstance(one, RecordFound)
    assert other == missing == RecordMissing()
    assert isinstance(failed, CrmFailed)
