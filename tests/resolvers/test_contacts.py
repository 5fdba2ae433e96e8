"""Finding contacts, and calling them otherwise."""

from __future__ import annotations

from dataclasses import replace

from domain.contacts import ContactChanged, IdentityKey, Network, SocialIdentity, StaleContact
from domain.events import EventKind
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import PageRequest
from resolvers import contacts
from resolvers.context import Context
from tests.builders import a_contact, an_identity
from tests.conftest import World
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


async def rename(context: Context, name: str, contact_id: str = "c1", version: int | None = None) -> object:
    return await contacts.rename(context, contact_id=contact_id, name=name, version=version, idempotency_key=None)


async def test_whoever_writes_is_found_in_any_usual_form(world: World) -> None:
    number = SocialIdentity(IdentityKey(Network.WHATSAPP, "+12022243441"), "+12022243441")
    known = SocialIdentity(IdentityKey(Network.TELEGRAM, "@jane"), "Jane")
    jane = a_contact("c1", identities=(number, known))
    await world.add_contacts(jane)
    context = await world.context()
    for form in ("+12022243441", "12022243441", "+1 (202) 224-3441", "(202) 224-3441"):
        assert await contacts.find_writer(context, Network.WHATSAPP, form) == jane
    assert await contacts.find_writer(context, Network.TELEGRAM, "@JANE") == jane
    # A handle without its sign is an id, which another may have.
    assert await contacts.find_writer(context, Network.TELEGRAM, "jane") is None
    assert await contacts.find_writer(context, Network.SMS, "+12022243441") is None


async def test_a_contact_is_called_otherwise(world: World) -> None:
    await seeded(world)
    context = await asker(world)
    after = replace(JANE, name="Jane Doe", version=2, updated_at=NOW)
    assert await rename(context, "  Jane Doe ", version=1) == ContactChanged(after)
    assert await stored(world) == after
    assert await log(world) == [happened(EventKind.CONTACT_RENAMED, "Jane Roe", "Jane Doe")]
    # And found and listed by the new name.
    listed = (await world.stores().finding.page(PageRequest(10))).rows
    assert [each.name for each in listed] == ["Bob", "Jane Doe"]


async def test_a_name_that_cannot_be_or_is_no_other_is_not_written(world: World) -> None:
    await seeded(world)
    before, context = await world.snapshot(), await asker(world)
    assert await rename(context, "Jane Roe ") == ContactChanged(JANE)
    assert await rename(context, "X", version=2) == StaleContact(JANE)
    assert await rename(context, "X", "nobody") == NotFound(Kind.CONTACT)
    assert await rename(context, "X", "x1") == NotFound(Kind.CONTACT)
    blank = await rename(context, " ")
    assert isinstance(blank, Invalid)
    assert (blank.code, blank.path) == (ErrorCode.BLANK, ("input", "name"))
    assert await world.snapshot() == before
