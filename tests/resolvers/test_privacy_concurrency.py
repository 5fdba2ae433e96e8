"""A person erased while agents are at work on them: the receipt is exact, and nothing comes after it."""

from __future__ import annotations

import asyncio

import pytest

from domain.contacts import Contact
from domain.outcomes import NotFound
from domain.privacy import ContactErased
from domain.values import TextValue
from persistence.deletion import DeletionStore
from resolvers import attributes, notes, privacy, vip
from tests.builders import a_contact, a_note
from tests.conftest import World
from tests.resolvers.changing import asker

CONTACT: Contact = a_contact("c1", note_count=1)


async def work(world: World, number: int) -> object:
    """Do one of the things that agents do, all of which write something about the contact."""
    context, key = await asker(world), f"k{number}"
    match number % 4:
        case 0:
            return await notes.add(context, contact_id="c1", body="New.", idempotency_key=key)
        case 1:
            body = f"Edit {number}."
            return await notes.edit(context, note_id="n1", body=body, version=None, idempotency_key=key)
        case 2:
            # Most of these set what is set, and write nothing but the answer.
            return await vip.set_vip(
                context, contact_id="c1", reason="Loyal", expires_at=None, version=None, idempotency_key=key
            )
        case _:
            given = TextValue(f"Bio {number}")
            return await attributes.set_value(
                context, contact_id="c1", key="bio", given=given, version=None, idempotency_key=key
            )


async def test_a_receipt_counts_what_was_there_and_nothing_comes_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.add_contacts(CONTACT)
    await world.add_notes(a_note("c1", id="n1"))
    left: list[dict[str, int]] = []
    finish = DeletionStore.finish

    async def counted(store: DeletionStore) -> None:
        left.append(dict(await world.stores().transact(lambda changes: changes.deletions.counts("c1"))))
        await finish(store)

    monkeypatch.setattr(DeletionStore, "finish", counted)

    some_are_done, done = asyncio.Event(), 0

    async def worked(number: int) -> object:
        nonlocal done
        answer = await work(world, number)
        done += 1
        if done == 4:
            some_are_done.set()
        return answer

    async def erase_in_between() -> object:
        await some_are_done.wait()
        return await privacy.erase(await asker(world, "ada"), contact_id="c1", reason=None, idempotency_key=None)

    erased, *answers = await asyncio.gather(erase_in_between(), *(worked(each) for each in range(24)))
    assert isinstance(erased, ContactErased)
    counts = erased.receipt.counts
    kept = {
        name: getattr(counts, name)
        for name in ("notes", "revisions", "conversations", "conversation_notes", "events", "answers", "merges")
    }
    assert left == [kept]
    assert counts.answers >= 4
    assert sum(not isinstance(each, NotFound) for each in answers) == counts.answers
    snapshot = await world.snapshot()
    about = ("contacts", "contactNotes", "noteRevisions", "contactEvents", "idempotentAnswers")
    assert {name: snapshot[name] for name in about} == {name: [] for name in about}
