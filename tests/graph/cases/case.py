"""What the tests that walk over all mutations must know of each: how it succeeds, and how it can end otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from domain.agents import Role
from tests.conftest import World
from tests.graph.asking_graphql import Answer

Prepare = Callable[[World, str], Awaitable[None]]
"""Adds to the organization of that id what the mutation needs beside the contact of `test_mutations_endings.fill`."""


async def nothing_more(_world: World, _organization: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationCase:
    """`good` changes something where it is asked by an admin of an ENTERPRISE organization that `fill` has filled."""

    name: str
    good: Answer
    other: Answer
    """What makes another input of it, for the same idempotency key."""
    selection: str
    """On the success."""
    missing: tuple[str, str] | None
    """The argument and the type of what can be absent; None where nothing is named."""
    current: str | None
    """The type in a Conflict; None where there is no version to be stale."""
    capability: str | None
    """What a Forbidden names; None where it never comes to one."""
    role: Role = Role.AGENT
    """The smallest that has the capability."""
    is_locked: bool = False
    """Whether an attribute can be locked against it."""
    elsewhere: frozenset[str] = frozenset()
    """Endings that tests of the feature itself reach."""
    prepare: Prepare = nothing_more
    events: int = 1
    """Entries in the log of contacts that a success leaves."""
    late: str = "Conflict"
    """How it ends for those who state the version that somebody else has just changed."""
    is_trial: bool = False
    """Whether a success changes nothing."""

    @property
    def success(self) -> str:
        return f"{self.name[0].upper()}{self.name[1:]}Success"

    @property
    def endings(self) -> set[str]:
        found = {self.success, "ValidationFailed", "IdempotencyKeyReused", *self.elsewhere}
        found |= {"NotFound"} if self.missing else set()
        found |= {"Conflict"} if self.current else set()
        found |= {"Forbidden"} if self.capability else set()
        return found | ({"AttributeLocked"} if self.is_locked else set())
