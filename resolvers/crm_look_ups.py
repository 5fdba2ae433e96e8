"""Looking a contact up in the CRM, because an agent asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from crm.connector import Connector
from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact, ContactChanged
from domain.crm import CrmFailed, LookUpAnswer, RecordFound, RecordMissing
from domain.crm_look_ups import wanted
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.text import clean
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.crm_sync import Asked, apply_answer, asked
from resolvers.idempotency import answered, once

LONGEST_RECORD_ID = 200
"""Code points of what a CRM calls a record."""

LookUpResult = ContactChanged | Forbidden | Invalid | NotFound | KeyReused
_NO_CRM = Invalid(ErrorCode.NO_CRM, "Connect the organization to its CRM first: an admin can.")
_NOTHING_KNOWN = Invalid(
    ErrorCode.NOTHING_TO_ASK_BY, "Fill in an attribute that contacts are looked up by.", ("input", "contactId")
)


async def look_up(context: Context, *, contact_id: str, idempotency_key: str | None) -> LookUpResult:
    """Ask the CRM who the contact is, and keep what it says; that it does not answer is kept too."""
    order = _Order(idempotency_key, ("contactLookUp", contact_id), contact_id)
    found = await _asked(context, order)
    if not isinstance(found, _Ready):
        return found
    about = found.about
    record_id = about.contact.validation.record_id
    if record_id is not None:
        answer = await _read(found, record_id)
    elif about.query is None:
        return _NOTHING_KNOWN
    else:
        [answer] = await found.connector.look_up([about.query], wanted(about.definitions))
    # Where somebody has meanwhile said which record is the contact's, that is what counts.
    return await _keep(context, order, found, answer, about.contact)


async def link(context: Context, *, contact_id: str, record_id: str, idempotency_key: str | None) -> LookUpResult:
    """Say which record is the contact's: of several, or in the place of another one."""
    order = _Order(idempotency_key, ("contactCrmLink", contact_id, record_id), contact_id)
    found = await _asked(context, order)
    if not isinstance(found, _Ready):
        return found
    if isinstance(cleaned := clean(record_id, longest=LONGEST_RECORD_ID), Invalid):
        return cleaned.at("input", "recordId")
    answer = await _read(found, cleaned)
    if isinstance(answer, RecordMissing):
        return Invalid(ErrorCode.UNKNOWN_RECORD, "Give the id of a record that the CRM has.", ("input", "recordId"))
    if isinstance(answer, CrmFailed):
        return Invalid(ErrorCode.CRM_FAILED, f"Try again later: {answer.message}")
    return await _keep(context, order, found, answer)


@dataclass(frozen=True, slots=True)
class _Order:
    key: str | None
    request: tuple[object, ...]
    contact_id: str


@dataclass(frozen=True, slots=True)
class _Ready:
    """The CRM can be asked."""

    connector: Connector
    about: Asked
    now: datetime
    """When it is asked: what it says is older than what becomes known while it answers."""


async def _asked(context: Context, order: _Order) -> _Ready | LookUpResult:
    # Before the CRM is: it may not answer any more.
    first = await answered(context, order.key, order.request, ContactChanged)
    if first is not None:
        return _told(context, first)
    if refused := context.refuses(Capability.USE_CRM):
        return refused
    # Not in the transaction that keeps the answer: nobody else is to wait for the CRM.
    about = await context.stores.transact(lambda changes: asked(changes, order.contact_id))
    if about is None:
        return NotFound(Kind.CONTACT)
    connector = context.connections.of(context.directory)
    return _NO_CRM if connector is None else _Ready(connector, about, context.clock())


async def _read(ready: _Ready, record_id: str) -> LookUpAnswer:
    records = await ready.connector.read([record_id], wanted(ready.about.definitions))
    if isinstance(records, CrmFailed):
        return records
    return RecordFound(records[record_id]) if record_id in records else RecordMissing()


async def _keep(
    context: Context, order: _Order, ready: _Ready, answer: LookUpAnswer, asked_as: Contact | None = None
) -> LookUpResult:
    # Not by the id that was given: one who became part of another meanwhile was not asked about.
    contact_id, region, agent_id = ready.about.contact.id, context.directory.organization.region, context.agent.id

    async def work(changes: Changes) -> ContactChanged | NotFound:
        after = await apply_answer(
            changes, contact_id, answer, region=region, now=ready.now, agent_id=agent_id, asked_as=asked_as
        )
        return NotFound(Kind.CONTACT) if after is None else ContactChanged(after)

    return _told(context, await once(context, order.key, order.request, work))


def _told(context: Context, result: LookUpResult) -> LookUpResult:
    """Let what the same request asks next see the change."""
    if isinstance(result, ContactChanged):
        context.loaders.know_contact(result.contact)
        context.loaders.forget_histories()
    return result
