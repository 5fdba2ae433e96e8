"""Identities of a contact: each outcome of a change, exactly what is written, and many changes at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from domain.contacts import IdentityKey, Network, SocialIdentity, StaleContact
from domain.events import EventKind
from domain.identities import GivenIdentity
from domain.identity_changes import MOST_KEPT, IdentityChanged, IdentityPatch, IdentityRemoved, IdentityTaken
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from resolvers import identities
from resolvers.context import Context
from tests.builders import a_contact, an_identity
from tests.conftest import World
from tests.merging import add_merged
from tests.resolvers.changing import NOW, asker, happened, log, stored

FIRST = an_identity("1", is_primary=True)
SECOND = an_identity("2", network=Network.INSTAGRAM, handle="jr")
JANE = a_contact("c1", identities=(FIRST, SECOND), version=4)
BOB = a_contact("c2", name="Bob", identities=(an_identity("9", is_primary=True),))
ADDED = SocialIdentity(IdentityKey(Network.TELEGRAM, "@jane"), "Jane")
NO_CONTACT, NO_IDENTITY = NotFound(Kind.CONTACT), NotFound(Kind.IDENTITY)


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    await world.add_contacts(JANE, BOB)


async def add(context: Context, given: GivenIdentity, contact_id: str = "c1", version: int | None = None) -> object:
    return await identities.add(context, contact_id=contact_id, given=given, version=version, idempotency_key=None)


async def update(context: Context, patch: IdentityPatch, key: IdentityKey = SECOND.key) -> object:
    return await identities.update(context, contact_id="c1", key=key, patch=patch, version=None, idempotency_key=None)


async def remove(context: Context, key: IdentityKey, contact_id: str = "c1", version: int | None = None) -> object:
    return await identities.remove(context, contact_id=contact_id, key=key, version=version, idempotency_key=None)


async def make_primary(context: Context, key: IdentityKey, version: int | None = None) -> object:
    return await identities.make_primary(context, contact_id="c1", key=key, version=version, idempotency_key=None)


async def test_one_more_identity_is_kept_behind_the_others(world: World) -> None:
    after = replace(JANE, identities=(FIRST, SECOND, ADDED), version=5, updated_at=NOW)
    result = await add(await asker(world), GivenIdentity(Network.TELEGRAM, handle="@Jane"), version=4)
    assert result == IdentityChanged(after, ADDED.key)
    assert await stored(world) == after
    assert await log(world) == [happened(EventKind.IDENTITY_ADDED, None, ADDED)]


async def test_one_that_is_to_be_primary_takes_the_place_of_the_one_that_was(world: World) -> None:
    given = GivenIdentity(Network.TELEGRAM, handle="Jane", is_primary=True)
    await add(await asker(world), given)
    added = replace(ADDED, is_primary=True)
    assert (await stored(world)).identities == (replace(FIRST, is_primary=False), SECOND, added)
    assert await log(world) == [happened(EventKind.IDENTITY_ADDED, None, added)]


async def test_a_number_without_a_prefix_is_read_in_the_organizations_country(world: World) -> None:
    result = await add(await asker(world), GivenIdentity(Network.SMS, handle="(202) 224-3441"))
    assert isinstance(result, IdentityChanged)
    assert result.key == IdentityKey(Network.SMS, "+12022243441")


@pytest.mark.parametrize(
    ("external_id", "holder", "is_own"),
    [pytest.param("9", BOB, False, id="another's"), pytest.param("1", JANE, True, id="the contact's own")],
)
async def test_an_identity_that_somebody_has_is_refused_with_who_has_it(
    world: World, external_id: str, holder: object, is_own: bool
) -> None:
    before = await world.snapshot()
    # Also where the version is stale: that somebody has it matters more.
    result = await add(await asker(world), GivenIdentity(Network.TWITTER, external_id), version=1)
    assert result == IdentityTaken(holder, is_own=is_own)  # type: ignore[arg-type]
    assert await world.snapshot() == before


async def test_another_organizations_identity_is_free(world: World) -> None:
    await world.add_contacts(a_contact("x1", identities=(an_identity("77"),)), organization_id="other")
    result = await add(await asker(world), GivenIdentity(Network.TWITTER, "77"))
    assert isinstance(result, IdentityChanged)


async def test_only_what_is_given_of_an_identity_changes(world: World) -> None:
    changed = replace(SECOND, handle="jane_roe", channel="@acme")
    after = replace(JANE, identities=(FIRST, changed), version=5, updated_at=NOW)
    patch = IdentityPatch(handle="@jane_roe", channel="@acme")
    assert await update(await asker(world), patch) == IdentityChanged(after, SECOND.key)
    assert await stored(world) == after
    assert await log(world) == [happened(EventKind.IDENTITY_CHANGED, SECOND, changed)]


async def test_where_the_primary_goes_the_next_becomes_it(world: World) -> None:
    now_first = replace(SECOND, is_primary=True)
    after = replace(JANE, identities=(now_first,), version=5, updated_at=NOW)
    assert await remove(await asker(world), FIRST.key, version=4) == IdentityRemoved(after, FIRST.key)
    assert await stored(world) == after
    assert await log(world) == [
        happened(EventKind.IDENTITY_REMOVED, FIRST, None),
        happened(EventKind.IDENTITY_CHANGED, SECOND, now_first),
    ]
    # It is free for another contact at once.
    result = await add(await asker(world), GivenIdentity(Network.TWITTER, "1"), "c2")
    assert isinstance(result, IdentityChanged)


async def test_the_primary_one_is_that_which_was_named_last(world: World) -> None:
    now_first = replace(SECOND, is_primary=True)
    after = replace(JANE, identities=(replace(FIRST, is_primary=False), now_first), version=5, updated_at=NOW)
    assert await make_primary(await asker(world), SECOND.key, version=4) == IdentityChanged(after, SECOND.key)
    assert await stored(world) == after
    assert await log(world) == [happened(EventKind.IDENTITY_CHANGED, SECOND, now_first)]


async def test_what_is_so_already_is_not_written(world: World) -> None:
    before, context = await world.snapshot(), await asker(world)
    assert await make_primary(context, FIRST.key) == IdentityChanged(JANE, FIRST.key)
    assert await update(context, IdentityPatch(handle="jr")) == IdentityChanged(JANE, SECOND.key)
    assert await world.snapshot() == before


async def test_what_cannot_be_is_refused_and_not_written(world: World) -> None:
    before, context = await world.snapshot(), await asker(world)
    nobody = IdentityKey(Network.TWITTER, "404")
    given = GivenIdentity(Network.TELEGRAM, handle="jane")
    assert await add(context, given, "nobody") == NO_CONTACT
    assert await add(context, given, "x1") == NO_CONTACT
    assert await add(context, given, version=3) == StaleContact(JANE)
    assert await remove(context, FIRST.key, "nobody") == NO_CONTACT
    assert await remove(context, nobody) == NO_IDENTITY
    # Somebody's, and not the contact's.
    assert await remove(context, BOB.identities[0].key) == NO_IDENTITY
    assert await remove(context, FIRST.key, version=3) == StaleContact(JANE)
    assert await make_primary(context, nobody) == NO_IDENTITY
    assert await make_primary(context, FIRST.key, version=3) == StaleContact(JANE)
    assert await update(context, IdentityPatch(), nobody) == NO_IDENTITY
    mail = await add(context, GivenIdentity(Network.EMAIL, handle="jane"))
    assert isinstance(mail, Invalid)
    assert (mail.code, mail.path) == (ErrorCode.NOT_AN_EMAIL, ("input", "identity", "handle"))
    emptied = await update(context, IdentityPatch(handle=None))
    assert isinstance(emptied, Invalid)
    assert (emptied.code, emptied.path) == (ErrorCode.BLANK, ("input", "handle"))
    assert await world.snapshot() == before


async def test_a_contact_has_no_more_identities_than_can_be_shown(world: World) -> None:
    full = tuple(an_identity(f"m{each}", is_primary=each == 0) for each in range(MOST_KEPT))
    await world.add_contacts(a_contact("c3", identities=full))
    before = await world.snapshot()
    refused = await add(await asker(world), GivenIdentity(Network.TELEGRAM, handle="jane"), "c3")
    advice = "The contact has 100 identities: remove one first."
    assert refused == Invalid(ErrorCode.TOO_MANY, advice, ("input", "identity"))
    assert await world.snapshot() == before


async def test_the_id_of_a_contact_that_was_merged_away_names_whom_they_became(world: World) -> None:
    await add_merged(world, "c1", a_contact("c3"), merge_id="m1")
    before = await stored(world)
    result = await add(await asker(world), GivenIdentity(Network.TELEGRAM, handle="Jane"), "c3")
    after = replace(before, identities=(*before.identities, ADDED), version=before.version + 1, updated_at=NOW)
    assert result == IdentityChanged(after, ADDED.key)


async def test_of_thirty_who_want_one_identity_at_once_exactly_one_gets_it(world: World) -> None:
    everyone = [a_contact(f"n{each}") for each in range(30)]
    await world.add_contacts(*everyone)
    context = await asker(world)
    given = GivenIdentity(Network.TELEGRAM, "t-1", "jane")
    results = await asyncio.gather(*(add(context, given, each.id) for each in everyone))
    assert Counter(type(each) for each in results) == {IdentityChanged: 1, IdentityTaken: 29}
    [winner] = [each.contact for each in results if isinstance(each, IdentityChanged)]
    assert {each.holder.id for each in results if isinstance(each, IdentityTaken)} == {winner.id}
    found = await world.stores().contacts.by_ids([each.id for each in everyone])
    assert [each.id for each in found.values() if each.identities] == [winner.id]
    assert [(each.kind, each.contact_id) for each in await log(world)] == [(EventKind.IDENTITY_ADDED, winner.id)]


async def test_thirty_identities_added_at_once_are_all_there_and_one_is_primary(world: World) -> None:
    context = await asker(world)
    given = [GivenIdentity(Network.TELEGRAM, f"t-{each}", is_primary=True) for each in range(30)]
    results = await asyncio.gather(*(add(context, each) for each in given))
    versions = [each.contact.version for each in results if isinstance(each, IdentityChanged)]
    assert sorted(versions) == list(range(5, 35))
    after = await stored(world)
    assert {each.key.external_id for each in after.identities} == {"1", "2", *(f"t-{each}" for each in range(30))}
    assert sum(each.is_primary for each in after.identities) == 1
    assert Counter(each.kind for each in await log(world)) == {EventKind.IDENTITY_ADDED: 30}
