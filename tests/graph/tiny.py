"""A schema small enough to read at a glance, with one of each thing the HTTP layer must get right."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Annotated, NewType

import strawberry
from graphql import GraphQLError
from strawberry import relay
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig

from graph.extensions import schema_extensions
from graph.masking import QuietSchema

Even = NewType("Even", int)


def _even(value: object) -> int:
    if not isinstance(value, int) or value % 2:
        raise ValueError("Odd numbers are not even.")
    return value


def _no_authors() -> "list[Author]":
    return []


@strawberry.type
class Author:
    name: str

    @strawberry.field
    def friends(self, first: int | None = strawberry.UNSET, last: int | None = strawberry.UNSET) -> "Authors":
        return Authors(nodes=[])

    badges: "list[Author]" = strawberry.field(resolver=_no_authors, metadata={"rows": 30})


@strawberry.type
class Authors:
    nodes: list[Author]


@strawberry.type
class Broken:
    """A field which promises what it does not keep, so that its null travels upwards."""

    @strawberry.field
    def never(self) -> str:
        raise RuntimeError("hunter2")


@strawberry.input(one_of=True)
class Which:
    name: strawberry.Maybe[str]
    number: strawberry.Maybe[int]


class MadeForClientsError(GraphQLError):
    def __init__(self) -> None:
        super().__init__("The cursor is not one of ours.", extensions={"code": "BAD_USER_INPUT", "argument": "after"})


class ForeignError(Exception):
    """Some library's exception which happens to have an attribute of this name."""

    extensions: dict[str, object]

    def __init__(self) -> None:
        super().__init__("hunter2")
        self.extensions = {"code": "OK", "secret": "hunter2"}


FAILURES: dict[str, Callable[[], Exception]] = {
    "plain": lambda: RuntimeError("hunter2"),
    "client": MadeForClientsError,
    "foreign": ForeignError,
    "codeless": lambda: GraphQLError("hunter2"),
    "global_id": lambda: relay.GlobalIDValueError("That is no id."),
}

SHARED_FAILURE = RuntimeError("hunter2")


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def echo(self, of: strawberry.ID, even: Even | None = None) -> str:
        return f"{of} {even}"

    @strawberry.field
    def which(self, which: Which) -> str:
        return "one"

    @strawberry.field
    def perhaps(self, name: strawberry.Maybe[str]) -> str | None:
        return None

    @strawberry.field
    def fail(self, kind: str = "plain") -> str | None:
        raise FAILURES[kind]()

    @strawberry.field
    def shared(self) -> str | None:
        raise SHARED_FAILURE

    @strawberry.field
    def broken(self) -> Broken:
        return Broken()

    @strawberry.field
    def too_large(self) -> int | None:
        return 2**40

    @strawberry.field
    def odd_text(self) -> str:
        return "half a pair: \ud83d"

    @strawberry.field
    async def slow(self, seconds: float = 0.05) -> str:
        await asyncio.sleep(seconds)
        return "done"

    @strawberry.field
    def caller(self, info: strawberry.Info[str, None]) -> str:
        return info.context

    @strawberry.field
    def author(self) -> Author:
        return Author(name="Ada")

    @strawberry.field
    def authors(self, first: int | None = strawberry.UNSET, last: int | None = strawberry.UNSET) -> Authors:
        return Authors(nodes=[Author(name="Ada")])

    @strawberry.field
    def by_ids(self, ids: list[strawberry.ID]) -> list[Author]:
        return [Author(name=each) for each in ids]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def rename(self, name: Annotated[str, strawberry.argument(description="The new name.")]) -> Author:
        return Author(name=name)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncIterator[int]:
        for number in range(to):
            yield number


def tiny_schema(extensions: list[Callable[[], SchemaExtension]] | None = None) -> QuietSchema:
    """A new schema with the product's extensions, or with the given ones."""
    even = strawberry.scalar(name="Even", serialize=_even, parse_value=_even)
    return QuietSchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=schema_extensions() if extensions is None else extensions,
        config=StrawberryConfig(scalar_map={Even: even}),
    )
