"""What goes wrong between the product and HubSpot, and how many requests HubSpot takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from crm.hubspot import HubSpotConnector
from domain.crm import CrmFailed, FailureReason, FieldWrite, LookUpQuery, RecordFound, RecordMissing
from tests.crm.hubspot_server import Clock, HubSpotHost, HubSpotServer, error

Call = Callable[[HubSpotConnector], Awaitable[object]]


async def by_address(connector: HubSpotConnector) -> object:
    [answer] = await connector.look_up([LookUpQuery({"email": "ada@example.com"})], [])
    return answer


async def by_city(connector: HubSpotConnector) -> object:
    [answer] = await connector.look_up([LookUpQuery({"city": "Bonn"})], [])
    return answer


async def reading(connector: HubSpotConnector) -> object:
    return await connector.read(["101"], ["city"])


async def writing(connector: HubSpotConnector) -> object:
    return await connector.write(FieldWrite("key", "101", {"city": "Ulm"}, {}))


async def checking(connector: HubSpotConnector) -> object:
    return await connector.check()


CALLS = [by_address, by_city, reading, writing, checking]


def people() -> dict[str, dict[str, str | None]]:
    return {"101": {"email": "ada@example.com", "city": "Bonn"}}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("response", "reason", "retry_after"),
    [
        (lambda: error(403, "scopes"), FailureReason.UNAUTHORIZED, None),
        (lambda: error(500, "oops"), FailureReason.SERVER_ERROR, None),
        (lambda: error(418, "teapot"), FailureReason.REFUSED, None),
        (lambda: JSONResponse({}, 477, {"Retry-After": "90"}), FailureReason.SERVER_ERROR, timedelta(seconds=90)),
        (lambda: JSONResponse({}, 423), FailureReason.SERVER_ERROR, None),
        (lambda: JSONResponse({}, 429, {"Retry-After": "10"}), FailureReason.RATE_LIMITED, timedelta(seconds=10)),
        (lambda: Response("<html>"), FailureReason.UNREADABLE, None),
        (lambda: JSONResponse([]), FailureReason.UNREADABLE, None),
        (lambda: JSONResponse({"results": {}}), FailureReason.UNREADABLE, None),
        (lambda: JSONResponse({"results": ["101"]}), FailureReason.UNREADABLE, None),
        (lambda: JSONResponse({"results": [{"id": 1, "properties": {}}], "id": 1}), FailureReason.UNREADABLE, None),
        (
            lambda: JSONResponse(
                {"results": [{"id": "1", "properties": {"a": 1}}], "id": "1", "properties": {"a": 1}, "total": 1}
            ),
            FailureReason.UNREADABLE,
            None,
        ),
    ],
)
async def test_every_call_ends_with_the_failure(
    hubspot: HubSpotHost,
    call: Call,
    response: Callable[[], Response],
    reason: FailureReason,
    retry_after: timedelta | None,
) -> None:
    server = HubSpotServer(people(), instead=[response])
    connector = hubspot(server)
    answer = await call(connector)
    assert isinstance(answer, CrmFailed)
    assert (answer.reason, answer.retry_after) == (reason, retry_after)
    assert len(server.asked) == 1
    assert server.contacts == people()


@pytest.mark.parametrize("call", CALLS)
async def test_every_call_bears_the_token(hubspot: HubSpotHost, call: Call) -> None:
    server = HubSpotServer(people())
    connector = hubspot(server, token="revoked")
    answer = await call(connector)
    assert isinstance(answer, CrmFailed)
    assert answer.reason is FailureReason.UNAUTHORIZED
    assert "revoked" not in answer.message
    assert server.contacts == people()


@pytest.mark.parametrize(
    "page",
    [
        {"results": []},
        {"results": [], "total": "1"},
        {"results": [], "total": 1, "paging": "next"},
        {"results": [], "total": 1, "paging": {"next": {"after": 2}}},
    ],
)
async def test_a_page_that_is_none_is_unreadable(hubspot: HubSpotHost, page: Mapping[str, Any]) -> None:
    server = HubSpotServer(people(), instead=[lambda: JSONResponse(page)])
    connector = hubspot(server)
    answer = await by_city(connector)
    assert isinstance(answer, CrmFailed)
    assert answer.reason is FailureReason.UNREADABLE


@pytest.mark.parametrize(
    ("errors", "reason"),
    [
        ([{"category": "INTERNAL_ERROR"}], FailureReason.SERVER_ERROR),
        (["INTERNAL_ERROR"], FailureReason.UNREADABLE),
        ({"category": "OBJECT_NOT_FOUND"}, FailureReason.UNREADABLE),
        ([{"category": "OBJECT_NOT_FOUND"}, {"category": "VALIDATION_ERROR"}], None),
        (None, None),
    ],
)
async def test_contacts_that_could_not_be_read_are_not_taken_for_missing(
    hubspot: HubSpotHost, errors: Any, reason: FailureReason | None
) -> None:
    server = HubSpotServer(people())
    server.instead = [lambda: JSONResponse({"results": [], "errors": errors}, 207)] * 2
    connector = hubspot(server)
    read, looked_up = await reading(connector), await by_address(connector)
    if reason is None:
        assert (read, looked_up) == ({}, RecordMissing())
    else:
        assert isinstance(read, CrmFailed)
        assert read == looked_up
        assert read.reason is reason


async def test_a_property_that_hubspot_does_not_know_is_named_and_nothing_else_of_its_words(
    hubspot: HubSpotHost,
) -> None:
    server = HubSpotServer(people())
    connector = hubspot(server)
    [answer] = await connector.look_up([LookUpQuery({"shoe_size": "44"})], ["city"])
    assert answer == CrmFailed(
        FailureReason.REFUSED,
        "HubSpot refuses the request (status 400). It names shoe_size. "
        "Check that each alias is the internal name of a property of its contacts.",
    )


async def test_who_was_found_before_a_search_failed_stays_found(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({**people(), "102": {"lastname": "Shelley"}}, instead=[None, lambda: error(502, "oops")])
    queries = [
        LookUpQuery({"email": "ada@example.com", "city": "Bonn"}),
        LookUpQuery({"lastname": "Shelley"}),
        LookUpQuery({"email": "ada@example.com", "city": "Ulm"}),
        LookUpQuery({"email": "gone@example.com"}),
    ]
    connector = hubspot(server)
    answers = await connector.look_up(queries, [])
    assert isinstance(answers[0], RecordFound)
    assert [isinstance(each, CrmFailed) for each in answers] == [False, True, True, False]
    assert answers[3] == RecordMissing()


@pytest.mark.parametrize("failing", range(8))
async def test_a_search_may_fail_at_any_step(hubspot: HubSpotHost, failing: int) -> None:
    crowd: dict[str, dict[str, str | None]] = {
        str(number): {"city": "Bonn", "lastname": "Byron"} for number in range(1_001)
    }
    server = HubSpotServer({**crowd, "7777": {"city": "Bonn", "lastname": "Shelley"}})
    server.instead = [None] * failing + [lambda: error(503, "oops")]
    queries = [LookUpQuery({"city": "Bonn", "lastname": name}) for name in ("Byron", "Godwin")]
    connector = hubspot(server)
    answers = await connector.look_up(queries, [])
    # Together; each field; both fields, together and one by one; one field of the second, who agrees in no more.
    assert [isinstance(each, CrmFailed) for each in answers] == [failing <= 5, failing <= 6]
    assert len(server.asked) == min(failing + 1, 7)


async def test_who_is_in_no_crowd_stays_found_when_the_search_in_it_fails(hubspot: HubSpotHost) -> None:
    crowd: dict[str, dict[str, str | None]] = {str(number): {"city": "Bonn"} for number in range(1_001)}
    server = HubSpotServer({**crowd, "7777": {"lastname": "Byron"}})
    server.instead = [None, None, None, lambda: error(503, "oops")]
    queries = [LookUpQuery({"lastname": "Byron"}), LookUpQuery({"city": "Bonn"}), LookUpQuery({"lastname": "Godwin"})]
    one, crowded, none = await hubspot(server).look_up(queries, [])
    assert isinstance(one, RecordFound)
    assert isinstance(crowded, CrmFailed)
    assert none == RecordMissing()


LEFT = "X-HubSpot-RateLimit-Remaining"
INTERVAL = "X-HubSpot-RateLimit-Interval-Milliseconds"
LEFT_TODAY = "X-HubSpot-RateLimit-Daily-Remaining"


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        ({LEFT: "0", INTERVAL: "10000"}, [10.0, 10.0]),
        ({LEFT: "1", INTERVAL: "10000"}, []),
        ({LEFT: "0"}, []),
        ({INTERVAL: "10000"}, []),
        ({LEFT: "none", INTERVAL: "10000"}, []),
        ({LEFT: "0", INTERVAL: "-1"}, []),
        ({LEFT: "0", INTERVAL: "9" * 10}, []),
        ({LEFT_TODAY: "1"}, []),
    ],
)
async def test_when_none_is_left_the_next_request_waits(
    hubspot: HubSpotHost, headers: dict[str, str], slept: list[float]
) -> None:
    clock = Clock()
    server = HubSpotServer(people(), headers=headers)
    connector = hubspot(server, clock=clock)
    assert [await connector.check() for _ in range(3)] == [None] * 3
    assert clock.slept == slept
    assert len(server.asked) == 3


async def test_nobody_waits_for_an_interval_that_is_over(hubspot: HubSpotHost) -> None:
    clock = Clock()
    server = HubSpotServer(people(), headers={LEFT: "0", INTERVAL: "10000"})
    connector = hubspot(server, clock=clock)
    assert await connector.check() is None
    clock.moment += timedelta(seconds=10)
    assert await connector.check() is None
    clock.moment += timedelta(seconds=4)
    assert await connector.check() is None
    assert clock.slept == [6.0]


@pytest.mark.parametrize("call", CALLS)
async def test_nobody_waits_for_long(hubspot: HubSpotHost, call: Call) -> None:
    clock = Clock()
    server = HubSpotServer(people(), headers={LEFT: "0", INTERVAL: "60000"})
    connector = hubspot(server, clock=clock)
    assert await connector.check() is None
    answer = await call(connector)
    assert answer == CrmFailed(
        FailureReason.RATE_LIMITED, "HubSpot takes no more requests for now.", timedelta(minutes=1)
    )
    assert clock.slept == []
    assert len(server.asked) == 1
    assert server.contacts == people()


@pytest.mark.parametrize(("minute", "rest"), [(0, 30), (10, 20), (29, 1), (30, 30), (59, 1)])
async def test_when_none_is_left_for_the_day_nobody_asks_before_it_may_be_over(
    hubspot: HubSpotHost, minute: int, rest: int
) -> None:
    clock = Clock(datetime(2026, 11, 23, 23, minute, tzinfo=UTC))
    server = HubSpotServer(people(), headers={LEFT_TODAY: "0"})
    connector = hubspot(server, clock=clock)
    assert await connector.check() is None
    failed = CrmFailed(FailureReason.RATE_LIMITED, "HubSpot takes no more requests today.", timedelta(minutes=rest))
    assert [await call(connector) for call in CALLS] == [failed] * len(CALLS)
    assert len(server.asked) == 1
    clock.moment += timedelta(minutes=rest)
    server.headers = {}
    assert await connector.check() is None
    assert len(server.asked) == 2
    assert server.contacts == people()
