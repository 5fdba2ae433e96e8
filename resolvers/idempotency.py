"""Idempotency: a change asked for twice with one key happens once, and is answered twice alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from domain.answers import RecordedAnswer, Success
from domain.outcomes import Invalid, KeyReused
from domain.text import clean
from persistence.stores import Changes
from resolvers.context import Context
from resolvers.fingerprints import fingerprint

LONGEST_KEY = 200
"""Code points of an idempotency key; a UUID has 36."""

R = TypeVar("R")


async def once(
    context: Context, key: str | None, request: tuple[object, ...], work: Callable[[Changes], Awaitable[R]]
) -> R | Invalid | KeyReused:
    """Do the work in one transaction, or answer as it was answered the first time.

    Only a change that happened is remembered: an attempt that failed wrote nothing, and is tried anew.

    Args:
        context: of the request; keys are the asking agent's own.
        key: the idempotency key, None to do without.
        request: the mutation's name and its input, which a repetition must share.
        work: run in the transaction, possibly several times; its answer is kept where it is a Success.
    """
    if key is None:
        return await context.stores.transact(work)
    if isinstance(cleaned := clean(key, longest=LONGEST_KEY), Invalid):
        return cleaned.at("input", "idempotencyKey")
    asked = fingerprint(request)
    agent_id = context.agent.id

    async def first_time(changes: Changes) -> R | KeyReused:
        recorded = await changes.answers.find(agent_id, cleaned)
        if recorded is not None:
            # The fingerprint covers the mutation's name, and so the type of its success.
            return cast("R", recorded.success) if recorded.fingerprint == asked else KeyReused()
        result = await work(changes)
        if isinstance(result, Success):
            await changes.answers.record(agent_id, cleaned, RecordedAnswer(asked, result), context.clock())
        return result

    return await context.stores.transact(first_time)


async def answered(
    context: Context, key: str | None, request: tuple[object, ...], kind: type[R]
) -> R | Invalid | KeyReused | None:
    """Return how the request was answered the first time; None where it comes for the first time.

    For work that asks somebody else before it changes anything: who is answered already need not be asked about again.

    Args:
        context: of the request.
        key: the idempotency key.
        request: as for `once`.
        kind: of its success.
    """
    if key is None:
        return None

    async def nothing(_changes: Changes) -> None: ...

    found: object = await once(context, key, request, nothing)
    return found if isinstance(found, kind | Invalid | KeyReused) else None
