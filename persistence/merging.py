"""Merges: one contact is taken up into another, within one transaction, and a journal from which it is undone.

What moves is not listed in the journal, however much it is: whatever moves bears the id of the merge,
as the last of all the merges that it went through.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from domain.contacts import IdentityKey
from domain.events import ValueKey
from domain.merging import Merge, MergePosition, position
from domain.paging import Page, PageRequest
from persistence.documents import identity_key
from persistence.driver import Document, Driver, Session
from persistence.event_documents import value_subject
from persistence.merge_documents import from_merge, merge_place, to_merge
from persistence.names import (
    BY_CONTACT,
    BY_ID,
    BY_MERGE,
    BY_ORGANIZATION,
    BY_OWN_ID,
    CONTACTS,
    CONVERSATION_NOTE_REVISIONS,
    CONVERSATION_NOTES,
    CONVERSATIONS,
    EVENTS,
    MERGES,
    NEWEST_FIRST,
    NOTES,
    OF_CONTACT,
    OF_NOTE,
    OF_WHOM,
    PRIMARY,
    REVISIONS,
)
from persistence.pages import Lists

_MERGES_OF_CONTACT = Lists(MERGES, "survivor", merge_place, to_merge)


@dataclass(frozen=True, slots=True)
class Moved:
    """How many there are: `live_notes` are seen, `notes` include the deleted ones."""

    live_notes: int
    notes: int
    events: int
    conversations: int
    conversation_notes: int = 0
    """Deleted ones included."""

    @property
    def rows(self) -> int:
        """Return how many documents are written to move all of it."""
        return self.notes + self.events + self.conversations + self.conversation_notes


class MergeStore:
    """Reads the journal of one organization, newest first."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._merges = driver.collection(MERGES)
        self._organization_id = organization_id

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, Merge]:
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}}
        documents = await self._merges.find(query).hint(BY_OWN_ID).to_list(None)
        return {each["_id"]: to_merge(each) for each in documents}

    async def pages(self, contact_ids: Sequence[str], request: PageRequest[MergePosition]) -> Mapping[str, Page[Merge]]:
        """Return the same page of the merges that each contact survived, newest first, in one command."""
        condition = {"org": self._organization_id}
        return await _MERGES_OF_CONTACT.pages(self._driver, condition, contact_ids, request)

    async def counts(self, contact_ids: Sequence[str]) -> Mapping[str, int]:
        """Return how many merges each contact survived, undone ones included; absent where there are none."""
        pipeline: list[Document] = [
            {"$match": {"org": self._organization_id, "survivor": {"$in": list(contact_ids)}}},
            {"$group": {"_id": "$survivor", "number": {"$sum": 1}}},
        ]
        return {each["_id"]: each["number"] for each in await self._driver.aggregate(MERGES, pipeline)}

    async def kin(self, contact_id: str) -> frozenset[str]:
        """Return the id with those of all contacts that it was ever one with, whether or not they have parted since."""
        found, asked = {contact_id}, set[str]()
        while new := found - asked:
            query = {"about": {"$in": sorted(new)}, "org": self._organization_id}
            entries = await self._merges.find(query, {"_id": 0, "about": 1}).hint(OF_WHOM).to_list(None)
            asked |= new
            found |= {each for entry in entries for each in entry["about"]}
        return frozenset(found)


class MergeWriter:
    """Makes one contact of two and two of one, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._contacts = driver.collection(CONTACTS)
        self._notes = driver.collection(NOTES)
        self._events = driver.collection(EVENTS)
        self._conversations = driver.collection(CONVERSATIONS)
        self._revisions = driver.collection(REVISIONS)
        self._conversation_notes = driver.collection(CONVERSATION_NOTES)
        self._conversation_note_revisions = driver.collection(CONVERSATION_NOTE_REVISIONS)
        self._merges = driver.collection(MERGES)
        self._session = session
        self._organization_id = organization_id

    async def find(self, merge_id: str) -> Merge | None:
        """Return the merge, undone or not."""
        query = {"org": self._organization_id, "_id": merge_id}
        document = await self._merges.find_one(query, session=self._session, hint=BY_OWN_ID)
        return None if document is None else to_merge(document)

    async def movable(self, contact_id: str) -> Moved:
        """Count what would move with the contact."""
        about = {"org": self._organization_id, "contact": contact_id}
        live = await self._count(NOTES, {**about, "isLive": True}, NEWEST_FIRST)
        notes = live + await self._count(NOTES, {**about, "isLive": False}, NEWEST_FIRST)
        events = await self._count(EVENTS, about, BY_CONTACT)
        conversations = await self._count(CONVERSATIONS, about, BY_CONTACT)
        written = await self._conversation_notes.count_documents(about, session=self._session, hint=OF_CONTACT)
        return Moved(live, notes, events, conversations, written)

    async def returnable(self, merge_id: str) -> Moved:
        """Count what would go back if the merge was undone."""
        moved = {"org": self._organization_id, "mergedFrom": merge_id}
        live = await self._count(NOTES, {**moved, "isLive": True}, BY_MERGE)
        notes = live + await self._count(NOTES, {**moved, "isLive": False}, BY_MERGE)
        events = await self._count(EVENTS, moved, BY_MERGE)
        return Moved(live, notes, events, await self._count(CONVERSATIONS, moved, BY_MERGE))

    async def _count(self, collection: str, query: Document, index: str) -> int:
        rows = {NOTES: self._notes, EVENTS: self._events, CONVERSATIONS: self._conversations}[collection]
        return await rows.count_documents(query, session=self._session, hint=index)

    async def take_up(self, merge: Merge) -> None:
        """Remove the other contact, move what is about it, and enter the merge in the journal.

        The survivor, which takes over the identities, is put after this: an identity belongs to one contact at a time.
        """
        org, session = self._organization_id, self._session
        other = {"org": org, "contact": merge.other_id}
        await self._contacts.delete_one({"org": org, "_id": merge.other_id}, session=session, hint=BY_ORGANIZATION)
        marked = {"$concatArrays": [{"$ifNull": ["$mergedFrom", []]}, [{"$literal": merge.id}]]}
        for rows, index in (
            (self._notes, NEWEST_FIRST),
            (self._events, BY_CONTACT),
            (self._conversations, BY_CONTACT),
        ):
            await rows.update_many(other, _moving(merge.survivor_id, marked), session=session, hint=index)
        # Earlier versions go with their notes, and notes on conversations with these.
        to_whom = {"$set": {"contact": merge.survivor_id}}
        for rows in (self._revisions, self._conversation_notes, self._conversation_note_revisions):
            await rows.update_many(other, to_whom, session=session, hint=OF_CONTACT)
        # Whoever is deleted takes along every journal entry that says something of them: also those of the merges that
        # the other contact had survived.
        earlier = {"org": org, "about": merge.other_id, "isStanding": True}
        to_survivor = {"$addToSet": {"about": merge.survivor_id}}
        await self._merges.update_many(earlier, to_survivor, session=session, hint=OF_WHOM)
        document = {
            **from_merge(merge, org),
            "about": [merge.survivor_id, merge.other_id],
            "isStanding": True,
        }
        await self._merges.insert_one(document, session=session)

    async def give_back(self, merge: Merge, identities: Collection[IdentityKey] = ()) -> None:
        """Move what had moved back, and enter in the journal that the merge, whose end is given, was undone.

        Args:
            merge: as it is in the journal from then on.
            identities: which the other contact has again.
        """
        org, session = self._organization_id, self._session
        before = {"$slice": ["$mergedFrom", {"$subtract": [{"$size": "$mergedFrom"}, 1]}]}
        is_first = {"$eq": [{"$size": "$mergedFrom"}, 1]}
        # `$slice` takes no 0.
        marked = {"$cond": [is_first, "$$REMOVE", before]}
        for rows in (self._notes, self._events, self._conversations):
            moved = {"org": org, "mergedFrom": merge.id}
            await rows.update_many(moved, _moving(merge.other_id, marked), session=session, hint=BY_MERGE)
        await self._give_back_revisions(merge)
        await self._give_back_events_since(merge, identities)
        document = {**from_merge(merge, org), "about": [merge.survivor_id, merge.other_id], "isStanding": False}
        query = {"org": org, "_id": merge.id}
        await self._merges.replace_one(query, document, session=session, hint=BY_OWN_ID)
        earlier = {"org": org, "about": merge.other_id, "isStanding": True}
        to_survivor = {"$pull": {"about": merge.survivor_id}}
        await self._merges.update_many(earlier, to_survivor, session=session, hint=OF_WHOM)

    async def _give_back_revisions(self, merge: Merge) -> None:
        org, session = self._organization_id, self._session
        returned = self._notes.find({"org": org, "contact": merge.other_id}, {"_id": 1}, session=session)
        notes = [each["_id"] for each in await returned.hint(NEWEST_FIRST).to_list(None)]
        query = {"note": {"$in": notes}, "org": org}
        to_whom = {"$set": {"contact": merge.other_id}}
        await self._revisions.update_many(query, to_whom, session=session, hint=OF_NOTE)

    async def _give_back_events_since(self, merge: Merge, identities: Collection[IdentityKey]) -> None:
        """Hand over what happened since to the returned notes and identities: the past of a thing goes where it is."""
        org, session = self._organization_id, self._session
        since = {"org": org, "contact": merge.survivor_id, "place": {"$gte": merge_place(position(merge))}}
        named = {f"{state}.{name}": 1 for state in ("before", "after") for name in ("note", "key")}
        found = await self._events.find(since, named, session=session).hint(BY_CONTACT).to_list(None)
        notes = {note for each in found if (note := _named(each, "note")) is not None}
        returned = await self._returned_of(notes, merge.other_id) | {identity_key(each) for each in identities}
        events = [each["_id"] for each in found if {_named(each, "note"), _named(each, "key")} & returned]
        if events:
            query = {"org": org, "_id": {"$in": events}}
            await self._events.update_many(query, {"$set": {"contact": merge.other_id}}, session=session, hint=PRIMARY)

    async def _returned_of(self, notes: Collection[str], other_id: str) -> set[str | None]:
        if not notes:
            return set()
        query: Document = {"org": self._organization_id, "_id": {"$in": list(notes)}}
        owners = await self._notes.find(query, {"contact": 1}, session=self._session).hint(BY_ID).to_list(None)
        return {each["_id"] for each in owners if each["contact"] == other_id}


def _moving(contact_id: str, marked: Document) -> list[Document]:
    """Return the update that hands what is about one contact to another; its place in the order is kept."""
    prefix = value_subject(ValueKey(contact_id, ""))
    subject = {"$concat": [{"$literal": prefix}, "$$each.d"]}
    subjects = {"$map": {"input": "$values", "as": "each", "in": subject}}
    return [
        {
            "$set": {
                "contact": {"$literal": contact_id},
                "mergedFrom": marked,
                "subjects": {"$cond": [{"$isArray": "$values"}, subjects, "$$REMOVE"]},
            }
        }
    ]


def _named(event: Document, name: str) -> str | None:
    """Return which note, or which identity, the event is about."""
    states = [event.get(each) for each in ("after", "before")]
    return next((each[name] for each in states if isinstance(each, dict) and name in each), None)
