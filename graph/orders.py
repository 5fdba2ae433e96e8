"""The orders of contacts, and the cursors, which are places in one of them."""

import datetime as dt
from collections.abc import Callable

import strawberry

from domain.contacts import Contact
from domain.ordering import (
    BY_NAME,
    ContactPosition,
    Direction,
    Key,
    Order,
    OrderField,
    OrderKey,
    checked_order,
    position,
)
from domain.outcomes import Invalid
from graph.errors import BadUserInput
from graph.paging import NO_CURSOR, decode_cursor, encode_cursor, milliseconds, moment

_LARGEST = 2**53


@strawberry.input(description="One key of the order.")
class ContactOrder:
    field: OrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


def order_of(keys: list[ContactOrder] | None) -> Order:
    """Return the order that is asked for, by name if none is; raises BadUserInput where it is not served."""
    if not keys:
        return BY_NAME
    order = checked_order(tuple(OrderKey(each.field, each.direction) for each in keys))
    if isinstance(order, Invalid):
        raise BadUserInput(order.message)
    return order


def contact_cursor(contact: Contact, order: Order) -> str:
    place = position(contact, order)
    parts = [part for key, value in zip(order, place.keys, strict=True) for part in _parts(key.field, value)]
    return encode_cursor(_kind(order), *parts, place.id)


def contact_position(order: Order) -> Callable[[str], ContactPosition]:
    """Return what makes a place of a cursor; it raises BadUserInput for one of another order."""

    def decode(cursor: str) -> ContactPosition:
        types = [each for key in order for each in _TYPES[key.field]]
        *parts, contact_id = decode_cursor(cursor, _kind(order), *types, str)
        left = iter(parts)
        keys = [_key(key.field, [next(left) for _ in _TYPES[key.field]]) for key in order]
        return ContactPosition(tuple(keys), str(contact_id))

    return decode


def _kind(order: Order) -> str:
    if order == BY_NAME:
        return "contact"
    return "contact " + ", ".join(f"{each.field.value} {each.direction.value}" for each in order)


_TYPES: dict[OrderField, tuple[type[str] | type[int], ...]] = {
    OrderField.NAME: (str,),
    OrderField.CREATED_AT: (int,),
    OrderField.UPDATED_AT: (int,),
    OrderField.NOTE_COUNT: (int,),
    # Whether there is a moment, and which.
    OrderField.VIP_SINCE: (int, int),
}


def _parts(field: OrderField, value: Key) -> list[str | int]:
    if field is OrderField.VIP_SINCE:
        return [0, 0] if value is None else [1, *_parts(OrderField.CREATED_AT, value)]
    if isinstance(value, dt.datetime):
        return [milliseconds(value)]
    return [value] if value is not None else []


def _key(field: OrderField, parts: list[str | int]) -> Key:
    match field:
        case OrderField.NAME:
            return str(parts[0])
        case OrderField.NOTE_COUNT:
            if abs(int(parts[0])) > _LARGEST:
                raise BadUserInput(NO_CURSOR)
            return int(parts[0])
        case OrderField.VIP_SINCE if not parts[0]:
            return None
        case _:
            return moment(int(parts[-1]))
