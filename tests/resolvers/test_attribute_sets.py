"""Several values set together: all of them with one entry in the log, or none and everything that is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.attribute_changes import GivenValue, ValueProblem, ValuesChanged, ValuesRefused, ValueTaken
from domain.attributes import HeldValue, Locked, LockReason, Provenance, Source, StaleAttribute
from domain.definitions import ValueRules
from domain.events import EventKind, ValueChange
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.values import BooleanValue, MultiSelectValue, NumberValue, PhoneValue, TextValue, Value
from resolvers import attribute_sets
from resolvers.context import Context
from tests.builders import a_contact, a_definition, an_organization, held
from tests.conftest import Commands, World
from tests.resolvers.changing import NOW, asker, happened, log, stored

BIO, FOLLOWERS = held("bio", TextValue("hi"), version=3), held("followers", NumberValue(1))
CARD = held("card", TextValue("A-1"))
CONTACT = a_contact("c1", values=(FOLLOWERS, BIO))
HOLDER = a_contact("c2", name="Bob", values=(CARD,))


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    card = a_definition("card", position=30, rules=ValueRules(is_unique=True))
    badge = a_definition("badge", position=31, rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization("acme"), [], [card, badge])
    await world.add_contacts(CONTACT, HOLDER)


async def set_values(
    context: Context, values: Sequence[GivenValue], contact_id: str = "c1", key: str | None = None
) -> object:
    return await attribute_sets.set_values(context, contact_id=contact_id, values=values, idempotency_key=key)


def by(agent_id: str, key: str, value: Value | None, version: int = 1) -> HeldValue:
    return HeldValue(f"d-{key}", value, Provenance(Source.AGENT, NOW, agent_id), version)


GOOD = [
    GivenValue("phone", PhoneValue("(415) 555-2671")),
    GivenValue("bio", None, 3),
    GivenValue("newsletter", BooleanValue(False), 0),
    GivenValue("followers", NumberValue(1)),
    GivenValue("sizes", MultiSelectValue(())),
    GivenValue("email", None, 0),
    GivenValue("card", TextValue("A-2")),
]
"""What `followers` and `email` are already."""


async def test_values_are_set_and_cleared_together_with_one_entry_in_the_log(world: World, commands: Commands) -> None:
    changed = [
        by("jo", "phone", PhoneValue("+14155552671")),
        by("jo", "bio", None, 4),
        by("jo", "newsletter", BooleanValue(False)),
        by("jo", "sizes", MultiSelectValue(())),
        by("jo", "card", TextValue("A-2")),
    ]
    phone, bio, *others = changed
    after = replace(CONTACT, values=(FOLLOWERS, bio, phone, *others), updated_at=NOW)
    context = await asker(world)
    commands.clear()
    assert await set_values(context, GOOD) == ValuesChanged(after, tuple(each.definition_id for each in changed))
    assert commands.names() == ["find", "find", "find", "update", "find", "find", "insert", "commitTransaction"]
    assert await context.loaders.contact_by_id.load("c1") == after
    assert await stored(world) == after
    changes = [ValueChange(BIO if each is bio else None, each) for each in changed]
    assert await log(world) == [happened(EventKind.VALUES_CHANGED, None, None, *changes)]
    before = await world.snapshot()
    given = [replace(each, version=None) for each in GOOD]
    assert await set_values(await asker(world, "ada"), given) == ValuesChanged(after, ())
    assert await world.snapshot() == before


NUMBER = Invalid(ErrorCode.WRONG_TYPE, "Give a value of type NUMBER: «followers» takes no TEXT.", ("input", "value"))
MISSING = Invalid(ErrorCode.BLANK, "Give a value.")


async def test_everything_that_is_wrong_is_said_at_once_and_nothing_written(world: World) -> None:
    await world.add_contacts(a_contact("c3", name="Ann", values=(held("badge", TextValue("b")),)))
    before = await world.snapshot()
    given = [
        GivenValue("badge", TextValue("B")),
        GivenValue("phone", PhoneValue("+14155552671")),
        GivenValue("shoe", TextValue("x")),
        GivenValue("rank", TextValue("x"), 7),
        GivenValue("bio", TextValue("new"), 2),
        GivenValue("card", TextValue("a-1")),
        GivenValue("followers", TextValue("7"), 9),
        GivenValue("nickname", None),
        GivenValue("phone", None),
        GivenValue("shoe", None),
        GivenValue("email", MISSING),
    ]
    required = Invalid(ErrorCode.REQUIRED, "Set another value: «Nickname» must have one.", ("input", "value"))
    assert await set_values(await asker(world), given) == ValuesRefused(
        (
            ValueProblem(0, ValueTaken("d-badge", (await world.stores().contacts.by_ids(["c3"]))["c3"])),
            ValueProblem(2, NotFound(Kind.DEFINITION)),
            ValueProblem(3, Locked(LockReason.ROLE)),
            ValueProblem(4, StaleAttribute(CONTACT, "d-bio")),
            ValueProblem(5, ValueTaken("d-card", HOLDER)),
            ValueProblem(6, NUMBER),
            ValueProblem(7, required),
            ValueProblem(8, Invalid(ErrorCode.REPEATED_KEY, "Give «phone» once.", ("input", "key"))),
            ValueProblem(9, Invalid(ErrorCode.REPEATED_KEY, "Give «shoe» once.", ("input", "key"))),
            ValueProblem(10, MISSING.at("input", "value")),
        )
    )
    assert await world.snapshot() == before


async def test_none_and_too_many_are_refused_before_anybody_is_looked_for(world: World) -> None:
    before, context, where = await world.snapshot(), await asker(world), ("input", "values")
    few = Invalid(ErrorCode.BLANK, "Give at least one value.", where)
    many = Invalid(ErrorCode.TOO_MANY, "Give at most 50 values at once.", where)
    some = [GivenValue("bio", TextValue("x"))]
    assert await set_values(context, [], "nobody") == few
    assert await set_values(context, some * 51, "nobody") == many
    assert await set_values(context, some, "nobody") == NotFound(Kind.CONTACT)
    assert await set_values(await asker(world, "eve", "other"), some) == NotFound(Kind.CONTACT)
    fifty = await set_values(context, some * 50)
    assert isinstance(fifty, ValuesRefused)
    assert [each.index for each in fifty.problems] == list(range(1, 50))
    assert await world.snapshot() == before


async def test_a_repeated_key_is_answered_as_the_first_time(world: World) -> None:
    first = await set_values(await asker(world), GOOD, key="k")
    before = await world.snapshot()
    assert await set_values(await asker(world), GOOD, key="k") == first
    assert await set_values(await asker(world), GOOD[:2], key="k") == KeyReused()
    assert await world.snapshot() == before


async def test_sets_of_overlapping_values_at_once_are_each_whole(world: World) -> None:
    """Each set writes its own number to both attributes: whoever was last, the two agree, and the log has all."""

    async def both(number: int) -> object:
        values = [GivenValue("followers", NumberValue(number)), GivenValue("bio", TextValue(f"{number}"))]
        return await set_values(await asker(world), values[:: 1 if number % 2 else -1])

    results = await asyncio.gather(*(both(each) for each in range(10, 30)))
    assert {type(each) for each in results} == {ValuesChanged}
    kept = {each.definition_id: each for each in (await stored(world)).values}
    assert isinstance(number := kept["d-followers"].value, NumberValue)
    assert kept["d-bio"].value == TextValue(f"{number.number:.0f}")
    assert (kept["d-followers"].version, kept["d-bio"].version) == (21, 23)
    assert [len(each.values) for each in await log(world)] == [2] * 20
