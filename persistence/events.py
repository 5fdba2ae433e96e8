"""The log of what happened to each contact: written in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from domain.events import ContactEvent, EventKind, EventPosition, ValueKey
from domain.paging import Page, PageRequest
from persistence.driver import Document, Driver, Session
from persistence.event_documents import event_place, from_event, to_event, value_subject
from persistence.names import BY_OWN_ID, BY_VERSION, EVENTS
from persistence.pages import Lists

_TIMELINES = Lists(EVENTS, "contact", event_place, to_event)
_HISTORIES = Lists(EVENTS, "subjects", event_place, to_event)


class EventStore:
    """Reads what happened to the contacts of one organization, newest first."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._events = driver.collection(EVENTS)
        self._organization_id = organization_id

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, ContactEvent]:
        query = {"_id": {"$in": list(ids)}, "org": self._organization_id}
        documents = await self._events.find(query).hint(BY_OWN_ID).to_list(None)
        return {each["_id"]: to_event(each) for each in documents}

    async def timelines(
        self, contact_ids: Sequence[str], request: PageRequest[EventPosition], hidden: Collection[str] = ()
    ) -> Mapping[str, Page[ContactEvent]]:
        """Return the same page of what happened to each of the contacts.

        Args:
            contact_ids: whose timelines.
            request: which page of each.
            hidden: ids of definitions: where nothing but their values changed, nothing happened.
        """
        return await _TIMELINES.pages(self._driver, self._shown(hidden), contact_ids, request)

    async def timeline_counts(self, contact_ids: Sequence[str], hidden: Collection[str] = ()) -> Mapping[str, int]:
        """Return how much happened to each of the contacts; `hidden` as for the timelines."""
        return await _TIMELINES.counts(self._driver, self._shown(hidden), contact_ids)

    def _shown(self, hidden: Collection[str]) -> Document:
        everything = {"org": self._organization_id}
        if not hidden:
            return everything
        # By the query and not afterwards: a page that were cut down would tell how much was hidden.
        others = {"$nin": sorted(hidden)}
        changed, stood = EventKind.VALUES_CHANGED.value, EventKind.SYNC_CHANGED.value
        other_values, other_value = {"values": {"$elemMatch": {"d": others}}}, {"kind": stood, "after.d": others}
        return {**everything, "$or": [{"kind": {"$nin": [changed, stood]}}, other_values, other_value]}

    async def histories(
        self, keys: Sequence[ValueKey], request: PageRequest[EventPosition]
    ) -> Mapping[ValueKey, Page[ContactEvent]]:
        """Return the same page of what changed each of the values."""
        by_subject = {value_subject(each): each for each in keys}
        found = await _HISTORIES.pages(self._driver, {"org": self._organization_id}, list(by_subject), request)
        return {by_subject[subject]: page for subject, page in found.items()}

    async def history_counts(self, keys: Sequence[ValueKey]) -> Mapping[ValueKey, int]:
        """Return how often each of the values was changed."""
        by_subject = {value_subject(each): each for each in keys}
        found = await _HISTORIES.counts(self._driver, {"org": self._organization_id}, list(by_subject))
        return {by_subject[subject]: count for subject, count in found.items()}


class EventWriter:
    """Adds to the log, and looks up what it says of a value, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._events = driver.collection(EVENTS)
        self._session = session
        self._organization_id = organization_id

    async def of_version(self, key: ValueKey, version: int) -> ContactEvent | None:
        """Return what made that version of the value."""
        change = {"$elemMatch": {"d": key.definition_id, "after.version": version}}
        # Of two contacts that became one, both have numbered theirs: what came with the other is not meant.
        own = {"mergedFrom": {"$exists": False}}
        query = {"contact": key.contact_id, "org": self._organization_id, "values": change, **own}
        document = await self._events.find_one(query, session=self._session, hint=BY_VERSION)
        return None if document is None else to_event(document)

    async def add(self, *events: ContactEvent) -> None:
        documents = [from_event(each, self._organization_id) for each in events]
        await self._events.insert_many(documents, session=self._session)
