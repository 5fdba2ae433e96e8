"""One organization's exchange with its CRM: contacts are looked up, and what agents have changed is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

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
from domain.crm_look_ups import asked_by, looked_up, pause, query_of, wanted
from domain.crm_merge import CrmMerge, merged_record, pending, rejected, written
from domain.crm_tasks import CrmTask
from domain.crm_values import alias, field_of_value
from domain.definitions import AttributeDefinition
from persistence.stores import Changes, Stores
from resolvers.crm_sync import apply, apply_answer, asked

MOST_WRITES = 20
"""Values of one contact that are written in one turn."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one process does for contacts that nobody else does anything for at the same time."""

    directory: Directory
    stores: Stores
    connector: Connector
    clock: Callable[[], datetime] = clock.now
    region: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "region", self.directory.organization.region)

    async def look_up(self, due: Sequence[tuple[CrmTask, Contact]]) -> None:
        """Look the contacts up, in as few requests as the CRM allows, and keep what it says."""
        answers = await self._answers([contact for _, contact in due])
        for task, contact in due:
            await self._keep(task, contact, answers.get(contact.id))

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
            records = await self.connector.read(list(set(known.values())), wanted(definitions))
            for contact_id, record_id in known.items():
                if isinstance(records, CrmFailed):
                    answers[contact_id] = records
                else:
                    record = records.get(record_id)
                    answers[contact_id] = RecordMissing() if record is None else RecordFound(record)
        if queries:
            found = await self.connector.look_up(list(queries.values()), wanted(definitions))
            answers.update(zip(queries, found, strict=True))
        return answers

    async def _keep(self, task: CrmTask, contact: Contact, answer: LookUpAnswer | None) -> None:
        now = self.clock()
        attempts = task.attempts + 1 if isinstance(answer, CrmFailed) else 0
        wait = pause(answer, task.attempts) if isinstance(answer, CrmFailed) else self.directory.crm.refresh_after
        at = now + wait

        async def work(changes: Changes) -> None:
            about = await asked(changes, task.contact_id)
            if about is None:
                await changes.crm.forget(task.contact_id)
                return
            settings = about.settings
            # What has changed since it was taken is asked by in the next turn.
            is_same = task.asked == (
                asked_by(about.contact, about.definitions, settings) if settings.is_automatic else None
            )
            is_paused = isinstance(answer, CrmFailed) and answer.reason is FailureReason.PAUSED
            if answer is not None and not is_paused:
                await apply_answer(
                    changes, task.contact_id, answer, region=self.region, now=now, retry_at=at, asked_as=contact
                )
            if is_same:
                is_wanted = settings.is_automatic or isinstance(answer, CrmFailed)
                await changes.crm.look_up_at(task.contact_id, at if is_wanted else None, attempts)

        await self.stores.transact(work)

    async def write(self, task: CrmTask, contact: Contact | None) -> None:
        """Write what the CRM has not heard of, one value after the other in the order of the edits."""
        for _ in range(MOST_WRITES):
            waiting = [] if contact is None else pending(contact, self.directory.definitions)
            if contact is None or not waiting or contact.validation.record_id is None:
                return
            definition, held = waiting[0]
            answer = await self._send(contact, contact.validation.record_id, definition, held)
            if isinstance(answer, CrmFailed):
                await self._postpone(task, answer)
                return
            contact = await self._wrote(contact.id, definition, held, answer)

    async def _send(
        self, contact: Contact, record_id: str, definition: AttributeDefinition, held: HeldValue
    ) -> WriteAnswer:
        name = alias(definition)
        expected = None if held.sync is None else held.sync.field
        value = field_of_value(definition, held.value)
        # Of a value's version there is one, whoever writes it and how often.
        key = f"{contact.id}:{definition.id}:{held.version}"
        return await self.connector.write(FieldWrite(key, record_id, {name: value}, {name: expected}))

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
