"""Finding contacts."""

from __future__ import annotations

from domain.contacts import Contact, ContactPosition, IdentityKey
from domain.paging import Page, PageRequest
from resolvers.context import Context


async def find(context: Context, contact_id: str) -> Contact | None:
    return await context.loaders.contact_by_id.load(contact_id)


async def find_by_identity(context: Context, key: IdentityKey) -> Contact | None:
    return await context.loaders.contact_by_identity.load(key)


async def page(context: Context, request: PageRequest[ContactPosition]) -> Page[Contact]:
    """Return a page of the organization's contacts by name."""
    found = await context.stores.contacts.page(request)
    context.loaders.contact_by_id.prime_many({each.id: each for each in found.rows})
    return found


async def count(context: Context) -> int:
    return await context.stores.contacts.count()
