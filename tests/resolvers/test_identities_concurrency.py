"""Identities given and taken by many at once: each has one contact, and each contact one primary identity."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise

from domain.contacts import Contact, IdentityKey, Network, SocialIdentity, StaleContact
from domain.events import EventKind
from domain.identities import GivenIdentity
from domain.identity_changes import IdentityChanged, IdentityPatch, IdentityRemoved, IdentityTaken
from domain.outcomes import NotFound
from resolvers import contact_creation, identities
from resolvers.contact_creation import GivenContact
from tests.builders import a_contact, an_identity
from tests.conftest import World
from tests.resolvers.changing import asker, happened, log, stored

MANY = 30
JANE = GivenIdentity(Network.TWITTER, "42", "jane")
KEY = IdentityKey(Network.TWITTER, "42")


async def everyone(world: World) -> list[Contact]:
    return list((await world.stores().contacts.by_ids([f"c{each}" for each in range(MANY)])).values())


async def test_of_many_contacts_exactly_one_gets_the_identity_and_the_others_are_told_who(world: World) -> None:
    await world.add_contacts(*(a_contact(f"c{each}") for each in range(MANY)))
    context = await asker(world)
    adds = [
        identities.add(context, contact_id=f"c{each}", given=JANE, version=1, idempotency_key=None)
        for each in range(MANY)
    ]
    answers = await asyncio.gather(*adds)
    assert Counter(type(each) for each in answers) == {IdentityChanged: 1, IdentityTaken: MANY - 1}
    [won] = [each for each in answers if isinstance(each, IdentityChanged)]
    # Whoever came later was told of the contact as it is with the identity.
    assert all(each in (won, IdentityTaken(won.contact)) for each in answers)
    assert Counter(len(each.identities) for each in await everyone(world)) == {0: MANY - 1, 1: 1}
    assert await stored(world, won.contact.id) == won.contact
    only = won.contact.identities[0]
    assert await log(world) == [happened(EventKind.IDENTITY_ADDED, None, only, contact=won.contact.id)]


async def test_many_contacts_made_with_one_identity_are_one_contact(world: World) -> None:
    context = await asker(world)
    made = GivenContact("Jane", identities=(JANE,))
    answers = await asyncio.gather(*(contact_creation.create(context, made, idempotency_key=None) for _ in range(MANY)))
    snapshot = await world.snapshot()
    [only] = snapshot["contacts"]
    taken = [each for each in answers if isinstance(each, IdentityTaken)]
    assert len(taken) == MANY - 1
    assert {(each.holder.id, each.index) for each in taken} == {(only["_id"], 0)}
    assert [each.contact_id for each in await log(world)] == [only["_id"]]


async def test_many_identities_of_one_contact_are_all_there_with_one_primary(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    context = await asker(world)
    adds = [
        identities.add(
            context,
            contact_id="c1",
            given=GivenIdentity(Network.TWITTER, str(each), is_primary=each % 3 == 0),
            version=None,
            idempotency_key=None,
        )
        for each in range(MANY)
    ]
    answers = [each for each in await asyncio.gather(*adds) if isinstance(each, IdentityChanged)]
    answers.sort(key=lambda each: each.contact.version)
    assert [each.contact.version for each in answers] == list(range(2, MANY + 2))
    # Each was added to what the one before it left.
    keys = [[identity.key for identity in each.contact.identities] for each in answers]
    assert all(later[:-1] == earlier for earlier, later in pairwise(keys))
    assert {each.external_id for each in keys[-1]} == {str(each) for each in range(MANY)}
    after = await stored(world)
    assert after == answers[-1].contact
    assert sum(each.is_primary for each in after.identities) == 1
    added = [next(own for own in each.contact.identities if own.key == each.key) for each in answers]
    assert await log(world) == [happened(EventKind.IDENTITY_ADDED, None, each) for each in added]


async def test_an_identity_removed_by_many_is_removed_once(world: World) -> None:
    identity = an_identity("42", is_primary=True)
    await world.add_contacts(a_contact("c1", identities=(identity,)))
    context = await asker(world)
    removes = [
        identities.remove(context, contact_id="c1", key=KEY, version=None, idempotency_key=None) for _ in range(MANY)
    ]
    answers = await asyncio.gather(*removes)
    assert Counter(type(each) for each in answers) == {IdentityRemoved: 1, NotFound: MANY - 1}
    assert ((await stored(world)).version, (await stored(world)).identities) == (2, ())
    assert await log(world) == [happened(EventKind.IDENTITY_REMOVED, identity)]


async def test_of_many_who_saw_one_version_exactly_one_changes_or_shows_first(world: World) -> None:
    others = tuple(an_identity(str(each)) for each in range(MANY))
    await world.add_contacts(a_contact("c1", identities=(an_identity("42", is_primary=True), *others)))
    context = await asker(world)
    tries = [
        identities.make_primary(context, contact_id="c1", key=each.key, version=1, idempotency_key=None)
        if at % 2
        else identities.update(
            context, contact_id="c1", key=each.key, patch=IdentityPatch(handle="x"), version=1, idempotency_key=None
        )
        for at, each in enumerate(others)
    ]
    answers = await asyncio.gather(*tries)
    assert Counter(type(each) for each in answers) == {IdentityChanged: 1, StaleContact: MANY - 1}
    [won] = [each for each in answers if isinstance(each, IdentityChanged)]
    assert all(each in (won, StaleContact(won.contact)) for each in answers)
    assert await stored(world) == won.contact
    assert sum(each.is_primary for each in won.contact.identities) == 1
    [event] = await log(world)
    assert isinstance(event.after, SocialIdentity)
    assert (event.kind, event.after.key) == (EventKind.IDENTITY_CHANGED, won.key)
