from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from crm.demo_crm import WRITE
from crm.demo_faults import Answering, Switches
from crm.http_client import HttpClient
from crm.http_connector import AT_ONCE, HttpConnector
from crm.http_records import Records
from domain.crm import (
    CrmFailed,
    CrmRecord,
    FailureReason,
    Field,
    FieldWrite,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
    RecordWritten,
    WriteAnswer,
    WriteConflict,
    WriteRejected,
)
from domain.crm_settings import HttpConnection, Sealed
from tests.crm.serving import AMY, BERNARD, ID, KEY, MARIA, Raw, RunningCrm, happened, running_demo_crm, running_raw

CONNECTION = HttpConnection("https://crm.test/", Sealed(""), ID)
WANTED = ("party", "terms_served", "committees", "is_chair", "district", "share", "nothing")
FIELDS: dict[str, Field | None] = {
    "party": "Democrat",
    "terms_served": 6.0,
    "committees": ("Finance", "Indian Affairs"),
    "is_chair": True,
    "district": None,
    "share": 0.5,
}
KNOWN = LookUpQuery({"phone": "+12022243441"})
UNKNOWN = LookUpQuery({"phone": "+12022249999"})
EQUAL = LookUpQuery({"party": "Democrat"})


def maria(demo: RunningCrm, **fields: Field | None) -> CrmRecord:
    updated_at = datetime.fromisoformat(str(demo.held("C000127")["updated_at"]))
    return CrmRecord("C000127", fields, "Maria Cantwell", f"{demo.url}/records/C000127", updated_at)


def connector(demo: RunningCrm, client: HttpClient, **changes: Any) -> HttpConnector:
    return HttpConnector(replace(demo.connection, **changes), KEY, client)


def failed(answer: object, reason: FailureReason, *words: str) -> None:
    assert isinstance(answer, CrmFailed), answer
    assert answer.reason is reason
    assert [each for each in words if each not in answer.message] == []


@pytest.mark.parametrize("takes_several", [False, True])
async def test_people_are_found_in_the_order_in_which_they_were_asked_for(
    takes_several: bool, demo: RunningCrm, client: HttpClient
) -> None:
    crm = connector(demo, client, takes_several=takes_several)
    answers = await crm.look_up([UNKNOWN, KNOWN, EQUAL, KNOWN], WANTED)
    found = RecordFound(maria(demo, **FIELDS))
    assert answers[0] == RecordMissing()
    assert answers[1] == answers[3] == found
    assert isinstance(answers[2], RecordsAmbiguous)
    assert [(each.id, each.name) for each in answers[2].candidates] == [
        ("C000127", "Maria Cantwell"),
        ("K000367", "Amy Klobuchar"),
    ]
    assert demo.asked() == (1 if takes_several else 4)


async def test_nobody_asked_for_is_no_request(demo: RunningCrm, client: HttpClient) -> None:
    assert await connector(demo, client).look_up([], WANTED) == []
    assert await connector(demo, client).read([], WANTED) == {}
    assert demo.asked() == 0


async def test_only_wanted_fields_are_told(demo: RunningCrm, client: HttpClient) -> None:
    (answer,) = await connector(demo, client).look_up([KNOWN], ["state", ID])
    assert answer == RecordFound(maria(demo, state="WA", account_number="C000127"))


async def test_what_is_known_is_sent_as_others_write_it(demo: RunningCrm, client: HttpClient) -> None:
    query = LookUpQuery({"terms_served": 6.0, "share": 0.5, "is_chair": True, "committees": ("Finance",)})
    await connector(demo, client).look_up([query], ())
    assert orjson.dumps(demo.crm.looked_up) == (
        b'[{"terms_served":6,"share":0.5,"is_chair":true,"committees":["Finance"]}]'
    )


async def test_at_most_eight_requests_run_side_by_side(demo: RunningCrm, client: HttpClient) -> None:
    demo.crm.switches = Switches(slow_seconds=0.5)
    asking = asyncio.create_task(connector(demo, client).look_up([KNOWN] * 12, ()))
    await happened(lambda: demo.asked() == 8)
    await asyncio.sleep(0.1)
    assert demo.asked() == AT_ONCE == 8
    assert [type(each) for each in await asking] == [RecordFound] * 12
    assert demo.asked() == 12


async def test_a_crm_that_is_down_is_not_asked_for_everybody(demo: RunningCrm, client: HttpClient) -> None:
    demo.crm.switches = Switches(status=500)
    answers = await connector(demo, client).look_up([KNOWN] * 100, ())
    assert {type(each) for each in answers} == {CrmFailed}
    assert len(answers) == 100
    assert demo.asked() <= 2 * AT_ONCE


@pytest.mark.parametrize("body", [b"null", b" null\n", b"{}", b"[]"])
async def test_spellings_of_nobody(body: bytes, client: HttpClient) -> None:
    assert await looked_up(client, body) == [RecordMissing()]


@pytest.mark.parametrize("status", [b"404 Not Found", b"204 No Content"])
async def test_statuses_of_nobody(status: bytes, client: HttpClient) -> None:
    assert await looked_up(client, b"", status=status) == [RecordMissing()]


@pytest.mark.parametrize("takes_several", [False, True])
@pytest.mark.parametrize("status", [b"400 No", b"405 No", b"409 No", b"413 No", b"422 No"])
async def test_a_look_up_that_is_not_accepted_is_refused(
    takes_several: bool, status: bytes, client: HttpClient
) -> None:
    (answer,) = await looked_up(client, b"{}", status=status, takes_several=takes_several)
    failed(answer, FailureReason.REFUSED, status[:3].decode())


@pytest.mark.parametrize(
    "body", [b"", b"{", b"<html>", b'"text"', b"5", b"true", b'["a"]', b"[null]", b"[[]]", b"[{}]"]
)
async def test_what_is_no_record_is_unreadable(body: bytes, client: HttpClient) -> None:
    (answer,) = await looked_up(client, body)
    failed(answer, FailureReason.UNREADABLE)


@pytest.mark.parametrize("record_id", ["null", '""', '" "', "true", "1.5", "[]", "{}", '"%s"' % ("a" * 501)])
async def test_a_record_without_an_id_is_unreadable(record_id: str, client: HttpClient) -> None:
    for body in (f'{{"{ID}": {record_id}, "party": "secret"}}', '{"party": "secret"}'):
        (answer,) = await looked_up(client, body.encode())
        failed(answer, FailureReason.UNREADABLE, "«account_number»")
        assert isinstance(answer, CrmFailed)
        assert "secret" not in answer.message


@pytest.mark.parametrize(("record_id", "expected"), [("17", "17"), ('"17"', "17"), ('" a"', " a"), ("-5", "-5")])
async def test_ids_are_text_or_numbers(record_id: str, expected: str, client: HttpClient) -> None:
    body = f'{{"{ID}": {record_id}}}'.encode()
    assert await looked_up(client, body) == [RecordFound(CrmRecord(expected, {}))]


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[]", b"[null]", b"[null, null, null]", b'{"0": null}'])
async def test_several_are_answered_one_by_one_or_not_at_all(body: bytes, client: HttpClient) -> None:
    answers = await looked_up(client, body, KNOWN, UNKNOWN, takes_several=True)
    assert len(answers) == 2
    for each in answers:
        failed(each, FailureReason.UNREADABLE, "array")


async def test_each_of_several_has_an_answer_of_its_own(client: HttpClient) -> None:
    body = orjson.dumps([None, {}, [], {ID: "1"}, [{ID: "1"}, {ID: "2"}], [{ID: "1"}, {ID: "1"}], "text", {"a": 1}])
    answers = await looked_up(client, body, *[KNOWN] * 8, takes_several=True)
    first, second = CrmRecord("1", {}), CrmRecord("2", {})
    assert answers[:3] == [RecordMissing()] * 3
    assert answers[3:6] == [RecordFound(first), RecordsAmbiguous((first, second)), RecordFound(first)]
    failed(answers[6], FailureReason.UNREADABLE)
    failed(answers[7], FailureReason.UNREADABLE)


async def test_at_most_twenty_candidates_are_told(client: HttpClient) -> None:
    records = [{ID: each} for each in range(30)]
    (answer,) = await looked_up(client, orjson.dumps(records))
    assert answer == RecordsAmbiguous(tuple(CrmRecord(str(each), {}) for each in range(20)))


@pytest.mark.parametrize("wrong", ["{}", '{"a": "secret"}', '["a", 1]', "[null]", "[[]]"])
async def test_a_wanted_field_of_another_type_is_named(wrong: str, client: HttpClient) -> None:
    body = f'{{"{ID}": "1", "party": {wrong}, "state": "WA"}}'.encode()
    (answer,) = await looked_up(client, body, wanted=["state", "party"])
    failed(answer, FailureReason.UNREADABLE, "«party»")
    assert isinstance(answer, CrmFailed)
    assert "secret" not in answer.message
    assert await looked_up(client, body, wanted=["state"]) == [RecordFound(CrmRecord("1", {"state": "WA"}))]


@pytest.mark.parametrize(
    ("spelt", "field"),
    [
        ('"a"', "a"),
        ('""', ""),
        ("6", 6.0),
        ("-0.5", -0.5),
        ("9007199254740992", 9007199254740992.0),
        ("9007199254740993", "9007199254740993"),
        ("-9007199254740993", "-9007199254740993"),
        ("true", True),
        ("null", None),
        ("[]", None),
        ('["a", "b"]', ("a", "b")),
    ],
)
async def test_json_as_fields(spelt: str, field: Field | None, client: HttpClient) -> None:
    (answer,) = await looked_up(client, f'{{"{ID}": "1", "party": {spelt}}}'.encode(), wanted=["party"])
    assert answer == RecordFound(CrmRecord("1", {"party": field}))
    assert isinstance(answer, RecordFound)
    assert type(answer.record.fields["party"]) is type(field)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T05:04:05+02:00", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (5, None),
        (None, None),
    ],
)
def test_when_a_record_was_changed(told: object, expected: datetime | None) -> None:
    record = Records(replace(CONNECTION, updated_at_alias="at")).record_of({ID: "1", "at": told}, ())
    assert isinstance(record, CrmRecord)
    assert record.updated_at == expected
    if expected is not None and record.updated_at is not None:
        assert record.updated_at.tzinfo is UTC


@pytest.mark.parametrize(("told", "expected"), [(" Maria ", "Maria"), ("  ", None), (5, None), ({}, None)])
def test_what_a_record_is_called(told: object, expected: str | None) -> None:
    record = Records(replace(CONNECTION, name_alias="name")).record_of({ID: "1", "name": told}, ())
    assert record == CrmRecord("1", {}, expected)


def test_an_id_is_escaped_in_the_address_of_its_page() -> None:
    records = Records(replace(CONNECTION, record_url="https://crm.test/{id}?q={id}"))
    record = records.record_of({ID: "a/b?#é {id}"}, ())
    assert isinstance(record, CrmRecord)
    escaped = "a%2Fb%3F%23%C3%A9%20%7Bid%7D"
    assert record.url == f"https://crm.test/{escaped}?q={escaped}"


async def test_records_are_read_by_their_ids(demo: RunningCrm, client: HttpClient) -> None:
    for takes_several in (False, True):
        crm = connector(demo, client, takes_several=takes_several)
        found = await crm.read(["S 33/b", "gone", "C000127"], ["party"])
        assert isinstance(found, dict)
        assert list(found) == ["S 33/b", "C000127"]
        assert found["C000127"] == maria(demo, party="Democrat")
        assert found["S 33/b"].fields == {"party": "Independent"}
        assert found["S 33/b"].url == f"{demo.url}/records/S%2033%2Fb"


@pytest.mark.parametrize("body", [b'{"account_number": "2"}', b'[{"account_number": "1"}, {"account_number": "2"}]'])
async def test_another_record_than_the_one_that_is_read_is_none(body: bytes, client: HttpClient) -> None:
    async with running_raw(answer_of(body)) as raw:
        failed(await raw_connector(raw, client).read(["1"], ()), FailureReason.UNREADABLE, "«account_number»")


async def test_a_failure_of_one_is_one_of_reading(demo: RunningCrm, client: HttpClient) -> None:
    demo.crm.switches = Switches(status=500)
    failed(await connector(demo, client).read(["C000127", "K000367"], ()), FailureReason.SERVER_ERROR)


def a_write(key: str = "k1", record_id: str = "C000127", **changes: Any) -> FieldWrite:
    given: dict[str, Any] = {"fields": {"party": "Independent"}, "expected": {"party": "Democrat"}, **changes}
    return FieldWrite(key, record_id, **given)


async def test_fields_are_written(demo: RunningCrm, client: HttpClient) -> None:
    fields: dict[str, Field | None] = {"party": None, "terms_served": 7.0, "committees": ("Energy",), "is_chair": False}
    write = a_write(fields=fields, expected={"party": "Democrat", "terms_served": 6.0})
    answer = await connector(demo, client).write(write)
    assert answer == RecordWritten(maria(demo, **fields))
    held = {"party": None, "terms_served": 7, "committees": ["Energy"], "is_chair": False}
    assert demo.held("C000127") == {**MARIA, **held, "updated_at": demo.held("C000127")["updated_at"]}
    assert [(each.key, each.record_id, each.values) for each in demo.crm.records.applied] == [("k1", "C000127", held)]


async def test_a_key_writes_once(demo: RunningCrm, client: HttpClient) -> None:
    crm = connector(demo, client)
    first = await crm.write(a_write())
    demo.crm.records.change("C000127", {"party": "Other"})
    again = await crm.write(a_write())
    assert isinstance(first, RecordWritten)
    assert again == RecordWritten(maria(demo, party="Other"))
    assert [each.key for each in demo.crm.records.applied] == ["k1", None]


async def test_what_was_changed_meanwhile_is_not_overwritten(demo: RunningCrm, client: HttpClient) -> None:
    demo.crm.records.change("C000127", {"party": "Other"})
    assert await connector(demo, client).write(a_write()) == WriteConflict(maria(demo, party="Other"))
    assert demo.held("C000127")["party"] == "Other"
    assert [each.key for each in demo.crm.records.applied] == [None]


async def test_what_the_crm_holds_already_is_no_conflict(demo: RunningCrm, client: HttpClient) -> None:
    demo.crm.records.change("C000127", {"party": "Independent"})
    assert isinstance(await connector(demo, client).write(a_write()), RecordWritten)


async def test_a_record_that_is_gone(demo: RunningCrm, client: HttpClient) -> None:
    assert await connector(demo, client).write(a_write(record_id="gone")) == RecordMissing()
    assert demo.crm.records.applied == []


async def test_a_crm_that_is_only_read_is_not_asked(demo: RunningCrm, client: HttpClient) -> None:
    failed(await connector(demo, client, write_url=None).write(a_write()), FailureReason.REFUSED)
    assert demo.asked(WRITE) == 0


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("Not \u202eyours\x00\x1b[1m\nto change. ", "Not yours[1m to change."),
        ("é" * 600, "é" * 500),
        ("\x00", "The CRM does not take it, and does not say why."),
    ],
)
async def test_a_write_is_rejected_in_the_words_of_the_crm(
    told: str, expected: str, demo: RunningCrm, client: HttpClient
) -> None:
    demo.crm.switches = Switches(rejects_with=told)
    assert await connector(demo, client).write(a_write()) == WriteRejected(expected)
    assert demo.held("C000127") == MARIA


@pytest.mark.parametrize("body", [b"", b"[]", b'{"message": 5}', b'{"error": "x"}'])
@pytest.mark.parametrize("status", [b"400 No", b"422 No"])
async def test_a_write_is_rejected_without_words(body: bytes, status: bytes, client: HttpClient) -> None:
    assert isinstance(await written(client, body, status), WriteRejected)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"account_number": "2"}', b'{"account_number": "1", "party": {}}'])
async def test_what_is_written_is_written_whatever_else_is_said(body: bytes, client: HttpClient) -> None:
    assert await written(client, body, b"200 OK") == RecordWritten()
    failed(await written(client, body, b"409 Conflict"), FailureReason.UNREADABLE)


async def test_a_write_that_is_not_accepted_is_refused(client: HttpClient) -> None:
    failed(await written(client, b"{}", b"405 No"), FailureReason.REFUSED, "405")


async def test_a_write_fails_as_any_request(demo: RunningCrm, client: HttpClient, hasty: HttpClient) -> None:
    demo.crm.switches = Switches(status=500)
    failed(await connector(demo, client).write(a_write()), FailureReason.SERVER_ERROR)
    demo.crm.switches = Switches(answering=Answering.TRICKLE)
    failed(await connector(demo, hasty).write(a_write()), FailureReason.TIMED_OUT)
    assert demo.held("C000127") == MARIA


@pytest.mark.parametrize("takes_several", [False, True])
async def test_a_connection_that_works(takes_several: bool, demo: RunningCrm, client: HttpClient) -> None:
    assert await connector(demo, client, takes_several=takes_several).check() is None
    query = {ID: "contact-graph-connection-test"}
    assert demo.crm.looked_up == [[query] if takes_several else query]


async def test_a_connection_that_does_not(demo: RunningCrm, client: HttpClient) -> None:
    failed(await HttpConnector(demo.connection, "00" * 16, client).check(), FailureReason.UNAUTHORIZED)
    async with running_raw(answer_of(b'{"account_number": "1"}')) as raw:
        failed(await raw_connector(raw, client).check(), FailureReason.UNREADABLE, "no record has")


def test_without_a_key_there_is_no_connector(client: HttpClient) -> None:
    with pytest.raises(ValueError, match="key"):
        HttpConnector(CONNECTION, "secret", client)


async def test_to_close_it_leaves_the_client_to_others(demo: RunningCrm, client: HttpClient) -> None:
    crm = connector(demo, client)
    await crm.close()
    assert await crm.check() is None


async def test_the_clock_of_the_signatures_is_the_one_that_was_given(client: HttpClient) -> None:
    then = datetime(2020, 1, 1, tzinfo=UTC)
    async with running_demo_crm([AMY, BERNARD], now=lambda: then) as demo:
        assert await HttpConnector(demo.connection, KEY, client, now=lambda: then).check() is None
        failed(await HttpConnector(demo.connection, KEY, client).check(), FailureReason.UNAUTHORIZED)


def answer_of(body: bytes, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


def raw_connector(raw: Raw, client: HttpClient, *, takes_several: bool = False) -> HttpConnector:
    url = f"http://127.0.0.1:{raw.port}/"
    return HttpConnector(HttpConnection(url, Sealed(""), ID, url, takes_several=takes_several), KEY, client)


async def looked_up(
    client: HttpClient,
    body: bytes,
    *queries: LookUpQuery,
    status: bytes = b"200 OK",
    takes_several: bool = False,
    wanted: list[str] | None = None,
) -> list[LookUpAnswer]:
    """What a CRM that answers this is understood to say."""
    body = b"" if status.startswith(b"204") else body
    async with running_raw(answer_of(body, status)) as raw:
        crm = raw_connector(raw, client, takes_several=takes_several)
        return list(await crm.look_up(queries or [KNOWN], wanted or []))


async def written(client: HttpClient, body: bytes, status: bytes) -> WriteAnswer:
    async with running_raw(answer_of(body, status)) as raw:
        return await raw_connector(raw, client).write(a_write(record_id="1"))
