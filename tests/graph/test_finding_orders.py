"""The orders of contacts: paged through either way, and refused where no index serves them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from domain.contacts import Contact
from domain.ordering import ORDERS, Order
from domain.vip import VipStatus
from graph.paging import encode_cursor
from tests.builders import MORNING, a_contact
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, refused
from tests.graph.test_finding import LIST, names
from tests.persistence.finding_model import in_order


def spelled(order: Order) -> list[Answer]:
    return [{"field": each.field.value, "direction": each.direction.value} for each in order]


def crowd() -> list[Contact]:
    """Twelve who differ little in anything: five are VIPs, of whom some since the same moment."""
    return [
        replace(
            a_contact(f"c{number:02}", name=f"Name {number % 5}", note_count=number % 3),
            vip=VipStatus(MORNING + timedelta(hours=number % 4), "jo", None, None) if number < 5 else None,
            created_at=MORNING + timedelta(hours=number % 2),
            updated_at=MORNING + timedelta(hours=number % 6),
        )
        for number in range(12)
    ]


async def test_each_order_is_paged_through_either_way(world: World) -> None:
    contacts = crowd()
    await world.add_contacts(*contacts)
    for order in ORDERS:
        expected = [each.name for each in in_order(contacts, order)]
        seen: list[str] = []
        cursor = None
        while len(seen) < 12:
            asked = {"order": spelled(order), "first": 5, "after": cursor}
            page = (await ask(world, LIST, asked))["contacts"]
            assert page["totalCount"] == 12
            assert page["pageInfo"]["hasPreviousPage"] is bool(seen)
            seen += [each["name"] for each in page["nodes"]]
            assert page["pageInfo"]["hasNextPage"] is (len(seen) < 12)
            cursor = page["pageInfo"]["endCursor"]
        assert seen == expected, order
        back = (await ask(world, LIST, {"order": spelled(order), "last": 11, "before": cursor}))["contacts"]
        assert [each["name"] for each in back["nodes"]] == expected[:11], order


async def test_an_order_by_vip_alone_goes_on_by_name_and_no_order_is_by_name(world: World) -> None:
    await world.add_contacts(*crowd())
    for direction in ("ASC", "DESC"):
        alone = [{"field": "VIP_SINCE", "direction": direction}]
        assert await names(world, order=alone) == await names(world, order=[*alone, {"field": "NAME"}])
    by_name = await names(world, order=[{"field": "NAME"}])
    assert await names(world) == await names(world, order=[]) == await names(world, order=None) == by_name


async def test_a_cursor_belongs_to_its_order(world: World) -> None:
    await world.add_contacts(*crowd())
    cursors = {}
    for order in ORDERS:
        page = (await ask(world, LIST, {"order": spelled(order), "first": 1}))["contacts"]
        cursors[order] = page["pageInfo"]["endCursor"]
    assert len(set(cursors.values())) == len(ORDERS)
    for mine, other in permutations(ORDERS, 2):
        mistake = await refused(world, LIST, {"order": spelled(mine), "after": cursors[other]})
        assert mistake.message == "This is no cursor of this list: take cursors from `pageInfo` or `edges`."


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("NOTE_COUNT", [2**53 + 1, "c1"]),
        ("NOTE_COUNT", [-(2**70), "c1"]),
        ("NOTE_COUNT", ["1", "c1"]),
        ("CREATED_AT", [10**17, "c1"]),
        ("CREATED_AT", [True, "c1"]),
    ],
)
async def test_a_cursor_of_no_place_is_refused(world: World, field: str, parts: list[Any]) -> None:
    order = [{"field": field, "direction": "ASC"}]
    mistake = await refused(world, LIST, {"order": order, "after": encode_cursor(f"contact {field} ASC", *parts)})
    assert mistake.message == "This is no cursor of this list: take cursors from `pageInfo` or `edges`."
    with_place = {"order": order, "after": encode_cursor(f"contact {field} ASC", 0, "c1")}
    assert (await ask(world, LIST, with_place))["contacts"]["nodes"] == []
