"""Who may change which attribute: the locks of the panel hold for the mutations."""

from __future__ import annotations

import pytest

from domain.agents import Plan
from domain.attributes import AttributeChanged, Locked, LockReason
from domain.definitions import AttributeCategory, ValueType
from domain.values import SelectValue, TextValue, Value
from resolvers import attributes
from resolvers.context import Context
from tests.builders import SIZES, a_contact, a_definition, an_agent, an_organization, held
from tests.conftest import World
from tests.resolvers.changing import asker

TEXT = TextValue("x")
SIZE = SelectValue("size-s")
LOCKS: list[tuple[str, str, Value, LockReason | None]] = [
    ("jo", "account", TEXT, LockReason.CRM_READ_ONLY),
    ("ada", "account", TEXT, LockReason.CRM_READ_ONLY),
    ("jo", "segment", SIZE, None),
    ("jo", "rank", TEXT, LockReason.ROLE),
    ("ada", "rank", TEXT, None),
    ("ada", "fax", TEXT, LockReason.ARCHIVED),
    ("ada", "pager", TEXT, LockReason.ARCHIVED),
]


async def both(context: Context, key: str, given: Value, contact_id: str = "c1") -> tuple[object, object]:
    """Set the value and clear it."""
    result = await attributes.set_value(
        context, contact_id=contact_id, key=key, given=given, version=None, idempotency_key=None
    )
    cleared = await attributes.clear_value(context, contact_id=contact_id, key=key, version=None, idempotency_key=None)
    return result, cleared


@pytest.mark.parametrize(
    ("agent_id", "key", "given", "reason"), LOCKS, ids=[f"{agent_id} {key}" for agent_id, key, *_ in LOCKS]
)
async def test_a_locked_attribute_is_neither_set_nor_cleared(
    world: World, agent_id: str, key: str, given: Value, reason: LockReason | None
) -> None:
    await world.add_contacts(a_contact("c1", values=(held(key, None, version=2),)))
    before = await world.snapshot()
    results = await both(await asker(world, agent_id), key, given)
    if reason is None:
        assert {type(each) for each in results} == {AttributeChanged}
    else:
        assert results == (Locked(reason), Locked(reason))
        assert await world.snapshot() == before


PLANS = [
    (Plan.TEAM, "own", LockReason.PLAN),
    (Plan.BUSINESS, "own", None),
    (Plan.ADVANCED, "crm", LockReason.PLAN),
    (Plan.ENTERPRISE, "crm", None),
]


@pytest.mark.parametrize(("plan", "key", "reason"), PLANS, ids=[f"{plan.value} {key}" for plan, key, _ in PLANS])
async def test_a_plan_locks_what_it_does_not_include(
    world: World, plan: Plan, key: str, reason: LockReason | None
) -> None:
    own = a_definition("own")
    crm = a_definition("crm", ValueType.TEXT, AttributeCategory.CRM, options=SIZES)
    agent = an_agent("pat", organization_id="planned")
    await world.add_organization(an_organization("planned", plan=plan), [agent], [own, crm])
    await world.add_contacts(a_contact("p1"), organization_id="planned")
    before = await world.snapshot()
    results = await both(await asker(world, "pat", "planned"), key, TEXT, "p1")
    if reason is None:
        assert {type(each) for each in results} == {AttributeChanged}
    else:
        assert results == (Locked(reason), Locked(reason))
        assert await world.snapshot() == before


async def test_a_lock_is_told_before_anything_about_the_value(world: World) -> None:
    context = await asker(world)
    wrong_type = await both(context, "rank", SIZE, "nobody")
    assert wrong_type == (Locked(LockReason.ROLE), Locked(LockReason.ROLE))
