"""Who asks for longer than one answer: as often as they are answered, they are asked anew who they are."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from typing import Final

from domain import clock
from domain.agents import Agent, Directory
from domain.live import Ending
from graph.asking import accepted_languages, agent_of, claims_from
from graph.authentication import Claims, TokenVerifier, Unauthenticated
from resolvers.context import Context
from resolvers.live import Live

_LONGEST_WAIT_SECONDS: Final = 3_600.0
_PAUSE_SECONDS: Final = 1.0
_log = logging.getLogger("contact_graph.sessions")


@dataclass(frozen=True, slots=True)
class Ground:
    """What sessions stand on: given by the composition root, once everything is open."""

    verifier: TokenVerifier
    find_directory: Callable[[str], Awaitable[Directory | None]]
    watching: Callable[[str, Callable[[], None]], AbstractContextManager[None]]
    """Calls back, while it lasts, whenever the organization's directory may have changed."""
    context: Callable[[Agent, Directory, tuple[str, ...]], Context]
    live: Callable[[Callable[[], Awaitable[Context | Ending]], str | None], Live]


class Session:
    """One who has signed in: until their token expires, or they may ask no more."""

    def __init__(self, ground: Ground, claims: Claims, languages: tuple[str, ...]) -> None:
        self._ground, self._claims, self._languages = ground, claims, languages

    async def begin(self, last_event_id: str | None = None) -> Context | Ending:
        """Return the context of an operation that may answer more than once."""
        context = await self.renewed()
        if isinstance(context, Ending):
            return context
        return replace(context, live=self._ground.live(self.renewed, last_event_id))

    async def renewed(self) -> Context | Ending:
        """Return the context of one answer, in which nothing is loaded yet."""
        found = await self._standing()
        return found if isinstance(found, Ending) else self._ground.context(*found, self._languages)

    async def over(self) -> Ending:
        """Wait until they may ask no more; returns why."""
        changed = asyncio.Event()
        with self._ground.watching(self._claims.organization_id, changed.set):
            while True:
                changed.clear()
                wait = self._seconds_left
                try:
                    found = await self._standing()
                    if isinstance(found, Ending):
                        return found
                except Exception:
                    # The database is away: whoever was known is known until it says otherwise.
                    _log.warning("It cannot be seen whether who listens still may; this is tried again", exc_info=True)
                    wait = _PAUSE_SECONDS
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(wait, self._seconds_left, _LONGEST_WAIT_SECONDS)):
                        await changed.wait()

    @property
    def _seconds_left(self) -> float:
        return (self._claims.expires_at - clock.now()).total_seconds()

    async def _standing(self) -> tuple[Agent, Directory] | Ending:
        if self._seconds_left <= 0:
            return Ending.TOKEN_EXPIRED
        found = await agent_of(self._claims, self._ground.find_directory)
        return Ending.AGENT_INACTIVE if isinstance(found, Unauthenticated) else found


async def open_session(ground: Ground, headers: Mapping[str, str]) -> Session | Unauthenticated:
    """Sign in by the headers of a request, whose names are in lower case."""
    claims = await claims_from(headers, ground.verifier)
    if isinstance(claims, Unauthenticated):
        return claims
    known = await agent_of(claims, ground.find_directory)
    if isinstance(known, Unauthenticated):
        return known
    return Session(ground, claims, accepted_languages(headers.get("accept-language")))
