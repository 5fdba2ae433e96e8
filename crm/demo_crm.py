"""The demo's CRM: speaks the protocol of `crm.http_connector`, and fails in every way that a CRM can, when told to.

For this machine alone: whoever reaches it may throw its switches and change its records.

| request | does |
|---|---|
| `POST /look-up`, signed | finds one customer, or several |
| `POST /write`, signed | writes fields of one |
| `GET /` | shows the switches, how often it was asked, and what was written |
| `POST /switches` | sets them, such as `{"status": 429, "retry_after": "2", "lasts": 1}`; `{}` switches all off |
| `GET /records/{id}` | shows a customer |
| `POST /records/{id}` | changes a customer as somebody else would, such as `{"party": "Independent"}` |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import orjson
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from crm.demo_faults import Answering, Switches, faulty_response, with_wrong_types
from crm.demo_records import Changed, DemoRecords, Refused, is_record
from crm.http_client import HttpAnswer, HttpClient, HttpLimits
from crm.signatures import SignatureFault, sign, verify
from domain import clock
from domain.crm import CrmFailed

LOOK_UP, WRITE = "/look-up", "/write"
_Answer = Callable[[Request, object, Switches], Response]


@dataclass(slots=True)
class DemoCrm:
    """What the demo's CRM holds and was asked."""

    records: DemoRecords
    key: str
    """Of the signatures, in hexadecimal digits."""
    webhook_url: str | None = None
    """Who is told, signed, of each record that changes: `{"recordIds": [id]}`."""
    switches: Switches = field(default_factory=Switches)
    now: Callable[[], datetime] = clock.now
    requests: Counter[str] = field(default_factory=Counter)
    """By path."""
    looked_up: list[object] = field(default_factory=list)
    """What each look-up asked for."""
    notified: list[HttpAnswer | CrmFailed] = field(default_factory=list)
    """What was answered to each notification."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(LOOK_UP, self._signed(self._look_up), methods=["POST"]),
                Route(WRITE, self._signed(self._write), methods=["POST"]),
                Route("/", self._show, methods=["GET"]),
                Route("/switches", self._set_switches, methods=["POST"]),
                Route("/records/{id}", self._show_record, methods=["GET"]),
                Route("/records/{id}", self._change_record, methods=["POST"]),
            ],
            # A page from elsewhere, open in a browser on this machine, must not throw the switches.
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        )

    def _signed(self, answer: _Answer) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            body = await request.body()
            # Once it is there as a whole: whoever asked may be gone by now, and it is answered all the same.
            self.requests[request.url.path] += 1
            switches = self._taken_switches()
            faulty = await faulty_response(switches, request)
            if faulty is not None:
                return faulty
            verified = verify(self.key, request.headers, body, self.now())
            if isinstance(verified, SignatureFault):
                return _told(401, f"The signature is not accepted: {verified.value}.")
            return answer(request, _json(body), switches)

        return endpoint

    def _taken_switches(self) -> Switches:
        """Return the switches as they are for this request."""
        taken = self.switches
        if taken.lasts is not None:
            self.switches = replace(taken, lasts=taken.lasts - 1) if taken.lasts > 1 else Switches()
        return taken

    def _look_up(self, request: Request, given: object, switches: Switches) -> Response:
        self.looked_up.append(given)
        found = []
        for each in given if isinstance(given, list) else [given]:
            if not is_record(each) or not each:
                return _told(400, "What is known of a customer is a JSON object by alias, and not empty.")
            found.append(self.records.find(each))
        if not isinstance(given, list) and found == [None]:
            return Response(status_code=404)
        answer = found if isinstance(given, list) else found[0]
        return JSONResponse(with_wrong_types(answer) if switches.answering is Answering.WRONG_TYPES else answer)

    def _write(self, request: Request, given: object, switches: Switches) -> Response:
        key, told = request.headers.get("idempotency-key"), given if isinstance(given, dict) else {}
        record_id, values = told.get(self.records.record_id_alias), told.get("attributes")
        expected = told.get("expected", {})
        if key is None or not isinstance(record_id, str) or not is_record(values) or not is_record(expected):
            return _told(400, "A write has a key, a record's id, attributes and what is expected of them.")
        if switches.rejects_with is not None:
            return _told(422, switches.rejects_with)
        count = len(self.records.applied)
        match self.records.write(key, record_id, values, expected):
            case None:
                return Response(status_code=404)
            case Refused(message):
                return _told(422, message)
            case Changed(record):
                return JSONResponse(record, 409)
            case record:
                is_new = len(self.records.applied) > count
                return JSONResponse(record, background=self._notification(record_id) if is_new else None)

    async def _show(self, request: Request) -> Response:
        applied = [asdict(each) for each in self.records.applied]
        counts = {"records": len(self.records.records), "requests": dict(self.requests)}
        return JSONResponse({**counts, "switches": self.switches.json(), "applied": applied})

    async def _set_switches(self, request: Request) -> Response:
        switches = Switches.of(await _given(request))
        if isinstance(switches, str):
            return _told(400, switches)
        self.switches = switches
        return JSONResponse(switches.json())

    async def _show_record(self, request: Request) -> Response:
        record = self.records.record(request.path_params["id"])
        return Response(status_code=404) if record is None else JSONResponse(record)

    async def _change_record(self, request: Request) -> Response:
        values = await _given(request)
        if not is_record(values):
            return _told(400, "What is to be changed is a JSON object by alias.")
        record_id = request.path_params["id"]
        record = self.records.change(record_id, values)
        if record is None:
            return Response(status_code=404)
        return JSONResponse(record, background=self._notification(record_id))

    def _notification(self, record_id: str) -> BackgroundTask:
        return BackgroundTask(self.notify, record_id)

    async def notify(self, *record_ids: str) -> None:
        """Tell of records that have changed, where somebody wants to be told."""
        if self.webhook_url is None:
            return
        body = orjson.dumps({"recordIds": record_ids})
        headers = {"content-type": "application/json", **sign(self.key, body, self.now())}
        client = HttpClient(HttpLimits(allow_private=True))
        try:
            self.notified.append(await client.send("POST", self.webhook_url, headers=headers, body=body))
        finally:
            await client.close()


def _told(status: int, message: str) -> Response:
    return JSONResponse({"message": message}, status)


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


async def _given(request: Request) -> object:
    # A page from elsewhere can send no JSON without being asked for permission first.
    is_json = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    return _json(await request.body()) if is_json else None
