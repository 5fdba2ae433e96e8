from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm.demo_faults import Answering, Switches
from crm.demo_records import DemoRecords
from crm.http_client import HttpAnswer
from crm.signatures import Signed, sign, verify
from domain import clock
from domain.crm import CrmFailed, FailureReason
from tests.crm.serving import AMY, BERNARD, ID, KEY, MARIA, RunningCrm, happened
from tests.graph.serving import running


@pytest_asyncio.fixture
async def asking(demo: RunningCrm) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=demo.url, trust_env=False, verify=False) as client:
        yield client


async def signed(client: httpx.AsyncClient, path: str, content: object, **headers: str) -> httpx.Response:
    body = orjson.dumps(content)
    return await client.post(path, content=body, headers={**sign(KEY, body, clock.now()), **headers})


async def found(client: httpx.AsyncClient, **query: object) -> Any:
    answer = await signed(client, "/look-up", query)
    return None if answer.status_code == 404 else answer.json()


@pytest.mark.parametrize(
    "phone", ["202-224-3441", "+12022243441", "+1 (202) 224-3441", "2022243441", "001 202 224 3441", "224-3441"]
)
async def test_a_phone_number_is_found_by_its_digits(phone: str, asking: httpx.AsyncClient) -> None:
    assert await found(asking, phone=phone) == MARIA


@pytest.mark.parametrize("phone", ["3441", "", " ", "+99992022243441", "202-224-3442", None, 3441, ["202-224-9999"]])
async def test_another_phone_number_finds_nobody(phone: object, asking: httpx.AsyncClient) -> None:
    assert await found(asking, phone=phone) is None


async def test_who_agrees_in_most_is_found(asking: httpx.AsyncClient) -> None:
    assert await found(asking, state="MN", party="Democrat", name="nobody") == AMY
    assert await found(asking, party="democrat") == [MARIA, AMY]
    assert await found(asking, terms_served=6, is_chair=True, committees=["finance"], party="Independent ") == BERNARD
    assert await found(asking, nothing="x", district="") is None


async def test_several_are_asked_for_at_once(asking: httpx.AsyncClient) -> None:
    answer = await signed(asking, "/look-up", [{"state": "MN"}, {"state": "??"}, {"party": "Democrat"}])
    assert answer.json() == [AMY, None, [MARIA, AMY]]


@pytest.mark.parametrize("content", [None, "text", {}, [{}], [None], {"phone": {}}, {"phone": [1]}])
async def test_a_look_up_of_another_form_is_refused(content: object, asking: httpx.AsyncClient) -> None:
    assert (await signed(asking, "/look-up", content)).status_code == 400


async def test_what_is_no_json_is_refused(asking: httpx.AsyncClient) -> None:
    body = b"{"
    assert (await asking.post("/look-up", content=body, headers=sign(KEY, body, clock.now()))).status_code == 400


def test_a_crm_need_not_tell_when_a_record_was_changed() -> None:
    records = DemoRecords([{ID: "1", "state": "WI"}], ID)
    assert records.change("1", {"state": "MN"}) == {ID: "1", "state": "MN"}
    assert DemoRecords([], ID).find({"state": "MN"}) is None


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (None, "k"),
        ([], "k"),
        ({ID: "C000127", "attributes": {"party": "x"}}, None),
        ({"attributes": {"party": "x"}}, "k"),
        ({ID: 5, "attributes": {"party": "x"}}, "k"),
        ({ID: "C000127"}, "k"),
        ({ID: "C000127", "attributes": {"party": {}}}, "k"),
        ({ID: "C000127", "attributes": {"party": "x"}, "expected": []}, "k"),
    ],
)
async def test_a_write_of_another_form_is_refused(
    content: object, key: str | None, demo: RunningCrm, asking: httpx.AsyncClient
) -> None:
    headers = {} if key is None else {"idempotency-key": key}
    assert (await signed(asking, "/write", content, **headers)).status_code == 400
    assert demo.crm.records.applied == []


@pytest.mark.parametrize("alias", ["nothing", ID, "updated_at"])
async def test_a_field_that_cannot_be_changed_is_named(alias: str, demo: RunningCrm, asking: httpx.AsyncClient) -> None:
    content = {ID: "C000127", "attributes": {"party": "x", alias: "y"}}
    answer = await signed(asking, "/write", content, **{"idempotency-key": "k"})
    assert answer.status_code == 422
    assert f"«{alias}»" in answer.json()["message"]
    assert demo.held("C000127") == MARIA


@pytest.mark.parametrize(
    ("alias", "expected", "status"),
    [
        ("phone", "+12022243441", 200),
        ("phone", "+12022243442", 409),
        ("phone", None, 409),
        ("district", "", 200),
        ("terms_served", 6.0, 200),
        ("terms_served", 7, 409),
        ("committees", ["Finance", "Indian Affairs"], 200),
        ("committees", ["Finance"], 409),
        ("is_chair", False, 409),
        ("name", "maria cantwell", 409),
    ],
)
async def test_what_is_expected_is_compared_by_what_it_says(
    alias: str, expected: object, status: int, demo: RunningCrm, asking: httpx.AsyncClient
) -> None:
    content = {ID: "C000127", "attributes": {"state": "OR"}, "expected": {alias: expected}}
    answer = await signed(asking, "/write", content, **{"idempotency-key": "k"})
    assert answer.status_code == status
    assert answer.json() == demo.held("C000127")
    assert len(demo.crm.records.applied) == (1 if status == 200 else 0)


async def test_it_shows_what_it_was_asked_and_what_was_written(demo: RunningCrm, asking: httpx.AsyncClient) -> None:
    await found(asking, state="MN")
    await asking.post("/records/K000367", json={"state": "WI"})
    assert (await asking.get("/")).json() == {
        "records": 3,
        "requests": {"/look-up": 1},
        "switches": Switches().json(),
        "applied": [{"key": None, "record_id": "K000367", "values": {"state": "WI"}}],
    }
    shown = await asking.get("/records/K000367")
    assert shown.json() == demo.held("K000367")
    assert shown.json()["state"] == "WI"
    assert shown.json()["updated_at"] != AMY["updated_at"]


async def test_a_record_that_is_not_there_is_neither_shown_nor_changed(
    demo: RunningCrm, asking: httpx.AsyncClient
) -> None:
    assert (await asking.get("/records/gone")).status_code == 404
    assert (await asking.post("/records/gone", json={"state": "WI"})).status_code == 404
    assert (await asking.post("/records/K000367", json=[])).status_code == 400
    assert demo.crm.records.applied == []


async def test_switches_are_thrown_while_it_runs(demo: RunningCrm, asking: httpx.AsyncClient) -> None:
    given = {"status": 429, "retry_after": "2", "lasts": 2}
    assert (await asking.post("/switches", json=given)).json() == {**Switches().json(), **given}
    first, second, third = [await signed(asking, "/look-up", {"state": "MN"}) for _ in range(3)]
    assert (first.status_code, first.headers["retry-after"]) == (429, "2")
    assert (second.status_code, third.status_code) == (429, 200)
    await asking.post("/switches", json={"answering": "WRONG_TYPES", "slow_seconds": 0.01})
    assert demo.crm.switches == Switches(answering=Answering.WRONG_TYPES, slow_seconds=0.01)
    several = await signed(asking, "/look-up", [{"state": "MN"}, {"state": "??"}])
    assert several.json() == [{alias: {"value": value} for alias, value in AMY.items()}, None]
    await asking.post("/switches", json={})
    assert demo.crm.switches == Switches()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "object"),
        ({"statuses": 5}, "statuses"),
        ({"status": "429"}, "status"),
        ({"status": True}, "status"),
        ({"is_hanging": 1}, "is_hanging"),
        ({"answering": "NONSENSE"}, "INVALID_JSON"),
        ({"answering": []}, "INVALID_JSON"),
    ],
)
async def test_a_switch_that_is_none_is_named(
    given: object, told: str, demo: RunningCrm, asking: httpx.AsyncClient
) -> None:
    answer = await asking.post("/switches", json=given)
    assert answer.status_code == 400
    assert told in answer.json()["message"]
    assert demo.crm.switches == Switches()


async def test_no_page_from_elsewhere_throws_them(demo: RunningCrm, asking: httpx.AsyncClient) -> None:
    body = b'{"status": 500}'
    as_form = await asking.post("/switches", content=body, headers={"content-type": "text/plain"})
    by_name = await asking.post("/switches", json={"status": 500}, headers={"host": "evil.test"})
    assert (as_form.status_code, by_name.status_code) == (400, 400)
    assert demo.crm.switches == Switches()


async def test_who_wants_to_know_is_told_of_what_has_changed(demo: RunningCrm, asking: httpx.AsyncClient) -> None:
    told: list[tuple[object, bool]] = []

    async def webhook(request: Request) -> Response:
        body = await request.body()
        told.append((orjson.loads(body), isinstance(verify(KEY, request.headers, body, clock.now()), Signed)))
        return Response(status_code=204)

    write = {ID: "C000127", "attributes": {"state": "OR"}}
    async with running(Starlette(routes=[Route("/crm", webhook, methods=["POST"])])) as port:
        demo.crm.webhook_url = f"http://127.0.0.1:{port}/crm"
        for _ in range(2):
            await signed(asking, "/write", write, **{"idempotency-key": "k"})
        await asking.post("/records/K000367", json={"state": "WI"})
        await demo.crm.notify("a", "b")
        await happened(lambda: len(demo.crm.notified) == 3)
    expected = [["C000127"], ["K000367"], ["a", "b"]]
    assert sorted(told, key=str) == [({"recordIds": each}, True) for each in expected]
    assert [each.status for each in demo.crm.notified if isinstance(each, HttpAnswer)] == [204] * 3


async def test_nobody_has_to_hear_it(demo: RunningCrm) -> None:
    await demo.crm.notify("a")
    assert demo.crm.notified == []
    demo.crm.webhook_url = "http://127.0.0.1:1/"
    await demo.crm.notify("a")
    assert [each.reason for each in demo.crm.notified if isinstance(each, CrmFailed)] == [FailureReason.UNREACHABLE]
