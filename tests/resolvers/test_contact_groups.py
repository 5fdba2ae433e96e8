"""Contact groups made and changed by admins: each outcome, and who is in them after whatever happens."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.contact_groups import (
    MOST_GROUPS,
    GroupChanged,
    GroupDeleted,
    GroupNameTaken,
    GroupsReordered,
    StaleGroup,
    groups_of,
)
from domain.contacts import Contact
from domain.group_rules import (
    AttributeCondition,
    ContactGroup,
    GroupMatch,
    GroupOperator,
    GroupRule,
    VipCondition,
)
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.paging import Page, PageRequest
from domain.values import NumberValue, TextValue
from domain.vip import VipStatus
from resolvers import contact_groups
from resolvers.contact_groups import GivenCondition, GivenConditions, GroupPatch
from resolvers.context import Context
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_group, held
from tests.conftest import World
from tests.resolvers.changing import NOW, asker

ANY, ALL = GroupMatch.ANY, GroupMatch.ALL
VIPS = (VipCondition(is_vip=True),)
G1, G2, G3 = (a_group(f"g{each}", position=each) for each in range(1, 4))
WELL_KNOWN = (GivenCondition("followers", GroupOperator.AT_LEAST, (NumberValue(1_000),)),)


async def create(
    context: Context, name: str = "New", conditions: GivenConditions = VIPS, match: GroupMatch = ALL
) -> object:
    return await contact_groups.create(context, name=name, match=match, conditions=conditions, idempotency_key=None)


async def update(context: Context, patch: GroupPatch, group_id: str = "g1", version: int | None = None) -> object:
    return await contact_groups.update(context, group_id=group_id, patch=patch, version=version, idempotency_key=None)


async def reorder(context: Context, group_id: str, after_id: str | None, version: int | None = None) -> object:
    return await contact_groups.reorder(
        context, group_id=group_id, after_id=after_id, version=version, idempotency_key=None
    )


async def delete(context: Context, group_id: str = "g1", version: int | None = None) -> object:
    return await contact_groups.delete(context, group_id=group_id, version=version, idempotency_key=None)


async def kept(world: World) -> list[ContactGroup]:
    return await world.stores().transact(lambda changes: changes.groups.in_order())


@pytest.fixture
async def three(world: World) -> World:
    await world.add_groups(G1, G2, G3)
    await world.add_groups(a_group("x1"), organization_id="other")
    return world


async def test_a_group_is_made_behind_all_others(three: World) -> None:
    result = await create(await asker(three, "ada"), " Well  known ", WELL_KNOWN, ANY)
    assert isinstance(result, GroupChanged)
    condition = AttributeCondition("d-followers", GroupOperator.AT_LEAST, (NumberValue(1_000),))
    assert result.group == ContactGroup(result.group.id, 1, "Well known", GroupRule(ANY, (condition,)), 4)
    assert await kept(three) == [G1, G2, G3, result.group]
    # The next request knows of it.
    assert contact_groups.find(await asker(three), result.group.id) == result.group


async def test_what_is_given_of_a_group_changes_and_nothing_else(three: World) -> None:
    renamed = replace(G1, name="Regulars", version=2)
    assert await update(await asker(three, "ada"), GroupPatch(name="Regulars"), version=1) == GroupChanged(renamed)
    condition = AttributeCondition("d-followers", GroupOperator.AT_LEAST, (NumberValue(1_000),))
    changed = replace(renamed, rule=GroupRule(ANY, (condition,)), version=3)
    patch = GroupPatch(match=ANY, conditions=WELL_KNOWN)
    assert await update(await asker(three, "ada"), patch) == GroupChanged(changed)
    assert await kept(three) == [changed, G2, G3]
    before = await three.snapshot()
    assert await update(await asker(three, "ada"), patch) == GroupChanged(changed)
    assert await three.snapshot() == before


async def test_a_group_goes_where_it_is_put(three: World) -> None:
    result = await reorder(await asker(three, "ada"), "g3", None, version=1)
    in_order = [replace(each, position=at) for at, each in enumerate((G3, G1, G2))]
    assert result == GroupsReordered(tuple(in_order))
    assert await kept(three) == in_order
    before = await three.snapshot()
    assert await reorder(await asker(three, "ada"), "g3", None) == result
    assert await three.snapshot() == before


async def test_a_deleted_group_is_gone(three: World) -> None:
    assert await delete(await asker(three, "ada"), "g2", version=1) == GroupDeleted("g2")
    assert await kept(three) == [G1, G3]
    assert contact_groups.find(await asker(three), "g2") is None
    assert len(await three.stores("other").transact(lambda changes: changes.groups.in_order())) == 1


async def test_what_cannot_be_is_refused_and_not_written(three: World) -> None:
    before, context = await three.snapshot(), await asker(three, "ada")
    nothing = NotFound(Kind.GROUP)
    for absent in ("nothing", "x1"):
        assert await update(context, GroupPatch(), absent) == nothing
        assert await reorder(context, absent, None) == nothing
        assert await delete(context, absent) == nothing
        refused = await reorder(context, "g1", absent)
        assert isinstance(refused, Invalid)
        assert (refused.code, refused.path) == (ErrorCode.NOT_AN_ID, ("input", "afterId"))
    assert await update(context, GroupPatch(name="X"), version=2) == StaleGroup(G1)
    assert await reorder(context, "g1", None, version=2) == StaleGroup(G1)
    assert await delete(context, version=2) == StaleGroup(G1)
    assert await create(context, "GROUP  g2") == GroupNameTaken(G2)
    assert await update(context, GroupPatch(name="group G2")) == GroupNameTaken(G2)
    for attempt in (create(context, " "), update(context, GroupPatch(name=" "))):
        refused = await attempt
        assert isinstance(refused, Invalid)
        assert (refused.code, refused.path) == (ErrorCode.BLANK, ("input", "name"))
    for conditions, code, place in (
        ((*VIPS, GivenCondition("none", GroupOperator.NOT_EMPTY)), ErrorCode.NOT_FOUND, ("1", "attribute", "key")),
        ((GivenCondition("bio", GroupOperator.IS),), ErrorCode.WRONG_OPERATOR, ("0", "attribute", "operator")),
    ):
        for attempt in (create(context, conditions=conditions), update(context, GroupPatch(conditions=conditions))):
            refused = await attempt
            assert isinstance(refused, Invalid)
            assert (refused.code, refused.path) == (code, ("input", "conditions", *place))
    assert await three.snapshot() == before


async def test_there_are_no_more_groups_than_can_be_looked_through(world: World) -> None:
    await world.add_groups(*(a_group(f"g{each}", position=each) for each in range(MOST_GROUPS)))
    before = await world.snapshot()
    refused = await create(await asker(world, "ada"))
    assert refused == Invalid(ErrorCode.TOO_MANY, "There are 100 groups: delete one first.", ("input",))
    assert await world.snapshot() == before


async def test_of_many_groups_of_one_name_made_at_once_exactly_one_is(world: World) -> None:
    context = await asker(world, "ada")
    results = await asyncio.gather(*(create(context, "New") for _ in range(20)))
    assert Counter(type(each) for each in results) == {GroupChanged: 1, GroupNameTaken: 19}
    assert len(await kept(world)) == 1


async def test_two_admins_who_move_two_groups_at_once_both_get_their_way(three: World) -> None:
    context = await asker(three, "ada")
    await asyncio.gather(reorder(context, "g1", "g3"), reorder(context, "g2", None))
    assert [each.id for each in await kept(three)] == ["g2", "g3", "g1"]


BIOS = st.sampled_from([None, "Coffee", "coffee and TEA", "Tea"])
PEOPLE = st.lists(
    st.tuples(BIOS, st.sampled_from([None, 0, 5, 1_000]), st.sampled_from([None, "past", "open"])), max_size=6
)
CONDITION = st.one_of(
    st.booleans().map(VipCondition),
    st.sampled_from(
        [
            AttributeCondition("d-bio", GroupOperator.CONTAINS, (TextValue("TEA"),)),
            AttributeCondition("d-bio", GroupOperator.EQUALS, (TextValue("coffee"),)),
            AttributeCondition("d-bio", GroupOperator.NOT_EMPTY),
            AttributeCondition("d-followers", GroupOperator.AT_LEAST, (NumberValue(5),)),
            AttributeCondition("d-followers", GroupOperator.LESS_THAN, (NumberValue(5),)),
            AttributeCondition("d-fax", GroupOperator.NOT_EMPTY),
        ]
    ),
)
RULE = st.builds(GroupRule, st.sampled_from(GroupMatch), st.lists(CONDITION, min_size=1, max_size=3).map(tuple))


def a_person(seed: int, bio: str | None, followers: float | None, vip: str | None) -> Contact:
    values = [held("bio", TextValue(bio))] if bio else []
    values += [held("followers", NumberValue(followers))] if followers is not None else []
    status = VipStatus(MORNING, "jo", None, MORNING if vip == "past" else None) if vip else None
    return a_contact(f"{seed:03}-{new_id()}", name=f"P{seed}", values=tuple(values), vip=status)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(people=PEOPLE, rule=RULE, seed=st.integers(0, 1_000))
async def test_who_is_in_a_group_is_whom_looking_at_everyone_finds(
    world: World, people: list[tuple[str | None, float | None, str | None]], rule: GroupRule, seed: int
) -> None:
    # The world serves all examples: those of the one before are removed.
    await world.driver.collection("contacts").delete_many({})
    everyone = [a_person(number, *each) for number, each in enumerate(people)]
    Random(seed).shuffle(everyone)
    if everyone:
        await world.add_contacts(*everyone)
    group, context = ContactGroup("g", 1, "G", rule, 0), await asker(world)
    inside = [each for each in everyone if groups_of(each, [group], EVERY_TYPE, NOW)]
    query = contact_groups.query_of(context, group)
    found = await contact_groups.members(context, query, PageRequest(100))
    assert isinstance(found, Page)
    assert list(found.rows) == sorted(inside, key=lambda each: (each.name, each.id))
    assert await world.stores().finding.count(query) == len(inside)
