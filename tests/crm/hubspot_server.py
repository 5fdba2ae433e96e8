"""A server that behaves as HubSpot's contacts API does, limits and refusals included; its people are invented."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from crm.http_client import HttpClient, HttpLimits
from crm.hubspot import HubSpotConnector
from domain.crm_settings import HubSpotConnection, Sealed
from tests.graph.serving import running

TOKEN = "pat-eu1-invented"
CONTACTS = "/crm/v3/objects/contacts"
CREATED = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
CHANGED = datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=UTC)
ALL = "email firstname lastname lastmodifieddate hs_additional_emails phone mobilephone work_phone customer_number"
TYPES = dict.fromkeys(ALL.split(), "string") | {
    "hs_searchable_calculated_phone_number": "string",
    "hs_searchable_calculated_mobile_number": "string",
    "segment": "enumeration",
    "interests": "enumeration",
    "city": "string",
    "orders": "number",
    "is_partner": "bool",
    "birthday": "date",
}
PREFIXES = ("+49", "+1")

Properties = dict[str, str | None]


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error(status: int, message: str, *details: str, category: str = "VALIDATION_ERROR") -> Response:
    told: dict[str, Any] = {"status": "error", "message": message, "correlationId": "0", "category": category}
    if details:
        told["errors"] = [{"message": each} for each in details]
    return JSONResponse(told, status)


@dataclass(frozen=True, slots=True)
class Asked:
    method: str
    path: str
    """With its query."""
    body: Any


@dataclass(slots=True)
class HubSpotServer:
    contacts: dict[str, Properties] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    """Of every answer."""
    instead: list[Callable[[], Response] | None] = field(default_factory=list)
    """What the next requests are answered with, where that is not the right thing."""
    merged: dict[str, str] = field(default_factory=dict)
    most_results: int = 200

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "PATCH"])])

    def paths(self) -> list[str]:
        return [f"{each.method} {each.path.removeprefix(CONTACTS)}" for each in self.asked]

    async def _answer(self, request: Request) -> Response:
        content = await request.body()
        query = f"?{request.url.query}" if request.url.query else ""
        body = json.loads(content) if content else None
        self.asked.append(Asked(request.method, request.url.path + query, body))
        instead = self.instead.pop(0) if self.instead else None
        if instead is not None:
            response = instead()
        elif request.headers.get("authorization") != f"Bearer {TOKEN}":
            response = error(401, "Authentication credentials not found.", category="INVALID_AUTHENTICATION")
        elif content and request.headers.get("content-type") != "application/json":
            response = error(415, "Unsupported media type.")
        else:
            response = self._route(request, body, len(content.decode()))
        response.headers.update(self.headers)
        return response

    def _route(self, request: Request, body: Any, size: int) -> Response:
        match request.method, request.url.path.removeprefix(CONTACTS).split("/"):
            case "GET", [""]:
                results = [self._told(each, ()) for each in list(self.contacts)[: int(request.query_params["limit"])]]
                return JSONResponse({"results": results})
            case "GET", ["", record_id]:
                properties = request.query_params.get("properties", "").split(",")
                record_id = self.merged.get(record_id, record_id)
                return JSONResponse(self._told(record_id, properties)) if record_id in self.contacts else _nobody()
            case "PATCH", ["", record_id]:
                return self._change(record_id, body["properties"]) if record_id in self.contacts else _nobody()
            case "POST", ["", "batch", "read"]:
                return self._batch(body)
            case "POST", ["", "search"]:
                return self._search(body) if size <= 3_000 else error(400, "The request body is too long.")
        return _nobody()

    def _told(self, record_id: str, properties: Any) -> dict[str, Any]:
        held = self.contacts[record_id]
        wanted = [each for each in properties or ("email", "firstname", "lastname") if each in TYPES]
        own = {"hs_object_id": record_id, "lastmodifieddate": stamp(CHANGED), "createdate": stamp(CREATED)}
        return {
            "id": record_id,
            "properties": {each: held.get(each) for each in wanted} | own,
            "createdAt": stamp(CREATED),
            "updatedAt": stamp(CHANGED),
            "archived": False,
        }

    def _batch(self, body: Any) -> Response:
        ids, by = [each["id"] for each in body["inputs"]], body.get("idProperty")
        if len(ids) > 100 or len({each.lower() for each in ids}) < len(ids):
            return error(400, "More than 100, or an id twice.")
        if by is None and not all(each.isdigit() for each in ids):
            return error(400, "An id is no number.")
        found: list[str] = []
        lost: list[str] = []
        for each in ids:
            known = each if by is None else self._of_address(each)
            known = self.merged.get(known or "", known)
            (lost if known is None or known not in self.contacts else found).append(known or each)
        results = [self._told(each, body["properties"]) for each in reversed(found)]
        told = {"status": "COMPLETE", "results": results, "startedAt": stamp(CHANGED), "completedAt": stamp(CHANGED)}
        if not lost:
            return JSONResponse(told)
        failed = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Gone.", "context": {"ids": lost}}
        return JSONResponse({**told, "numErrors": 1, "errors": [failed]}, 207)

    def _of_address(self, address: str) -> str | None:
        for record_id, held in self.contacts.items():
            further = (held.get("hs_additional_emails") or "").split(";")
            if address.lower() in [(held.get("email") or "").lower(), *further]:
                return record_id
        return None

    def _search(self, body: Any) -> Response:
        groups = [each["filters"] for each in body["filterGroups"]]
        filters = [each for group in groups for each in group]
        if not groups or len(groups) > 5 or len(filters) > 18 or any(not 1 <= len(each) <= 6 for each in groups):
            return error(400, "Too many filters.")
        for name in (each["propertyName"] for each in filters):
            if name not in TYPES:
                return error(400, f"There was a problem with the request: no property {name} of ada@example.com.")
        matching = [
            record_id
            for record_id, held in self.contacts.items()
            if any(all(_matches(held, each) for each in group) for group in groups)
        ]
        start, size = int(body["after"]), min(body["limit"], self.most_results)
        page = matching[start : start + size]
        told: dict[str, Any] = {"total": len(matching)}
        told["results"] = [self._told(each, body["properties"]) for each in page]
        if start + size < len(matching):
            told["paging"] = {"next": {"after": str(start + size)}}
        return JSONResponse(told)

    def _change(self, record_id: str, changes: Mapping[str, str]) -> Response:
        unknown = [each for each in changes if each not in TYPES]
        if unknown:
            return error(400, f'Property values were not valid: [{{"name":"{unknown[0]}"}}]', "No such property.")
        if any(TYPES[name] == "number" and not re.fullmatch(r"[\d.]*", text) for name, text in changes.items()):
            return error(400, 'Property values were not valid: [{"isValid":false}]', "orders must be a number.")
        if "email" in changes and self._of_address(changes["email"]) not in (None, record_id):
            return error(409, "Contact already exists.", category="CONFLICT")
        self.contacts[record_id].update({name: text or None for name, text in changes.items()})
        return JSONResponse(self._told(record_id, list(changes)))


def _nobody() -> Response:
    return error(404, "resource not found", category="OBJECT_NOT_FOUND")


def _matches(held: Mapping[str, str | None], wanted: Any) -> bool:
    assert wanted["operator"] == "IN"
    name, values = wanted["propertyName"], wanted["values"]
    text = calculated(held, name) if name.startswith("hs_searchable_calculated") else held.get(name)
    if text is None:
        return False
    match TYPES[name]:
        case "number":
            return float(text) in [float(each) for each in values]
        case "enumeration":
            return bool(set(text.split(";")) & set(values))
        case _:
            # As documented: the case of the text does not matter, but the values are in lower case.
            return text.lower() in values


def calculated(held: Mapping[str, str | None], name: str) -> str | None:
    """Return the area code and the number, as HubSpot keeps them for searches."""
    source = "phone" if "phone" in name else "mobilephone"
    text = (held.get(source) or "").replace("(0)", "")
    digits = re.sub(r"[^\d+]", "", text)
    for prefix in PREFIXES:
        digits = digits.removeprefix(prefix)
    return digits.lstrip("0") or None


@dataclass(slots=True)
class Clock:
    """A clock that goes on when somebody sleeps, and not else."""

    moment: datetime = datetime(2026, 11, 23, 10, 10, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


@dataclass(slots=True)
class HubSpotHost:
    """One address for the servers of all tests, and one client that asks them."""

    client: HttpClient
    port: int = 0
    _apps: dict[str, Starlette] = field(default_factory=dict)

    def __call__(
        self, server: HubSpotServer, *, token: str = TOKEN, portal_id: str | None = "4711", clock: Clock | None = None
    ) -> HubSpotConnector:
        """Return a connector to the server."""
        clock = clock or Clock()
        place = f"/{len(self._apps)}"
        self._apps[place] = server.app()
        connection = HubSpotConnection(Sealed("sealed"), portal_id)
        base_url = f"http://127.0.0.1:{self.port}{place}"
        return HubSpotConnector(connection, token, self.client, base_url, sleep=clock.sleep, now=clock.now)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        place = "/" + scope["path"].split("/")[1]
        await self._apps[place]({**scope, "path": scope["path"].removeprefix(place)}, receive, send)


@asynccontextmanager
async def hubspot_host() -> AsyncIterator[HubSpotHost]:
    client = HttpClient(HttpLimits(allow_private=True))
    host = HubSpotHost(client)
    async with running(host.app, interface="asgi3") as host.port:
        yield host
        # An open connection would keep the server from ending.
        await client.close()
