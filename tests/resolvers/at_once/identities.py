"""Identities: added by several contacts' agents at once, changed, made the primary one, and removed."""

from __future__ import annotations

import random

from domain.contacts import IdentityKey, Network, StaleContact
from domain.events import EventKind
from domain.identities import GivenIdentity
from domain.identity_changes import IdentityChanged, IdentityPatch, IdentityRemoved, IdentityTaken
from domain.outcomes import Kind, NotFound
from resolvers import identities
from resolvers.context import Context
from tests.resolvers.at_once.operation import Known, Maker, Operation, Tell, Written, is_next, seen

# Few, so that contacts are after the same. Those of even numbers may become the primary one, and only the others are
# removed: to remove the primary one is two entries in the log.
EVEN, ODD = ("t-0", "t-2", "t-4", "t-6"), ("t-1", "t-3", "t-5", "t-7")


def _told(known: Known, kind: EventKind, key: IdentityKey, version: int | None) -> Tell:
    def tell(answer: object, context: Context) -> Written | None:
        match answer:
            case IdentityChanged(contact, changed) | IdentityRemoved(contact, changed):
                known.contact_versions[contact.id] = contact.version
                assert changed == key
                assert sum(each.is_primary for each in contact.identities) == min(1, len(contact.identities))
                # What is so already changes nothing: the contact is of another moment then.
                if contact.updated_at != context.clock():
                    return None
                assert is_next(contact.version, version)
                now = next((each for each in contact.identities if each.key == key), None)
                return Written(contact.id, kind, now, contact=contact)
            case IdentityTaken(holder):
                assert key in {each.key for each in holder.identities}
                return None
            case StaleContact(current):
                known.contact_versions[current.id] = current.version
                assert version not in {None, current.version}
                return None
            case NotFound(missing):
                assert missing is Kind.IDENTITY
                return None
            case _:
                raise AssertionError(answer)

    return tell


def identity_add(chance: random.Random, known: Known, _number: int) -> Operation:
    contact_id, external_id = chance.choice(known.contacts), chance.choice(EVEN + ODD)
    version = seen(known.contact_versions.get(contact_id, 1), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        given = GivenIdentity(Network.TELEGRAM, external_id)
        return await identities.add(
            context, contact_id=contact_id, given=given, version=version, idempotency_key=idempotency_key
        )

    return Operation(act, _told(known, EventKind.IDENTITY_ADDED, _key(external_id), version))


def identity_update(chance: random.Random, known: Known, number: int) -> Operation:
    contact_id, key = chance.choice(known.contacts), _key(chance.choice(EVEN + ODD))
    version = seen(known.contact_versions.get(contact_id, 1), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await identities.update(
            context,
            contact_id=contact_id,
            key=key,
            patch=IdentityPatch(channel=f"@{number}"),
            version=version,
            idempotency_key=idempotency_key,
        )

    return Operation(act, _told(known, EventKind.IDENTITY_CHANGED, key, version))


def identity_make_primary(chance: random.Random, known: Known, _number: int) -> Operation:
    contact_id, key = chance.choice(known.contacts), _key(chance.choice(EVEN))
    version = seen(known.contact_versions.get(contact_id, 1), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await identities.make_primary(
            context, contact_id=contact_id, key=key, version=version, idempotency_key=idempotency_key
        )

    return Operation(act, _told(known, EventKind.IDENTITY_CHANGED, key, version))


def identity_remove(chance: random.Random, known: Known, _number: int) -> Operation:
    contact_id, key = chance.choice(known.contacts), _key(chance.choice(ODD))
    version = seen(known.contact_versions.get(contact_id, 1), chance)

    async def act(context: Context, idempotency_key: str | None) -> object:
        return await identities.remove(
            context, contact_id=contact_id, key=key, version=version, idempotency_key=idempotency_key
        )

    return Operation(act, _told(known, EventKind.IDENTITY_REMOVED, key, version))


def _key(external_id: str) -> IdentityKey:
    return IdentityKey(Network.TELEGRAM, external_id)


MAKERS: tuple[Maker, ...] = (identity_add, identity_add, identity_update, identity_make_primary, identity_remove)
