"""VIP set and cleared: each outcome, and exactly what is written."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain import capabilities
from domain.agents import Plan
from domain.capabilities import PLANS_WITH, Barrier, Capability, Forbidden
from domain.contacts import ContactChanged, StaleContact
from domain.events import EventKind
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.vip import LONGEST_REASON, VipStatus
from resolvers import vip
from resolvers.context import Context
from tests.builders import MORNING, a_contact, an_identity, held
from tests.conftest import World
from tests.resolvers.changing import NOW, asker, happened, log, on_plan, stored

SOON = NOW + timedelta(hours=1)
SET = VipStatus(MORNING, "ada", "Loyal", SOON)
PLAIN = a_contact("c1", values=(held("bio", None),))
PROMOTED = a_contact("c2", vip=SET, version=5)


async def set_vip(
    context: Context,
    contact_id: str = "c1",
    *,
    reason: str | None = None,
    expires_at: datetime | None = None,
    version: int | None = None,
) -> object:
    return await vip.set_vip(
        context, contact_id=contact_id, reason=reason, expires_at=expires_at, version=version, idempotency_key=None
    )


async def clear_vip(context: Context, contact_id: str = "c2", *, version: int | None = None) -> object:
    return await vip.clear_vip(context, contact_id=contact_id, version=version, idempotency_key=None)


@pytest.fixture
async def seeded(world: World) -> World:
    await world.add_contacts(PLAIN, PROMOTED)
    return world


async def test_setting_keeps_who_when_why_and_until(seeded: World) -> None:
    status = VipStatus(NOW, "jo", "Buys a lot", SOON)
    after = replace(PLAIN, vip=status, version=2, updated_at=NOW)
    assert await set_vip(await asker(seeded), reason="Buys a lot", expires_at=SOON, version=1) == ContactChanged(after)
    assert await stored(seeded) == after
    assert await log(seeded) == [happened(EventKind.VIP_SET, None, status)]


async def test_setting_needs_neither_reason_nor_expiry(seeded: World) -> None:
    after = replace(PLAIN, vip=VipStatus(NOW, "jo", None, None), version=2, updated_at=NOW)
    assert await set_vip(await asker(seeded)) == ContactChanged(after)


async def test_setting_otherwise_replaces_what_was_set(seeded: World) -> None:
    status = VipStatus(NOW, "jo", "Loyal", None)
    after = replace(PROMOTED, vip=status, version=6, updated_at=NOW)
    assert await set_vip(await asker(seeded), "c2", reason="Loyal", version=5) == ContactChanged(after)
    assert await log(seeded) == [happened(EventKind.VIP_SET, SET, status, contact="c2")]


async def test_clearing_leaves_no_status(seeded: World) -> None:
    after = replace(PROMOTED, vip=None, version=6, updated_at=NOW)
    assert await clear_vip(await asker(seeded), version=5) == ContactChanged(after)
    assert await stored(seeded, "c2") == after
    assert await log(seeded) == [happened(EventKind.VIP_CLEARED, SET, contact="c2")]


async def test_setting_what_is_set_keeps_who_set_it_first(seeded: World) -> None:
    before = await seeded.snapshot()
    result = await set_vip(await asker(seeded), "c2", reason="Loyal", expires_at=SOON, version=5)
    assert result == ContactChanged(PROMOTED)
    assert await seeded.snapshot() == before


async def test_clearing_what_is_not_set_changes_nothing(seeded: World) -> None:
    before = await seeded.snapshot()
    assert await clear_vip(await asker(seeded), "c1", version=1) == ContactChanged(PLAIN)
    assert await seeded.snapshot() == before


Change = Callable[[Context], Awaitable[object]]
PAST = Invalid(ErrorCode.NOT_IN_THE_FUTURE, "Give an expiry in the future, or none.", ("input", "expiresAt"))
LONG = Invalid(ErrorCode.TOO_LONG, "Shorten the text by 1: at most 500 characters are kept.", ("input", "reason"))
REFUSALS: list[tuple[str, Change, object]] = [
    ("set, past", lambda c: set_vip(c, expires_at=NOW), PAST),
    ("set, too long", lambda c: set_vip(c, reason="x" * (LONGEST_REASON + 1)), LONG),
    ("set, nobody", lambda c: set_vip(c, "nobody"), NotFound(Kind.CONTACT)),
    ("set, stale", lambda c: set_vip(c, version=0), StaleContact(PLAIN)),
    (
        "set the same, stale",
        lambda c: set_vip(c, "c2", reason="Loyal", expires_at=SOON, version=4),
        StaleContact(PROMOTED),
    ),
    ("clear, nobody", lambda c: clear_vip(c, "nobody"), NotFound(Kind.CONTACT)),
    ("clear, stale", lambda c: clear_vip(c, version=6), StaleContact(PROMOTED)),
]


@pytest.mark.parametrize(("change", "answer"), [each[1:] for each in REFUSALS], ids=[each[0] for each in REFUSALS])
async def test_what_is_refused_writes_nothing(seeded: World, change: Change, answer: object) -> None:
    before = await seeded.snapshot()
    assert await change(await asker(seeded)) == answer
    assert await seeded.snapshot() == before


@pytest.mark.parametrize("change", [set_vip, clear_vip], ids=["set", "clear"])
async def test_another_organizations_agent_finds_nobody(seeded: World, change: Change) -> None:
    before = await seeded.snapshot()
    assert await change(await asker(seeded, "eve", "other")) == NotFound(Kind.CONTACT)
    assert await seeded.snapshot() == before


@pytest.mark.parametrize("plan", list(Plan), ids=lambda each: each.value)
async def test_vip_is_on_every_plan(world: World, plan: Plan) -> None:
    context = await on_plan(world, plan)
    await world.add_contacts(a_contact("p1"), organization_id="planned")
    promoted = await set_vip(context, "p1")
    assert isinstance(promoted, ContactChanged)
    assert promoted.contact.vip == VipStatus(NOW, "pat", None, None)
    cleared = await clear_vip(context, "p1")
    assert isinstance(cleared, ContactChanged)
    assert (cleared.contact.vip, cleared.contact.version) == (None, 3)


async def test_what_the_table_refuses_is_refused(seeded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # No plan is without VIP today: the table alone decides that.
    monkeypatch.setattr(capabilities, "PLANS_WITH", {**PLANS_WITH, Capability.SET_VIP: frozenset({Plan.TEAM})})
    before = await seeded.snapshot()
    refused = Forbidden(Capability.SET_VIP, Barrier.PLAN)
    assert await set_vip(await asker(seeded)) == refused
    assert await clear_vip(await asker(seeded)) == refused
    assert await seeded.snapshot() == before


async def test_of_many_who_saw_one_version_exactly_one_sets(seeded: World) -> None:
    context = await asker(seeded)
    results = await asyncio.gather(*(set_vip(context, reason=f"Reason {each}", version=1) for each in range(40)))
    assert Counter(type(each) for each in results) == {ContactChanged: 1, StaleContact: 39}
    assert (await stored(seeded)).version == 2
    assert len(await log(seeded)) == 1


async def test_what_the_same_request_asks_next_sees_the_change(seeded: World) -> None:
    key = an_identity("7")
    await seeded.add_contacts(a_contact("c3", identities=(key,)))
    context = await asker(seeded)
    assert await context.loaders.contact_by_id.load("c3") == await context.loaders.contact_by_identity.load(key.key)
    changed = await set_vip(context, "c3")
    assert isinstance(changed, ContactChanged)
    assert await context.loaders.contact_by_id.load("c3") == changed.contact
    assert await context.loaders.contact_by_identity.load(key.key) == changed.contact


@pytest.mark.parametrize(("minutes", "holds"), [(-1, True), (0, False), (1, False)], ids=["before", "at", "after"])
async def test_a_status_holds_until_it_expires(seeded: World, minutes: int, holds: bool) -> None:
    context = await asker(seeded, at=SOON + timedelta(minutes=minutes))
    assert vip.current(context, PROMOTED) == (SET if holds else None)


async def test_a_status_without_expiry_holds_and_none_is_none(seeded: World) -> None:
    lasting = replace(SET, expires_at=None)
    context = await asker(seeded)
    assert vip.current(context, replace(PROMOTED, vip=lasting)) == lasting
    assert vip.current(context, PLAIN) is None


async def test_an_expired_status_is_set_anew_and_cleared_for_good(seeded: World) -> None:
    late, later = SOON + timedelta(hours=1), SOON + timedelta(hours=2)
    again = await set_vip(await asker(seeded, at=late), "c2", reason="Loyal", expires_at=later)
    assert isinstance(again, ContactChanged)
    assert again.contact.vip == VipStatus(late, "jo", "Loyal", later)
    gone = await clear_vip(await asker(seeded, at=later), "c2")
    assert isinstance(gone, ContactChanged)
    assert gone.contact.vip is None
