"""One value set or cleared, and no other touched: each outcome, and exactly what is written."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.attributes import (
    AttributeChanged,
    ContactAttribute,
    HeldValue,
    Provenance,
    Source,
    StaleAttribute,
    SyncState,
)
from domain.events import EventKind, ValueChange
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.values import (
    BooleanValue,
    DateTimeValue,
    DateValue,
    EmailValue,
    LanguageValue,
    MultiSelectValue,
    NumberValue,
    PhoneValue,
    SelectValue,
    TextValue,
    UrlValue,
    Value,
)
from resolvers import attributes
from resolvers.context import Context
from tests.builders import MORNING, a_contact, held
from tests.conftest import World
from tests.resolvers.changing import NOW, asker, happened, log, stored

BIO, FOLLOWERS = held("bio", TextValue("hi"), version=3), held("followers", NumberValue(1))
CONTACT = a_contact("c1", values=(FOLLOWERS, BIO))


async def set_value(
    context: Context, key: str, given: Value, version: int | None = None, contact_id: str = "c1"
) -> object:
    return await attributes.set_value(
        context, contact_id=contact_id, key=key, given=given, version=version, idempotency_key=None
    )


async def clear(context: Context, key: str, version: int | None = None, contact_id: str = "c1") -> object:
    return await attributes.clear_value(context, contact_id=contact_id, key=key, version=version, idempotency_key=None)


def by(agent_id: str, key: str, value: Value | None, version: int = 1) -> HeldValue:
    return HeldValue(f"d-{key}", value, Provenance(Source.AGENT, NOW, agent_id), version)


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(CONTACT)
    return world


MET = datetime(2026, 1, 2, 3, tzinfo=UTC)
GIVEN: list[tuple[str, Value, Value]] = [
    ("email", EmailValue("jane@EXAMPLE.com"), EmailValue("jane@example.com")),
    ("phone", PhoneValue("(415) 555-2671"), PhoneValue("+14155552671")),
    ("website", UrlValue(" https://example.com/a "), UrlValue("https://example.com/a")),
    ("nickname", TextValue("One\r\ntwo"), TextValue("One\ntwo")),
    ("newsletter", BooleanValue(False), BooleanValue(False)),
    ("birthday", DateValue(date(1990, 1, 2)), DateValue(date(1990, 1, 2))),
    ("last_met", DateTimeValue(MET), DateTimeValue(MET)),
    ("sizes", MultiSelectValue(("size-m", "size-s")), MultiSelectValue(("size-s", "size-m"))),
    ("language", LanguageValue("PT-br"), LanguageValue("pt-BR")),
]


@pytest.mark.parametrize(("key", "given", "kept"), GIVEN, ids=[each[0] for each in GIVEN])
async def test_a_first_value_is_kept_in_its_usual_form_and_logged(
    seeded: World, key: str, given: Value, kept: Value
) -> None:
    value = by("jo", key, kept)
    after = replace(CONTACT, values=(FOLLOWERS, BIO, value), updated_at=NOW)
    assert await set_value(await asker(seeded), key, given, 0) == AttributeChanged(after, f"d-{key}")
    assert await stored(seeded) == after
    assert await log(seeded) == [happened(EventKind.VALUES_CHANGED, None, None, ValueChange(None, value))]


async def test_a_value_is_replaced_in_its_place(seeded: World) -> None:
    value = by("ada", "followers", NumberValue(7), 2)
    after = replace(CONTACT, values=(value, BIO), updated_at=NOW)
    result = await set_value(await asker(seeded, "ada"), "followers", NumberValue(7), 1)
    assert result == AttributeChanged(after, "d-followers")
    change = ValueChange(FOLLOWERS, value)
    assert await log(seeded) == [happened(EventKind.VALUES_CHANGED, None, None, change, agent="ada")]


async def test_a_cleared_value_keeps_its_version_and_who_cleared_it(seeded: World) -> None:
    value = by("jo", "bio", None, 4)
    after = replace(CONTACT, values=(FOLLOWERS, value), updated_at=NOW)
    assert await clear(await asker(seeded), "bio", 3) == AttributeChanged(after, "d-bio")
    assert await stored(seeded) == after
    assert await log(seeded) == [happened(EventKind.VALUES_CHANGED, None, None, ValueChange(BIO, value))]


async def test_a_cleared_value_is_set_again_with_the_next_version(seeded: World) -> None:
    await clear(await asker(seeded), "bio")
    result = await set_value(await asker(seeded), "bio", TextValue("back"), 4)
    assert isinstance(result, AttributeChanged)
    assert result.contact.held("d-bio") == by("jo", "bio", TextValue("back"), 5)


@pytest.mark.parametrize("version", [None, 3])
async def test_setting_what_is_there_changes_nothing(seeded: World, version: int | None) -> None:
    before = await seeded.snapshot()
    result = await set_value(await asker(seeded), "bio", TextValue("hi"), version)
    assert result == AttributeChanged(CONTACT, "d-bio")
    assert await seeded.snapshot() == before


async def test_clearing_what_is_empty_changes_nothing(seeded: World) -> None:
    assert await clear(await asker(seeded), "email", 0) == AttributeChanged(CONTACT, "d-email")
    assert await log(seeded) == []
    await clear(await asker(seeded), "bio")
    before, contact = await seeded.snapshot(), await stored(seeded)
    assert await clear(await asker(seeded), "bio", 4) == AttributeChanged(contact, "d-bio")
    assert await seeded.snapshot() == before


@pytest.mark.parametrize(
    "held_sync", [None, SyncState.IN_SYNC, SyncState.REJECTED], ids=["none", "in sync", "rejected"]
)
async def test_an_edit_of_a_crm_value_waits_for_the_crm(world: World, held_sync: SyncState | None) -> None:
    before = held("segment", SelectValue("size-m"), source=Source.CRM, sync=held_sync)
    await world.add_contacts(a_contact("c1", values=() if held_sync is None else (before,)))
    result = await set_value(await asker(world), "segment", SelectValue("size-s"))
    assert isinstance(result, AttributeChanged)
    after = result.contact.held("d-segment")
    assert after is not None
    assert after.sync is not None
    assert (after.sync.state, after.sync.synced_at) == (SyncState.PENDING, None if held_sync is None else MORNING)


async def test_a_crm_value_that_never_synced_has_no_time_of_it(world: World) -> None:
    await world.add_contacts(a_contact("c1", values=(held("segment", SelectValue("size-m")),)))
    result = await clear(await asker(world), "segment")
    assert isinstance(result, AttributeChanged)
    [after] = result.contact.values
    assert after.sync is not None
    assert (after.value, after.version, after.sync.state, after.sync.synced_at) == (None, 2, SyncState.PENDING, None)


Change = Callable[[Context], Awaitable[object]]
WRONG = Invalid(ErrorCode.WRONG_TYPE, "Give a value of type NUMBER: «followers» takes no TEXT.", ("input", "value"))
SMALL = Invalid(ErrorCode.TOO_SMALL, "Give a number of 0 or more.", ("input", "value"))
REQUIRED = Invalid(ErrorCode.REQUIRED, "Set another value: «Nickname» must have one.", ("input", "key"))
REFUSALS: list[tuple[str, Change, object]] = [
    ("set, unknown key", lambda c: set_value(c, "shoe", TextValue("x")), NotFound(Kind.DEFINITION)),
    ("set, wrong type", lambda c: set_value(c, "followers", TextValue("7")), WRONG),
    ("set, too small", lambda c: set_value(c, "followers", NumberValue(-1)), SMALL),
    ("set, nobody", lambda c: set_value(c, "bio", TextValue("x"), None, "nobody"), NotFound(Kind.CONTACT)),
    ("set, stale", lambda c: set_value(c, "bio", TextValue("x"), 2), StaleAttribute(CONTACT, "d-bio")),
    ("set the same, stale", lambda c: set_value(c, "bio", TextValue("hi"), 0), StaleAttribute(CONTACT, "d-bio")),
    ("set a first, stale", lambda c: set_value(c, "rank", TextValue("x"), 1), StaleAttribute(CONTACT, "d-rank")),
    ("clear, unknown key", lambda c: clear(c, "shoe"), NotFound(Kind.DEFINITION)),
    ("clear, required", lambda c: clear(c, "nickname"), REQUIRED),
    ("clear, nobody", lambda c: clear(c, "bio", None, "nobody"), NotFound(Kind.CONTACT)),
    ("clear, stale", lambda c: clear(c, "bio", 4), StaleAttribute(CONTACT, "d-bio")),
]


@pytest.mark.parametrize(("change", "answer"), [each[1:] for each in REFUSALS], ids=[each[0] for each in REFUSALS])
async def test_what_is_refused_writes_nothing(seeded: World, change: Change, answer: object) -> None:
    before = await seeded.snapshot()
    assert await change(await asker(seeded, "ada")) == answer
    assert await seeded.snapshot() == before


async def test_another_organizations_agent_finds_nobody(seeded: World) -> None:
    before = await seeded.snapshot()
    context = await asker(seeded, "eve", "other")
    assert await set_value(context, "bio", TextValue("x")) == NotFound(Kind.CONTACT)
    assert await clear(context, "bio") == NotFound(Kind.CONTACT)
    assert await seeded.snapshot() == before


async def test_two_attributes_set_at_once_lose_none(seeded: World) -> None:
    context = await asker(seeded)
    results = await asyncio.gather(
        set_value(context, "nickname", TextValue("nickname")),
        set_value(context, "bio", TextValue("bio")),
        set_value(context, "newsletter", BooleanValue(True)),
        set_value(context, "followers", NumberValue(9)),
        set_value(context, "language", LanguageValue("de")),
        clear(context, "email"),
    )
    assert {type(each) for each in results} == {AttributeChanged}
    expected = {
        "d-nickname": TextValue("nickname"),
        "d-bio": TextValue("bio"),
        "d-newsletter": BooleanValue(True),
        "d-followers": NumberValue(9),
        "d-language": LanguageValue("de"),
    }
    assert {each.definition_id: each.value for each in (await stored(seeded)).values} == expected
    assert sorted(each.values[0].after.definition_id for each in await log(seeded)) == sorted(expected)


@pytest.mark.parametrize("key", ["bio", "nickname"], ids=["replaced", "first"])
async def test_of_many_who_saw_one_version_exactly_one_sets(seeded: World, key: str) -> None:
    context, version = await asker(seeded), 3 if key == "bio" else 0
    results = await asyncio.gather(*(set_value(context, key, TextValue(f"v{each}"), version) for each in range(40)))
    assert Counter(type(each) for each in results) == {AttributeChanged: 1, StaleAttribute: 39}
    [winner] = [each.contact for each in results if isinstance(each, AttributeChanged)]
    assert await stored(seeded) == winner
    assert [each.definition_id for each in winner.values].count(f"d-{key}") == 1
    assert len(await log(seeded)) == 1


async def test_what_the_same_request_asks_next_sees_the_change(seeded: World) -> None:
    context = await asker(seeded)
    assert await context.loaders.contact_by_id.load("c1") == CONTACT
    changed = await set_value(context, "bio", TextValue("new"))
    assert isinstance(changed, AttributeChanged)
    assert await context.loaders.contact_by_id.load("c1") == changed.contact


async def test_the_panels_line_is_the_definition_and_what_is_held(seeded: World) -> None:
    context = await asker(seeded)
    definitions = {each.key: each for each in context.directory.definitions}
    assert attributes.line(context, CONTACT, "d-bio") == ContactAttribute("c1", definitions["bio"], BIO)
    assert attributes.line(context, CONTACT, "d-rank") == ContactAttribute("c1", definitions["rank"], None)
