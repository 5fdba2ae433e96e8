"""Work beside other work."""

from __future__ import annotations

import asyncio

import pytest

from persistence.background import running


async def test_it_runs_while_the_block_does_and_is_over_at_its_end() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with running(work()):
        await begun.wait()
        assert not ended.is_set()
    assert ended.is_set()


async def test_work_that_takes_a_cancellation_for_something_else_ends_all_the_same() -> None:
    taken = 0

    async def work() -> None:
        nonlocal taken
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                taken += 1
                if taken > 1:
                    raise

    async with asyncio.timeout(20), running(work()):
        await asyncio.sleep(0)
    assert taken == 2


async def test_what_it_fails_with_is_raised_at_the_end() -> None:
    async def work() -> None:
        raise LookupError("its own")

    with pytest.raises(LookupError, match="its own"):
        async with running(work()):
            await asyncio.sleep(0)
