"""What can go wrong with the demo's CRM: switched on while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, fields
from enum import Enum
from typing import Self, assert_never

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

_HUGE_PARTS = 800
_PART = b'"' + b"x" * 65_533 + b'",'
_TRICKLE_SECONDS = 0.05


class Answering(Enum):
    """Whether what is answered can be used."""

    RIGHT = "RIGHT"
    INVALID_JSON = "INVALID_JSON"
    WRONG_TYPES = "WRONG_TYPES"
    """Each value is an object."""
    HUGE = "HUGE"
    """50 MB."""
    TRICKLE = "TRICKLE"
    """One byte after the other, for ever."""


@dataclass(frozen=True, slots=True)
class Switches:
    """All off."""

    slow_seconds: float = 0.0
    """Before it does what it was asked to, also when the caller is gone by then."""
    is_hanging: bool = False
    """Nothing is done, and nothing answered at all."""
    status: int | None = None
    """What everything is answered with."""
    retry_after: str | None = None
    """Goes with it: seconds, or a date as HTTP spells it."""
    redirect_to: str | None = None
    answering: Answering = Answering.RIGHT
    rejects_with: str | None = None
    """Why nothing is accepted that is to be written."""
    lasts: int | None = None
    """For how many requests; None is until it is switched off."""

    @classmethod
    def of(cls, given: object) -> Self | str:
        """Return the switches as the JSON sets them, or what is wrong with it; those that it does not name are off."""
        if not isinstance(given, dict):
            return "The switches are a JSON object."
        unknown = set(given) - {each.name for each in fields(cls)}
        if unknown:
            return f"There is no switch {', '.join(sorted(unknown))}."
        told = dict(given)
        try:
            told["answering"] = Answering(told.get("answering", "RIGHT"))
        except ValueError:
            return f"answering is one of {', '.join(each.value for each in Answering)}."
        for name, types in _TYPES.items():
            # Not isinstance: to Python a truth is a number.
            if name in told and type(told[name]) not in types:
                return f"{name} is of another type."
        return cls(**told)

    def json(self) -> dict[str, object]:
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**told, "answering": self.answering.value}


_TYPES: dict[str, tuple[type, ...]] = {
    "slow_seconds": (int, float),
    "is_hanging": (bool,),
    "status": (int, type(None)),
    "retry_after": (str, type(None)),
    "redirect_to": (str, type(None)),
    "rejects_with": (str, type(None)),
    "lasts": (int, type(None)),
}


async def faulty_response(switches: Switches, request: Request) -> Response | None:
    """Return what is answered instead of the truth, after as long as it takes; None where all is well."""
    if switches.is_hanging:
        await _disconnected(request)
        return Response(status_code=503)
    if switches.slow_seconds:
        with suppress(TimeoutError):
            async with asyncio.timeout(switches.slow_seconds):
                await _disconnected(request)
    if switches.status is not None:
        headers = {} if switches.retry_after is None else {"retry-after": switches.retry_after}
        return Response(status_code=switches.status, headers=headers)
    if switches.redirect_to is not None:
        return RedirectResponse(switches.redirect_to)
    match switches.answering:
        case Answering.INVALID_JSON:
            return Response(b'{"name": "Ma', media_type="application/json")
        case Answering.HUGE:
            return StreamingResponse(_huge(), media_type="application/json")
        case Answering.TRICKLE:
            return StreamingResponse(_trickle(), media_type="application/json")
        case Answering.RIGHT | Answering.WRONG_TYPES:
            return None
        case _:
            assert_never(switches.answering)


def with_wrong_types(answer: object) -> object:
    """Return the records with objects where their values should be."""
    if isinstance(answer, list):
        return [with_wrong_types(each) for each in answer]
    return {alias: {"value": value} for alias, value in answer.items()} if isinstance(answer, dict) else answer


async def _disconnected(request: Request) -> None:
    """Wait until the caller is gone. The body has been read: nothing else can come."""
    await request.receive()


async def _huge() -> AsyncIterator[bytes]:
    yield b"["
    for _ in range(_HUGE_PARTS):
        yield _PART
    yield b"null]"


async def _trickle() -> AsyncIterator[bytes]:
    yield b"["
    while True:
        await asyncio.sleep(_TRICKLE_SECONDS)
        yield b" "
