"""Deciding between what an agent has set and what the CRM holds: each ending, and exactly what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crm.http_client import HttpClient
from domain.agents import Plan
from domain.attribute_changes import ValueTaken
from domain.attributes import (
    AttributeChanged,
    CrmSync,
    HeldValue,
    Locked,
    LockReason,
    Provenance,
    Source,
    StaleAttribute,
    SyncState,
)
from domain.contacts import Contact
from domain.crm import Field
from domain.crm_merge import Side
from domain.definitions import AttributeCategory, AttributeDefinition, ValueRules, ValueType
from domain.events import EventKind, EventPosition, ValueChange, ValueKey
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.paging import PageRequest
from domain.values import NumberValue, PhoneValue, TextValue
from resolvers import crm_conflicts
from resolvers.attribute_changes import AttributeResult
from resolvers.batching import PageKey
from resolvers.context import Context
from tests.builders import MORNING, a_definition, an_agent, an_organization
from tests.conftest import World
from tests.crm.serving import RunningCrm
from tests.resolvers.changing import NOW, asker, happened, log, stored
from tests.resolvers.crm_asking import PARTY, STATE, TERMS, Asking, a_caller, asking, found, over_http

MINE = TextValue("Independent")
TO_DECIDE = [SyncState.CONFLICT, SyncState.REJECTED]


def standing(
    state: SyncState, field: Field | None = "Democrat", value: TextValue | None = MINE, *, key: str = "party"
) -> HeldValue:
    """Make what an agent has set an hour ago, and what the CRM has said to it."""
    message = "Not a party." if state is SyncState.REJECTED else None
    changed_at = MORNING if state is SyncState.CONFLICT else None
    sync = CrmSync(state, MORNING, field, message, changed_at)
    return HeldValue(f"d-{key}", value, Provenance(Source.AGENT, MORNING, "jo"), 4, sync)


@pytest.fixture
async def crm(world: World, client: HttpClient, demo: RunningCrm) -> AsyncIterator[Asking]:
    async with asking(world, client) as made:
        await made.connect(over_http(demo))
        yield made


async def hold(world: World, held: HeldValue | None, contact_id: str = "c1") -> Contact:
    contact = a_caller(None, *(() if held is None else (held,)), contact_id=contact_id, validation=found())
    await world.add_contacts(contact)
    return contact


async def resolve(
    context: Context,
    accept: Side,
    *,
    contact: str = "c1",
    key: str = "party",
    version: int | None = None,
    idem: str | None = None,
) -> AttributeResult:
    return await crm_conflicts.resolve(
        context, contact_id=contact, key=key, accept=accept, version=version, idempotency_key=idem
    )


@pytest.mark.parametrize("version", [None, 4])
@pytest.mark.parametrize("state", TO_DECIDE)
async def test_the_crms_value_takes_the_place_of_ours(
    crm: Asking, world: World, state: SyncState, version: int | None
) -> None:
    before = await hold(world, standing(state))
    context = await crm.context("ada")
    history: PageKey[ValueKey, EventPosition] = PageKey(ValueKey("c1", PARTY.id), PageRequest(20))
    assert (
        await context.loaders.contact_by_id.load("c1"),
        (await context.loaders.history_page_by_key.load(history)).rows,
    ) == (before, ())
    result = await resolve(context, Side.CRM, version=version)
    provenance = Provenance(Source.CRM, NOW, "ada")
    held = HeldValue(PARTY.id, TextValue("Democrat"), provenance, 5, CrmSync(SyncState.IN_SYNC, NOW, "Democrat"))
    after = replace(before, values=(held,), updated_at=NOW)
    assert (result, await stored(world)) == (AttributeChanged(after, PARTY.id), after)
    change = ValueChange(standing(state), held)
    event = happened(EventKind.VALUES_CHANGED, None, None, change, agent="ada")
    assert await log(world) == [event]
    # It is in the history, which the same request sees; and nothing is to be written.
    [told] = (await context.loaders.history_page_by_key.load(history)).rows
    assert (replace(told, id=""), await context.loaders.contact_by_id.load("c1")) == (event, after)
    assert await crm.tasks() == []


@pytest.mark.parametrize("state", TO_DECIDE)
async def test_ours_is_written_to_the_crm_once_more(crm: Asking, world: World, state: SyncState) -> None:
    before = await hold(world, standing(state))
    result = await resolve(await crm.context("ada"), Side.LOCAL, version=4)
    # What the CRM holds now is what the write expects there: it is not in conflict again.
    sync = CrmSync(SyncState.PENDING, MORNING, "Democrat")
    held = HeldValue(PARTY.id, MINE, Provenance(Source.AGENT, NOW, "ada"), 5, sync)
    after = replace(before, values=(held,), updated_at=NOW)
    assert (result, await stored(world)) == (AttributeChanged(after, PARTY.id), after)
    change = ValueChange(standing(state), held)
    assert await log(world) == [happened(EventKind.VALUES_CHANGED, None, None, change, agent="ada")]
    [task] = await crm.tasks()
    assert (task["_id"], task["due"] == task["writeDue"], "lookUpDue" in task) == ("c1", True, False)


async def test_a_blank_field_of_the_crm_empties_the_value(crm: Asking, world: World) -> None:
    await hold(world, standing(SyncState.CONFLICT, None))
    result = await resolve(await crm.context(), Side.CRM)
    assert isinstance(result, AttributeChanged)
    [held] = result.contact.values
    assert (held.value, held.version, held.sync) == (None, 5, CrmSync(SyncState.IN_SYNC, NOW))


async def test_an_emptied_value_is_written_too(crm: Asking, world: World) -> None:
    await hold(world, standing(SyncState.CONFLICT, value=None))
    result = await resolve(await crm.context(), Side.LOCAL)
    assert isinstance(result, AttributeChanged)
    [held] = result.contact.values
    assert (held.value, held.sync) == (None, CrmSync(SyncState.PENDING, MORNING, "Democrat"))
    assert [each["_id"] for each in await crm.tasks()] == ["c1"]


async def test_a_phone_number_is_read_in_the_organizations_country(crm: Asking, world: World) -> None:
    office = a_definition("office", ValueType.PHONE, AttributeCategory.CRM, position=30)
    await world.add_organization(an_organization("acme"), [], [office])
    await hold(world, replace(standing(SyncState.CONFLICT, "202-224-3441", key="office"), value=None))
    result = await resolve(await crm.context(), Side.CRM, key="office")
    assert isinstance(result, AttributeChanged)
    assert result.contact.values[0].value == PhoneValue("+12022243441")


# What is refused: nothing is written.


async def refused(crm: Asking, *, agent: str = "jo", accept: Side = Side.CRM, **given: Any) -> AttributeResult:
    """Ask for what must not happen; returns how it ended."""
    before = await crm.world.snapshot()
    results = [await resolve(await crm.context(agent), accept, idem=each, **given) for each in (None, "k1")]
    assert await crm.world.snapshot() == before
    assert results[0] == results[1]
    return results[0]


@pytest.mark.parametrize("accept", list(Side))
async def test_whoever_saw_an_older_version_decides_nothing(crm: Asking, world: World, accept: Side) -> None:
    contact = await hold(world, standing(SyncState.CONFLICT))
    for version in (0, 3, 5):
        assert await refused(crm, accept=accept, version=version) == StaleAttribute(contact, PARTY.id)


async def test_a_value_that_never_was_has_version_0(crm: Asking, world: World) -> None:
    contact = await hold(world, None)
    assert await refused(crm, version=1) == StaleAttribute(contact, PARTY.id)
    result = await refused(crm, version=0)
    assert isinstance(result, Invalid)
    assert result.code is ErrorCode.NO_CONFLICT


@pytest.mark.parametrize(
    "held",
    [
        None,
        replace(standing(SyncState.CONFLICT), sync=None),
        standing(SyncState.IN_SYNC),
        standing(SyncState.PENDING),
    ],
)
@pytest.mark.parametrize("accept", list(Side))
async def test_where_nothing_is_to_decide(crm: Asking, world: World, held: HeldValue | None, accept: Side) -> None:
    await hold(world, held)
    result = await refused(crm, accept=accept)
    assert isinstance(result, Invalid)
    assert (result.code, result.path) == (ErrorCode.NO_CONFLICT, ("input", "key"))


@pytest.mark.parametrize(
    ("definition", "agent", "reason"),
    [
        (STATE, "jo", LockReason.CRM_READ_ONLY),
        (STATE, "ada", LockReason.CRM_READ_ONLY),
        (replace(PARTY, is_archived=True), "ada", LockReason.ARCHIVED),
        (replace(PARTY, is_enabled=False), "ada", LockReason.ARCHIVED),
        (replace(STATE, is_archived=True), "jo", LockReason.ARCHIVED),
    ],
)
async def test_what_is_locked_is_not_decided(
    crm: Asking, world: World, definition: AttributeDefinition, agent: str, reason: LockReason
) -> None:
    await world.add_organization(an_organization("acme"), [], [definition])
    await hold(world, standing(SyncState.CONFLICT, key=definition.key))
    for accept in Side:
        assert await refused(crm, agent=agent, accept=accept, key=definition.key) == Locked(reason)


@pytest.mark.parametrize("plan", [Plan.PROFESSIONAL, Plan.ADVANCED])
async def test_a_plan_without_crm_decides_nothing(crm: Asking, world: World, plan: Plan) -> None:
    agent = an_agent("pat", organization_id="planned")
    own = replace(PARTY, id="planned-party")
    await world.add_organization(an_organization("planned", plan=plan), [agent], [own])
    await world.add_contacts(
        a_caller(None, replace(standing(SyncState.CONFLICT), definition_id=own.id)), organization_id="planned"
    )
    before = await world.snapshot()
    context = await asker(world, "pat", "planned")
    assert await resolve(context, Side.CRM) == Locked(LockReason.PLAN)
    assert await world.snapshot() == before


async def test_what_is_not_there(crm: Asking, world: World) -> None:
    await hold(world, standing(SyncState.CONFLICT))
    await world.add_contacts(a_caller(contact_id="theirs"), organization_id="other")
    assert await refused(crm, key="nothing") == NotFound(Kind.DEFINITION)
    # What only admins see is not there for an agent.
    assert await refused(crm, key="share") == NotFound(Kind.DEFINITION)
    for contact in ("nobody", "theirs"):
        assert await refused(crm, contact=contact) == NotFound(Kind.CONTACT)


async def test_a_value_that_means_nothing_here_cannot_be_accepted(crm: Asking, world: World) -> None:
    held = replace(standing(SyncState.CONFLICT, "many", key="terms"), value=NumberValue(3))
    await hold(world, held)
    result = await refused(crm, key="terms")
    assert isinstance(result, Invalid)
    assert (result.code, result.path) == (ErrorCode.NOT_A_NUMBER, ("input", "accept"))
    assert result.message.startswith("The CRM's value cannot be kept. ")
    # Ours can.
    kept = await resolve(await crm.context(), Side.LOCAL, key="terms")
    assert isinstance(kept, AttributeChanged)
    assert kept.contact.held(TERMS.id) is not None


@pytest.mark.parametrize("state", TO_DECIDE)
async def test_a_value_that_another_contact_holds_alone_is_not_taken(
    crm: Asking, world: World, state: SyncState
) -> None:
    rules = ValueRules(is_unique=True, message="Each party once.")
    await world.add_organization(an_organization("acme"), [], [replace(PARTY, rules=rules)])
    await hold(world, standing(state))
    holder = await hold(world, replace(standing(SyncState.IN_SYNC, value=TextValue("Democrat")), version=1), "c2")
    assert await refused(crm) == ValueTaken(PARTY.id, holder, "Each party once.")
    assert isinstance(await resolve(await crm.context(), Side.LOCAL), AttributeChanged)


# Idempotency keys.


async def test_a_decision_that_is_repeated_is_made_once(crm: Asking, world: World) -> None:
    await hold(world, standing(SyncState.CONFLICT))
    first = await resolve(await crm.context(), Side.CRM, version=4, idem="k1")
    assert isinstance(first, AttributeChanged)
    before = await world.snapshot()
    later = replace(await crm.context(), clock=lambda: NOW + timedelta(hours=1))
    assert await resolve(later, Side.CRM, version=4, idem="k1") == first
    assert await resolve(later, Side.LOCAL, version=4, idem="k1") == KeyReused()
    assert await resolve(later, Side.CRM, idem="k1") == KeyReused()
    assert await world.snapshot() == before


async def test_of_two_who_decide_at_once_one_does(crm: Asking, world: World) -> None:
    await hold(world, standing(SyncState.CONFLICT))
    contexts = [await crm.context(), await crm.context("ada")]
    results = await asyncio.gather(*(resolve(each, side, version=4) for each, side in zip(contexts, Side, strict=True)))
    assert {type(each) for each in results} == {AttributeChanged, StaleAttribute}
    assert len(await log(world)) == 1
