"""HubSpot's contacts over HTTP: the few calls of its CRM v3 API that are needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import orjson

from crm.http_client import HttpAnswer, HttpClient
from crm.hubspot_answers import (
    HubSpotContact,
    Page,
    contact_of,
    contacts_of,
    failure_of_some,
    page_of,
    refused,
    words_of,
)
from crm.hubspot_pace import Pace
from domain.crm import CrmFailed, RecordMissing, WriteRejected

PATH = "/crm/v3/objects/contacts"
MOST_READ = 100
"""Contacts of one batch."""
PAGE_SIZE = 200

Group = Mapping[str, Sequence[str]]
"""Values by property: a contact has one of the values in each of the properties."""


@dataclass(frozen=True, slots=True)
class HubSpotApi:
    client: HttpClient
    token: str = field(repr=False)
    base_url: str
    pace: Pace

    async def first(self) -> CrmFailed | None:
        """Ask for any one contact: the cheapest request that needs the token, and the permission to read."""
        answer = await self._send("GET", "?limit=1")
        if isinstance(answer, CrmFailed):
            return answer
        found = contacts_of(answer) if answer.status == 200 else refused(answer)
        return found if isinstance(found, CrmFailed) else None

    async def contact(self, record_id: str, properties: Collection[str]) -> HubSpotContact | RecordMissing | CrmFailed:
        query = quote(",".join(properties), safe=",")
        answer = await self._send("GET", f"/{record_id}?properties={query}")
        if isinstance(answer, CrmFailed):
            return answer
        if answer.status == 404:
            return RecordMissing()
        return contact_of(answer) if answer.status == 200 else refused(answer, properties)

    async def change(
        self, record_id: str, properties: Mapping[str, str]
    ) -> HubSpotContact | RecordMissing | WriteRejected | CrmFailed:
        answer = await self._send("PATCH", f"/{record_id}", {"properties": properties})
        if isinstance(answer, CrmFailed):
            return answer
        match answer.status:
            case 200:
                return contact_of(answer)
            case 404:
                return RecordMissing()
            case 400 | 409:
                # 409: another contact has the e-mail address.
                return WriteRejected(words_of(answer))
            case _:
                return refused(answer, properties)

    async def contacts(
        self, ids: Iterable[str], properties: Sequence[str], *, id_property: str | None = None
    ) -> Sequence[HubSpotContact] | CrmFailed:
        """Return those contacts that are there; no id may be given twice."""
        body: dict[str, object] = {
            "inputs": [{"id": each} for each in ids],
            "properties": properties,
            "propertiesWithHistory": [],
        }
        if id_property is not None:
            body["idProperty"] = id_property
        answer = await self._send("POST", "/batch/read", body)
        if isinstance(answer, CrmFailed):
            return answer
        match answer.status:
            case 200:
                return contacts_of(answer)
            case 207:
                return failure_of_some(answer) or contacts_of(answer)
            case _:
                return refused(answer, properties)

    async def search(self, groups: Sequence[Group], properties: Sequence[str], after: str) -> Page | CrmFailed:
        """Return one page of the contacts that belong to any of the groups."""
        answer = await self._send("POST", "/search", search_body(groups, properties, after))
        if isinstance(answer, CrmFailed):
            return answer
        return (
            page_of(answer) if answer.status == 200 else refused(answer, [*properties, *(p for g in groups for p in g)])
        )

    async def _send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> HttpAnswer | CrmFailed:
        if (failure := await self.pace.turn()) is not None:
            return failure
        headers = {"authorization": f"Bearer {self.token}", "accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/json"
        content = None if body is None else orjson.dumps(body)
        answer = await self.client.send(method, f"{self.base_url}{PATH}{path}", headers=headers, body=content)
        if isinstance(answer, HttpAnswer):
            self.pace.heed(answer.headers)
        return answer


def search_body(groups: Sequence[Group], properties: Sequence[str], after: str = "0") -> dict[str, object]:
    return {
        "filterGroups": [
            {
                "filters": [
                    {"propertyName": name, "operator": "IN", "values": list(values)} for name, values in group.items()
                ]
            }
            for group in groups
        ],
        "properties": properties,
        "limit": PAGE_SIZE,
        "after": after,
        "sorts": [],
    }
