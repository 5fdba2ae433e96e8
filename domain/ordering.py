"""The orders that contacts can be listed in, and the places in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import assert_never

from domain.contacts import Contact
from domain.outcomes import ErrorCode, Invalid
from domain.text import sort_key


class OrderField(Enum):
    """What a list of contacts can be ordered by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    VIP_SINCE = "VIP_SINCE"
    NOTE_COUNT = "NOTE_COUNT"


class Direction(Enum):
    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class OrderKey:
    field: OrderField
    direction: Direction = Direction.ASC


Order = tuple[OrderKey, ...]
"""The first key decides; where it is the same, the next; then the id, in the direction of the last key."""

BY_NAME: Order = (OrderKey(OrderField.NAME),)

ORDERS: tuple[Order, ...] = (
    *((OrderKey(field, each),) for field in OrderField if field is not OrderField.VIP_SINCE for each in Direction),
    *(
        (OrderKey(OrderField.VIP_SINCE, first), OrderKey(OrderField.NAME, second))
        for first in Direction
        for second in Direction
    ),
)
"""Those that an index serves: any other would read every contact before it could answer."""


def checked_order(order: Order) -> Order | Invalid:
    """Return the whole order, or why it is refused: most contacts are no VIPs, so that a name decides among those."""
    if len(order) == 1 and order[0].field is OrderField.VIP_SINCE:
        return (*order, OrderKey(OrderField.NAME))
    if order in ORDERS:
        return order
    fields = ", ".join(each.value for each in OrderField)
    return Invalid(ErrorCode.TOO_MANY, f"Order by one of {fields}, or by VIP_SINCE and then NAME, each either way.")


Key = str | int | datetime | None
"""None comes last, in either direction."""


@dataclass(frozen=True, slots=True)
class ContactPosition:
    """A place in an order: a contact's keys in it, and its id."""

    keys: tuple[Key, ...]
    id: str


def position(contact: Contact, order: Order = BY_NAME) -> ContactPosition:
    return ContactPosition(tuple(_key(contact, each.field) for each in order), contact.id)


def _key(contact: Contact, field: OrderField) -> Key:
    match field:
        case OrderField.NAME:
            return sort_key(contact.name)
        case OrderField.CREATED_AT:
            return contact.created_at
        case OrderField.UPDATED_AT:
            return contact.updated_at
        case OrderField.VIP_SINCE:
            # As it was given, expired or not: a place that moved by itself would lose rows between two pages.
            return None if contact.vip is None else contact.vip.since
        case OrderField.NOTE_COUNT:
            return contact.note_count
        case _:
            assert_never(field)
