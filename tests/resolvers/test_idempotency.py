"""A change asked for twice with one key happens once, and is answered twice alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from domain.attributes import AttributeChanged
from domain.contacts import ContactChanged
from domain.notes import NoteAdded, NoteDeleted, NoteEdited, StaleNote
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.values import NumberValue, TextValue
from domain.vip import VipStatus
from resolvers import attributes, notes, vip
from resolvers.context import Context
from tests.builders import a_contact, a_note, held
from tests.conftest import World
from tests.resolvers.changing import NOW, asker

SOON = NOW + timedelta(hours=1)
Change = Callable[[Context, str | None], Awaitable[object]]


async def add(context: Context, key: str | None, body: str = "New") -> object:
    return await notes.add(context, contact_id="c1", body=body, idempotency_key=key)


async def edit(context: Context, key: str | None, body: str = "New", version: int = 1) -> object:
    return await notes.edit(context, note_id="n1", body=body, version=version, idempotency_key=key)


async def delete(context: Context, key: str | None) -> object:
    return await notes.delete(context, note_id="n1", version=1, idempotency_key=key)


async def set_vip(context: Context, key: str | None) -> object:
    return await vip.set_vip(context, contact_id="c1", reason="Loyal", expires_at=SOON, version=1, idempotency_key=key)


async def clear_vip(context: Context, key: str | None) -> object:
    return await vip.clear_vip(context, contact_id="c2", version=1, idempotency_key=key)


async def set_value(context: Context, key: str | None) -> object:
    given = NumberValue(7)
    return await attributes.set_value(
        context, contact_id="c1", key="followers", given=given, version=0, idempotency_key=key
    )


async def clear_value(context: Context, key: str | None) -> object:
    return await attributes.clear_value(context, contact_id="c1", key="bio", version=1, idempotency_key=key)


CHANGES: list[tuple[Change, type]] = [
    *((add, NoteAdded), (edit, NoteEdited), (delete, NoteDeleted)),
    *((set_vip, ContactChanged), (clear_vip, ContactChanged)),
    *((set_value, AttributeChanged), (clear_value, AttributeChanged)),
]
EVERY = pytest.mark.parametrize(("change", "success"), CHANGES, ids=[each.__name__ for each, _ in CHANGES])


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(a_contact("c1", note_count=1, values=(held("bio", TextValue("hi")),)))
    await world.add_contacts(a_contact("c2", vip=VipStatus(NOW, "ada", None, None)))
    await world.add_notes(a_note("c1", "Old", id="n1"))
    return world


@EVERY
async def test_a_repetition_changes_nothing_and_is_answered_as_the_first_time(
    seeded: World, change: Change, success: type
) -> None:
    first = await change(await asker(seeded), "k")
    assert type(first) is success
    after = await seeded.snapshot()
    # The version that it states is stale by now: the first answer counts.
    assert await change(await asker(seeded, at=SOON + timedelta(hours=1)), "k") == first
    assert await seeded.snapshot() == after
    [answer] = after["idempotentAnswers"]
    assert (answer["_id"], answer["at"], answer["kind"]) == ('["acme", "jo", "k"]', NOW, success.__name__)


@EVERY
async def test_without_a_key_nothing_is_remembered(seeded: World, change: Change, success: type) -> None:
    assert type(await change(await asker(seeded), None)) is success
    assert (await seeded.snapshot())["idempotentAnswers"] == []


@EVERY
async def test_a_key_that_came_with_another_change_is_refused(seeded: World, change: Change, success: type) -> None:
    await notes.add(await asker(seeded), contact_id="c2", body="Other", idempotency_key="k")
    after = await seeded.snapshot()
    assert await change(await asker(seeded), "k") == KeyReused()
    assert await seeded.snapshot() == after


async def test_a_key_that_came_with_another_input_is_refused(seeded: World) -> None:
    await edit(await asker(seeded), "k")
    after = await seeded.snapshot()
    assert await edit(await asker(seeded), "k", body="Other") == KeyReused()
    assert await edit(await asker(seeded), "k", version=2) == KeyReused()
    assert await seeded.snapshot() == after


async def test_another_agents_same_key_is_another_key(seeded: World) -> None:
    mine, theirs = await add(await asker(seeded), "k"), await add(await asker(seeded, "ada"), "k")
    assert isinstance(mine, NoteAdded)
    assert isinstance(theirs, NoteAdded)
    assert (mine.note.author_id, theirs.note.author_id) == ("jo", "ada")
    assert (mine.contact.note_count, theirs.contact.note_count) == (2, 3)


async def test_another_organizations_same_key_is_another_key(seeded: World) -> None:
    await seeded.add_contacts(a_contact("x1"), organization_id="other")
    await add(await asker(seeded), "k")
    theirs = await notes.add(await asker(seeded, "mo", "other"), contact_id="x1", body="New", idempotency_key="k")
    assert isinstance(theirs, NoteAdded)
    keys = [each["_id"] for each in (await seeded.snapshot())["idempotentAnswers"]]
    assert keys == ['["acme", "jo", "k"]', '["other", "mo", "k"]']


async def test_an_attempt_that_failed_is_tried_anew(seeded: World) -> None:
    before = await seeded.snapshot()
    stale = await edit(await asker(seeded), "k", version=2)
    assert stale == StaleNote(a_note("c1", "Old", id="n1"))
    missing = await notes.add(await asker(seeded), contact_id="c9", body="New", idempotency_key="m")
    assert missing == NotFound(Kind.CONTACT)
    assert await seeded.snapshot() == before
    await seeded.add_contacts(a_contact("c9"))
    again = await notes.add(await asker(seeded), contact_id="c9", body="New", idempotency_key="m")
    assert isinstance(again, NoteAdded)
    assert isinstance(await edit(await asker(seeded), "k", version=1), NoteEdited)


async def test_a_change_of_nothing_is_remembered_too(seeded: World) -> None:
    same = NoteEdited(a_note("c1", "Old", id="n1"))
    assert await edit(await asker(seeded), "k", body="Old") == same
    assert isinstance(await edit(await asker(seeded), None, body="Meanwhile"), NoteEdited)
    assert await edit(await asker(seeded), "k", body="Old") == same


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", ErrorCode.BLANK),
        (" ", ErrorCode.BLANK),
        ("a\0", ErrorCode.FORBIDDEN_CHARACTER),
        ("k" * 201, ErrorCode.TOO_LONG),
    ],
    ids=["empty", "blank", "control character", "too long"],
)
@EVERY
async def test_a_key_that_is_none_is_refused(
    seeded: World, change: Change, success: type, key: str, code: ErrorCode
) -> None:
    before = await seeded.snapshot()
    refused = await change(await asker(seeded), key)
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, ("input", "idempotencyKey"))
    assert await seeded.snapshot() == before


async def test_the_longest_key_is_a_key(seeded: World) -> None:
    first = await add(await asker(seeded), "k" * 200)
    assert isinstance(first, NoteAdded)
    assert await add(await asker(seeded), "k" * 200) == first


async def test_one_key_in_two_spellings_is_one_key(seeded: World) -> None:
    first = await add(await asker(seeded), "caf\u00e9")
    assert await add(await asker(seeded), "cafe\u0301") == first


async def test_a_repetition_is_known_to_what_the_same_request_asks_next(seeded: World) -> None:
    first = await set_value(await asker(seeded), "k")
    assert isinstance(first, AttributeChanged)
    context = await asker(seeded)
    assert await set_value(context, "k") == first
    assert await context.loaders.contact_by_id.load("c1") == first.contact
