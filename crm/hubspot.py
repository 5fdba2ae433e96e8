"""HubSpot's contacts as a CRM: by the public CRM v3 API, with the access token of a private app."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

import orjson

from crm.http_client import HttpClient
from crm.hubspot_answers import HubSpotContact
from crm.hubspot_api import HubSpotApi
from crm.hubspot_fields import holds, spelled
from crm.hubspot_finding import Finding, batches
from crm.hubspot_look_up import EMAIL, FURTHER_EMAILS, LONGEST_PROPERTIES, Pool
from crm.hubspot_pace import Pace, Sleep
from domain import clock
from domain.crm import (
    MOST_CANDIDATES,
    CrmFailed,
    CrmRecord,
    FieldWrite,
    LookUpAnswer,
    LookUpQuery,
    RecordFound,
    RecordMissing,
    RecordsAmbiguous,
    RecordWritten,
    WriteAnswer,
    WriteConflict,
)
from domain.crm_settings import HubSpotConnection

_NAMES = ("firstname", "lastname", EMAIL)
_ALWAYS = (*_NAMES, "lastmodifieddate")


class HubSpotConnector:
    """One account's contacts. The aliases are HubSpot's internal names of their properties.

    The client belongs to whoever gave it, and is closed there.
    """

    def __init__(
        self,
        connection: HubSpotConnection,
        token: str,
        client: HttpClient,
        base_url: str = "https://api.hubapi.com",
        *,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._portal_id = connection.portal_id
        self._api = HubSpotApi(client, token, base_url, Pace(sleep=sleep, now=now))

    async def look_up(self, queries: Sequence[LookUpQuery], wanted: Collection[str]) -> Sequence[LookUpAnswer]:
        """Find the record of each person: the contact that agrees in most of what is known.

        E-mail addresses are asked for in one request, for HubSpot knows one contact of each. Everybody whom that does
        not settle is searched for by the other fields, all of them together.
        """
        aliases = dict.fromkeys(alias for query in queries for alias in query.fields)
        needed = _distinct(aliases, _ALWAYS, (FURTHER_EMAILS,) if EMAIL in aliases else ())
        properties = _distinct(wanted, needed)
        if len(orjson.dumps(properties)) > LONGEST_PROPERTIES:
            # A search has no room for so many: those who are found are read.
            properties = needed
        pool = Pool(tuple(aliases))
        finding = Finding(self._api, dict(enumerate(queries)), properties, pool)
        failure = await finding.run()
        best = [() if person in finding.open else pool.best(query)[1] for person, query in enumerate(queries)]
        found = {each.id: each for contacts in best for each in contacts[:MOST_CANDIDATES]}
        records = await self._records(found.values(), wanted, properties)
        return [
            failure if failure is not None and person in finding.open else _answer(contacts[:MOST_CANDIDATES], records)
            for person, contacts in enumerate(best)
        ]

    async def read(self, record_ids: Sequence[str], wanted: Collection[str]) -> Mapping[str, CrmRecord] | CrmFailed:
        """Return the records by id; one that is not there any more is absent."""
        records: dict[str, CrmRecord] = {}
        for batch in batches([each for each in dict.fromkeys(record_ids) if _is_id(each)]):
            contacts = await self._api.contacts(batch, _distinct(wanted, _ALWAYS))
            if isinstance(contacts, CrmFailed):
                return contacts
            # Of a record that was merged into another one, HubSpot tells that one.
            records |= {each.id: self._record(each, wanted) for each in contacts if each.id in batch}
        return records

    async def write(self, write: FieldWrite) -> WriteAnswer:
        """Set fields of a record, unless one of them was changed meanwhile.

        HubSpot knows no condition and no key of a write: the record is read first, and what it holds already is not
        written again. So a repetition writes nothing.
        """
        if not _is_id(write.record_id):
            return RecordMissing()
        aliases = _distinct(write.fields, write.expected)
        contact = await self._api.contact(write.record_id, _distinct(aliases, _ALWAYS))
        if not isinstance(contact, HubSpotContact):
            return contact
        changes = {
            alias: spelled(field)
            for alias, field in write.fields.items()
            if not holds(contact.properties.get(alias), field)
        }
        if not changes:
            return RecordWritten(self._record(contact, aliases))
        if _is_in_conflict(contact, write):
            return WriteConflict(self._record(contact, aliases))
        changed = await self._api.change(write.record_id, changes)
        if not isinstance(changed, HubSpotContact):
            return changed
        # The answer tells little more than what was changed.
        now = replace(changed, properties={**contact.properties, **changes, **changed.properties})
        return RecordWritten(self._record(now, aliases))

    async def check(self) -> CrmFailed | None:
        """Try whether HubSpot accepts the token, and lets it read contacts."""
        return await self._api.first()

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _records(
        self, contacts: Iterable[HubSpotContact], wanted: Collection[str], properties: Collection[str]
    ) -> Mapping[str, CrmRecord] | CrmFailed:
        if set(wanted) <= set(properties):
            return {each.id: self._record(each, wanted) for each in contacts}
        return await self.read([each.id for each in contacts], wanted)

    def _record(self, contact: HubSpotContact, wanted: Collection[str]) -> CrmRecord:
        told = contact.properties
        portal, record = self._portal_id, quote(contact.id, safe="")
        return CrmRecord(
            contact.id,
            {alias: _unless_blank(told[alias]) for alias in wanted if alias in told},
            name=_name(told),
            url=f"https://app.hubspot.com/contacts/{quote(portal, safe='')}/record/0-1/{record}" if portal else None,
            updated_at=contact.updated_at,
        )


def _answer(contacts: Sequence[HubSpotContact], records: Mapping[str, CrmRecord] | CrmFailed) -> LookUpAnswer:
    if not contacts:
        return RecordMissing()
    if isinstance(records, CrmFailed):
        return records
    match [records[each.id] for each in contacts if each.id in records]:
        case []:
            return RecordMissing()
        case [record]:
            return RecordFound(record)
        case several:
            return RecordsAmbiguous(tuple(several))


def _is_in_conflict(contact: HubSpotContact, write: FieldWrite) -> bool:
    """Tell whether a field holds neither what it held before nor what it is to hold."""
    return any(
        not holds(text := contact.properties.get(alias), field)
        and not (alias in write.fields and holds(text, write.fields[alias]))
        for alias, field in write.expected.items()
    )


def _is_id(text: str) -> bool:
    """Tell whether HubSpot may have such an id; another CRM's would be refused, with all that are asked for with it."""
    return text.isascii() and text.isdigit()


def _name(told: Mapping[str, str | None]) -> str | None:
    first, last, email = (_unless_blank(told.get(each)) for each in _NAMES)
    return " ".join(each.strip() for each in (first, last) if each) or email


def _unless_blank(text: str | None) -> str | None:
    return text if text and text.strip() else None


def _distinct(*names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(each for some in names for each in some))
