"""Contacts made by agents: with all that they begin with, or not at all."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from domain.attribute_changes import MOST_VALUES, GivenValue, ValueProblem, ValuesRefused, ValueTaken
from domain.attributes import HeldValue, Locked, LockReason, Provenance, Source
from domain.contacts import ContactCreated, IdentityKey, Network, SocialIdentity
from domain.definitions import ValueRules
from domain.events import EventKind, creation_values
from domain.identities import GivenIdentity
from domain.identity_changes import MOST_GIVEN, IdentityTaken
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.values import NumberValue, TextValue, Value
from resolvers import contact_creation, contacts
from resolvers.contact_creation import GivenContact
from resolvers.context import Context
from tests.builders import a_contact, a_definition, an_identity, an_organization, held
from tests.conftest import World
from tests.resolvers.changing import NOW, asker, happened, log, stored
from tests.resolvers.importing import everyone

HOLDER = a_contact("c1", name="Bob", identities=(an_identity("9"),), values=(held("card", TextValue("A-1")),))


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    card = a_definition("card", position=30, rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization("acme"), [], [card])
    await world.add_contacts(HOLDER)


async def create(context: Context, given: GivenContact) -> object:
    return await contact_creation.create(context, given, idempotency_key=None)


def by_jo(key: str, value: Value) -> HeldValue:
    return HeldValue(f"d-{key}", value, Provenance(Source.AGENT, NOW, "jo"), 1)


FULL = GivenContact(
    name="  Jane Roe ",
    avatar_url="https://example.com/jane.png",
    identities=(
        GivenIdentity(Network.TWITTER, "7", "jane"),
        GivenIdentity(Network.EMAIL, handle="jane@example.com", is_primary=True),
    ),
    values=(GivenValue("card", TextValue("A-2")), GivenValue("followers", NumberValue(7))),
)


async def test_a_contact_begins_with_all_that_was_given(world: World) -> None:
    context = await asker(world)
    result = await create(context, FULL)
    assert isinstance(result, ContactCreated)
    made = result.contact
    assert made == replace(
        a_contact(made.id, name="Jane Roe"),
        avatar_url="https://example.com/jane.png",
        identities=(
            SocialIdentity(IdentityKey(Network.TWITTER, "7"), "jane"),
            SocialIdentity(IdentityKey(Network.EMAIL, "jane@example.com"), "jane@example.com", is_primary=True),
        ),
        values=(by_jo("card", TextValue("A-2")), by_jo("followers", NumberValue(7))),
        created_at=NOW,
        updated_at=NOW,
    )
    assert await stored(world, made.id) == made
    began = creation_values(made.values)
    assert await log(world) == [happened(EventKind.CONTACT_CREATED, None, "Jane Roe", *began, contact=made.id)]
    # The same request sees the contact by id and by identity.
    assert await contacts.find(context, made.id) == made
    assert await contacts.find_by_identity(context, IdentityKey(Network.TWITTER, "7")) == made


async def test_a_name_is_enough(world: World) -> None:
    result = await create(await asker(world), GivenContact("Jane"))
    assert isinstance(result, ContactCreated)
    expected = replace(a_contact(result.contact.id, name="Jane"), created_at=NOW, updated_at=NOW)
    assert await stored(world, result.contact.id) == expected


async def test_the_first_identity_is_primary_where_none_says_so(world: World) -> None:
    given = tuple(GivenIdentity(Network.TWITTER, each) for each in "12")
    result = await create(await asker(world), GivenContact("Jane", identities=given))
    assert isinstance(result, ContactCreated)
    assert [each.is_primary for each in result.contact.identities] == [True, False]


HANDLES = tuple(GivenIdentity(Network.TWITTER, str(each)) for each in range(MOST_GIVEN + 1))
REFUSED = [
    pytest.param(GivenContact(" "), ErrorCode.BLANK, ("input", "name"), id="no name"),
    pytest.param(
        GivenContact("Jane", "http://example.com/a.png"),
        *(ErrorCode.NOT_A_URL, ("input", "avatarUrl")),
        id="a picture without https",
    ),
    pytest.param(
        GivenContact("Jane", identities=HANDLES),
        *(ErrorCode.TOO_MANY, ("input", "identities")),
        id="too many identities",
    ),
    pytest.param(
        GivenContact("Jane", values=(GivenValue("bio", TextValue("x")),) * (MOST_VALUES + 1)),
        *(ErrorCode.TOO_MANY, ("input", "values")),
        id="too many values",
    ),
    pytest.param(
        GivenContact("Jane", identities=(HANDLES[0], GivenIdentity(Network.SMS, handle="12"))),
        *(ErrorCode.NOT_A_PHONE, ("input", "identities", "1", "handle")),
        id="no number",
    ),
    pytest.param(
        GivenContact("Jane", identities=(GivenIdentity(Network.TWITTER, handle="jane"),) * 2),
        *(ErrorCode.REPEATED_KEY, ("input", "identities", "1")),
        id="an identity twice",
    ),
]


@pytest.mark.parametrize(("given", "code", "path"), REFUSED)
async def test_what_cannot_be_makes_nobody(
    world: World, given: GivenContact, code: ErrorCode, path: tuple[str, ...]
) -> None:
    before = await world.snapshot()
    refused = await create(await asker(world), given)
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, path)
    assert await world.snapshot() == before


async def test_an_identity_that_somebody_has_makes_nobody(world: World) -> None:
    before = await world.snapshot()
    given = (GivenIdentity(Network.TWITTER, "7"), GivenIdentity(Network.TWITTER, "9"))
    refused = await create(await asker(world), GivenContact("Jane", identities=given))
    assert refused == IdentityTaken(HOLDER, index=1)
    assert await world.snapshot() == before


async def test_values_that_cannot_be_set_make_nobody_and_are_all_told(world: World) -> None:
    before = await world.snapshot()
    values = (
        GivenValue("card", TextValue("a-1")),
        GivenValue("bio", TextValue("hi")),
        GivenValue("rank", TextValue("1")),
        GivenValue("nothing", TextValue("1")),
    )
    refused = await create(await asker(world), GivenContact("Jane", values=values))
    assert refused == ValuesRefused(
        (
            ValueProblem(0, ValueTaken("d-card", HOLDER)),
            ValueProblem(2, Locked(LockReason.ROLE)),
            ValueProblem(3, NotFound(Kind.DEFINITION)),
        )
    )
    assert await world.snapshot() == before


async def test_of_many_made_at_once_with_one_identity_exactly_one_is(world: World) -> None:
    context = await asker(world)
    results = await asyncio.gather(*(create(context, FULL) for _ in range(20)))
    assert Counter(type(each) for each in results) == {ContactCreated: 1, ValuesRefused: 19}
    bare = [replace(FULL, values=(), name=f"Jane {each}") for each in range(20)]
    again = await asyncio.gather(*(create(context, each) for each in bare))
    assert Counter(type(each) for each in again) == {IdentityTaken: 20}
    assert [each.name for each in await everyone(world)] == ["Bob", "Jane Roe"]
    assert [each.kind for each in await log(world)] == [EventKind.CONTACT_CREATED]
