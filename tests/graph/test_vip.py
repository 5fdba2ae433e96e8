"""VIP as it is read: what is set, until it expires."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.vip import VipStatus
from tests.builders import MORNING, a_contact
from tests.conftest import World
from tests.graph.asking_graphql import MORNING_TEXT, NOW, NOW_TEXT, ask, contact_gid

VIP = "query ($id: ID!) { contact(id: $id) { vip { %s } } }"
WHOLE = VIP % "__typename since reason expiresAt setBy { name }"


async def make_vip(
    world: World, *, agent: str = "ada", reason: str | None = None, expires_at: datetime | None = None
) -> str:
    """Make a contact who is a VIP since the morning; returns their global id."""
    contact = a_contact(vip=VipStatus(MORNING, agent, reason, expires_at))
    await world.add_contacts(contact)
    return contact_gid(contact.id)


async def test_who_is_no_vip_has_none(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    assert await ask(world, WHOLE, {"id": contact_gid("c1")}) == {"contact": {"vip": None}}


async def test_a_vip_says_who_set_it_when_why_and_until_when(world: World) -> None:
    contact = await make_vip(world, reason="Ambassador", expires_at=NOW + timedelta(milliseconds=1))
    assert await ask(world, WHOLE, {"id": contact}) == {
        "contact": {
            "vip": {
                "__typename": "VipStatus",
                "since": MORNING_TEXT,
                "reason": "Ambassador",
                "expiresAt": "2099-11-23T12:00:00.001Z",
                "setBy": {"name": "Ada"},
            }
        }
    }


async def test_reason_and_expiry_are_optional(world: World) -> None:
    contact = await make_vip(world)
    data = await ask(world, VIP % "reason expiresAt", {"id": contact})
    assert data == {"contact": {"vip": {"reason": None, "expiresAt": None}}}


@pytest.mark.parametrize("late", [timedelta(0), timedelta(milliseconds=1), timedelta(days=400)])
async def test_what_has_expired_is_not_shown(world: World, late: timedelta) -> None:
    contact = await make_vip(world, expires_at=NOW)
    assert await ask(world, WHOLE, {"id": contact}, now=NOW + late) == {"contact": {"vip": None}}


async def test_what_is_about_to_expire_is(world: World) -> None:
    contact = await make_vip(world, expires_at=NOW)
    data = await ask(world, VIP % "expiresAt", {"id": contact}, now=NOW - timedelta(milliseconds=1))
    assert data == {"contact": {"vip": {"expiresAt": NOW_TEXT}}}
