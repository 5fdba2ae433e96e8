"""Looking a contact up because an agent asks for it: each outcome, and exactly what is kept of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from crm.demo_faults import Answering, Switches
from crm.http_client import HttpClient
from domain import capabilities
from domain.agents import Plan
from domain.attributes import AttributeChanged, CrmSync, Source, SyncState, contact_attributes
from domain.capabilities import PLANS_WITH, Barrier, Capability, Forbidden
from domain.contacts import (
    NEVER_ASKED,
    Contact,
    ContactChanged,
    ContactValidation,
    CrmCandidate,
    LookUpOutcome,
    Network,
)
from domain.crm import CrmRecord, FailureReason
from domain.crm_settings import DirectoryConnection
from domain.definitions import ValueRules
from domain.events import EventKind, EventPosition, ValueChange, ValueKey, ValueStanding
from domain.outcomes import ErrorCode, Invalid, KeyReused, Kind, NotFound
from domain.paging import PageRequest
from domain.values import TextValue
from resolvers import attributes, contacts, crm_look_ups, merging, timeline
from resolvers.batching import PageKey
from resolvers.context import Context
from resolvers.crm_look_ups import LookUpResult
from resolvers.merging import MergeOrder
from tests.builders import MORNING, a_contact, an_agent, an_identity, an_organization
from tests.conftest import World
from tests.crm.serving import AMY, MARIA, RunningCrm
from tests.crm.serving import happened as it_happens
from tests.resolvers.changing import NOW, happened, log, stored
from tests.resolvers.crm_asking import (
    DEFINITIONS,
    MARIAS_ID,
    MARIAS_PHONE,
    OF_MARIA,
    PARTY,
    Asking,
    a_caller,
    asking,
    found,
    from_crm,
    over_http,
)

AMYS_ID = str(AMY["account_number"])
HUNG = Switches(is_hanging=True)


@pytest.fixture
async def crm(world: World, client: HttpClient) -> AsyncIterator[Asking]:
    async with asking(world, client) as made:
        yield made


@pytest.fixture
async def over_demo(crm: Asking, demo: RunningCrm) -> Asking:
    """`acme` is connected to the demo's CRM."""
    await crm.connect(over_http(demo))
    return crm


async def look_up(context: Context, contact_id: str = "c1", key: str | None = None) -> LookUpResult:
    return await crm_look_ups.look_up(context, contact_id=contact_id, idempotency_key=key)


async def link(context: Context, record_id: str, contact_id: str = "c1", key: str | None = None) -> LookUpResult:
    return await crm_look_ups.link(context, contact_id=contact_id, record_id=record_id, idempotency_key=key)


def changed(*after: Any) -> tuple[ValueChange, ...]:
    return tuple(ValueChange(None, each) for each in after)


def url(demo: RunningCrm, record_id: str = MARIAS_ID) -> str:
    return f"{demo.url}/records/{record_id}"


async def nothing_written(crm: Asking, before: dict[str, Any]) -> None:
    assert await crm.world.snapshot() == before


async def test_who_is_found_is_validated_and_filled_in(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    before = a_caller()
    await world.add_contacts(before)
    context = await over_demo.context()
    was_empty = await timeline.page(context, "c1", PageRequest(20))
    history: PageKey[ValueKey, EventPosition] = PageKey(ValueKey("c1", PARTY.id), PageRequest(20))
    assert await context.loaders.contact_by_id.load("c1") == before
    assert (was_empty.rows, (await context.loaders.history_page_by_key.load(history)).rows) == ((), ())
    result = await look_up(context)
    after = replace(before, values=(*before.values, *OF_MARIA), validation=found(url=url(demo)), updated_at=NOW)
    assert result == ContactChanged(after)
    assert await stored(world) == after
    looked_up = happened(EventKind.LOOKED_UP, NEVER_ASKED, after.validation, agent="jo", source=Source.CRM)
    values = happened(EventKind.VALUES_CHANGED, None, None, *changed(*OF_MARIA), agent=None, source=Source.CRM)
    assert await log(world) == [looked_up, values]
    # The loaders of the same request see it.
    assert await contacts.find(context, "c1") == after
    told = (await timeline.page(context, "c1", PageRequest(20))).rows
    assert [(each.kind, len(each.values)) for each in told] == [
        (EventKind.VALUES_CHANGED, 3),
        (EventKind.LOOKED_UP, 0),
    ]
    assert len((await context.loaders.history_page_by_key.load(history)).rows) == 1
    assert demo.crm.looked_up == [{"phone": MARIAS_PHONE}]


async def test_what_only_admins_see_is_filled_in_and_not_shown(over_demo: Asking, world: World) -> None:
    await world.add_contacts(a_caller())
    agent, admin = await over_demo.context(), await over_demo.context("ada")
    result = await look_up(agent)
    assert isinstance(result, ContactChanged)
    assert result.contact.held("d-share") == OF_MARIA[3]
    keys = [
        {each.definition.key for each in contact_attributes(result.contact, context.directory.definitions)}
        for context in (agent, admin)
    ]
    assert keys[1] - keys[0] == {"share"}
    told = await timeline.page(agent, "c1", PageRequest(20))
    assert all(each.after.definition_id != "d-share" for event in told.rows for each in event.values)


async def test_once_its_record_is_known_it_is_asked_for_that(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    """Also where nothing else is known to ask by, or something else is known now."""
    await world.add_contacts(a_caller(None, validation=found()))
    result = await look_up(await over_demo.context())
    assert isinstance(result, ContactChanged)
    assert result.contact.values == OF_MARIA
    assert demo.crm.looked_up == [{"account_number": MARIAS_ID}]
    # The outcome is as it was: values alone are news.
    assert [each.kind for each in await log(world)] == [EventKind.VALUES_CHANGED]


async def test_to_hear_the_same_again_is_no_event(over_demo: Asking, world: World) -> None:
    await world.add_contacts(a_caller())
    await look_up(await over_demo.context())
    events = await log(world)
    again = replace(await over_demo.context(), clock=lambda: NOW.replace(hour=23))
    result = await look_up(again)
    assert isinstance(result, ContactChanged)
    assert result.contact.validation.asked_at == NOW.replace(hour=23)
    assert (result.contact.updated_at, await log(world)) == (NOW, events)


async def test_a_record_that_is_gone_is_one_no_more(over_demo: Asking, world: World) -> None:
    before = a_caller(MARIAS_PHONE, *OF_MARIA, validation=found("gone"))
    await world.add_contacts(before)
    result = await look_up(await over_demo.context())
    after = replace(before, validation=ContactValidation(LookUpOutcome.NOT_FOUND, NOW))
    assert (result, await stored(world)) == (ContactChanged(after), after)
    assert await log(world) == [happened(EventKind.LOOKED_UP, before.validation, after.validation, source=Source.CRM)]
    # Somebody may have made one of two of it: the next time it is looked for.
    again = await look_up(await over_demo.context())
    assert isinstance(again, ContactChanged)
    assert again.contact.validation.record_id == MARIAS_ID


async def test_whom_the_crm_does_not_know(over_demo: Asking, world: World) -> None:
    before = a_caller("+12025550100")
    await world.add_contacts(before)
    result = await look_up(await over_demo.context())
    after = replace(before, validation=ContactValidation(LookUpOutcome.NOT_FOUND, NOW))
    assert (result, await stored(world)) == (ContactChanged(after), after)
    assert await log(world) == [happened(EventKind.LOOKED_UP, NEVER_ASKED, after.validation, source=Source.CRM)]


async def test_of_several_an_agent_picks_one(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    demo.held(AMYS_ID)["phone"] = MARIA["phone"]
    before = a_caller()
    await world.add_contacts(before)
    result = await look_up(await over_demo.context())
    candidates = (
        CrmCandidate(MARIAS_ID, "Maria Cantwell", url(demo)),
        CrmCandidate(AMYS_ID, "Amy Klobuchar", url(demo, AMYS_ID)),
    )
    ambiguous = ContactValidation(LookUpOutcome.AMBIGUOUS, NOW, candidates=candidates)
    assert result == ContactChanged(replace(before, validation=ambiguous))
    assert await stored(world) == replace(before, validation=ambiguous)
    picked = await link(await over_demo.context("ada"), AMYS_ID)
    of_amy = (OF_MARIA[0], from_crm("state", TextValue("MN"), "MN"), *OF_MARIA[2:])
    known = found(AMYS_ID, url=url(demo, AMYS_ID))
    after = replace(before, values=(*before.values, *of_amy), validation=known, updated_at=NOW)
    assert (picked, await stored(world)) == (ContactChanged(after), after)
    assert await log(world) == [
        happened(EventKind.LOOKED_UP, NEVER_ASKED, ambiguous, source=Source.CRM),
        happened(EventKind.LOOKED_UP, ambiguous, known, agent="ada", source=Source.CRM),
        happened(EventKind.VALUES_CHANGED, None, None, *changed(*of_amy), agent=None, source=Source.CRM),
    ]


async def test_another_record_takes_the_place_of_one(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    before = a_caller(MARIAS_PHONE, *OF_MARIA, validation=found(url=url(demo)))
    await world.add_contacts(before)
    context = await over_demo.context()
    assert await context.loaders.contact_by_id.load("c1") == before
    result = await link(context, AMYS_ID)
    state = from_crm("state", TextValue("MN"), "MN", version=2)
    values = (before.values[0], OF_MARIA[0], state, *OF_MARIA[2:])
    known = found(AMYS_ID, url=url(demo, AMYS_ID))
    after = replace(before, values=values, validation=known, updated_at=NOW)
    assert (result, await stored(world), await contacts.find(context, "c1")) == (ContactChanged(after), after, after)
    assert await log(world) == [
        happened(EventKind.LOOKED_UP, before.validation, known, source=Source.CRM),
        happened(EventKind.VALUES_CHANGED, None, None, ValueChange(OF_MARIA[1], state), agent=None, source=Source.CRM),
    ]


@pytest.mark.parametrize(
    ("record_id", "code"),
    [("nobody", ErrorCode.UNKNOWN_RECORD), (" ", ErrorCode.BLANK), ("r" * 201, ErrorCode.TOO_LONG)],
)
async def test_a_record_that_there_is_not_is_nobodys(
    over_demo: Asking, world: World, record_id: str, code: ErrorCode
) -> None:
    await world.add_contacts(a_caller())
    before = await world.snapshot()
    result = await link(await over_demo.context(), record_id, key="k1")
    assert isinstance(result, Invalid)
    assert (result.code, result.path) == (code, ("input", "recordId"))
    await nothing_written(over_demo, before)


async def test_while_the_crm_fails_no_record_can_be_chosen(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    await world.add_contacts(a_caller())
    before = await world.snapshot()
    demo.crm.switches = Switches(status=503)
    result = await link(await over_demo.context(), MARIAS_ID, key="k1")
    assert isinstance(result, Invalid)
    assert (result.code, result.path, result.message[:17]) == (ErrorCode.CRM_FAILED, (), "Try again later: ")
    await nothing_written(over_demo, before)
    demo.crm.switches = Switches()
    assert isinstance(await link(await over_demo.context(), MARIAS_ID, key="k1"), ContactChanged)


@pytest.mark.parametrize(
    ("switches", "reason"),
    [
        (Switches(status=500), FailureReason.SERVER_ERROR),
        (Switches(status=429, retry_after="2"), FailureReason.RATE_LIMITED),
        (Switches(status=401), FailureReason.UNAUTHORIZED),
        (Switches(status=400), FailureReason.REFUSED),
        (Switches(redirect_to="http://127.0.0.1:9/"), FailureReason.REDIRECTED),
        (Switches(answering=Answering.INVALID_JSON), FailureReason.UNREADABLE),
        (Switches(answering=Answering.WRONG_TYPES), FailureReason.UNREADABLE),
        (Switches(answering=Answering.HUGE), FailureReason.TOO_LARGE),
    ],
)
async def test_a_crm_that_fails_takes_nothing_away(
    over_demo: Asking, demo: RunningCrm, world: World, switches: Switches, reason: FailureReason
) -> None:
    demo.crm.switches = switches
    known = found(url=url(demo))
    before = a_caller(MARIAS_PHONE, *OF_MARIA, validation=known)
    await world.add_contacts(before)
    result = await look_up(await over_demo.context())
    failed = replace(known, outcome=LookUpOutcome.FAILED, failure=reason)
    after = replace(before, validation=failed)
    assert (result, await stored(world)) == (ContactChanged(after), after)
    assert after.validation.is_validated
    assert await log(world) == [happened(EventKind.LOOKED_UP, known, failed, source=Source.CRM)]


async def test_one_who_was_never_found_is_not_validated_by_a_failure(
    over_demo: Asking, demo: RunningCrm, world: World
) -> None:
    demo.crm.switches = Switches(status=500)
    await world.add_contacts(a_caller())
    result = await look_up(await over_demo.context())
    assert isinstance(result, ContactChanged)
    assert result.contact.validation == ContactValidation(LookUpOutcome.FAILED, NOW, failure=FailureReason.SERVER_ERROR)
    assert not result.contact.validation.is_validated


async def test_the_customer_list_is_asked_alike(crm: Asking, world: World) -> None:
    record = CrmRecord(
        "7", {"phone": "202-224-3441", "party": "Democrat", "bio": "not the CRM's"}, "Maria", "https://x.example/7"
    )
    await world.stores().transact(lambda changes: changes.crm_records.put_many([record], "US", MORNING))
    await crm.connect(DirectoryConnection())
    before = a_caller()
    await world.add_contacts(before)
    result = await look_up(await crm.context())
    after = replace(
        before,
        values=(*before.values, OF_MARIA[0]),
        validation=found("7", url="https://x.example/7"),
        updated_at=NOW,
    )
    assert (result, await stored(world)) == (ContactChanged(after), after)
    await world.add_contacts(a_caller("+12025550100", contact_id="c2"))
    missed = await look_up(await crm.context(), "c2")
    assert isinstance(missed, ContactChanged)
    assert missed.contact.validation == ContactValidation(LookUpOutcome.NOT_FOUND, NOW)


async def test_a_contact_is_looked_up_by_what_networks_call_it(crm: Asking, demo: RunningCrm, world: World) -> None:
    await crm.connect(over_http(demo), identity_aliases=((Network.TWITTER, "account_number"),))
    contact = a_contact("c1", identities=(an_identity(MARIAS_ID),))
    await world.add_contacts(contact)
    result = await look_up(await crm.context())
    assert isinstance(result, ContactChanged)
    assert result.contact.validation == found(url=url(demo))


async def test_what_an_agent_has_set_meanwhile_is_in_conflict(over_demo: Asking, world: World) -> None:
    sync = CrmSync(SyncState.PENDING, NOW, "Whig")
    edited = from_crm("party", TextValue("Independent"), None, version=2, sync=sync)
    await world.add_contacts(a_caller(MARIAS_PHONE, edited, validation=found()))
    result = await look_up(await over_demo.context())
    assert isinstance(result, ContactChanged)
    held = result.contact.held(PARTY.id)
    assert held is not None
    assert held.sync is not None
    assert (held.value, held.version, held.sync.state, held.sync.field) == (
        edited.value,
        2,
        SyncState.CONFLICT,
        "Democrat",
    )
    standings = (ValueStanding(PARTY.id, SyncState.PENDING), ValueStanding(PARTY.id, SyncState.CONFLICT))
    assert happened(EventKind.SYNC_CHANGED, *standings, source=Source.CRM) in await log(world)


async def test_a_value_that_another_contact_holds_alone_is_left_out(over_demo: Asking, world: World) -> None:
    unique = replace(PARTY, rules=ValueRules(is_unique=True))
    await world.add_organization(an_organization("acme"), [], [unique])
    await world.add_contacts(a_caller(), a_caller(None, OF_MARIA[0], contact_id="c2"))
    result = await look_up(await over_demo.context())
    assert isinstance(result, ContactChanged)
    assert (result.contact.held(PARTY.id), result.contact.values[1:]) == (None, OF_MARIA[1:])
    assert result.contact.validation.outcome is LookUpOutcome.FOUND


# What is refused: nothing is asked, and nothing written.


async def test_without_a_crm_there_is_nobody_to_ask(crm: Asking, world: World) -> None:
    await world.add_contacts(a_caller())
    before = await world.snapshot()
    for result in (await look_up(await crm.context()), await link(await crm.context(), MARIAS_ID)):
        assert isinstance(result, Invalid)
        assert (result.code, result.path) == (ErrorCode.NO_CRM, ())
    await nothing_written(crm, before)


@pytest.mark.parametrize(
    "contact",
    [
        a_contact("c1"),
        # A handle stands for an id that is not known, and what is empty says nothing.
        a_contact("c1", identities=(an_identity("@jane"),)),
    ],
)
async def test_of_whom_nothing_is_known_nothing_can_be_asked(
    over_demo: Asking, demo: RunningCrm, world: World, contact: Contact
) -> None:
    await over_demo.connect(over_http(demo), identity_aliases=((Network.TWITTER, "account_number"),))
    await world.add_contacts(contact)
    before = await world.snapshot()
    result = await look_up(await over_demo.context(), key="k1")
    assert isinstance(result, Invalid)
    assert (result.code, result.path) == (ErrorCode.NOTHING_TO_ASK_BY, ("input", "contactId"))
    await nothing_written(over_demo, before)
    assert demo.asked() == 0
    # A record can be chosen all the same.
    assert isinstance(await link(await over_demo.context(), MARIAS_ID), ContactChanged)


@pytest.mark.parametrize("plan", [each for each in Plan if each not in PLANS_WITH[Capability.USE_CRM]])
async def test_a_plan_without_crm_asks_none(crm: Asking, demo: RunningCrm, world: World, plan: Plan) -> None:
    agent = an_agent("pat", organization_id="planned")
    await world.add_organization(an_organization("planned", plan=plan), [agent], DEFINITIONS[:0])
    await crm.connect(over_http(demo), "planned")
    await world.add_contacts(a_caller(), organization_id="planned")
    before = await world.snapshot()
    context = await crm.context("pat", "planned")
    refused = Forbidden(Capability.USE_CRM, Barrier.PLAN)
    assert [await look_up(context), await link(context, MARIAS_ID)] == [refused, refused]
    await nothing_written(crm, before)
    assert demo.asked() == 0


async def test_a_role_that_may_not_asks_nothing(
    over_demo: Asking, demo: RunningCrm, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Today each role may; the table alone decides."""
    monkeypatch.setitem(capabilities.ROLES_WITH, Capability.USE_CRM, frozenset())
    await world.add_contacts(a_caller())
    context = await over_demo.context()
    refused = Forbidden(Capability.USE_CRM, Barrier.ROLE)
    assert [await look_up(context), await link(context, MARIAS_ID)] == [refused, refused]
    assert demo.asked() == 0


async def test_a_contact_of_another_organization_is_not_there(
    over_demo: Asking, demo: RunningCrm, world: World
) -> None:
    await world.add_contacts(a_caller(contact_id="theirs"), organization_id="other")
    before = await world.snapshot()
    context = await over_demo.context()
    missing = NotFound(Kind.CONTACT)
    for contact_id in ("theirs", "nobody"):
        assert await look_up(context, contact_id) == missing
        assert await link(context, MARIAS_ID, contact_id) == missing
    await nothing_written(over_demo, before)
    assert demo.asked() == 0


# Idempotency keys.


async def test_a_look_up_that_is_repeated_asks_once(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    await world.add_contacts(a_caller())
    first = await look_up(await over_demo.context(), key="k1")
    before = await world.snapshot()
    demo.crm.switches = Switches(status=503)
    again = await over_demo.context()
    assert await look_up(again, key="k1") == first
    assert isinstance(first, ContactChanged)
    assert await again.loaders.contact_by_id.load("c1") == first.contact
    # Also where there is no CRM any more.
    await over_demo.connect(None)
    assert await look_up(await over_demo.context(), key="k1") == first
    await over_demo.connect(over_http(demo))
    assert demo.asked() == 1
    assert (await world.snapshot())["contacts"] == before["contacts"]


async def test_a_choice_that_is_repeated_is_made_once(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    await world.add_contacts(a_caller())
    first = await link(await over_demo.context(), MARIAS_ID, key="k1")
    assert isinstance(first, ContactChanged)
    await link(await over_demo.context(), AMYS_ID)
    before, asked = await world.snapshot(), demo.asked()
    assert await link(await over_demo.context(), MARIAS_ID, key="k1") == first
    assert demo.asked() == asked
    await nothing_written(over_demo, before)


async def test_a_key_is_for_one_request(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    await world.add_contacts(a_caller(), a_caller(contact_id="c2"))
    await look_up(await over_demo.context(), key="k1")
    before, asked = await world.snapshot(), demo.asked()
    context = await over_demo.context()
    assert await look_up(context, "c2", key="k1") == KeyReused()
    assert await link(context, AMYS_ID, key="k1") == KeyReused()
    assert await link(context, AMYS_ID, "c2", key="k1") == KeyReused()
    too_long = await look_up(context, key="k" * 201)
    assert isinstance(too_long, Invalid)
    assert (too_long.code, too_long.path) == (ErrorCode.TOO_LONG, ("input", "idempotencyKey"))
    await nothing_written(over_demo, before)
    assert demo.asked() == asked


async def test_two_at_once_with_one_key_are_answered_alike(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    await world.add_contacts(a_caller())
    contexts = [await over_demo.context(), await over_demo.context()]
    one, other = await asyncio.gather(*(look_up(each, key="k1") for each in contexts))
    assert isinstance(one, ContactChanged)
    assert one == other
    assert [each.kind for each in await log(world)] == [EventKind.LOOKED_UP, EventKind.VALUES_CHANGED]


# While the CRM is asked.


async def test_nobody_waits_for_a_crm_that_hangs(world: World, demo: RunningCrm, hasty: HttpClient) -> None:
    """No transaction is open meanwhile: what others change is kept at once, and is there after it."""
    async with asking(world, hasty) as crm:
        await crm.connect(over_http(demo))
        await world.add_contacts(a_caller())
        demo.crm.switches = HUNG
        context, other = await crm.context(), await crm.context("ada")
        asked = asyncio.create_task(look_up(context))
        await it_happens(lambda: demo.asked() == 1)
        given = TextValue("Meanwhile")
        set_meanwhile = await attributes.set_value(
            other, contact_id="c1", key="bio", given=given, version=0, idempotency_key=None
        )
        assert isinstance(set_meanwhile, AttributeChanged)
        assert not asked.done()
        result = await asked
    assert isinstance(result, ContactChanged)
    bio = result.contact.held("d-bio")
    assert bio is not None
    assert (bio.value, result.contact.validation.failure) == (given, FailureReason.TIMED_OUT)
    assert await stored(world) == result.contact
    # It was asked once, whatever others did.
    assert demo.asked() == 1


async def test_a_contact_that_goes_meanwhile_is_not_there(world: World, demo: RunningCrm, hasty: HttpClient) -> None:
    async with asking(world, hasty) as crm:
        await crm.connect(over_http(demo))
        await world.add_contacts(a_caller())
        demo.crm.switches = HUNG
        asked = asyncio.create_task(look_up(await crm.context()))
        await it_happens(lambda: demo.asked() == 1)
        await world.driver.collection("contacts").delete_many({})
        before = await world.snapshot()
        assert await asked == NotFound(Kind.CONTACT)
        await nothing_written(crm, before)


async def test_what_is_said_of_one_who_was_made_part_of_another_meanwhile_is_not_that_ones(
    world: World, demo: RunningCrm, hasty: HttpClient
) -> None:
    async with asking(world, hasty) as crm:
        await crm.connect(over_http(demo))
        await world.add_contacts(a_caller(None, contact_id="c0"), a_caller())
        demo.crm.switches = HUNG
        asked = asyncio.create_task(look_up(await crm.context()))
        await it_happens(lambda: demo.asked() == 1)
        await merging.merge(await crm.context("ada"), MergeOrder("c0", "c1"), idempotency_key=None)
        before = await world.snapshot()
        assert await asked == NotFound(Kind.CONTACT)
        await nothing_written(crm, before)


async def test_one_who_was_made_part_of_another_before_is_that_one(over_demo: Asking, world: World) -> None:
    await world.add_contacts(a_caller(None, contact_id="c0"), a_caller())
    await merging.merge(await over_demo.context("ada"), MergeOrder("c0", "c1"), idempotency_key=None)
    result = await look_up(await over_demo.context())
    assert isinstance(result, ContactChanged)
    assert (result.contact.id, result.contact.validation.record_id) == ("c0", MARIAS_ID)


async def test_an_answer_that_came_late_changes_nothing(over_demo: Asking, demo: RunningCrm, world: World) -> None:
    """It was asked again meanwhile, and has said something newer."""
    await world.add_contacts(a_caller())
    demo.crm.switches = Switches(slow_seconds=0.5, status=503, lasts=1)
    asked = asyncio.create_task(look_up(await over_demo.context()))
    await it_happens(lambda: demo.asked() == 1)
    newer = await look_up(replace(await over_demo.context(), clock=lambda: NOW + timedelta(seconds=1)))
    assert isinstance(newer, ContactChanged)
    assert newer.contact.validation.outcome is LookUpOutcome.FOUND
    assert not asked.done()
    assert await asked == newer
    assert await stored(world) == newer.contact


async def test_an_answer_for_a_record_that_is_another_ones_now_is_not_kept(
    over_demo: Asking, demo: RunningCrm, world: World
) -> None:
    """Who was asked for was Maria; meanwhile somebody says that the contact is Amy."""
    await world.add_contacts(a_caller(validation=found(url=url(demo))))
    demo.crm.switches = Switches(slow_seconds=0.5, lasts=1)
    asked = asyncio.create_task(look_up(await over_demo.context()))
    await it_happens(lambda: demo.asked() == 1)
    linked = await link(await over_demo.context("ada"), AMYS_ID)
    assert isinstance(linked, ContactChanged)
    assert not asked.done()
    assert await asked == linked
    assert await stored(world) == linked.contact
