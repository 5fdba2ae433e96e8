"""Privacy: a person erased at their request, with a receipt, or given everything that is kept of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact
from domain.deletion import DeletionPosition, entry
from domain.ids import new_id
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from domain.privacy import ContactErased, ErasureCounts, ErasureReceipt, erasure_reason
from domain.tombstones import traces_of_contact
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.deletion import finished
from resolvers.idempotency import once
from resolvers.person_json import person_json

ErasureResult = ContactErased | Forbidden | Invalid | NotFound | KeyReused


@dataclass(frozen=True, slots=True)
class ContactExport:
    """Everything that is kept of one person, as a file."""

    file_name: str
    json: str


async def erase(context: Context, *, contact_id: str, reason: str | None, idempotency_key: str | None) -> ErasureResult:
    """Delete the contact with everything that is kept about it, and see to it that no import brings it back."""

    async def work(changes: Changes) -> ContactErased | Forbidden | Invalid | NotFound:
        if refused := context.refuses(Capability.DELETE_CONTACTS):
            return refused
        why = None if reason is None else erasure_reason(reason)
        if isinstance(why, Invalid):
            return why
        contact = await changes.contacts.find(contact_id)
        if contact is None:
            return NotFound(Kind.CONTACT)
        erasure_id, at, admin_id = new_id(), context.clock(), context.agent.id
        counts = await _counts(changes, contact)
        org = context.directory.organization.id
        receipt = ErasureReceipt(erasure_id, org, contact.id, at, admin_id, why, counts)
        logged = entry(contact, entry_id=erasure_id, at=at, admin_id=admin_id, is_erasure=True)
        await changes.deletions.delete(logged, contact.merged_ids)
        await changes.privacy.entomb(traces_of_contact(contact).all(), at)
        await changes.privacy.add(receipt)
        return ContactErased(receipt)

    result = await once(context, idempotency_key, ("contactErase", contact_id, reason), work)
    return await finished(context, result)


async def would_erase(context: Context, contact_id: str) -> ErasureCounts | Forbidden | NotFound:
    """Return what erasing the contact would remove, and remove nothing."""

    async def work(changes: Changes) -> ErasureCounts | Forbidden | NotFound:
        if refused := context.refuses(Capability.DELETE_CONTACTS):
            return refused
        contact = await changes.contacts.find(contact_id)
        return NotFound(Kind.CONTACT) if contact is None else await _counts(changes, contact)

    return await context.stores.transact(work)


async def _counts(changes: Changes, contact: Contact) -> ErasureCounts:
    values = sum(each.value is not None for each in contact.values)
    kept = await changes.deletions.counts(contact.id, contact.merged_ids)
    return ErasureCounts(values=values, identities=len(contact.identities), **kept)


async def receipts(context: Context, request: PageRequest[DeletionPosition]) -> Page[ErasureReceipt] | Forbidden:
    """Return a page of the receipts, newest first."""
    return context.refuses(Capability.DELETE_CONTACTS) or await context.stores.privacy.receipts(request)


async def receipt(context: Context, receipt_id: str) -> ErasureReceipt | Forbidden | None:
    return context.refuses(Capability.DELETE_CONTACTS) or await context.stores.privacy.receipt(receipt_id)


async def count(context: Context) -> int:
    """Return how many receipts there are, to whom a page of them was given."""
    return await context.stores.privacy.count()


async def export(context: Context, contact_id: str) -> ContactExport | Forbidden | None:
    """Return everything that is kept of the contact, None where there is no such contact."""
    if refused := context.refuses(Capability.DELETE_CONTACTS):
        return refused
    at = context.clock()
    person = await context.stores.privacy.person(contact_id, at)
    if person is None:
        return None
    # Aside: of somebody of whom much is known it takes seconds, in which other requests are to be answered.
    text = await asyncio.to_thread(person_json, person, context.directory, at, context.agent)
    return ContactExport(f"contact-{contact_id}.json", text)
