"""Names: contacts called otherwise."""

from __future__ import annotations

import random

from domain.contacts import ContactChanged, StaleContact
from domain.events import EventKind
from resolvers import contacts
from resolvers.context import Context
from tests.resolvers.at_once.operation import Known, Maker, Operation, Written, is_next, seen


def contact_rename(chance: random.Random, known: Known, number: int) -> Operation:
    contact_id, name = chance.choice(known.contacts), f"Name {number}"
    version = seen(known.contact_versions.get(contact_id, 1), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await contacts.rename(
            context, contact_id=contact_id, name=name, version=version, idempotency_key=idempotency_key
        )

    def tell(answer: object, _context: Context) -> Written | None:
        match answer:
            case ContactChanged(contact):
                known.contact_versions[contact.id] = contact.version
                assert (contact.name, is_next(contact.version, version)) == (name, True)
                return Written(contact.id, EventKind.CONTACT_RENAMED, name, contact=contact)
            case StaleContact(current):
                known.contact_versions[current.id] = current.version
                assert version not in {None, current.version}
                return None
            case _:
                raise AssertionError(answer)

    return Operation(act, tell)


MAKERS: tuple[Maker, ...] = (contact_rename,)
