"""Contacts: found by what names one, and renamed."""

from __future__ import annotations

from dataclasses import replace

from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact, ContactChanged, IdentityKey, Network, StaleContact
from domain.events import ContactEvent, EventKind
from domain.identities import contact_name, possible_keys
from domain.ids import new_id
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import once


async def find(context: Context, contact_id: str) -> Contact | None:
    return await context.loaders.contact_by_id.load(contact_id)


async def find_by_identity(context: Context, key: IdentityKey) -> Contact | None:
    return await context.loaders.contact_by_identity.load(key)


async def find_writer(context: Context, network: Network, external_id: str) -> Contact | None:
    """Return who writes from the id, in whichever form it is given."""
    keys = possible_keys(network, external_id, context.directory.organization.region)
    found = await context.loaders.contact_by_identity.load_many(keys)
    return next((each for each in found if each is not None), None)


async def rename(
    context: Context, *, contact_id: str, name: str, version: int | None, idempotency_key: str | None
) -> ContactChanged | Forbidden | Invalid | NotFound | StaleContact | KeyReused:
    async def work(changes: Changes) -> ContactChanged | Forbidden | Invalid | NotFound | StaleContact:
        if refused := context.refuses(Capability.EDIT_CONTACTS):
            return refused
        if isinstance(cleaned := contact_name(name), Invalid):
            return cleaned
        before = await changes.contacts.find(contact_id)
        if before is None:
            return NotFound(Kind.CONTACT)
        if version is not None and version != before.version:
            return StaleContact(before)
        if cleaned == before.name:
            return ContactChanged(before)
        now, agent_id = context.clock(), context.agent.id
        after = replace(before, name=cleaned, version=before.version + 1, updated_at=now)
        await changes.contacts.put(after)
        kind = EventKind.CONTACT_RENAMED
        await changes.events.add(ContactEvent(new_id(), before.id, now, kind, agent_id, before.name, cleaned))
        return ContactChanged(after)

    result = await once(context, idempotency_key, ("contactRename", contact_id, name, version), work)
    if isinstance(result, ContactChanged):
        context.loaders.know_contact(result.contact)
    return result
