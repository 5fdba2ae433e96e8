"""The operations that run on one WebSocket."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from typing import Any, cast

from graphql import GraphQLError
from strawberry.schema import BaseSchema
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from domain.live import Ending
from graph.http_request import Parameters
from graph.http_response import result_body
from graph.live_errors import Ended, is_ending
from graph.masking import masked, report
from graph.sessions import Session

Send = Callable[[dict[str, Any]], Awaitable[None]]
"""Raises NobodyReads."""


class NobodyReads(Exception):  # noqa: N818 - no failure of ours
    """The other end is gone, or stopped reading."""


class Operations:
    """Runs them side by side, and sends what comes of each under its id."""

    def __init__(self, schema: BaseSchema, send: Send, *, most: int) -> None:
        self._schema, self._send, self._most = schema, send, most
        self._running: dict[str, asyncio.Task[None]] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    async def begin(self, operation_id: str, parameters: Parameters, session: Session) -> bool:
        """Begin an operation; returns False where one of that id is running."""
        if operation_id in self._running:
            return False
        # Those that were completed, and have not ended yet, count: they too take memory.
        if len(self._running) + len(self._stopping) >= self._most:
            message = f"At most {self._most} operations run on one connection at a time: complete one of them first."
            await self._fail(operation_id, GraphQLError(message, extensions={"code": "TOO_MANY_OPERATIONS"}))
            return True
        task = asyncio.create_task(self._run(operation_id, parameters, session))
        self._running[operation_id] = task
        task.add_done_callback(self._stopping.discard)
        return True

    def complete(self, operation_id: str) -> None:
        """Stop the operation, where it is still running: its id is free at once."""
        if task := self._running.pop(operation_id, None):
            self._stopping.add(task)
            task.cancel()

    async def end(self, error: GraphQLError) -> None:
        """Stop all of them, and say why."""
        ids = list(self._running)
        await self.stop()
        for each in ids:
            await self._fail(each, error)

    async def stop(self) -> None:
        for each in list(self._running):
            self.complete(each)
        if self._stopping:
            await asyncio.wait(set(self._stopping))

    async def _run(self, operation_id: str, parameters: Parameters, session: Session) -> None:
        with suppress(NobodyReads):
            try:
                errors = await self._answer(operation_id, parameters, session)
            except NobodyReads:
                raise
            except Exception as problem:
                errors = [masked(GraphQLError(""), report(problem, "websocket"))]
            # Its id is free before its client hears that it is over.
            if self._running.pop(operation_id, None) is not None:
                await (self._fail(operation_id, *errors) if errors else self._completed(operation_id))

    async def _answer(self, operation_id: str, parameters: Parameters, session: Session) -> Sequence[GraphQLError]:
        """Run it, and send its results; returns what it ended with, nothing where it came to its end."""
        context = await session.begin()
        if isinstance(context, Ending):
            return [Ended(context)]
        streamed = await self._schema.stream(
            parameters.query,
            variable_values=parameters.variables,
            context_value=context,
            operation_name=parameters.operation_name,
            operation_extensions=parameters.extensions,
        )
        # Whole: results in parts are for schemas that turn on incremental delivery.
        results = cast("AsyncGenerator[ExecutionResult, None]", streamed)
        async with aclosing(results):
            async for result in results:
                errors: Sequence[GraphQLError] = result.errors or ()
                if isinstance(result, PreExecutionError) or any(is_ending(each) for each in errors):
                    return errors
                await self._send({"id": operation_id, "type": "next", "payload": result_body(result)})
        return ()

    async def _completed(self, operation_id: str) -> None:
        await self._send({"id": operation_id, "type": "complete"})

    async def _fail(self, operation_id: str, *errors: GraphQLError) -> None:
        await self._send({"id": operation_id, "type": "error", "payload": [each.formatted for each in errors]})
