"""The orders of contacts and the places in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.ordering import (
    BY_NAME,
    ORDERS,
    ContactPosition,
    Direction,
    Order,
    OrderField,
    OrderKey,
    checked_order,
    position,
)
from domain.outcomes import ErrorCode, Invalid
from domain.vip import VipStatus
from tests.builders import MORNING, a_contact

NAME, VIP, NOTES = OrderKey(OrderField.NAME), OrderKey(OrderField.VIP_SINCE), OrderKey(OrderField.NOTE_COUNT)
DOWN = OrderKey(OrderField.VIP_SINCE, Direction.DESC)


def test_a_supported_order_is_as_it_was_given_and_that_of_vips_ends_with_the_name() -> None:
    assert [checked_order(each) for each in ORDERS] == list(ORDERS)
    assert len(set(ORDERS)) == 12
    assert checked_order((VIP,)) == (VIP, NAME)
    assert checked_order((DOWN,)) == (DOWN, NAME)


@pytest.mark.parametrize("order", [(), (NAME, VIP), (NOTES, NAME), (VIP, VIP), (VIP, NAME, NOTES), (NAME, NAME)])
def test_what_no_index_serves_is_refused(order: Order) -> None:
    found = checked_order(order)
    assert isinstance(found, Invalid)
    assert found.code is ErrorCode.TOO_MANY


def test_a_place_is_what_the_order_looks_at_and_the_id() -> None:
    vip = VipStatus(MORNING, "jo", None, MORNING + timedelta(hours=1))
    contact = replace(
        a_contact("c1", name="  \u00c9mile  ZOLA ", note_count=3), updated_at=MORNING + timedelta(hours=2), vip=vip
    )
    assert position(contact) == position(contact, BY_NAME) == ContactPosition(("emile zola",), "c1")
    keys = [position(contact, (OrderKey(each),)).keys for each in OrderField]
    assert keys == [("emile zola",), (MORNING,), (MORNING + timedelta(hours=2),), (MORNING,), (3,)]
    assert position(replace(contact, vip=None), (VIP, NAME)) == ContactPosition((None, "emile zola"), "c1")
