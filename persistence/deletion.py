"""Deleting a contact with everything that is kept about it, whatever that comes to.

One transaction makes the contact invisible: its document goes and the log says so. What else is kept about it hangs on
that document and goes right after, in commands that are no part of a transaction: a hundred thousand notes and as many
events do not fit into one (MongoDB rolls it back once a fifth of its cache is full of changes: with the embedded one's
512 MB, somewhere above fifty thousand of each). Until all is gone the entry in the log is marked as unfinished, and
whoever comes next, a later deletion or the next start of a process, finishes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.deletion import DeletedContact, DeletionPosition
from domain.paging import Page, PageRequest
from persistence.deletion_documents import deletion_place, from_deletion, to_deletion
from persistence.driver import Document, Driver, Session
from persistence.names import (
    AGENTS,
    ANSWERS,
    BY_CONTACT,
    BY_CONTACTS,
    BY_NAMED,
    BY_ORGANIZATION,
    BY_OWN_ID,
    BY_PLACE,
    CONTACTS,
    CONVERSATION_NOTE_REVISIONS,
    CONVERSATION_NOTES,
    CONVERSATIONS,
    CRM_HEALTH,
    CRM_NOTIFICATIONS,
    CRM_RECORDS,
    CRM_TASKS,
    DEFINITIONS,
    DELETED_CONTACTS,
    EVENTS,
    GROUPS,
    IMPORT_RUNS,
    MERGES,
    NEWEST_FIRST,
    NOTES,
    OF_CONTACT,
    OF_WHOM,
    ORGANIZATIONS,
    RECEIPTS,
    REVISIONS,
    SECRETS,
    TEAMS,
    TOMBSTONES,
    UNFINISHED,
)
from persistence.pages import Lists
from persistence.parting import forget_parted


@dataclass(frozen=True, slots=True)
class Kept:
    """A collection that keeps something about contacts, beside the contact's own document."""

    collection: str
    field: str
    """Names the contact, or a list with it."""
    index: str
    """Begins with the organization and the field, in either order."""
    counted_as: str | None
    """The field of `ErasureCounts`; None of what says nothing but that there is something to do."""
    counted_by: str | None = None
    """A field of the same documents: where that one names the contact too, another line counts it."""


KEPT_ABOUT_A_CONTACT = (
    Kept(NOTES, "contact", NEWEST_FIRST, "notes"),
    Kept(REVISIONS, "contact", OF_CONTACT, "revisions"),
    Kept(CONVERSATIONS, "contact", BY_CONTACT, "conversations"),
    Kept(EVENTS, "contact", BY_CONTACT, "events"),
    # What happened to somebody else, of which the name and the values of the contact are a part.
    Kept(EVENTS, "named", BY_NAMED, "events", counted_by="contact"),
    Kept(ANSWERS, "contacts", BY_CONTACTS, "answers"),
    Kept(MERGES, "about", OF_WHOM, "merges"),
    Kept(CONVERSATION_NOTES, "contact", OF_CONTACT, "conversation_notes"),
    Kept(CONVERSATION_NOTE_REVISIONS, "contact", OF_CONTACT, "revisions"),
    Kept(CRM_TASKS, "_id", BY_OWN_ID, None),
)
"""All of it goes with the contact. Whoever makes a collection that holds something of a contact adds a line."""

HOLDS_NOTHING_OF_A_CONTACT = frozenset(
    {
        *(AGENTS, DEFINITIONS, DELETED_CONTACTS, GROUPS, IMPORT_RUNS, ORGANIZATIONS, RECEIPTS, SECRETS, TEAMS),
        # The company's customer list, as a CRM elsewhere would keep it: whoever is on it need not be a contact.
        CRM_RECORDS,
        CRM_HEALTH,
        CRM_NOTIFICATIONS,
        TOMBSTONES,
    }
)
"""Nothing by which a contact could be known. Every collection is here, or above, or that of the contacts."""

_LOG = Lists(DELETED_CONTACTS, "org", deletion_place, to_deletion)


class DeletionStore:
    """Reads the log of the deleted contacts of one organization, newest first, and finishes what was begun."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._log = driver.collection(DELETED_CONTACTS)
        self._organization_id = organization_id

    async def page(self, request: PageRequest[DeletionPosition]) -> Page[DeletedContact]:
        org = self._organization_id
        return (await _LOG.pages(self._driver, {}, [org], request))[org]

    async def by_id(self, deletion_id: str) -> DeletedContact | None:
        query = {"org": self._organization_id, "_id": deletion_id}
        document = await self._log.find_one(query, hint=BY_OWN_ID)
        return None if document is None else to_deletion(document)

    async def count(self) -> int:
        return await self._log.count_documents({"org": self._organization_id}, hint=BY_PLACE)

    async def finish(self) -> None:
        """Remove what is left of the organization's deleted contacts. It can be repeated, and run twice at once."""
        query = {"org": self._organization_id, "isUnfinished": True}
        for each in await self._log.find(query).hint(UNFINISHED).to_list(None):
            await _finish(self._driver, each)


async def finish_deletions(driver: Driver) -> None:
    """Finish the deletions of every organization that a process which ended could not."""
    unfinished = await driver.collection(DELETED_CONTACTS).find({"isUnfinished": True}).hint(UNFINISHED).to_list(None)
    for each in unfinished:
        await _finish(driver, each)


async def _finish(driver: Driver, entry: Document) -> None:
    org = entry["org"]
    ids = [entry["deleted"], *entry.get("merged", ())]
    # First: it goes by events that are removed next.
    await forget_parted(driver, org, ids)
    for kept in KEPT_ABOUT_A_CONTACT:
        query = {"org": org, kept.field: {"$in": ids}}
        await driver.collection(kept.collection).delete_many(query, hint=kept.index)
    query = {"org": org, "_id": entry["_id"]}
    # Last: whoever breaks off before leaves the mark.
    done = {"$unset": {"isUnfinished": True, "merged": True}}
    await driver.collection(DELETED_CONTACTS).update_one(query, done, hint=BY_OWN_ID)


class DeletionWriter:
    """Makes contacts disappear, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._driver = driver
        self._session = session
        self._organization_id = organization_id

    async def counts(self, contact_id: str, merged_ids: Sequence[str] = ()) -> Mapping[str, int]:
        """Return how much is kept about the contact, by the fields of `ErasureCounts`.

        Exact where the contact is deleted in the same transaction: whatever is written about a contact is written
        with its document, or holds it, so that what came after these numbers ends the transaction.
        """
        found: dict[str, int] = {}
        ids = [contact_id, *merged_ids]
        for kept in KEPT_ABOUT_A_CONTACT:
            if kept.counted_as is None:
                continue
            query: Document = {"org": self._organization_id, kept.field: {"$in": ids}}
            if kept.counted_by is not None:
                query[kept.counted_by] = {"$nin": ids}
            rows = self._driver.collection(kept.collection)
            number = await rows.count_documents(query, session=self._session, hint=kept.index)
            found[kept.counted_as] = found.get(kept.counted_as, 0) + number
        return found

    async def delete(self, entry: DeletedContact, merged_ids: Sequence[str] = ()) -> None:
        """Remove the contact, found before in this transaction, and log it. `DeletionStore.finish` does the rest.

        Args:
            entry: of the log.
            merged_ids: what the contacts were called that became part of this one: they go with it.
        """
        contacts, log = self._driver.collection(CONTACTS), self._driver.collection(DELETED_CONTACTS)
        query = {"org": self._organization_id, "_id": entry.deleted_id}
        await contacts.delete_one(query, session=self._session, hint=BY_ORGANIZATION)
        document = {**from_deletion(entry, self._organization_id), "isUnfinished": True, "merged": list(merged_ids)}
        await log.insert_one(document, session=self._session)
