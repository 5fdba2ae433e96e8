"""Deleted contacts in the log of somebody else, whom they were merged with by mistake and parted from.

What happened to the two while they were one is in the survivor's log, and stays there. When the other one is deleted,
it is written anew without what is theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import cast

from pymongo import UpdateOne

from domain.events import ContactEvent, MergedContact
from domain.parting import Parting, partings, within, without_carried, without_other
from persistence.driver import Document, Driver, Session
from persistence.event_documents import from_event, to_event
from persistence.names import BY_CONTACT, BY_NAMED, BY_OWN_ID, EVENTS, MERGES

BATCH = 500
"""Events that one transaction reads and, where they tell too much, writes."""

_TOLD = ("before", "after", "values", "subjects")
"""What of a stored event can tell of somebody else."""


async def forget_parted(driver: Driver, organization_id: str, ids: Sequence[str]) -> None:
    """Leave no more of the contacts, in the logs of whom they were one with, than the events that name them.

    By these it is known where to look: they are removed after this, and not before. It can be repeated, and run twice
    at once. Of a merge that stands nothing is changed.

    Args:
        driver: of the database.
        organization_id: whose contacts.
        ids: of contacts that are deleted, each with whoever had become part of it.
    """
    await _Forgetting(driver, organization_id, ids).forget()


class _Forgetting:
    """Goes from log to log: who had something of the deleted contacts may have been part of somebody else meanwhile."""

    def __init__(self, driver: Driver, organization_id: str, ids: Sequence[str]) -> None:
        self._driver = driver
        self._events = driver.collection(EVENTS)
        self._merges = driver.collection(MERGES)
        self._organization_id = organization_id
        self._ids = list(ids)

    async def forget(self) -> None:
        naming = await self._naming(self._ids)
        for parting in partings(naming):
            await self._forget_in_log(parting, naming)

    async def _forget_in_log(self, parting: Parting, naming: Iterable[ContactEvent]) -> None:
        apart = frozenset(each.id for each in naming)
        await _Log(self._driver, self._organization_id, parting, apart).write_anew()
        query = {"_id": parting.merge_id, "org": self._organization_id}
        merge = await self._merges.find_one(query, {"survivor": 1}, hint=BY_OWN_ID)
        # None where the survivor is deleted too: with its events, what others had of it.
        if merge is not None:
            carried = await self._driver.transaction(partial(self._forget_carried, parting, merge["survivor"]))
            for each in partings(carried):
                await self._forget_in_log(within(each, parting), carried)

    async def _forget_carried(self, parting: Parting, survivor_id: str, session: Session) -> Sequence[ContactEvent]:
        """Cut down, and return, what tells that others became one with the survivor at the time, or parted from it."""
        naming = await self._naming([survivor_id], session)
        carried = [each for each in naming if parting.covers(each)]
        told = [(each, without_carried(each, parting)) for each in carried]
        if changed := [own for event, own in told if own != event]:
            await self._events.bulk_write([_update(each, self._organization_id) for each in changed], session=session)
        if merges := [merge for each in carried if (merge := _taken_up_as(each, parting.names))]:
            query = {"_id": {"$in": merges}, "org": self._organization_id}
            await self._merges.update_many(query, {"$set": {"otherName": ""}}, session=session, hint=BY_OWN_ID)
        return carried

    async def _naming(self, ids: Sequence[str], session: Session | None = None) -> list[ContactEvent]:
        """Return what tells, in the logs of contacts that are not deleted, of merges with those of the ids."""
        query = {"named": {"$in": list(ids)}, "org": self._organization_id, "contact": {"$nin": self._ids}}
        return [to_event(each) for each in await self._events.find(query, session=session).hint(BY_NAMED).to_list(None)]


class _Log:
    """What happened to a survivor from the merge until its end."""

    def __init__(self, driver: Driver, organization_id: str, parting: Parting, apart: frozenset[str]) -> None:
        self._driver = driver
        self._events = driver.collection(EVENTS)
        self._organization_id = organization_id
        self._parting = parting
        self._apart = apart
        """Ids of the events that tell of the merge itself, and are seen to elsewhere."""

    async def write_anew(self) -> None:
        last: Document | None = {"at": self._parting.since}
        while last is not None:
            last = await self._driver.transaction(partial(self._write_batch, last))

    async def _write_batch(self, after: Document, session: Session) -> Document | None:
        """Write what comes next, and return the place of the last one; None where that is the end of it."""
        query = {"_id": self._parting.ended_by, "org": self._organization_id}
        ended = await self._events.find_one(query, {"contact": 1, "mergedFrom": 1}, session=session, hint=BY_OWN_ID)
        if ended is None:
            # Somebody else has done all of this meanwhile.
            return None
        found = await self._next(session, ended["contact"], after)
        # Since then the survivor may have become part of others, or others of it: theirs is not meant.
        own = [each for each in found if each.get("mergedFrom") == ended.get("mergedFrom")]
        await self._write(session, [each for each in own if each["_id"] not in self._apart])
        return cast("Document", found[-1]["place"]) if len(found) == BATCH else None

    async def _next(self, session: Session, contact_id: str, after: Document) -> list[Document]:
        # A place is a moment, and then an id.
        behind = {"at": self._parting.until + timedelta(milliseconds=1)}
        query = {"contact": contact_id, "org": self._organization_id, "place": {"$gt": after, "$lt": behind}}
        found = self._events.find(query, session=session).sort("place", 1).limit(BATCH)
        return await found.hint(BY_CONTACT).to_list(None)

    async def _write(self, session: Session, documents: Sequence[Document]) -> None:
        events = [to_event(each) for each in documents]
        told = [(each, without_other(each, self._parting)) for each in events]
        gone = [event.id for event, own in told if own is None]
        changed = [own for event, own in told if own is not None and own != event]
        if gone:
            query = {"_id": {"$in": gone}, "org": self._organization_id}
            await self._events.delete_many(query, session=session, hint=BY_OWN_ID)
        if changed:
            await self._events.bulk_write([_update(each, self._organization_id) for each in changed], session=session)


def _update(event: ContactEvent, organization_id: str) -> UpdateOne:
    """Return what makes the event that one. No subscriber hears of it, as of a document that were replaced."""
    document = from_event(event, organization_id)
    told = {each: document[each] for each in _TOLD if each in document}
    untold = {each: True for each in _TOLD if each not in document}
    query = {"_id": event.id, "org": organization_id}
    return UpdateOne(query, {"$set": told, "$unset": untold} if told else {"$unset": untold}, hint=BY_OWN_ID)


def _taken_up_as(event: ContactEvent, names: Collection[str]) -> str | None:
    """Return by which merge somebody was taken up who was called so."""
    taken_up = event.after
    return taken_up.merge_id if isinstance(taken_up, MergedContact) and taken_up.name in names else None
