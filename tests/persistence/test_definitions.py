"""Definitions within a transaction that changes them, what contacts hold for them, and what is pending afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from domain.definitions import AttributeDefinition, DuplicateValues, ValueRules, ValueType
from domain.values import DateTimeValue, EmailValue, MultiSelectValue, NumberValue, SelectValue, TextValue, Value
from persistence.definition_documents import from_definition
from persistence.derived import contact_document
from persistence.names import CONTACTS, DEFINITIONS
from persistence.organizations import OrganizationStore, PendingDefinition
from persistence.stores import Changes
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_definition, an_organization, held
from tests.conftest import World

BIO = next(each for each in EVERY_TYPE if each.key == "bio")
FULL = replace(
    BIO,
    label="About",
    description="A hint",
    crm_alias="Bio__c",
    rules=ValueRules(is_unique=True, latest=date(2000, 1, 1)),
    version=2,
)


async def put(world: World, definition: AttributeDefinition, *, is_pending: bool = False) -> None:
    await world.stores().transact(lambda changes: changes.definitions.put(definition, is_pending=is_pending))


async def document_of(world: World, definition_id: str = "d-bio") -> dict[str, object]:
    found = await world.driver.collection(DEFINITIONS).find_one({"_id": definition_id})
    assert found is not None
    return found


async def in_order(world: World, organization_id: str = "acme") -> list[AttributeDefinition]:
    return await world.stores(organization_id).transact(lambda changes: changes.definitions.in_order())


async def test_a_definition_is_read_and_kept_as_the_transaction_sees_it(world: World) -> None:
    new = a_definition("new", position=99, label="New")

    async def work(changes: Changes) -> None:
        assert await changes.definitions.in_order() == list(EVERY_TYPE)
        assert await changes.definitions.find("d-bio") == BIO
        assert await changes.definitions.find("other-d-bio") is None
        await changes.definitions.insert(new)
        await changes.definitions.put(FULL)
        assert await changes.definitions.find("d-bio") == FULL
        assert await changes.definitions.find("d-new") == new

    theirs = await in_order(world, "other")
    await world.stores().transact(work)
    assert await in_order(world) == [FULL if each == BIO else each for each in EVERY_TYPE] + [new]
    assert await document_of(world) == from_definition(FULL, "acme")
    assert await in_order(world, "other") == theirs


async def test_what_a_definition_has_no_more_is_taken_out_of_its_document(world: World) -> None:
    await put(world, FULL)
    await put(world, BIO)
    assert await document_of(world) == from_definition(BIO, "acme")


async def test_places_are_kept_and_nothing_else(world: World) -> None:
    moves = [replace(EVERY_TYPE[0], position=1, label="Lost"), replace(EVERY_TYPE[1], position=0)]
    await world.stores().transact(lambda changes: changes.definitions.place(moves))
    first, second, *_ = await in_order(world)
    assert (first, second) == (moves[1], replace(EVERY_TYPE[0], position=1))


async def test_definitions_of_one_place_are_in_the_order_of_their_keys(world: World) -> None:
    definitions = [a_definition(key, position=0) for key in "cab"]
    await world.add_organization(an_organization("nord"), [], definitions)
    assert [each.key for each in await in_order(world, "nord")] == ["a", "b", "c"]


async def test_of_two_changes_at_once_the_later_one_sees_the_earlier(world: World) -> None:
    """Both have read before either writes; each adds one to the position that it has read."""
    runs = 0
    both_have_read = asyncio.Barrier(2)

    async def work(changes: Changes) -> None:
        nonlocal runs
        runs += 1
        last = (await changes.definitions.in_order())[-1]
        if runs <= 2:
            await both_have_read.wait()
        await changes.definitions.lock()
        await changes.definitions.insert(a_definition(f"k{runs}", position=last.position + 1))

    await asyncio.gather(world.stores().transact(work), world.stores().transact(work))
    assert [each.position for each in await in_order(world)] == list(range(18))
    assert runs >= 3


@pytest.mark.parametrize("first", [True, False])
async def test_upkeep_that_is_asked_for_stays_pending_until_it_is_done(world: World, first: bool) -> None:
    organizations = OrganizationStore(world.driver)
    await put(world, FULL)
    assert await organizations.pending() == []
    await put(world, FULL, is_pending=True)
    pending = PendingDefinition("acme", "d-bio", "bio", 2, None)
    assert await organizations.pending() == [pending]
    # A change that asks for nothing more leaves it pending.
    await put(world, replace(FULL, label="Again", version=3))
    assert await organizations.pending() == [pending]
    further = replace(pending, behind="c7")
    await organizations.keep_pending(further)
    assert await organizations.pending() == [further]
    if first:
        await organizations.end_pending(further)
        assert await organizations.pending() == []
        # What is done is not pending again because somebody else was half-way.
        await organizations.keep_pending(further)
        assert await organizations.pending() == []
    else:
        # Whoever works for an earlier change neither hides that it is asked for anew, nor ends it.
        await put(world, replace(FULL, version=4), is_pending=True)
        anew = PendingDefinition("acme", "d-bio", "bio", 4, None)
        await organizations.keep_pending(replace(further, behind="c8"))
        await organizations.end_pending(further)
        assert await organizations.pending() == [anew]


async def values_of(world: World, definition_id: str, organization_id: str = "acme") -> list[Value]:
    return [each async for each in world.stores(organization_id).contacts.values_of(definition_id)]


async def hold(world: World, key: str, *values: Value | None) -> None:
    """Make a contact for each of the values."""
    made = [a_contact(f"c{n}", values=(held("rank", TextValue("x")), held(key, v))) for n, v in enumerate(values)]
    await world.add_contacts(*made)


async def test_the_values_of_a_definition_are_read_and_no_others(world: World) -> None:
    await hold(world, "bio", TextValue("One"), None, TextValue("Two"))
    await world.add_contacts(a_contact("x", values=(held("bio", TextValue("Theirs")),)), organization_id="other")
    assert sorted(await values_of(world, "d-bio"), key=str) == [TextValue("One"), TextValue("Two")]
    assert await values_of(world, "d-followers") == []
    assert await values_of(world, "d-bio", "other") == [TextValue("Theirs")]


@pytest.mark.parametrize(
    ("key", "values", "duplicates"),
    [
        ("bio", [], None),
        ("bio", [TextValue("A"), TextValue("B"), None, None], None),
        ("bio", [TextValue("b"), TextValue("Á"), TextValue("a"), TextValue("B"), TextValue("A")], (2, ("c1", "c2"))),
        ("email", [EmailValue("a@b.example"), EmailValue("A@b.example")], (1, ("c0", "c1"))),
        ("followers", [NumberValue(7), NumberValue(7.0), NumberValue(8)], (1, ("c0", "c1"))),
        ("last_met", [DateTimeValue(MORNING), DateTimeValue(MORNING)], (1, ("c0", "c1"))),
    ],
)
async def test_duplicates_are_what_the_unique_index_would_refuse(
    world: World, key: str, values: list[Value | None], duplicates: tuple[int, tuple[str, str]] | None
) -> None:
    if values:
        await hold(world, key, *values)
        theirs = a_contact("x", values=(held(key, values[0]), held("rank", values[1])))
        await world.add_contacts(theirs, organization_id="other")
    expected = None if duplicates is None else DuplicateValues(*duplicates)
    assert await world.stores().contacts.duplicates(f"d-{key}") == expected


async def test_contacts_are_written_as_they_are_with_what_indexes_hold_of_them_now(world: World) -> None:
    values = (TextValue("A"), TextValue("B"), TextValue("a"), TextValue("C"))
    await hold(world, "bio", *values)
    await put(world, FULL)
    before = {each["_id"]: each for each in (await world.snapshot())[CONTACTS]}
    assert await world.stores().derive_again(["c0", "c1", "gone"]) == ()
    # One that holds what must be another's is left as it is; the others of its batch are not.
    assert list(await world.stores().derive_again(["c2", "c3"])) == ["c2"]
    contacts = await world.stores().contacts.by_ids(list(before))
    after = {each["_id"]: each for each in (await world.snapshot())[CONTACTS]}
    assert after == {
        each: before["c2"] if each == "c2" else contact_document(contacts[each], "acme", [FULL]) for each in before
    }
    assert [after[each].get("unique") for each in ("c0", "c1", "c2", "c3")] == [
        *(["d-bio:a"], ["d-bio:b"], None, ["d-bio:c"])
    ]
    await put(world, BIO)
    assert await world.stores().derive_again(list(before)) == ()
    assert (await world.snapshot())[CONTACTS] == list(before.values())


async def test_of_a_choice_the_option_and_of_several_the_list_is_read(world: World) -> None:
    options = MultiSelectValue(("size-s", "size-x"))
    await world.add_contacts(a_contact("c1", values=(held("segment", SelectValue("size-m")), held("sizes", options))))
    assert await values_of(world, "d-segment") == [SelectValue("size-m")]
    assert await values_of(world, "d-sizes") == [options]


def test_what_indexes_hold_a_part_of_is_marked() -> None:
    marked = [
        from_definition(each, "acme").get("isDeriving")
        for each in (
            BIO,
            a_definition(value_type=ValueType.TEXT, is_searchable=True),
            a_definition(rules=ValueRules(is_unique=True)),
        )
    ]
    assert marked == [None, True, True]
