"""A person erased, or deleted, who was taken for somebody else for a while: nothing of them is left with that one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.attributes import Provenance, Source, SyncState
from domain.contacts import Contact, ContactValidation, LookUpOutcome, Network, with_value
from domain.deletion import ContactDeleted
from domain.events import ContactEvent, EventKind, ValueChange, ValueStanding
from domain.ids import new_id
from domain.merging import ContactsMerged, MergeField, Side
from domain.privacy import ContactErased
from domain.unmerging import ContactsUnmerged
from domain.values import EmailValue, NumberValue, TextValue
from persistence.deletion import DeletionStore
from persistence.driver import Document, Driver
from persistence.names import EVENTS
from persistence.stores import Changes
from resolvers import attributes, contacts, deletion, merging, notes, privacy, unmerging
from resolvers.merging import GivenChoice, MergeOrder
from tests.builders import MORNING, a_contact, a_note, an_identity, held
from tests.conftest import World
from tests.erasing import traces_in_database
from tests.resolvers.changing import asker

ADDRESS = an_identity("zeb@example.com", network=Network.EMAIL, handle="zeb@example.com", is_primary=True)
ZEBULON = a_contact(
    "c1",
    name="Zebulon",
    identities=(ADDRESS,),
    values=(
        held("email", EmailValue("zeb@example.org")),
        held("account", TextValue("Quince Ltd"), source=Source.CRM, sync=SyncState.IN_SYNC),
    ),
    note_count=1,
)
OTTOLINE = a_contact("c2", name="Ottoline", values=(held("bio", TextValue("Paints.")),))
TRACES = ("Zebulon", "zeb@example", "Quince", "Medlar", "record-777", "Likes plums")
OWN_NAME = (GivenChoice(MergeField.NAME, None, Side.SURVIVOR),)
ALIKE = (GivenChoice(MergeField.NAME, None, Side.OTHER),)


def at(minutes: int) -> datetime:
    return MORNING + timedelta(minutes=minutes)


async def news(changes: Changes) -> None:
    """Do what the CRM's answer does: another account, and a refusal of it."""
    before = await changes.contacts.find("c2")
    assert before is not None
    account = before.held("d-account")
    assert account is not None
    told = replace(account, value=TextValue("Medlar Ltd"), provenance=Provenance(Source.CRM, at(14)), version=2)
    await changes.contacts.put(replace(with_value(before, told), version=before.version + 1))
    found = ContactValidation(LookUpOutcome.FOUND, at(14), "record-777")
    refused = ValueStanding("d-account", SyncState.REJECTED, "No «Medlar Ltd».")
    event = ContactEvent(new_id(), "c2", at(14), EventKind.LOOKED_UP, None, before.validation, found)
    await changes.events.add(
        event,
        replace(event, id=new_id(), kind=EventKind.SYNC_CHANGED, before=None, after=refused),
        replace(
            event,
            id=new_id(),
            kind=EventKind.VALUES_CHANGED,
            before=None,
            after=None,
            values=(ValueChange(account, told),),
        ),
    )


async def merge(world: World, minute: int, order: MergeOrder) -> str:
    merged = await merging.merge(await asker(world, "ada", at=at(minute)), order, idempotency_key=f"k{minute}")
    assert isinstance(merged, ContactsMerged), merged
    return merged.merge.id


async def unmerge(world: World, minute: int, merge_id: str) -> None:
    ada = await asker(world, "ada", at=at(minute))
    parted = await unmerging.unmerge(ada, merge_id=merge_id, is_dry_run=False, idempotency_key=f"k{minute}")
    assert isinstance(parted, ContactsUnmerged), parted


async def mistake(world: World) -> None:
    """Merge the two, do of everything in that time, and part them."""
    await world.add_contacts(OTTOLINE, ZEBULON)
    await world.add_notes(a_note("c1", "Likes plums.", id="n1"))
    merge_id = await merge(world, 10, MergeOrder("c2", "c1", ALIKE))
    for minute, name in ((11, "Ada"), (12, "Zebulon")):
        await contacts.rename(
            await asker(world, at=at(minute)), contact_id="c2", name=name, version=None, idempotency_key=None
        )
    body = "Likes plums, ripe."
    await notes.edit(await asker(world, at=at(13)), note_id="n1", body=body, version=None, idempotency_key=None)
    await followed(world, 13, 7)
    await world.stores().transact(news)
    await unmerge(world, 20, merge_id)
    await followed(world, 21, 8)


async def followed(world: World, minute: int, number: int, contact_id: str = "c2") -> None:
    await attributes.set_value(
        await asker(world, at=at(minute)),
        contact_id=contact_id,
        key="followers",
        given=NumberValue(number),
        version=None,
        idempotency_key=None,
    )


async def happened(world: World) -> list[tuple[str, Document]]:
    """What is left of Ottoline's log, oldest first: kinds, and what is told beside whom and when."""
    found = await world.driver.collection(EVENTS).find().sort("place", 1).to_list(None)
    assert {each["contact"] for each in found} == {"c2"}
    told = ("before", "after", "values")
    return [(each["kind"], {name: each[name] for name in told if name in each}) for each in found]


async def gone(world: World, *, is_erasure: bool, events: int = 4) -> None:
    ada = await asker(world, "ada", at=at(30))
    if is_erasure:
        erased = await privacy.erase(ada, contact_id="c1", reason=None, idempotency_key="k3")
        assert isinstance(erased, ContactErased)
        # The merge, its undoing, of which both tell, and the note: what only tells of him too is Ottoline's.
        assert erased.receipt.counts.events == events
    else:
        deleted = await deletion.delete(ada, contact_id="c1", version=None, idempotency_key="k3")
        assert isinstance(deleted, ContactDeleted)


async def survivor(world: World) -> Contact:
    return (await world.stores().contacts.by_ids(["c2"]))["c2"]


@pytest.mark.parametrize("is_erasure", [True, False], ids=["erased", "deleted"])
async def test_nothing_of_what_happened_to_both_is_left(world: World, is_erasure: bool) -> None:
    await mistake(world)
    assert {(EVENTS, each) for each in TRACES[:-1]} < await traces_in_database(world, TRACES)
    ottoline = await survivor(world)
    await gone(world, is_erasure=is_erasure)
    assert await traces_in_database(world, TRACES) == set()
    assert [(kind, list(told)) for kind, told in await happened(world)] == [
        ("CONTACT_RENAMED", ["after"]),
        ("CONTACT_RENAMED", ["before"]),
        ("VALUES_CHANGED", ["values"]),
        ("LOOKED_UP", []),
        ("VALUES_CHANGED", ["values"]),
    ]
    assert await survivor(world) == ottoline
    once = await world.snapshot()
    await gone(world, is_erasure=is_erasure)
    assert await world.snapshot() == once


async def test_what_was_cut_off_is_finished_by_the_repetition(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut(_store: DeletionStore) -> None:
        raise ConnectionError

    await mistake(world)
    with monkeypatch.context() as broken:
        broken.setattr(DeletionStore, "finish", cut)
        with pytest.raises(ConnectionError):
            await gone(world, is_erasure=True)
    assert (EVENTS, "Medlar") in await traces_in_database(world, TRACES)
    await gone(world, is_erasure=True)
    assert await traces_in_database(world, TRACES) == set()


async def test_while_they_are_one_nothing_of_it_goes_with_somebody_else(world: World) -> None:
    await world.add_contacts(OTTOLINE, ZEBULON, a_contact("c3"))
    await merge(world, 10, MergeOrder("c2", "c1", ALIKE))
    await world.stores().transact(news)
    before = await world.snapshot()
    ada = await asker(world, "ada", at=at(30))
    assert isinstance(await privacy.erase(ada, contact_id="c3", reason=None, idempotency_key=None), ContactErased)
    after = await world.snapshot()
    assert (after[EVENTS], after["contactMerges"]) == (before[EVENTS], before["contactMerges"])


async def nested_mistakes(world: World) -> None:
    """One within another: what Ottoline had of Zebulon, Tia and Una had for a moment too, and Pia heard the name."""
    pia, tia = a_contact("c4", name="Pia"), a_contact("c3", name="Tia", values=(held("bio", TextValue("Sings.")),))
    await world.add_contacts(OTTOLINE, ZEBULON, tia, pia, a_contact("c5", name="Una"))
    bio = GivenChoice(MergeField.ATTRIBUTE, "bio", Side.OTHER)
    first = await merge(world, 10, MergeOrder("c2", "c1", ALIKE))
    await unmerge(world, 12, await merge(world, 11, MergeOrder("c2", "c4", OWN_NAME)))
    second = await merge(world, 13, MergeOrder("c3", "c2", (*ALIKE, bio)))
    third = await merge(world, 14, MergeOrder("c5", "c3", ALIKE))
    await followed(world, 15, 7, "c5")
    for name in ("Ada", "Zebulon"):
        una = await asker(world, at=at(15))
        await contacts.rename(una, contact_id="c5", name=name, version=None, idempotency_key=None)
    for minute, merge_id in ((16, third), (18, second), (20, first)):
        await unmerge(world, minute, merge_id)


async def test_nothing_is_left_with_whom_that_one_was_taken_for_meanwhile(world: World) -> None:
    await nested_mistakes(world)
    before = await world.snapshot()
    await gone(world, is_erasure=True, events=3)
    assert await traces_in_database(world, TRACES) == set()
    after = await world.snapshot()
    told = [each for each in before[EVENTS] if "c1" not in {each["contact"], each.get("named")}]
    assert [each["_id"] for each in after[EVENTS]] == [each["_id"] for each in told]
    # What others had of Ottoline is told as it was.
    for own in ("Paints.", "Sings.", "Tia", "Pia", "Ada"):
        assert repr(after[EVENTS]).count(own) == repr(told).count(own) > 0
    await gone(world, is_erasure=True, events=3)
    assert await world.snapshot() == after


async def test_that_may_be_cut_off_anywhere(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await nested_mistakes(world)
    kind, budget = type(world.driver), 0
    transaction = kind.transaction

    async def some(driver: Driver, work: Any) -> Any:
        nonlocal budget
        if not budget:
            raise ConnectionError
        budget -= 1
        return await transaction(driver, work)

    async def attempt(number: int) -> bool:
        nonlocal budget
        budget = number
        try:
            await gone(world, is_erasure=True, events=3)
        except ConnectionError:
            return False
        return True

    monkeypatch.setattr(kind, "transaction", some)
    # The first transaction makes him invisible. Each attempt begins anew, and gets a step further.
    assert [await attempt(number) for number in range(1, 8)] == [*[False] * 6, True]
    assert await traces_in_database(world, TRACES) == set()
