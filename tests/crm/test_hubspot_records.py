"""Reading HubSpot's records by id, and writing to them: at most once, and never over another's change."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from starlette.responses import JSONResponse

from domain.crm import (
    CrmFailed,
    CrmRecord,
    FailureReason,
    Field,
    FieldWrite,
    RecordMissing,
    RecordWritten,
    WriteConflict,
    WriteRejected,
)
from tests.crm.hubspot_server import CHANGED, CONTACTS, Asked, HubSpotHost, HubSpotServer, Properties, error

URL = "https://app.hubspot.com/contacts/4711/record/0-1/"
OWN = "firstname,lastname,email,lastmodifieddate"


def ada() -> Properties:
    return {"firstname": "Ada", "lastname": "Byron", "orders": "12", "city": "Bonn", "interests": "Tea;Jam"}


def a_write(fields: Mapping[str, Field | None], expected: Mapping[str, Field | None] | None = None) -> FieldWrite:
    return FieldWrite("key", "101", fields, {} if expected is None else expected)


async def test_records_are_read_by_id_and_absent_where_they_are_gone(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada(), "102": {"email": "mary@example.com", "city": " "}, "103": {}})
    connector = hubspot(server)
    records = await connector.read(["102", "404", "101", "102", "SF-1", "103"], ["city", "unknown"])
    assert records == {
        "101": CrmRecord("101", {"city": "Bonn"}, "Ada Byron", f"{URL}101", CHANGED),
        "102": CrmRecord("102", {"city": None}, "mary@example.com", f"{URL}102", CHANGED),
        "103": CrmRecord("103", {"city": None}, None, f"{URL}103", CHANGED),
    }
    [request] = server.asked
    assert (request.method, request.path) == ("POST", f"{CONTACTS}/batch/read")
    assert request.body == {
        "inputs": [{"id": "102"}, {"id": "404"}, {"id": "101"}, {"id": "103"}],
        "properties": ["city", "unknown", "firstname", "lastname", "email", "lastmodifieddate"],
        "propertiesWithHistory": [],
    }


async def test_one_that_was_merged_into_another_is_absent(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada()}, merged={"100": "101"})
    connector = hubspot(server)
    assert await connector.read(["100"], []) == {}


async def test_a_hundred_are_read_at_once(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({str(number): {} for number in range(120)})
    connector = hubspot(server)
    records = await connector.read([str(number) for number in range(110)], [])
    assert await connector.read([], []) == await connector.read(["SF-1"], []) == {}
    assert not isinstance(records, CrmFailed)
    assert list(records) == list(map(str, [*reversed(range(100)), *reversed(range(100, 110))]))
    assert [len(each.body["inputs"]) for each in server.asked] == [100, 10]


async def test_fields_are_written_in_one_step(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada()})
    fields = {"orders": 13.0, "city": None, "is_partner": True, "interests": ("Jam", "Tea"), "segment": "Gold"}
    connector = hubspot(server)
    answer = await connector.write(a_write(fields, {"orders": 12.0, "city": "Bonn", "is_partner": None}))
    told = {"orders": "13", "city": None, "is_partner": "true", "interests": "Tea;Jam", "segment": "Gold"}
    assert answer == RecordWritten(CrmRecord("101", told, "Ada Byron", f"{URL}101", CHANGED))
    assert server.asked == [
        Asked("GET", f"{CONTACTS}/101?properties=orders,city,is_partner,interests,segment,{OWN}", None),
        Asked(
            "PATCH",
            f"{CONTACTS}/101",
            # The interests are held already.
            {"properties": {"orders": "13", "city": "", "is_partner": "true", "segment": "Gold"}},
        ),
    ]
    assert server.contacts["101"] == {**ada(), **told}


async def test_what_the_answer_leaves_out_is_as_it_was_written(hubspot: HubSpotHost) -> None:
    changed = {"id": "101", "properties": {}, "updatedAt": "2026-11-24T09:00:00Z"}
    server = HubSpotServer({"101": ada()}, instead=[None, lambda: JSONResponse(changed)])
    answer = await hubspot(server).write(a_write({"orders": 13.0, "city": "Bonn"}))
    told = {"orders": "13", "city": "Bonn"}
    assert answer == RecordWritten(
        CrmRecord("101", told, "Ada Byron", f"{URL}101", CHANGED.replace(day=24, microsecond=0))
    )


async def test_a_repetition_writes_nothing(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada()})
    write = a_write({"orders": 13.0, "city": None}, {"orders": "12", "city": "Bonn"})
    connector = hubspot(server)
    first, second = await connector.write(write), await connector.write(write)
    assert (
        first
        == second
        == RecordWritten(CrmRecord("101", {"orders": "13", "city": None}, "Ada Byron", f"{URL}101", CHANGED))
    )
    assert [each.method for each in server.asked] == ["GET", "PATCH", "GET"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"orders": 13.0}, {"orders": 11.0}),
        ({"orders": 13.0}, {"orders": None}),
        ({"segment": "Gold"}, {"segment": "Silver"}),
        ({"orders": 13.0}, {"orders": 12.0, "city": "Ulm"}),
        ({"orders": 13.0, "city": "Bonn"}, {"orders": 11.0, "city": "Ulm"}),
    ],
)
async def test_a_field_that_was_changed_meanwhile_is_a_conflict(
    hubspot: HubSpotHost, fields: Mapping[str, Field | None], expected: Mapping[str, Field | None]
) -> None:
    server = HubSpotServer({"101": ada()})
    connector = hubspot(server)
    answer = await connector.write(a_write(fields, expected))
    told = {alias: ada().get(alias) for alias in {**fields, **expected}}
    assert answer == WriteConflict(CrmRecord("101", told, "Ada Byron", f"{URL}101", CHANGED))
    assert [each.method for each in server.asked] == ["GET"]
    assert server.contacts == {"101": ada()}


async def test_a_field_that_is_held_already_stops_nobody_from_writing_the_others(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada()})
    connector = hubspot(server)
    answer = await connector.write(a_write({"orders": 12.0, "city": "Ulm"}, {"orders": 11.0, "city": "Bonn"}))
    assert isinstance(answer, RecordWritten)
    assert server.asked[1].body == {"properties": {"city": "Ulm"}}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"orders": "many"}, "orders must be a number."),
        ({"shoe_size": "44"}, "No such property."),
        ({"email": "mary@example.com"}, "Contact already exists."),
    ],
)
async def test_what_hubspot_does_not_take_is_told_in_its_words(
    hubspot: HubSpotHost, fields: Mapping[str, Field], message: str
) -> None:
    server = HubSpotServer({"101": ada(), "102": {"email": "mary@example.com"}})
    connector = hubspot(server)
    assert await connector.write(a_write(fields)) == WriteRejected(message)
    assert server.contacts == {"101": ada(), "102": {"email": "mary@example.com"}}


@pytest.mark.parametrize(
    ("message", "details", "told"),
    [
        ("x" * 501, [], "x" * 500),
        ("x", ["Wrong.", "Wrong.", " Very wrong. "], "Wrong. Very wrong."),
        ("", [], "HubSpot refuses it (status 400)."),
    ],
)
async def test_its_words_are_few(hubspot: HubSpotHost, message: str, details: list[str], told: str) -> None:
    server = HubSpotServer({"101": ada()}, instead=[None, lambda: error(400, message, *details)])
    connector = hubspot(server)
    assert await connector.write(a_write({"city": "Ulm"})) == WriteRejected(told)
    assert server.contacts == {"101": ada()}


@pytest.mark.parametrize(("record_id", "asked"), [("404", 1), ("SF-1", 0), ("../search", 0), ("", 0), ("²", 0)])
async def test_a_record_that_is_not_there_is_missing(hubspot: HubSpotHost, record_id: str, asked: int) -> None:
    server = HubSpotServer({"101": ada()})
    connector = hubspot(server)
    assert await connector.write(FieldWrite("key", record_id, {"city": "Ulm"}, {})) == RecordMissing()
    assert [each.method for each in server.asked] == ["GET"] * asked
    assert server.contacts == {"101": ada()}


async def test_a_record_that_vanishes_between_the_two_steps_is_missing(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada()}, instead=[None, lambda: error(404, "resource not found")])
    connector = hubspot(server)
    assert await connector.write(a_write({"city": "Ulm"})) == RecordMissing()
    assert server.contacts == {"101": ada()}


async def test_a_failure_of_the_second_step_is_told(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada()}, instead=[None, lambda: error(500, "oops"), None, lambda: error(418, "oops")])
    connector = hubspot(server)
    answers = [await connector.write(a_write({"city": "Ulm"})) for _ in range(2)]
    assert [each.reason for each in answers if isinstance(each, CrmFailed)] == [
        FailureReason.SERVER_ERROR,
        FailureReason.REFUSED,
    ]
    assert server.contacts == {"101": ada()}


async def test_the_check_asks_for_one_contact(hubspot: HubSpotHost) -> None:
    server = HubSpotServer({"101": ada(), "102": ada()})
    connector = hubspot(server)
    assert await connector.check() is None
    await connector.close()
    # The client is not the connector's: it still works.
    assert await connector.check() is None
    assert server.asked == [Asked("GET", f"{CONTACTS}?limit=1", None)] * 2


async def test_the_token_stays_out_of_what_is_printed(hubspot: HubSpotHost) -> None:
    connector = hubspot(HubSpotServer(), token="pat-secret")
    assert "pat-secret" not in repr(vars(connector))
