"""Contact notes: the newest of many contacts in one command, whatever each contact holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.notes import ContactNote, NotePosition
from domain.paging import Page, PageRequest, cut
from persistence.driver import Document, Driver, Pipeline, Session
from persistence.indexes import BY_ID, NOTES
from persistence.note_documents import from_note, place, to_note


class NoteStore:
    """Reads the contact notes of one organization."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._driver = driver
        self._notes = driver.collection(NOTES)
        self._organization_id = organization_id

    async def by_ids(self, ids: Sequence[str]) -> Mapping[str, ContactNote]:
        query = {"org": self._organization_id, "_id": {"$in": list(ids)}, "isLive": True}
        documents = await self._notes.find(query).hint(BY_ID).to_list(None)
        return {each["_id"]: to_note(each) for each in documents}

    async def pages(
        self, contact_ids: Sequence[str], request: PageRequest[NotePosition]
    ) -> Mapping[str, Page[ContactNote]]:
        """Return the same page of each contact's notes, newest first, in one command.

        A `$lookup` with a sorted, limited pipeline reads only the notes that it returns, at any number of notes;
        `$group` and `$setWindowFields` would read every note of every contact.
        """
        documents = [{"_id": each} for each in contact_ids]
        answer = await self._driver.aggregate_documents(documents, self._lookups(request))
        return {
            each["_id"]: cut([to_note(note) for note in each["page"]], request, has_behind=bool(each.get("behind")))
            for each in answer
        }

    def _lookups(self, request: PageRequest[NotePosition]) -> Pipeline:
        step = 1 if request.is_backward else -1
        page = self._lookup("page", _beyond(request.position, step), step, request.size + 1)
        if request.position is None:
            return [page]
        # Whether there is one is all that is asked: the index says it, without the note.
        behind = self._lookup("behind", _beyond(request.position, -step, inclusive=True), -step, 1)
        behind["$lookup"]["pipeline"].append({"$project": {"_id": 0, "isLive": 1}})
        return [page, behind]

    def _lookup(self, name: str, condition: Document, step: int, limit: int) -> Document:
        return {
            "$lookup": {
                "from": NOTES,
                "localField": "_id",
                "foreignField": "contact",
                "pipeline": [
                    {"$match": {"org": self._organization_id, "isLive": True, **condition}},
                    {"$sort": {"place": step}},
                    {"$limit": limit},
                ],
                "as": name,
            }
        }


def _beyond(position: NotePosition | None, step: int, *, inclusive: bool = False) -> Document:
    if position is None:
        return {}
    beyond = "$gt" if step > 0 else "$lt"
    return {"place": {f"{beyond}e" if inclusive else beyond: place(position)}}


class NoteWriter:
    """Changes contact notes, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._notes = driver.collection(NOTES)
        self._session = session
        self._organization_id = organization_id

    async def find(self, note_id: str) -> ContactNote | None:
        document = await self._notes.find_one(self._live(note_id), session=self._session, hint=BY_ID)
        return None if document is None else to_note(document)

    async def add(self, note: ContactNote) -> None:
        await self._notes.insert_one(from_note(note, self._organization_id), session=self._session)

    async def put(self, note: ContactNote) -> None:
        """Keep the note, found before in this transaction, as it is given."""
        document = from_note(note, self._organization_id)
        await self._notes.replace_one(self._live(note.id), document, session=self._session, hint=BY_ID)

    async def delete(self, note_id: str, *, agent_id: str, at: datetime) -> None:
        """Take the note out of sight. It is kept, to be restored."""
        gone = {"$set": {"isLive": False, "deleted": at, "deleter": agent_id}}
        await self._notes.update_one(self._live(note_id), gone, session=self._session, hint=BY_ID)

    def _live(self, note_id: str) -> Document:
        return {"org": self._organization_id, "_id": note_id, "isLive": True}
