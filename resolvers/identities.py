"""Identities: added to a contact, changed and removed by any agent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact, IdentityKey, SocialIdentity, StaleContact
from domain.events import ContactEvent
from domain.identities import GivenIdentity, identity_of
from domain.identity_changes import (
    MOST_KEPT,
    IdentityChanged,
    IdentityPatch,
    IdentityRemoved,
    IdentityTaken,
    identity_events,
    one_primary,
    patched,
    with_identity,
    without_identity,
)
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.idempotency import once

Identities = tuple[SocialIdentity, ...]
Refused = Forbidden | Invalid | NotFound | StaleContact
R = TypeVar("R")


async def add(
    context: Context, *, contact_id: str, given: GivenIdentity, version: int | None, idempotency_key: str | None
) -> IdentityChanged | IdentityTaken | Refused | KeyReused:
    async def work(changes: Changes) -> IdentityChanged | IdentityTaken | Refused:
        if refused := context.refuses(Capability.EDIT_CONTACTS):
            return refused
        identity = identity_of(given, context.directory.organization.region)
        if isinstance(identity, Invalid):
            return identity.at("input", "identity", *identity.path)
        before = await changes.contacts.find(contact_id)
        if before is None:
            return NotFound(Kind.CONTACT)
        # It looks, so as to say who; that no two have it is the unique index's doing, whatever was seen here.
        holders = await changes.contacts.holders_of_identities([identity.key])
        if (holder := holders.get(identity.key)) is not None:
            return IdentityTaken(holder, is_own=holder.id == before.id)
        if version is not None and version != before.version:
            return StaleContact(before)
        if len(before.identities) >= MOST_KEPT:
            advice = f"The contact has {MOST_KEPT} identities: remove one first."
            return Invalid(ErrorCode.TOO_MANY, advice, ("input", "identity"))
        after = await _keep(context, changes, before, with_identity(before.identities, identity))
        return IdentityChanged(after, identity.key)

    request = ("contactIdentityAdd", contact_id, given, version)
    return _told(context, await once(context, idempotency_key, request, work))


async def update(
    context: Context,
    *,
    contact_id: str,
    key: IdentityKey,
    patch: IdentityPatch,
    version: int | None,
    idempotency_key: str | None,
) -> IdentityChanged | Refused | KeyReused:
    region = context.directory.organization.region

    async def change(changes: Changes, before: Contact, identity: SocialIdentity) -> IdentityChanged | Invalid:
        made = patched(identity, patch, region)
        if isinstance(made, Invalid):
            return made.at("input", *made.path)
        identities = tuple(made if each.key == key else each for each in before.identities)
        return IdentityChanged(await _keep(context, changes, before, identities), key)

    request = ("contactIdentityUpdate", contact_id, key, patch, version)
    return await _change(context, contact_id, key, version, idempotency_key, request, change)


async def remove(
    context: Context, *, contact_id: str, key: IdentityKey, version: int | None, idempotency_key: str | None
) -> IdentityRemoved | Refused | KeyReused:
    async def change(changes: Changes, before: Contact, _identity: SocialIdentity) -> IdentityRemoved:
        return IdentityRemoved(await _keep(context, changes, before, without_identity(before.identities, key)), key)

    request = ("contactIdentityRemove", contact_id, key, version)
    return await _change(context, contact_id, key, version, idempotency_key, request, change)


async def make_primary(
    context: Context, *, contact_id: str, key: IdentityKey, version: int | None, idempotency_key: str | None
) -> IdentityChanged | Refused | KeyReused:
    async def change(changes: Changes, before: Contact, _identity: SocialIdentity) -> IdentityChanged:
        return IdentityChanged(await _keep(context, changes, before, one_primary(before.identities, key)), key)

    request = ("contactIdentityMakePrimary", contact_id, key, version)
    return await _change(context, contact_id, key, version, idempotency_key, request, change)


async def _change(
    context: Context,
    contact_id: str,
    key: IdentityKey,
    version: int | None,
    idempotency_key: str | None,
    request: tuple[object, ...],
    change: Callable[[Changes, Contact, SocialIdentity], Awaitable[R]],
) -> R | Refused | KeyReused:
    """Change an identity that the contact has."""

    async def work(changes: Changes) -> R | Refused:
        if refused := context.refuses(Capability.EDIT_CONTACTS):
            return refused
        before = await changes.contacts.find(contact_id)
        if before is None:
            return NotFound(Kind.CONTACT)
        identity = next((each for each in before.identities if each.key == key), None)
        if identity is None:
            return NotFound(Kind.IDENTITY)
        if version is not None and version != before.version:
            return StaleContact(before)
        return await change(changes, before, identity)

    return _told(context, await once(context, idempotency_key, request, work))


async def _keep(context: Context, changes: Changes, before: Contact, identities: Identities) -> Contact:
    """Write the identities, where they are others, and what happened to each; returns the contact after it."""
    if identities == before.identities:
        return before
    now, agent_id = context.clock(), context.agent.id
    after = replace(before, identities=identities, version=before.version + 1, updated_at=now)
    await changes.contacts.put(after)
    events = [
        ContactEvent(new_id(), before.id, now, kind, agent_id, was, became)
        for kind, was, became in identity_events(before.identities, identities)
    ]
    await changes.events.add(*events)
    return after


def _told(context: Context, result: R) -> R:
    if isinstance(result, IdentityChanged | IdentityRemoved):
        context.loaders.know_contact(result.contact)
    return result
