"""Contacts, by what names one."""

from __future__ import annotations

from domain.contacts import Contact, IdentityKey
from resolvers.context import Context


async def find(context: Context, contact_id: str) -> Contact | None:
    return await context.loaders.contact_by_id.load(contact_id)


async def find_by_identity(context: Context, key: IdentityKey) -> Contact | None:
    return await context.loaders.contact_by_identity.load(key)
