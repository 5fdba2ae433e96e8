"""A person erased: each outcome, exactly what is written and counted; and exported, for admins."""

from __future__ import annotations

import json

import pytest

from domain.capabilities import Barrier, Capability, Forbidden
from domain.contacts import IdentityKey, Network
from domain.identity_changes import IdentityChanged, IdentityPatch
from domain.merging import ContactsMerged, MergeField, Side
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import PageRequest
from domain.privacy import ContactErased, ErasureCounts, ErasureReceipt
from domain.tombstones import keyed_hash, traces_of_contact
from domain.values import EmailValue, NumberValue, TextValue
from persistence.names import DELETED_CONTACTS, EVENTS
from resolvers import attributes, identities, merging, notes, privacy, unmerging
from resolvers.context import Context
from resolvers.merging import GivenChoice, MergeOrder
from tests.builders import a_contact, a_note, an_identity, held
from tests.conftest import World
from tests.erasing import a_receipt, add_receipts, traces_in_database
from tests.merging import add_merged
from tests.resolvers.changing import NOW, asker

JANE = a_contact(
    "c1",
    name="Jane Roe",
    identities=(an_identity("7"), an_identity("j@x.com", network=Network.EMAIL)),
    values=(held("bio", TextValue("hi")), held("email", EmailValue("jane@y.com")), held("fax", None)),
    import_key="k1",
    note_count=1,
)
REFUSED = Forbidden(Capability.DELETE_CONTACTS, Barrier.ROLE)


async def erase(
    context: Context, contact_id: str = "c1", *, reason: str | None = None, key: str | None = None
) -> object:
    return await privacy.erase(context, contact_id=contact_id, reason=reason, idempotency_key=key)


@pytest.fixture
async def seeded(world: World) -> World:
    """Jane with two notes, one of them deleted, three events and two remembered answers."""
    await world.add_contacts(JANE)
    await world.add_notes(a_note("c1", id="n1"), a_note("c1", id="n2"))
    context = await asker(world)
    await notes.delete(context, note_id="n2", version=None, idempotency_key="k1")
    await notes.edit(context, note_id="n1", body="Two.", version=None, idempotency_key=None)
    for key in (None, "k2"):
        given = NumberValue(7)
        await attributes.set_value(
            context, contact_id="c1", key="followers", given=given, version=None, idempotency_key=key
        )
    return world


COUNTS = ErasureCounts(notes=2, revisions=1, values=3, identities=2, events=3, answers=2)


async def test_an_erasure_is_logged_counted_and_entombed(seeded: World) -> None:
    assert await privacy.would_erase(await asker(seeded, "ada"), "c1") == COUNTS
    result = await erase(await asker(seeded, "ada"), reason="Asked\r\nfor it.")
    assert isinstance(result, ContactErased)
    receipt = result.receipt
    assert receipt == ErasureReceipt(receipt.id, "acme", "c1", NOW, "ada", "Asked\nfor it.", COUNTS)
    after = await seeded.snapshot()
    empty = ("contacts", "contactNotes", "contactEvents", "idempotentAnswers")
    assert {name: after[name] for name in empty} == {name: [] for name in empty}
    assert await seeded.stores().privacy.receipt(receipt.id) == receipt
    [logged] = after["deletedContacts"]
    assert (logged["_id"], logged["deleted"], logged["isErasure"]) == (receipt.id, "c1", True)
    [secret] = after["erasureSecrets"]
    expected = {keyed_hash(secret["secret"], each) for each in traces_of_contact(JANE).all()}
    assert {each["hash"] for each in after["erasureTombstones"]} == expected
    assert len(expected) == 5
    assert {each["at"] for each in after["erasureTombstones"]} == {NOW}


NAMED_ALIKE = (GivenChoice(MergeField.NAME, None, Side.OTHER),)


@pytest.mark.parametrize(
    ("since", "erased_id", "left"),
    [
        (None, "c1", {"c2", "c3"}),
        # What became part of somebody is erased with them.
        (MergeOrder("c3", "c1", NAMED_ALIKE), "c3", {"c2"}),
        (MergeOrder("c1", "c2"), "c1", {"c3"}),
    ],
    ids=["parted", "part of another", "together again"],
)
async def test_nothing_is_left_with_a_contact_whom_they_were_taken_for(
    world: World, since: MergeOrder | None, erased_id: str, left: set[str]
) -> None:
    """They were merged by mistake, and parted: what happened to the other one tells of it."""
    await world.add_contacts(a_contact("c2"), a_contact("c3"))
    zebulon = a_contact("c1", name="Zebulon", values=(held("email", EmailValue("zeb@example.com")),))
    await add_merged(world, "c2", zebulon)
    ada = await asker(world, "ada")
    await unmerging.unmerge(ada, merge_id="m1", is_dry_run=False, idempotency_key=None)
    if since is not None:
        assert isinstance(await merging.merge(ada, since, idempotency_key="k"), ContactsMerged)
    traces = ("Zebulon", "zeb@example.com")
    assert {("contactEvents", each) for each in traces} < await traces_in_database(world, traces)
    # The merge and its undoing, of which both tell, and the merge since: each tells of one who is erased.
    happened = await world.driver.collection(EVENTS).count_documents({})
    assert happened == (3 if since is None else 4)
    erased = await erase(await asker(world, "ada"), erased_id)
    assert isinstance(erased, ContactErased)
    assert erased.receipt.counts.events == happened
    assert await world.driver.collection(EVENTS).count_documents({}) == 0
    assert await traces_in_database(world, traces) == set()
    [logged] = await world.driver.collection(DELETED_CONTACTS).find().to_list(None)
    assert logged.keys() & {"isUnfinished", "merged"} == set()
    assert (await world.stores().contacts.by_ids(["c1", "c2", "c3"])).keys() == left


async def test_nothing_of_an_identity_is_left_with_a_contact_whom_they_were_taken_for(world: World) -> None:
    await world.add_contacts(a_contact("c2"))
    merge = await add_merged(world, "c2", a_contact("c1", identities=(an_identity("7", handle="zebulon"),)))
    key, patch = IdentityKey(Network.TWITTER, "7"), IdentityPatch(handle="zebulon88")
    changed = await identities.update(
        await asker(world), contact_id="c2", key=key, patch=patch, version=None, idempotency_key=None
    )
    assert isinstance(changed, IdentityChanged)
    ada = await asker(world, "ada")
    await unmerging.unmerge(ada, merge_id=merge.id, is_dry_run=False, idempotency_key=None)
    assert isinstance(await erase(ada), ContactErased)
    assert await traces_in_database(world, ["zebulon"]) == set()


async def test_no_answer_is_left_that_was_given_while_they_were_taken_for_another(world: World) -> None:
    zebulon = a_contact("c1", name="Zebulon", values=(held("bio", TextValue("Knits.")),))
    await world.add_contacts(zebulon, a_contact("c2", name="Ottoline"))
    await world.add_notes(a_note("c1", "Likes plums.", id="n1"))
    ada = await asker(world, "ada")
    merged = await merging.merge(ada, MergeOrder("c2", "c1"), idempotency_key="k1")
    assert isinstance(merged, ContactsMerged)
    given = NumberValue(7)
    await attributes.set_value(ada, contact_id="c2", key="followers", given=given, version=None, idempotency_key="k2")
    await notes.edit(ada, note_id="n1", body="Likes pears.", version=None, idempotency_key="k3")
    await unmerging.unmerge(ada, merge_id=merged.merge.id, is_dry_run=False, idempotency_key="k4")
    traces = ("Zebulon", "Knits.", "Likes p")
    assert {("idempotentAnswers", each) for each in traces} < await traces_in_database(world, traces)
    erased = await erase(ada)
    assert isinstance(erased, ContactErased)
    assert (erased.receipt.counts.answers, await traces_in_database(world, traces)) == (4, set())


async def test_a_repetition_is_answered_as_the_first_time(seeded: World) -> None:
    first = await erase(await asker(seeded, "ada"), reason="Asked.", key="k")
    assert isinstance(first, ContactErased)
    after = await seeded.snapshot()
    assert await erase(await asker(seeded, "ada"), reason="Asked.", key="k") == first
    assert await seeded.snapshot() == after


@pytest.mark.parametrize(
    ("agent", "contact_id", "reason", "answer"),
    [
        ("jo", "c1", None, REFUSED),
        ("jo", "nobody", " ", REFUSED),
        ("ada", "nobody", None, NotFound(Kind.CONTACT)),
        (
            *("ada", "nobody", " "),
            Invalid(ErrorCode.BLANK, "Write something: the text is empty or only white space.", ("input", "reason")),
        ),
    ],
)
async def test_what_is_refused_writes_nothing(
    seeded: World, agent: str, contact_id: str, reason: str | None, answer: object
) -> None:
    before = await seeded.snapshot()
    assert await erase(await asker(seeded, agent), contact_id, reason=reason) == answer
    assert await erase(await asker(seeded, "eve", "other")) == NotFound(Kind.CONTACT)
    assert await seeded.snapshot() == before


async def test_what_would_be_erased_is_told_to_admins_and_writes_nothing(seeded: World) -> None:
    before = await seeded.snapshot()
    assert await privacy.would_erase(await asker(seeded), "c1") == REFUSED
    assert await privacy.would_erase(await asker(seeded, "ada"), "nobody") == NotFound(Kind.CONTACT)
    assert await privacy.would_erase(await asker(seeded, "eve", "other"), "c1") == NotFound(Kind.CONTACT)
    assert await seeded.snapshot() == before


async def test_receipts_are_for_admins(world: World) -> None:
    receipt = a_receipt()
    await add_receipts(world, receipt)
    admin, agent, foreign = await asker(world, "ada"), await asker(world), await asker(world, "eve", "other")
    page = await privacy.receipts(admin, PageRequest(5))
    assert not isinstance(page, Forbidden)
    assert (page.rows, await privacy.count(admin), await privacy.receipt(admin, "x1")) == ((receipt,), 1, receipt)
    assert (await privacy.receipts(agent, PageRequest(5)), await privacy.receipt(agent, "x1")) == (REFUSED, REFUSED)
    assert (await privacy.receipt(foreign, "x1"), await privacy.count(foreign)) == (None, 0)


async def test_an_export_is_a_file_for_admins(seeded: World) -> None:
    found = await privacy.export(await asker(seeded, "ada"), "c1")
    assert isinstance(found, privacy.ContactExport)
    assert found.file_name == "contact-c1.json"
    document = json.loads(found.json)
    assert document["exportedBy"] == {"id": "ada", "name": "Ada"}
    assert document["contact"]["name"] == "Jane Roe"
    assert [(each["id"], each["deletedBy"]) for each in document["notes"]] == [
        ("n1", None),
        ("n2", {"id": "jo", "name": "Jo"}),
    ]
    assert len(document["timeline"]) == 3
    assert await privacy.export(await asker(seeded), "c1") == REFUSED
    assert await privacy.export(await asker(seeded, "ada"), "nobody") is None
    assert await privacy.export(await asker(seeded, "eve", "other"), "c1") is None


async def test_an_export_has_nothing_of_whom_the_contact_was_taken_for(world: World) -> None:
    """They were merged by mistake, and parted: each is told of themselves."""
    await world.add_contacts(a_contact("c2", name="Ottoline"))
    address = an_identity("zeb@example.com", network=Network.EMAIL, handle="zeb@example.com", is_primary=True)
    zebulon = a_contact("c1", name="Zebulon", identities=(address,), values=(held("bio", TextValue("Knits.")),))
    await add_merged(world, "c2", zebulon)
    ada = await asker(world, "ada")
    patch = IdentityPatch(secondary_identifier="Zeb")
    await identities.update(ada, contact_id="c2", key=address.key, patch=patch, version=None, idempotency_key=None)
    merged = await privacy.export(ada, "c1")
    assert isinstance(merged, privacy.ContactExport)
    assert all(each in merged.json for each in ("Zebulon", "Knits.", "Zeb", "Ottoline"))
    await unmerging.unmerge(ada, merge_id="m1", is_dry_run=False, idempotency_key=None)
    exports = {each: await privacy.export(ada, each) for each in ("c1", "c2")}
    told = {key: each.json for key, each in exports.items() if isinstance(each, privacy.ContactExport)}
    assert [each for each in ("Zeb", "zeb@", "Knits.", '"c1"') if each in told["c2"]] == []
    assert [each for each in ("Ottoline", '"c2"') if each in told["c1"]] == []
    assert [each["kind"] for each in json.loads(told["c2"])["timeline"]] == ["CONTACTS_MERGED", "CONTACTS_UNMERGED"]
