"""Contacts found by what names them, and renamed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from domain import capabilities
from domain.agents import Plan
from domain.capabilities import Barrier, Capability, Forbidden
from domain.contacts import ContactChanged, IdentityKey, Network, SocialIdentity, StaleContact
from domain.events import EventKind
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from resolvers import contacts
from resolvers.context import Context
from tests.builders import a_contact, an_identity
from tests.conftest import Commands, World
from tests.resolvers.changing import NOW, asker, happened, log, stored

BOB = a_contact("c2", name="Bob", identities=(an_identity("2"),))
JANE = a_contact("c1", identities=(an_identity("1"),))
THEIRS = a_contact("x1", identities=(an_identity("1"),))


async def seeded(world: World) -> None:
    await world.add_contacts(JANE, BOB)
    await world.add_contacts(THEIRS, organization_id="other")


async def test_a_contact_is_found_by_its_id_in_its_organization(world: World) -> None:
    await seeded(world)
    context, theirs = await world.context(), await world.context("mo", "other")
    assert await contacts.find(context, "c1") == JANE
    assert await contacts.find(context, "nobody") is None
    assert await contacts.find(context, "x1") is None
    assert await contacts.find(theirs, "c1") is None


async def test_a_contact_is_found_by_an_identity_in_its_organization(world: World) -> None:
    await seeded(world)
    context, theirs = await world.context(), await world.context("mo", "other")
    key = IdentityKey(Network.TWITTER, "1")
    assert await contacts.find_by_identity(context, key) == JANE
    assert await contacts.find_by_identity(theirs, key) == THEIRS
    assert await contacts.find_by_identity(theirs, IdentityKey(Network.TWITTER, "2")) is None
    assert await contacts.find_by_identity(context, IdentityKey(Network.SMS, "1")) is None


WRITER = a_contact(
    "c3",
    name="Ann",
    identities=tuple(
        SocialIdentity(IdentityKey(network, external_id), external_id)
        for network, external_id in (
            (Network.TELEGRAM, "@ann"),
            (Network.TELEGRAM, "4711"),
            (Network.WHATSAPP, "+4915123456789"),
            (Network.SMS, "12022243441"),
            (Network.EMAIL, "ann@example.com"),
        )
    ),
)


FORMS = {
    Network.TELEGRAM: ("@ann", "@ANN", " @ Ann ", "4711", " 4711 "),
    Network.WHATSAPP: ("4915123456789", "+49 151 23456789"),
    Network.SMS: ("12022243441", "+12022243441", "(202) 224-3441", "1-202-224-3441"),
    Network.EMAIL: ("ann@example.com", "Ann@EXAMPLE.com "),
}


async def test_who_writes_is_found_by_the_id_in_any_usual_form(world: World, commands: Commands) -> None:
    await world.add_contacts(WRITER, JANE)
    for network, texts in FORMS.items():
        for text in texts:
            context = await asker(world)
            commands.clear()
            assert await contacts.find_writer(context, network, text) == WRITER, text
            assert commands.names() == ["find"]


async def test_who_writes_is_never_whom_the_id_could_only_be_mistaken_for(world: World) -> None:
    await world.add_contacts(WRITER)
    context = await asker(world)
    for network, text in (
        (Network.TELEGRAM, "ann"),
        (Network.TELEGRAM, "@4711"),
        (Network.WHATSAPP, "12022243441"),
        # A number of Texas, which a German would take for a mobile number without its zero.
        (Network.WHATSAPP, "15123456789"),
        (Network.SMS, "+4915123456789"),
        (Network.EMAIL, "@ann"),
        (Network.EMAIL, ""),
    ):
        assert await contacts.find_writer(context, network, text) is None, text
    assert await contacts.find_writer(await asker(world, "mo", "other"), Network.TELEGRAM, "@ann") is None


async def test_of_two_whom_an_id_can_name_it_is_the_one_that_has_it_as_it_is(world: World) -> None:
    bare = a_contact("c4", identities=(SocialIdentity(IdentityKey(Network.WHATSAPP, "4915123456789"), "Ann"),))
    await world.add_contacts(WRITER, bare)
    context = await asker(world)
    assert await contacts.find_writer(context, Network.WHATSAPP, "4915123456789") == bare
    assert await contacts.find_writer(context, Network.WHATSAPP, "+4915123456789") == WRITER


OLD = replace(a_contact("c1", identities=(an_identity("1", is_primary=True),), version=3), merged_ids=("c0",))


async def rename(
    context: Context, contact_id: str = "c1", name: str = "Jane Doe", version: int | None = None, key: str | None = None
) -> object:
    return await contacts.rename(context, contact_id=contact_id, name=name, version=version, idempotency_key=key)


@pytest.mark.parametrize("contact_id", ["c1", "c0"])
async def test_a_new_name_is_kept_cleaned_and_told(world: World, contact_id: str) -> None:
    await world.add_contacts(OLD)
    context = await asker(world)
    key = OLD.identities[0].key
    await context.loaders.contact_by_id.load_many(["c0", "c1"])
    await context.loaders.contact_by_identity.load(key)
    after = replace(OLD, name="Zo\u00eb Doe", version=4, updated_at=NOW)
    assert await rename(context, contact_id, " Zoe\u0308 Doe\n", 3) == ContactChanged(after)
    assert await stored(world) == after
    assert await log(world) == [happened(EventKind.CONTACT_RENAMED, "Jane Roe", "Zo\u00eb Doe")]
    assert await context.loaders.contact_by_id.load_many(["c0", "c1"]) == [after, after]
    assert await context.loaders.contact_by_identity.load(key) == after


BLANK = Invalid(ErrorCode.BLANK, "Write something: the text is empty or only white space.", ("input", "name"))
LONG = Invalid(ErrorCode.TOO_LONG, "Shorten the text by 1: at most 200 characters are kept.", ("input", "name"))
UNCHANGED: list[tuple[str, Callable[[Context], Awaitable[object]], object]] = [
    ("the same", lambda c: rename(c, name=" Jane Roe"), ContactChanged(OLD)),
    ("the same, current", lambda c: rename(c, name="Jane Roe", version=3), ContactChanged(OLD)),
    ("the same, stale", lambda c: rename(c, name="Jane Roe", version=2), StaleContact(OLD)),
    ("stale", lambda c: rename(c, version=4), StaleContact(OLD)),
    ("blank", lambda c: rename(c, name=" \u200b"), BLANK),
    ("too long", lambda c: rename(c, name="x" * 201), LONG),
    ("blank, nobody", lambda c: rename(c, "nobody", ""), BLANK),
    ("nobody", lambda c: rename(c, "nobody"), NotFound(Kind.CONTACT)),
]


async def test_a_name_that_is_refused_or_is_so_already_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add_contacts(OLD)
    before, context = await world.snapshot(), await asker(world)
    for name, change, answer in UNCHANGED:
        assert await change(context) == answer, name
    assert await rename(await asker(world, "eve", "other")) == NotFound(Kind.CONTACT)
    monkeypatch.setitem(capabilities.PLANS_WITH, Capability.EDIT_CONTACTS, frozenset({Plan.TEAM}))
    assert await rename(context, "nobody", "") == Forbidden(Capability.EDIT_CONTACTS, Barrier.PLAN)
    assert await world.snapshot() == before


async def test_a_rename_repeated_with_its_key_is_answered_as_the_first(world: World) -> None:
    await world.add_contacts(OLD)
    context = await asker(world)
    first = await rename(context, key="k")
    before = await world.snapshot()
    assert await rename(context, key="k") == first
    assert await rename(context, name="Jane", key="k") == KeyReused()
    assert await rename(context, version=3, key="k") == KeyReused()
    assert await world.snapshot() == before


async def test_of_many_who_saw_one_version_exactly_one_renames(world: World) -> None:
    await world.add_contacts(OLD)
    context = await asker(world)
    answers = await asyncio.gather(*(rename(context, name=f"Jane {each}", version=3) for each in range(30)))
    assert Counter(type(each) for each in answers) == {ContactChanged: 1, StaleContact: 29}
    [won] = [each.contact for each in answers if isinstance(each, ContactChanged)]
    assert await stored(world) == won
    assert await log(world) == [happened(EventKind.CONTACT_RENAMED, "Jane Roe", won.name)]
