"""Looking a contact up in the CRM, because an agent asks for it."""

from __future__ import annotations

from typing import TypeVar

from crm.connector import Connector
from domain.capabilities import Capability, Forbidden
from domain.contacts import ContactChanged
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

R = TypeVar("R")
LookUpResult = ContactChanged | Forbidden | Invalid | NotFound | KeyReused
_NO_CRM = Invalid(ErrorCode.NO_CRM, "Connect the organization to its CRM first: an admin can.")
_NOTHING_KNOWN = Invalid(
    ErrorCode.NOTHING_TO_ASK_BY, "Fill in an attribute that contacts are looked up by.", ("input", "contactId")
)


async def look_up(context: Context, *, contact_id: str, idempotency_key: str | None) -> LookUpResult:
    """Ask the CRM who the contact is, and keep what it says; that it does not answer is kept too."""
    request = ("contactLookUp", contact_id)
    if (first := await answered(context, idempotency_key, request, ContactChanged)) is not None:
        return _told(context, first)
    found = await _asked(context, contact_id)
    if not isinstance(found, tuple):
        return found
    connector, about = found
    record_id = about.contact.validation.record_id
    if record_id is not None:
        answer = await _read(connector, record_id, about)
    elif about.query is None:
        return _NOTHING_KNOWN
    else:
        [answer] = await connector.look_up([about.query], wanted(about.definitions))
    return await _keep(context, contact_id, answer, idempotency_key, request)


async def link(context: Context, *, contact_id: str, record_id: str, idempotency_key: str | None) -> LookUpResult:
    """Say which record is the contact's: of several, or in the place of another one."""
    request = ("contactCrmLink", contact_id, record_id)
    if (first := await answered(context, idempotency_key, request, ContactChanged)) is not None:
        return _told(context, first)
    found = await _asked(context, contact_id)
    if not isinstance(found, tuple):
        return found
    if isinstance(cleaned := clean(record_id, longest=LONGEST_RECORD_ID), Invalid):
        return cleaned.at("input", "recordId")
    answer = await _read(found[0], cleaned, found[1])
    if isinstance(answer, RecordMissing):
        return Invalid(ErrorCode.UNKNOWN_RECORD, "Give the id of a record that the CRM has.", ("input", "recordId"))
    if isinstance(answer, CrmFailed):
        return Invalid(ErrorCode.CRM_FAILED, f"Try again later: {answer.message}")
    return await _keep(context, contact_id, answer, idempotency_key, request)


async def _asked(context: Context, contact_id: str) -> tuple[Connector, Asked] | Forbidden | Invalid | NotFound:
    if refused := context.refuses(Capability.USE_CRM):
        return refused
    # Not in the transaction that keeps the answer: nobody else is to wait for the CRM.
    about = await context.stores.transact(lambda changes: asked(changes, contact_id))
    if about is None:
        return NotFound(Kind.CONTACT)
    connector = context.connections.of(context.directory)
    return _NO_CRM if connector is None else (connector, about)


async def _read(connector: Connector, record_id: str, about: Asked) -> LookUpAnswer:
    records = await connector.read([record_id], wanted(about.definitions))
    if isinstance(records, CrmFailed):
        return records
    return RecordFound(records[record_id]) if record_id in records else RecordMissing()


async def _keep(
    context: Context, contact_id: str, answer: LookUpAnswer, idempotency_key: str | None, request: tuple[object, ...]
) -> LookUpResult:
    async def work(changes: Changes) -> ContactChanged | NotFound:
        region, now = context.directory.organization.region, context.clock()
        after = await apply_answer(changes, contact_id, answer, region=region, now=now, agent_id=context.agent.id)
        return NotFound(Kind.CONTACT) if after is None else ContactChanged(after)

    return _told(context, await once(context, idempotency_key, request, work))


def _told(context: Context, result: R) -> R:
    """Let what the same request asks next see the contact as it is now."""
    if isinstance(result, ContactChanged):
        context.loaders.know_contact(result.contact)
        context.loaders.forget_histories()
    return result
