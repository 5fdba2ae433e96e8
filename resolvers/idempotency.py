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
    if isinstance(cleaned := _cleaned(key), Invalid):
        return cleaned
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
    context: Context, key: str | None, request: tuple[object, ...], success: type[R]
) -> R | Invalid | KeyReused | None:
    """Return what was answered the first time, or None where this is it.

    For work that is preceded by what must not be in a transaction, and need not be done in vain.
    """
    if key is None:
        return None
    if isinstance(cleaned := _cleaned(key), Invalid):
        return cleaned
    recorded = await context.stores.transact(lambda changes: changes.answers.find(context.agent.id, cleaned))
    if recorded is None:
        return None
    is_same = recorded.fingerprint == fingerprint(request) and isinstance(recorded.success, success)
    return cast("R", recorded.success) if is_same else KeyReused()


def _cleaned(key: str) -> str | Invalid:
    cleaned = clean(key, longest=LONGEST_KEY)
    return cleaned.at("input", "idempotencyKey") if isinstance(cleaned, Invalid) else cleaned
