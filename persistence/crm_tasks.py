"""What is to be done about contacts at the CRM: written with whatever makes it necessary, in the same transaction.

An entry says no more than that there is something to do. What that is, the contact itself says when its turn comes: its
values that the CRM has not heard of are what is written, so that a process which breaks off anywhere loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from pymongo import UpdateOne

from domain.contacts import Contact
from domain.crm_look_ups import asked_by
from domain.crm_merge import has_waiting
from domain.crm_tasks import CrmSweep, CrmTask
from domain.ids import new_id
from persistence.crm_documents import FIRST_SWEEP
from persistence.crm_settings import CrmSettingsWriter
from persistence.definitions import DefinitionWriter
from persistence.driver import Document, Driver, Session
from persistence.names import BY_OWN_ID, BY_RECORD, CONTACTS, CRM_TASKS, DUE, ORGANIZATIONS, PRIMARY, SWEEPING

_TRANSACTION_LIFE = timedelta(minutes=1)
LEASE = timedelta(minutes=2)
"""How long a process has an entry to itself. One that was killed is followed by another after that."""

# Whoever has taken an entry keeps it until it is done, whatever becomes due meanwhile: two writes at once could reach
# the CRM in the wrong order.
_WHEN_DUE: Document = {"$max": [{"$min": ["$lookUpDue", "$writeDue"]}, "$leased"]}
_NEXT: Document = {"$set": {"due": {"$cond": [{"$gt": [_WHEN_DUE, None]}, _WHEN_DUE, "$$REMOVE"]}}}


class CrmTaskStore:
    """Hands out what is due, of all organizations: to one process at a time."""

    def __init__(self, driver: Driver) -> None:
        self._tasks = driver.collection(CRM_TASKS)
        self._organizations = driver.collection(ORGANIZATIONS)

    async def take(self, now: datetime, size: int, lease: timedelta = LEASE) -> Sequence[CrmTask]:
        """Take what has been due for longest. Of several processes that ask at once, one gets each entry."""
        due = {"due": {"$lte": now}}
        rows = await self._tasks.find(due, {"_id": 1}).sort("due", 1).limit(size).hint(DUE).to_list(None)
        ids = [each["_id"] for each in rows]
        if not ids:
            return ()
        taker = new_id()
        taken = {"$set": {"taker": taker, "leased": now + lease, "due": now + lease}}
        await self._tasks.update_many({"_id": {"$in": ids}, **due}, taken, hint=PRIMARY)
        found = await self._tasks.find({"_id": {"$in": ids}}).hint("_id_").to_list(None)
        return [_to_task(each, now) for each in found if each.get("taker") == taker]

    async def give_back(self, tasks: Collection[CrmTask]) -> None:
        """Let others take them again; what is not done is due as it was."""
        of_taker = {
            "_id": {"$in": [each.contact_id for each in tasks]},
            "taker": {"$in": [each.taker for each in tasks]},
        }
        await self._tasks.update_many(of_taker, [{"$unset": ["leased", "taker"]}, _NEXT], hint=PRIMARY)

    async def postpone(self, tasks: Collection[CrmTask], until: datetime) -> None:
        """Put all that is due of them off, in one command however many they are, and let others take them then."""
        fields = {name: {"$cond": [_is_before(name, until), until, f"${name}"]} for name in ("lookUpDue", "writeDue")}
        query = {"_id": {"$in": [each.contact_id for each in tasks]}, "taker": {"$in": [each.taker for each in tasks]}}
        await self._tasks.update_many(query, [{"$set": fields}, {"$unset": ["leased", "taker"]}, _NEXT], hint=PRIMARY)

    async def drop(self, tasks: Collection[CrmTask]) -> None:
        """Remove them: their organization has no CRM."""
        ids = [each.contact_id for each in tasks]
        await self._tasks.delete_many(
            {"_id": {"$in": ids}, "taker": {"$in": [each.taker for each in tasks]}}, hint=PRIMARY
        )

    async def sweeps(self, now: datetime) -> Sequence[CrmSweep]:
        """Return the organizations for all of whose contacts something is to be entered."""
        fields = {"crmSweep": 1, "crmSweepBehind": 1, "crmSweepIsLast": 1}
        found = await self._organizations.find({"crmSweep": {"$exists": True}}, fields).hint(SWEEPING).to_list(None)
        sweeps = [
            CrmSweep(each["_id"], each["crmSweep"], each["crmSweepBehind"], each["crmSweepIsLast"]) for each in found
        ]
        return [each for each in sweeps if each.begins_at <= now]

    async def keep_sweep(self, sweep: CrmSweep, behind: str) -> None:
        """Keep how far a sweep has come, unless it was asked to begin anew since."""
        await self._sweep(sweep, {"$set": {"crmSweepBehind": behind}})

    async def end_sweep(self, sweep: CrmSweep) -> None:
        """Say that a sweep is done. A first one is followed by a last one.

        A transaction may have begun before the settings were changed, and have ended after the sweep had passed its
        contact; MongoDB ends it after a minute.
        """
        again = sweep.begins_at + 2 * _TRANSACTION_LIFE
        last = {"$set": {"crmSweep": again, "crmSweepBehind": None, "crmSweepIsLast": True}}
        await self._sweep(sweep, {"$unset": dict.fromkeys(FIRST_SWEEP, True)} if sweep.is_last else last)

    async def _sweep(self, sweep: CrmSweep, update: Document) -> None:
        query = {"_id": sweep.organization_id, "crmSweep": sweep.begins_at}
        await self._organizations.update_one(query, update, hint=SWEEPING)


class CrmTaskWriter:
    """Enters what is to be done, and what was done, within one transaction."""

    def __init__(
        self,
        driver: Driver,
        session: Session,
        organization_id: str,
        definitions: DefinitionWriter,
        settings: CrmSettingsWriter,
    ) -> None:
        self._tasks = driver.collection(CRM_TASKS)
        self._contacts = driver.collection(CONTACTS)
        self._session = session
        self._organization_id = organization_id
        self._definitions = definitions
        self._settings = settings

    async def follow(self, contacts: Collection[Contact]) -> None:
        """Enter what is to be done about the contacts, as they are from now on."""
        settings = await self._settings.find()
        if settings.connection is None:
            return
        definitions = await self._definitions.in_order() if settings.is_automatic else ()
        updates = []
        for each in contacts:
            asked = asked_by(each, definitions, settings) if settings.is_automatic else None
            stages = [{"$set": {"org": self._organization_id, **_followed(each, asked)}}, _NEXT]
            updates.append(self._update(each.id, stages, is_needed=asked is not None or has_waiting(each)))
        if updates:
            await self._tasks.bulk_write(updates, session=self._session, ordered=False)

    async def ask_again(self, contact_ids: Iterable[str]) -> None:
        """Enter that the contacts are to be looked up again at once."""
        stages: list[Document] = [{"$set": {"org": self._organization_id, "lookUpDue": "$$NOW"}}, _NEXT]
        updates = [self._update(each, stages, is_needed=True) for each in contact_ids]
        if updates:
            await self._tasks.bulk_write(updates, session=self._session, ordered=False)

    async def ids_by_records(self, record_ids: Collection[str]) -> list[str]:
        """Return the contacts whose records these are."""
        query = {"org": self._organization_id, "validation.record": {"$in": list(record_ids)}}
        found = self._contacts.find(query, {"_id": 1}, session=self._session).hint(BY_RECORD)
        return [each["_id"] for each in await found.to_list(None)]

    async def look_up_at(self, contact_id: str, at: datetime | None, attempts: int) -> None:
        """Enter when the contact is looked up next; None where nobody asked for that."""
        await self._change(contact_id, {"lookUpDue": "$$REMOVE" if at is None else at, "attempts": attempts})

    async def is_unchanged(self, task: CrmTask) -> bool:
        """Tell whether nobody has entered since it was taken that the contact is to be looked up once more."""
        query = {"_id": task.contact_id, "org": self._organization_id}
        document = await self._tasks.find_one(query, session=self._session, hint=BY_OWN_ID)
        found = None if document is None else (document.get("asked"), document.get("lookUpDue"))
        return found == (task.asked, task.look_up_due)

    async def write_at(self, contact_id: str, at: datetime | None, attempts: int) -> None:
        """Enter when what is pending is written next: nothing before that; None where there is nothing to write."""
        await self._change(contact_id, {"writeDue": "$$REMOVE" if at is None else at, "attempts": attempts})

    async def forget(self, contact_id: str) -> None:
        query = {"_id": contact_id, "org": self._organization_id}
        await self._tasks.delete_one(query, session=self._session, hint=BY_OWN_ID)

    async def _change(self, contact_id: str, fields: Document) -> None:
        query = {"_id": contact_id, "org": self._organization_id}
        await self._tasks.update_one(query, [{"$set": fields}, _NEXT], session=self._session, hint=BY_OWN_ID)

    def _update(self, contact_id: str, stages: Sequence[Document], *, is_needed: bool) -> UpdateOne:
        query = {"_id": contact_id, "org": self._organization_id}
        return UpdateOne(query, stages, upsert=is_needed, hint=BY_OWN_ID)


def _followed(contact: Contact, asked: str | None) -> Document:
    # The database's own time: whoever changes a contact need not know that there is anything to be done.
    is_other = {"$ne": [{"$ifNull": ["$asked", None]}, asked]}
    return {
        "asked": "$$REMOVE" if asked is None else asked,
        # Where nothing is asked by itself, somebody may have asked for it.
        "lookUpDue": {"$cond": [is_other, "$$REMOVE" if asked is None else "$$NOW", "$lookUpDue"]},
        "writeDue": {"$ifNull": ["$writeDue", "$$NOW"]} if has_waiting(contact) else "$$REMOVE",
    }


def _is_before(name: str, until: datetime) -> Document:
    """Return an expression: whether the field is there, and before the moment."""
    return {"$and": [{"$gt": [f"${name}", None]}, {"$lt": [f"${name}", until]}]}


def _to_task(document: Document, now: datetime) -> CrmTask:
    return CrmTask(
        organization_id=document["org"],
        contact_id=document["_id"],
        asked=document.get("asked"),
        is_look_up_due="lookUpDue" in document and document["lookUpDue"] <= now,
        is_write_due="writeDue" in document and document["writeDue"] <= now,
        attempts=document.get("attempts", 0),
        taker=document["taker"],
        look_up_due=document.get("lookUpDue"),
    )
