"""Deleting a contact: each outcome, exactly what is written, and what is done again after a cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.capabilities import Barrier, Capability, Forbidden
from domain.contacts import Network, StaleContact
from domain.deletion import ContactDeleted, DeletedContact
from domain.outcomes import Kind, NotFound
from domain.paging import PageRequest
from domain.values import EmailValue, TextValue
from persistence.deletion import DeletionStore
from resolvers import contacts, deletion, notes
from resolvers.context import Context
from tests.builders import a_contact, a_definition, a_note, an_identity, held
from tests.conftest import World
from tests.erasing import a_deletion, add_deletions
from tests.resolvers.changing import NOW, asker, log

JANE = a_contact(
    "c1",
    name="Jane Roe",
    identities=(an_identity("7"), an_identity("j@x.com", network=Network.EMAIL)),
    values=(held("bio", TextValue("hi")), held("email", EmailValue("j@x.com"))),
    import_key="k1",
    note_count=1,
    version=3,
)
BOB = a_contact("c2", name="Bob", values=(held("email", EmailValue("bob@x.com")),))
REFUSED = Forbidden(Capability.DELETE_CONTACTS, Barrier.ROLE)


async def delete(
    context: Context, contact_id: str = "c1", *, version: int | None = None, key: str | None = None
) -> object:
    return await deletion.delete(context, contact_id=contact_id, version=version, idempotency_key=key)


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(JANE, BOB)
    await world.add_notes(a_note("c1", id="n1"), a_note("c1", id="n2"), a_note("c2", id="n3"))
    context = await asker(world)
    await notes.delete(context, note_id="n2", version=None, idempotency_key="k-jo")
    await notes.edit(context, note_id="n1", body="Two.", version=None, idempotency_key=None)
    await notes.edit(context, note_id="n3", body="Two.", version=None, idempotency_key="k-bob")
    return world


async def test_everything_about_the_contact_goes_and_the_log_keeps_a_hint(seeded: World) -> None:
    before = await seeded.snapshot()
    result = await delete(await asker(seeded, "ada"), version=3)
    assert isinstance(result, ContactDeleted)
    networks = (Network.TWITTER, Network.EMAIL)
    assert result.deletion == DeletedContact(result.deletion.id, "c1", "Ja…", networks, NOW, "ada", is_erasure=False)
    after = await seeded.snapshot()
    assert [each["_id"] for each in after["contacts"]] == ["c2"]
    assert [each["_id"] for each in after["contactNotes"]] == ["n3"]
    assert [each["_id"] for each in after["noteRevisions"]] == ["n3:1"]
    assert [each["contact"] for each in after["contactEvents"]] == ["c2"]
    assert [each["contacts"] for each in after["idempotentAnswers"]] == [["c2"]]
    [logged] = after["deletedContacts"]
    assert logged == {
        "_id": result.deletion.id,
        "org": "acme",
        "deleted": "c1",
        "hint": "Ja…",
        "networks": ["TWITTER", "EMAIL"],
        "place": {"at": NOW, "id": result.deletion.id},
        "admin": "ada",
        "isErasure": False,
    }
    changed = {"contacts", "contactNotes", "noteRevisions", "contactEvents", "idempotentAnswers", "deletedContacts"}
    assert {name for name in after if after[name] != before[name]} == changed


async def test_a_repetition_is_answered_as_the_first_time_though_the_contacts_answers_are_gone(seeded: World) -> None:
    first = await delete(await asker(seeded, "ada"), key="k")
    after = await seeded.snapshot()
    assert await delete(await asker(seeded, "ada"), key="k") == first
    assert await seeded.snapshot() == after
    again = await notes.delete(await asker(seeded), note_id="n2", version=None, idempotency_key="k-jo")
    assert again == NotFound(Kind.NOTE)


async def test_a_repetition_finishes_what_was_cut_off(seeded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut(_store: DeletionStore) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(DeletionStore, "finish", cut)
        with pytest.raises(ConnectionError):
            await delete(await asker(seeded, "ada"), key="k")
    context = await asker(seeded)
    # Already nobody finds the contact or what is left of it.
    assert await contacts.find(context, "c1") is None
    assert await notes.find(context, "n1") is None
    left = await seeded.snapshot()
    edited = await notes.edit(context, note_id="n1", body="Three.", version=None, idempotency_key=None)
    assert edited == NotFound(Kind.NOTE)
    assert await notes.delete(context, note_id="n1", version=None, idempotency_key=None) == NotFound(Kind.NOTE)
    assert await seeded.snapshot() == left
    assert {each["contact"] for each in left["contactNotes"]} == {"c1", "c2"}
    assert isinstance(await delete(await asker(seeded, "ada"), key="k"), ContactDeleted)
    assert {each["contact"] for each in (await seeded.snapshot())["contactNotes"]} == {"c2"}
    assert {each.contact_id for each in await log(seeded)} == {"c2"}


@pytest.mark.parametrize(
    ("agent", "contact_id", "version", "answer"),
    [
        ("jo", "c1", 3, REFUSED),
        ("jo", "nobody", None, REFUSED),
        ("ada", "nobody", None, NotFound(Kind.CONTACT)),
        ("ada", "c1", 2, StaleContact(JANE)),
    ],
)
async def test_what_is_refused_writes_nothing(
    world: World, agent: str, contact_id: str, version: int | None, answer: object
) -> None:
    await world.add_contacts(JANE)
    before = await world.snapshot()
    assert await delete(await asker(world, agent), contact_id, version=version) == answer
    assert await delete(await asker(world, "eve", "other"), version=version) == NotFound(Kind.CONTACT)
    assert await world.snapshot() == before


async def test_who_writes_in_again_may_have_every_identity_and_unique_value_that_they_had(world: World) -> None:
    context = await asker(world, "ada")
    unique = a_definition("email", rules=replace(a_definition().rules, is_unique=True))
    await world.add_organization(context.directory.organization, [], [unique])
    await world.add_contacts(JANE)
    await delete(context)
    again = replace(JANE, id="c9", note_count=0, version=1)
    await world.stores().transact(lambda changes: changes.contacts.insert(again))
    fresh = await asker(world)
    assert await contacts.find_by_identity(fresh, JANE.identities[0].key) == again


async def test_what_the_same_request_asks_next_finds_nobody(seeded: World) -> None:
    context = await asker(seeded, "ada")
    assert await contacts.find(context, "c1") is not None
    assert await contacts.find_by_identity(context, JANE.identities[0].key) is not None
    assert await notes.find(context, "n1") is not None
    await delete(context)
    assert await contacts.find(context, "c1") is None
    assert await contacts.find_by_identity(context, JANE.identities[0].key) is None
    assert await notes.find(context, "n1") is None


async def test_the_log_is_for_admins(world: World) -> None:
    entry = a_deletion()
    await add_deletions(world, entry)
    admin, agent, foreign = await asker(world, "ada"), await asker(world), await asker(world, "eve", "other")
    page = await deletion.page(admin, PageRequest(5))
    assert not isinstance(page, Forbidden)
    assert (page.rows, await deletion.count(admin), await deletion.find(admin, "x1")) == ((entry,), 1, entry)
    assert (await deletion.page(agent, PageRequest(5)), await deletion.find(agent, "x1")) == (REFUSED, None)
    assert (await deletion.find(foreign, "x1"), await deletion.count(foreign)) == (None, 0)
