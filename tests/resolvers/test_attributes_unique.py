"""Unique values: one contact holds each, whoever is faster; and who holds it is said."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from domain.attribute_changes import GivenValue, ValueProblem, ValuesRefused, ValueTaken
from domain.attributes import AttributeChanged
from domain.definitions import ValueRules, ValueType
from domain.values import EmailValue, NumberValue, TextValue, Value
from persistence.stores import Changes
from resolvers import attribute_sets, attributes
from resolvers.context import Context
from tests.builders import a_contact, a_definition, an_organization, held
from tests.conftest import World
from tests.resolvers.changing import asker, log, stored

UNIQUE = ValueRules(is_unique=True)
DEFINITIONS = [
    a_definition("card", position=30, rules=UNIQUE),
    a_definition("seat", ValueType.NUMBER, position=31, rules=UNIQUE),
    a_definition("alias", ValueType.EMAIL, position=32, rules=UNIQUE),
]


@pytest.fixture(autouse=True)
async def unique(world: World) -> None:
    await world.add_organization(an_organization("acme"), [], DEFINITIONS)
    theirs = [replace(each, id=f"other-{each.id}") for each in DEFINITIONS]
    await world.add_organization(an_organization("other"), [], theirs)


async def set_value(context: Context, key: str, given: Value, contact_id: str = "c1") -> object:
    return await attributes.set_value(
        context, contact_id=contact_id, key=key, given=given, version=None, idempotency_key=None
    )


async def clear(context: Context, key: str, contact_id: str = "c1") -> object:
    return await attributes.clear_value(context, contact_id=contact_id, key=key, version=None, idempotency_key=None)


SAME: list[tuple[str, Value, Value, Value]] = [
    ("card", TextValue("Élan 1"), TextValue("ELAN  1"), TextValue("Élan 2")),
    ("seat", NumberValue(0), NumberValue(-0.0), NumberValue(1)),
    ("alias", EmailValue("Jane@example.com"), EmailValue("jane@EXAMPLE.com"), EmailValue("jan@example.com")),
]


@pytest.mark.parametrize(("key", "mine", "same", "another"), SAME, ids=[each[0] for each in SAME])
async def test_a_value_that_another_contact_holds_is_refused_until_it_is_given_up(
    world: World, key: str, mine: Value, same: Value, another: Value
) -> None:
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    theirs = replace(held(key, mine), definition_id=f"other-d-{key}")
    await world.add_contacts(a_contact("x1", values=(theirs,)), organization_id="other")
    context = await asker(world)
    assert isinstance(await set_value(context, key, mine), AttributeChanged)
    before, holder = await world.snapshot(), await stored(world)
    assert await set_value(context, key, same, "c2") == ValueTaken(f"d-{key}", holder)
    assert await attribute_sets.set_values(
        context, contact_id="c2", values=[GivenValue(key, same)], idempotency_key=None
    ) == ValuesRefused((ValueProblem(0, ValueTaken(f"d-{key}", holder)),))
    assert await world.snapshot() == before
    # One's own in another spelling is one's own.
    assert isinstance(await set_value(context, key, same), AttributeChanged)
    assert isinstance(await set_value(context, key, another, "c2"), AttributeChanged)
    assert isinstance(await clear(context, key), AttributeChanged)
    assert isinstance(await set_value(context, key, same, "c2"), AttributeChanged)
    assert isinstance(await set_value(context, key, another), AttributeChanged)


@pytest.mark.parametrize("how", ["alone", "together"])
async def test_of_thirty_contacts_that_take_a_value_at_once_exactly_one_gets_it(world: World, how: str) -> None:
    ids = [f"c{each:02}" for each in range(30)]
    await world.add_contacts(*(a_contact(each, name=each) for each in ids))

    async def take(contact_id: str) -> object:
        context, value = await asker(world), TextValue("A-1")
        if how == "alone":
            return await set_value(context, "card", value, contact_id)
        given = [GivenValue("bio", TextValue(contact_id)), GivenValue("card", value)]
        return await attribute_sets.set_values(context, contact_id=contact_id, values=given, idempotency_key=None)

    results = await asyncio.gather(*(take(each) for each in ids))
    contacts = await world.stores().contacts.by_ids(ids)
    [winner] = [each for each in contacts.values() if each.values]
    taken = ValueTaken("d-card", winner)
    refused = taken if how == "alone" else ValuesRefused((ValueProblem(1, taken),))
    assert Counter(each == refused for each in results) == {True: 29, False: 1}
    [event] = await log(world)
    assert event.contact_id == winner.id


async def test_a_value_that_is_passed_on_again_and_again_is_held_by_one_and_no_try_breaks(world: World) -> None:
    """Contacts take it and give it up at once: what is answered is that it happened or who holds it, and no more."""
    ids = [f"c{each}" for each in range(6)]
    await world.add_contacts(*(a_contact(each) for each in ids))

    async def pass_on(contact_id: str) -> list[object]:
        context = await asker(world)
        done = []
        for _ in range(4):
            done += [await set_value(context, "card", TextValue("A-1"), contact_id)]
            done += [await clear(context, "card", contact_id)]
        return done

    results = await asyncio.gather(*(pass_on(each) for each in ids))
    assert {type(each) for result in results for each in result} <= {AttributeChanged, ValueTaken}
    changes = [each.values[0] for each in await log(world)]
    # In the order of the log, nobody took it before it was given up.
    assert [each.after.value for each in changes] == [TextValue("A-1"), None] * (len(changes) // 2)


async def test_what_is_unique_is_what_the_transaction_sees(world: World) -> None:
    """A definition that was made unique a moment ago, and that this process has not heard of yet."""
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    context = await asker(world)
    rank = replace(next(each for each in context.directory.definitions if each.key == "bio"), rules=UNIQUE)
    await world.add_organization(an_organization("acme"), [], [rank])
    assert isinstance(await set_value(context, "bio", TextValue("one")), AttributeChanged)
    assert await set_value(context, "bio", TextValue("ONE"), "c2") == ValueTaken("d-bio", await stored(world))

    async def ask(changes: Changes) -> object:
        return await changes.contacts.holders_of_values({"d-bio": TextValue("one"), "d-rank": TextValue("one")})

    assert await world.stores().transact(ask) == {"d-bio": await stored(world)}
    assert await world.stores("other").transact(ask) == {}
