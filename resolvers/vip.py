"""VIP: set and cleared by any agent, with who and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from domain.attributes import Source
from domain.capabilities import Capability, Forbidden
from domain.contacts import Contact, ContactChanged, StaleContact
from domain.events import ContactEvent, EventKind
from domain.ids import new_id
from domain.outcomes import Invalid, KeyReused, Kind, NotFound
from domain.vip import VipStatus, granted
from persistence.stores import Changes, Stores
from resolvers.context import Context
from resolvers.idempotency import once

VipResult = ContactChanged | Forbidden | Invalid | NotFound | StaleContact | KeyReused


def current(context: Context, contact: Contact) -> VipStatus | None:
    """Return the status where it holds now."""
    vip = contact.vip
    return vip if vip is not None and vip.is_current(context.clock()) else None


async def set_vip(
    context: Context,
    *,
    contact_id: str,
    reason: str | None,
    expires_at: datetime | None,
    version: int | None,
    idempotency_key: str | None,
) -> VipResult:
    def status(now: datetime) -> VipStatus | Invalid:
        return granted(agent_id=context.agent.id, now=now, reason=reason, expires_at=expires_at)

    request = ("contactVipSet", contact_id, reason, expires_at, version)
    return await _change(context, contact_id, status, version, idempotency_key, request)


async def clear_vip(
    context: Context, *, contact_id: str, version: int | None, idempotency_key: str | None
) -> VipResult:
    request = ("contactVipClear", contact_id, version)
    return await _change(context, contact_id, lambda _now: None, version, idempotency_key, request)


async def lapse(stores: Stores, contact_id: str, now: datetime) -> None:
    """End the status whose time has come: what depends on it follows, and the timeline says so.

    It has no effect on a contact whose status was renewed or ended meanwhile, by whomever.
    """

    async def work(changes: Changes) -> None:
        before = await changes.contacts.find(contact_id)
        if before is None or before.vip is None or before.vip.expires_at is None or before.vip.is_current(now):
            return
        await changes.contacts.put(replace(before, vip=None, version=before.version + 1, updated_at=now))
        at, kind, source = before.vip.expires_at, EventKind.VIP_CLEARED, Source.SYSTEM
        await changes.events.add(ContactEvent(new_id(), before.id, at, kind, None, before.vip, source=source))

    await stores.transact(work)


async def _change(
    context: Context,
    contact_id: str,
    status: Callable[[datetime], VipStatus | Invalid | None],
    version: int | None,
    idempotency_key: str | None,
    request: tuple[object, ...],
) -> VipResult:
    async def work(changes: Changes) -> ContactChanged | Forbidden | Invalid | NotFound | StaleContact:
        if refused := context.refuses(Capability.SET_VIP):
            return refused
        # Here and not before: an expiry in the future, when it was first asked for, may be past when it is repeated.
        now = context.clock()
        vip = status(now)
        if isinstance(vip, Invalid):
            return vip
        before = await changes.contacts.find(contact_id)
        if before is None:
            return NotFound(Kind.CONTACT)
        if version is not None and version != before.version:
            return StaleContact(before)
        if _is_same(before.vip, vip):
            return ContactChanged(before)
        after = replace(before, vip=vip, version=before.version + 1, updated_at=now)
        await changes.contacts.put(after)
        kind = EventKind.VIP_CLEARED if vip is None else EventKind.VIP_SET
        await changes.events.add(ContactEvent(new_id(), before.id, now, kind, context.agent.id, before.vip, vip))
        return ContactChanged(after)

    result = await once(context, idempotency_key, request, work)
    if isinstance(result, ContactChanged):
        context.loaders.know_contact(result.contact)
    return result


def _is_same(before: VipStatus | None, after: VipStatus | None) -> bool:
    """Tell whether nothing would change: setting again what is set keeps who set it first, and when."""
    if before is None or after is None:
        return before is after
    return (before.reason, before.expires_at) == (after.reason, after.expires_at)
