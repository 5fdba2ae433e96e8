"""VIP: set and cleared."""

from __future__ import annotations

import random

from domain.contacts import ContactChanged, StaleContact
from domain.events import EventKind
from resolvers import vip
from resolvers.context import Context
from tests.resolvers.at_once.operation import Known, Maker, Operation, Tell, Written, is_next, seen


def _told(known: Known, kind: EventKind, version: int | None) -> Tell:
    def tell(answer: object, context: Context) -> Written | None:
        match answer:
            case ContactChanged(contact):
                known.contact_versions[contact.id] = contact.version
                # Clearing what is clear changes nothing: the contact is of another moment then.
                if contact.updated_at != context.clock():
                    return None
                assert is_next(contact.version, version)
                return Written(contact.id, kind, contact.vip, contact=contact)
            case StaleContact(current):
                known.contact_versions[current.id] = current.version
                assert version not in {None, current.version}
                return None
            case _:
                raise AssertionError(answer)

    return tell


def vip_set(chance: random.Random, known: Known, number: int) -> Operation:
    contact_id = chance.choice(known.contacts)
    version = seen(known.contact_versions.get(contact_id, 1), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await vip.set_vip(
            context,
            contact_id=contact_id,
            reason=f"Reason {number}",
            expires_at=None,
            version=version,
            idempotency_key=idempotency_key,
        )

    return Operation(act, _told(known, EventKind.VIP_SET, version))


def vip_clear(chance: random.Random, known: Known, _number: int) -> Operation:
    contact_id = chance.choice(known.contacts)
    version = seen(known.contact_versions.get(contact_id, 1), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await vip.clear_vip(context, contact_id=contact_id, version=version, idempotency_key=idempotency_key)

    return Operation(act, _told(known, EventKind.VIP_CLEARED, version))


MAKERS: tuple[Maker, ...] = (vip_set, vip_clear)
