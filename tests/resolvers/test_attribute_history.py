"""The past of a value: complete whoever made it, read newest first, and brought back by the rules of today."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from domain.attribute_changes import ValueTaken, ValueVersion
from domain.attributes import (
    AttributeChanged,
    ContactAttribute,
    HeldValue,
    Locked,
    LockReason,
    Provenance,
    Source,
    StaleAttribute,
    SyncState,
)
from domain.contacts import Contact
from domain.definitions import ValueRules
from domain.events import ContactEvent, EventKind, EventPosition, ValueChange, creation_values
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import PageRequest
from domain.values import BooleanValue, MultiSelectValue, NumberValue, SelectValue, TextValue, Value
from resolvers import attribute_history, attributes
from resolvers.context import Context
from tests.builders import MORNING, a_contact, a_definition, an_organization, held
from tests.conftest import Commands, World
from tests.resolvers.changing import NOW, asker, happened, log, stored

NEWEST: PageRequest[EventPosition] = PageRequest(100)


async def remember(world: World, contact: Contact, *versions: HeldValue) -> None:
    """Keep the contact, which began with the first versions and came to hold the last, and the log of it."""
    last = {each.definition_id: each for each in versions}
    await world.add_contacts(replace(contact, values=tuple(last.values())))
    before: dict[str, HeldValue] = {}
    for each in versions:
        was = before.get(each.definition_id)
        kind = EventKind.CONTACT_CREATED if was is None else EventKind.VALUES_CHANGED
        changes = creation_values((each,)) if was is None else (ValueChange(was, each),)
        event = ContactEvent(new_id(), contact.id, MORNING, kind, None, values=changes, source=each.provenance.source)
        await world.stores().transact(lambda all_, event=event: all_.events.add(event))  # type: ignore[misc]
        before[each.definition_id] = each


async def restore(
    context: Context, key: str, restore_version: int, version: int | None = None, contact_id: str = "c1"
) -> object:
    return await attribute_history.restore(
        context,
        contact_id=contact_id,
        key=key,
        restore_version=restore_version,
        version=version,
        idempotency_key=None,
    )


async def line(context: Context, key: str, contact_id: str = "c1") -> ContactAttribute:
    definition = context.directory.definition(key)
    assert definition is not None
    contact = await context.loaders.contact_by_id.load(contact_id)
    assert contact is not None
    return attributes.line(context, contact, definition.id)


async def history(world: World, key: str) -> list[HeldValue]:
    context = await asker(world)
    page = await attribute_history.page(context, await line(context, key), NEWEST)
    assert await attribute_history.count(context, await line(context, key)) == len(page.rows)
    return [each.held for each in page.rows]


async def test_the_history_of_a_value_has_every_source_and_what_it_began_with(world: World) -> None:
    versions = [
        held("bio", TextValue(f"by {source.value}"), version=number, source=source)
        for number, source in enumerate(Source, 1)
    ]
    assert len(versions) == 6
    await remember(world, a_contact("c1"), *versions, held("rank", TextValue("A")))
    assert await history(world, "bio") == versions[::-1]
    assert [each.value for each in await history(world, "rank")] == [TextValue("A")]
    assert await history(world, "email") == []


async def test_a_page_of_a_history_has_the_places_that_lead_on(world: World) -> None:
    versions = [held("bio", TextValue(f"{each}"), version=each) for each in range(1, 6)]
    await remember(world, a_contact("c1"), *versions)
    context = await asker(world)
    own = await line(context, "bio")
    first = await attribute_history.page(context, own, PageRequest(2))
    assert ([each.held.version for each in first.rows], first.has_previous, first.has_next) == ([5, 4], False, True)
    rest = await attribute_history.page(context, own, PageRequest(3, first.rows[-1].position))
    assert ([each.held.version for each in rest.rows], rest.has_previous, rest.has_next) == ([3, 2, 1], True, False)
    back = await attribute_history.page(context, own, PageRequest(1, rest.rows[0].position, is_backward=True))
    assert back.rows == (ValueVersion(versions[3], first.rows[-1].position),)


VALUES: dict[str, Sequence[Value | None]] = {
    "newsletter": (BooleanValue(False), BooleanValue(True), None, BooleanValue(False)),
    "followers": (NumberValue(0), None, NumberValue(7), NumberValue(0)),
    "sizes": (MultiSelectValue(()), MultiSelectValue(("size-s",)), None, MultiSelectValue(())),
}


@pytest.mark.parametrize("key", VALUES)
async def test_no_zero_and_none_of_them_are_values_from_the_first_to_the_last(world: World, key: str) -> None:
    """Set, read back, told in the history, brought back; and to clear is another thing."""
    await world.add_contacts(a_contact("c1"))
    no, yes = VALUES[key][0], next(each for each in VALUES[key][1:] if each is not None)
    for value in VALUES[key]:
        result: object = await (
            attributes.clear_value(await asker(world), contact_id="c1", key=key, version=None, idempotency_key=None)
            if value is None
            else attributes.set_value(
                await asker(world), contact_id="c1", key=key, given=value, version=None, idempotency_key=None
            )
        )
        assert isinstance(result, AttributeChanged)
    assert [each.value for each in await history(world, key)] == list(VALUES[key])[::-1]
    yes_version = list(VALUES[key]).index(yes) + 1
    cleared_version = list(VALUES[key]).index(None) + 1
    for version, value in ((yes_version, yes), (1, no), (cleared_version, None), (4, no)):
        result = await restore(await asker(world), key, version)
        assert isinstance(result, AttributeChanged)
        assert result.contact.values[0].value == value
        assert (await stored(world)).values == result.contact.values
    assert [each.version for each in await history(world, key)] == list(range(8, 0, -1))


async def test_a_version_is_brought_back_as_a_new_one_and_logged(world: World) -> None:
    old, new = held("bio", TextValue("old")), held("bio", TextValue("new"), version=2)
    await remember(world, a_contact("c1"), old, new)
    count = len(await log(world))
    context = await asker(world, "ada")
    assert [each.held for each in (await attribute_history.page(context, await line(context, "bio"), NEWEST)).rows]
    assert await attribute_history.count(context, await line(context, "bio")) == 2
    result = await restore(context, "bio", 1, 2)
    again = HeldValue("d-bio", TextValue("old"), Provenance(Source.AGENT, NOW, "ada"), 3)
    after = a_contact("c1", values=(again,))
    assert result == AttributeChanged(replace(after, updated_at=NOW), "d-bio")
    assert (await stored(world)).values == (again,)
    change = happened(EventKind.VALUES_CHANGED, None, None, ValueChange(new, again), agent="ada")
    assert (await log(world))[count:] == [change]
    # What the same request asks next sees it.
    seen = await attribute_history.page(context, await line(context, "bio"), NEWEST)
    assert [each.held for each in seen.rows] == [again, new, old]
    assert await attribute_history.count(context, await line(context, "bio")) == 3


async def test_a_version_that_is_held_already_changes_nothing(world: World) -> None:
    await remember(world, a_contact("c1"), held("bio", TextValue("a")), held("bio", None, version=2))
    before, contact = await world.snapshot(), await stored(world)
    assert await restore(await asker(world), "bio", 2, 2) == AttributeChanged(contact, "d-bio")
    assert await world.snapshot() == before


async def test_a_crm_value_that_is_brought_back_waits_for_the_crm(world: World) -> None:
    first = held("segment", SelectValue("size-s"), source=Source.CRM, sync=SyncState.IN_SYNC)
    second = held("segment", SelectValue("size-m"), source=Source.CRM, version=2, sync=SyncState.IN_SYNC)
    await remember(world, a_contact("c1"), first, second)
    result = await restore(await asker(world), "segment", 1)
    assert isinstance(result, AttributeChanged)
    [value] = result.contact.values
    assert value.sync is not None
    assert (value.value, value.sync.state, value.sync.synced_at) == (first.value, SyncState.PENDING, MORNING)


CHOICES = "Choose the id of one of the options of «{}»: size-s (Small), size-m (Medium)."
AGAIN = "Version 1 held what is not accepted any more. "


@pytest.mark.parametrize("key", ["sizes", "segment"])
async def test_an_option_that_was_archived_since_is_not_brought_back(world: World, key: str) -> None:
    old = MultiSelectValue(("size-s", "size-x")) if key == "sizes" else SelectValue("size-x")
    await remember(world, a_contact("c1"), held(key, old), held(key, None, version=2))
    before = await world.snapshot()
    assert await restore(await asker(world), key, 1) == Invalid(
        ErrorCode.UNKNOWN_OPTION, AGAIN + CHOICES.format(key), ("input", "restoreVersion")
    )
    assert await world.snapshot() == before


async def test_what_stands_in_the_way_is_said_in_the_order_of_the_other_mutations(world: World) -> None:
    bio = (held("bio", TextValue("a")), held("bio", TextValue("b"), version=2))
    others = (
        *(held("nickname", None), held("nickname", TextValue("J"), version=2)),
        *(held("followers", NumberValue(-3)), held("followers", NumberValue(3), version=2)),
        held("rank", TextValue("A")),
    )
    await remember(world, a_contact("c1"), *bio, *others)
    await remember(world, a_contact("c2"), held("email", None))
    contact, before, where = await stored(world), await world.snapshot(), ("input", "restoreVersion")
    required = Invalid(ErrorCode.REQUIRED, AGAIN + "Set another value: «Nickname» must have one.", where)
    small = Invalid(ErrorCode.TOO_SMALL, AGAIN + "Give a number of 0 or more.", where)
    answers = {
        ("shoe", 1, None, "nobody"): NotFound(Kind.DEFINITION),
        ("rank", 9, 7, "nobody"): Locked(LockReason.ROLE),
        ("bio", 9, 7, "nobody"): NotFound(Kind.CONTACT),
        ("bio", 3, 7, "c1"): NotFound(Kind.VERSION),
        ("bio", 0, None, "c1"): NotFound(Kind.VERSION),
        ("bio", -1, None, "c1"): NotFound(Kind.VERSION),
        ("email", 1, None, "c1"): NotFound(Kind.VERSION),
        ("nickname", 1, 7, "c1"): required,
        ("followers", 1, 7, "c1"): small,
        ("bio", 1, 1, "c1"): StaleAttribute(contact, "d-bio"),
        ("bio", 2, 1, "c1"): StaleAttribute(contact, "d-bio"),
    }
    for (key, restore_version, version, contact_id), answer in answers.items():
        assert await restore(await asker(world), key, restore_version, version, contact_id) == answer
    assert await restore(await asker(world, "eve", "other"), "bio", 1) == NotFound(Kind.CONTACT)
    assert await world.snapshot() == before


async def test_a_unique_value_that_another_contact_took_since_is_not_brought_back(world: World) -> None:
    card = a_definition("card", position=30, rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization("acme"), [], [card])
    holder = a_contact("c2", name="Bob", values=(held("card", TextValue("A-1")),))
    await world.add_contacts(holder)
    await remember(world, a_contact("c1"), held("card", TextValue("a-1")), held("card", None, version=2))
    before = await world.snapshot()
    assert await restore(await asker(world), "card", 1) == ValueTaken("d-card", holder)
    assert await world.snapshot() == before


async def test_the_histories_of_a_page_of_lines_are_one_command(world: World, commands: Commands) -> None:
    await remember(world, a_contact("c1"), held("bio", TextValue("a")), held("followers", NumberValue(1)))
    await remember(world, a_contact("c2"), held("bio", TextValue("b")))
    context = await asker(world)
    lines = [await line(context, key, each) for each in ("c1", "c2") for key in ("bio", "followers", "email")]
    commands.clear()
    pages = await asyncio.gather(*(attribute_history.page(context, each, NEWEST) for each in lines))
    assert [len(each.rows) for each in pages] == [1, 1, 0, 1, 0, 0]
    assert commands.names() == ["aggregate"]
    counts = await asyncio.gather(*(attribute_history.count(context, each) for each in lines))
    assert counts == [1, 1, 0, 1, 0, 0]
    assert commands.names() == ["aggregate"] * 2
