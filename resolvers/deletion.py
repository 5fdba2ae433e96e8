"""Deleting a contact, and the log of what was deleted."""

from __future__ import annotations

from typing import TypeVar

from domain.capabilities import Capability, Forbidden
from domain.contacts import StaleContact
from domain.deletion import ContactDeleted, DeletedContact, DeletionPosition, entry
from domain.ids import new_id
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.paging import Page, PageRequest
from domain.privacy import ContactErased
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import once

R = TypeVar("R")

DeletionResult = ContactDeleted | Forbidden | Invalid | NotFound | StaleContact | KeyReused


async def delete(
    context: Context, *, contact_id: str, version: int | None, idempotency_key: str | None
) -> DeletionResult:
    """Delete the contact with everything that is kept about it; the log keeps a hint of whom it was."""

    async def work(changes: Changes) -> ContactDeleted | Forbidden | NotFound | StaleContact:
        if refused := context.refuses(Capability.DELETE_CONTACTS):
            return refused
        contact = await changes.contacts.find(contact_id)
        if contact is None:
            return NotFound(Kind.CONTACT)
        if version is not None and version != contact.version:
            return StaleContact(contact)
        logged = entry(contact, entry_id=new_id(), at=context.clock(), admin_id=context.agent.id, is_erasure=False)
        await changes.deletions.delete(logged, contact.merged_ids)
        return ContactDeleted(logged)

    result = await once(context, idempotency_key, ("contactDelete", contact_id, version), work)
    return await finished(context, result)


async def finished(context: Context, result: R) -> R:
    """Remove what hung on a deleted contact, and let what the same request asks next see that it is gone."""
    match result:
        case ContactDeleted(deletion):
            contact_id = deletion.deleted_id
        case ContactErased(receipt):
            contact_id = receipt.deleted_id
        case _:
            return result
    # Also where the answer is that of the first time: what was cut off then is finished now.
    await context.stores.deletions.finish()
    context.loaders.forget_contact(contact_id)
    return result


async def page(context: Context, request: PageRequest[DeletionPosition]) -> Page[DeletedContact] | Forbidden:
    """Return a page of the log, newest first."""
    return context.refuses(Capability.DELETE_CONTACTS) or await context.stores.deletions.page(request)


async def find(context: Context, deletion_id: str) -> DeletedContact | None:
    """Return an entry of the log; to whom the log is closed, there is none."""
    if context.refuses(Capability.DELETE_CONTACTS):
        return None
    return await context.stores.deletions.by_id(deletion_id)


async def count(context: Context) -> int:
    """Return how many entries the log has, to whom a page of it was given."""
    return await context.stores.deletions.count()
