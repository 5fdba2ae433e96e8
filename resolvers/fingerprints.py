"""The fingerprint of a request: the same for the same input, another for any other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum


def fingerprint(request: tuple[object, ...]) -> str:
    """Return 64 hexadecimal digits, which every process makes alike.

    Two requests share theirs where they ask for the same, however that is spelled: one moment at two offsets, a set or
    a mapping in another order, a zero with a sign. Other texts are other requests, even where they look alike: the
    checks that would normalise them have not run yet.

    Args:
        request: the mutation's name and all of its input, of the kinds of values that are told apart below.

    Raises:
        TypeError: there is something else in it, of which nobody has said when two of it are the same.
    """
    return hashlib.sha256(_spelled(request)).hexdigest()


def _spelled(value: object) -> bytes:
    """Spell the value so that it can be read back, as far as there is a difference to be told."""
    match value:
        # Before what it may be at the same time: an enum a text, a bool a number, a datetime a date.
        case Enum():
            return _framed("enum", type(value).__qualname__.encode(), value.name.encode())
        case None | bool() | int():
            return _framed(type(value).__name__, str(value).encode())
        case float():
            return _framed("float", repr(value or 0.0).encode())
        case str():
            # A lone surrogate is refused later, by who knows the field that it is in.
            return _framed("str", value.encode("utf-8", "surrogatepass"))
        case datetime():
            if value.tzinfo is None:
                raise TypeError(f"There is no telling which moment {value} is: it has no offset")
            return _framed("datetime", value.astimezone(UTC).isoformat().encode())
        case date():
            return _framed("date", value.isoformat().encode())
        case timedelta():
            # Not in seconds: their float is not exact.
            return _framed("timedelta", f"{value.days} {value.seconds} {value.microseconds}".encode())
        case _:
            return _framed(*_parts(value))


def _parts(value: object) -> tuple[str, *tuple[bytes, ...]]:
    match value:
        case tuple() | list():
            return "list", *map(_spelled, value)
        case set() | frozenset():
            return "set", *sorted(map(_spelled, value))
        case Mapping():
            return "map", *sorted(_framed("entry", _spelled(key), _spelled(each)) for key, each in value.items())
        case _ if is_dataclass(value) and not isinstance(value, type):
            named = [
                _framed("field", each.name.encode(), _spelled(getattr(value, each.name))) for each in fields(value)
            ]
            return type(value).__qualname__, *named
        case _:
            raise TypeError(f"Nobody has said when two values of the type {type(value).__name__} are the same")


def _framed(kind: str, *parts: bytes) -> bytes:
    """Join the parts so that no other parts, and none of another kind, are joined to the same."""
    return b"".join(_measured((kind.encode(), *parts)))


def _measured(parts: Iterable[bytes]) -> Iterable[bytes]:
    for each in parts:
        yield b"%d:" % len(each)
        yield each
    yield b";"
