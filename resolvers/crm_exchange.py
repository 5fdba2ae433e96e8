"""One organization's exchange with its CRM: contacts are looked up, and what agents have changed is written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar, assert_never

from crm.connector import Connector
from domain import clock
from domain.agents import Directory
from domain.attributes import HeldValue
from domain.contacts import Contact
from domain.crm import (
    CrmFailed,
    FailureReason,
    FieldWrite,
    LookUpAnswer,
    RecordFound,
    RecordMissing,
    RecordWritten,
    WriteAnswer,
    WriteConflict,
    WriteRejected,
)
from domain.crm_look_ups import looked_up, pause, query_of, wanted
from domain.crm_merge import CrmMerge, merged_record, pending, rejected, written
from domain.crm_tasks import CrmTask
from domain.crm_values import alias, field_of_value
from domain.definitions import AttributeDefinition
from persistence.stores import Changes, Stores
from resolvers.crm_sync import apply, apply_answer

R = TypeVar("R")

MOST_WRITES = 20
"""Values of one contact that are written in one turn."""
SIDE_BY_SIDE = 8
"""Contacts that are written to the CRM, or whose answers are kept, at the same time."""
_NOTHING_NEW = CrmFailed(FailureReason.UNREADABLE, "The CRM says that its record was changed, and not what it holds.")


async def side_by_side(works: Iterable[Callable[[], Awaitable[R]]]) -> list[R]:
    """Do all of it, some at a time, and return what came of each; raises the first failure when all have ended.

    What is wrong with one contact keeps no other from being seen to, and nothing goes on after its lease.
    """
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def do(work: Callable[[], Awaitable[R]]) -> R:
        async with places:
            return await work()

    ends = []
    for each in await asyncio.gather(*map(do, works), return_exceptions=True):
        if isinstance(each, BaseException):
            raise each
        ends.append(each)
    return ends


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one process does for contacts that nobody else does anything for at the same time."""

    directory: Directory
    stores: Stores
    connector: Connector
    clock: Callable[[], datetime] = clock.now

    @property
    def region(self) -> str:
        return self.directory.organization.region

    async def look_up(self, due: Sequence[tuple[CrmTask, Contact]]) -> CrmFailed | None:
        """Look the contacts up, in as few requests as the CRM allows, and keep what it says.

        Returns the failure where the CRM is left alone for a while: it was not asked then, and nothing is kept.
        """
        now = self.clock()
        answers = await self._answers([contact for _, contact in due])
        if (paused := first_pause(answers.values())) is not None:
            return paused
        await side_by_side(partial(self._keep, task, each, answers.get(each.id), now) for task, each in due)
        return None

    async def _answers(self, contacts: Sequence[Contact]) -> Mapping[str, LookUpAnswer]:
        """Return the answers by contact id; none for one of whom nothing is known to ask by."""
        definitions, settings = self.directory.definitions, self.directory.crm
        known = {each.id: each.validation.record_id for each in contacts if each.validation.record_id is not None}
        queries = {
            each.id: query
            for each in contacts
            if each.id not in known and (query := query_of(each, definitions, settings)) is not None
        }
        answers: dict[str, LookUpAnswer] = {}
        if known:
            records = await self._records(sorted(set(known.values())))
            answers.update({contact_id: records[record_id] for contact_id, record_id in known.items()})
        if queries:
            found = await self.connector.look_up(list(queries.values()), wanted(definitions))
            answers.update(zip(queries, found, strict=True))
        return answers

    async def _records(self, record_ids: Sequence[str]) -> Mapping[str, LookUpAnswer]:
        """Return what the CRM says of each record."""
        records = await self.connector.read(record_ids, wanted(self.directory.definitions))
        if not isinstance(records, CrmFailed):
            return {each: RecordFound(records[each]) if each in records else RecordMissing() for each in record_ids}
        if records.reason is not FailureReason.UNREADABLE or len(record_ids) == 1:
            return dict.fromkeys(record_ids, records)
        # One that cannot be read must not keep the others from being heard of.
        apart: dict[str, LookUpAnswer] = {}
        for each in record_ids:
            apart.update(await self._records([each]))
        return apart

    async def _keep(self, task: CrmTask, known: Contact, answer: LookUpAnswer | None, now: datetime) -> None:
        attempts = task.attempts + 1 if isinstance(answer, CrmFailed) else 0
        wait = pause(answer, task.attempts) if isinstance(answer, CrmFailed) else self.directory.crm.refresh_after
        at = self.clock() + wait
        is_lost = isinstance(answer, RecordMissing) and known.validation.record_id is not None

        async def work(changes: Changes) -> None:
            contact = await changes.contacts.find(task.contact_id)
            if contact is None or contact.id != task.contact_id:
                await changes.crm.forget(task.contact_id)
                return
            # What has become due since it was taken is done in the next turn.
            is_done = await changes.crm.is_unchanged(task)
            if answer is not None:
                await apply_answer(
                    changes, task.contact_id, answer, region=self.region, now=now, retry_at=at, asked_as=known
                )
            is_automatic = (await changes.crm_settings.find()).is_automatic
            # One whose record is gone is asked for at once by what else is known.
            if is_done and not (is_lost and is_automatic):
                is_wanted = is_automatic or isinstance(answer, CrmFailed)
                await changes.crm.look_up_at(task.contact_id, at if is_wanted else None, attempts)

        await self.stores.transact(work)

    async def write(self, task: CrmTask, contact: Contact | None) -> CrmFailed | None:
        """Write what the CRM has not heard of, one value after the other in the order of the edits.

        Returns the failure where the CRM is left alone for a while.
        """
        for turn in range(MOST_WRITES):
            waiting = [] if contact is None else pending(contact, self.directory.definitions)
            if contact is None or not waiting or contact.validation.record_id is None:
                if turn == 0 or task.attempts:
                    await self._end(task)
                return None
            definition, held = waiting[0]
            answer = await self._send(contact, contact.validation.record_id, definition, held)
            if (paused := first_pause([answer])) is not None:
                return paused
            if isinstance(answer, CrmFailed):
                await self._postpone(task, answer)
                return None
            contact = await self._wrote(contact.id, definition, held, answer)
            if isinstance(answer, WriteConflict) and contact is not None and contact.held(definition.id) == held:
                await self._postpone(task, _NOTHING_NEW)
                return None
        return None

    async def _send(
        self, contact: Contact, record_id: str, definition: AttributeDefinition, held: HeldValue
    ) -> WriteAnswer:
        name = alias(definition)
        expected = None if held.sync is None else held.sync.field
        value = field_of_value(definition, held.value)
        # Of a value's version there is one, whoever writes it and how often.
        key = f"{contact.id}:{definition.id}:{held.version}"
        return await self.connector.write(FieldWrite(key, record_id, {name: value}, {name: expected}))

    async def _end(self, task: CrmTask) -> None:
        """Enter that there is nothing to write, if that is so."""

        async def work(changes: Changes) -> None:
            contact, definitions = await changes.contacts.find(task.contact_id), await changes.definitions.in_order()
            if contact is None or contact.validation.record_id is None or not pending(contact, definitions):
                await changes.crm.write_at(task.contact_id, None, 0)

        await self.stores.transact(work)

    async def _postpone(self, task: CrmTask, failed: CrmFailed) -> None:
        at = self.clock() + pause(failed, task.attempts)
        await self.stores.transact(lambda changes: changes.crm.write_at(task.contact_id, at, task.attempts + 1))

    async def _wrote(
        self,
        contact_id: str,
        definition: AttributeDefinition,
        sent: HeldValue,
        answer: RecordWritten | WriteRejected | WriteConflict | RecordMissing,
    ) -> Contact | None:
        now = self.clock()

        def merge(contact: Contact, definitions: Sequence[AttributeDefinition]) -> CrmMerge:
            match answer:
                case RecordWritten(record):
                    value = field_of_value(definition, sent.value)
                    field = value if record is None else record.fields.get(alias(definition), value)
                    return written(contact, sent, field, now)
                case WriteRejected(message):
                    return rejected(contact, sent, message)
                case WriteConflict(record):
                    return merged_record(contact, record, definitions, region=self.region, now=now)
                case RecordMissing():
                    return looked_up(contact, answer, definitions, region=self.region, now=now)
                case _:
                    assert_never(answer)

        return await self.stores.transact(lambda changes: apply(changes, contact_id, merge, now=now))


def first_pause(answers: Iterable[object]) -> CrmFailed | None:
    """Return the first of those answers that say that the CRM is left alone for a while."""
    failed = (each for each in answers if isinstance(each, CrmFailed))
    return next((each for each in failed if each.reason is FailureReason.PAUSED), None)
