"""Subscriptions: what is told while it happens."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, Any, Protocol, Self, TypeVar, cast

import strawberry
from graphql.execution import Executor
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain import live as model
from domain.live import ChangeKind, Cursor, Ending, NoPlace
from domain.outcomes import NotFound
from graph.contacts import Contact
from graph.errors import BadUserInput, local_id
from graph.info import Info
from graph.live_errors import Ended, NotThere
from graph.paging import decode_cursor, encode_cursor, given
from graph.timeline_events import contact_event
from graph.timeline_fields import ContactEvent
from resolvers import live
from resolvers.live import Live, Told

C = TypeVar("C")


class HasCursor(Protocol):
    """An answer that says where it stands among all that happens."""

    cursor: str


A = TypeVar("A", bound=HasCursor)


class LiveExecutor(StrawberryGraphQLCoreExecutionContext):
    """Draws each answer of a subscription in the context that it came with: a loader remembers what was before."""

    def build_per_event_executor(self, payload: Told[Any]) -> Executor[Any]:
        executor = super().build_per_event_executor(payload.change)
        executor.context_value = payload.context
        return executor


@strawberry.type(description="What a subscription to a contact answers with, each time.")
class ContactChange:
    cursor: str = strawberry.field(
        description="A place among all that happens: a subscription with it as `after` goes on behind this. Over "
        "server-sent events, it is the event's `id` too."
    )
    kind: ChangeKind = strawberry.field(description="Why the subscription answers.")
    contact: Contact | None = strawberry.field(
        description="The contact, whole, as it is now; null where it was deleted. Of one that was merged into another "
        "one, that one: compare the `id`."
    )
    event: ContactEvent | None = strawberry.field(
        description="What happened, as in the contact's `timeline`; null where `kind` is not CHANGED."
    )

    @classmethod
    def of(cls, change: model.ContactChange) -> Self:
        return cls(
            cursor=change_cursor(change.cursor),
            kind=change.kind,
            contact=None if change.contact is None else Contact.of(change.contact),
            event=None if change.event is None else contact_event(change.event),
        )


def change_cursor(cursor: Cursor) -> str:
    return encode_cursor("change", cursor)


def asked_of(info: Info) -> Live:
    if info.context.live is None:
        raise RuntimeError("Only a transport that can answer more than once lets a subscription begin.")
    return info.context.live


def place_of(asked: Live, after: str | None) -> str | None:
    # A client that reconnects by itself repeats its arguments: where it really was, its connection says.
    at = after if asked.last_event_id is None else asked.last_event_id
    return None if at is None else str(decode_cursor(at, "change", str)[0])


async def answers(
    asked: Live, changes: AsyncGenerator[Told[C] | Ending, None], draw: Callable[[C], A]
) -> AsyncGenerator[Told[A], None]:
    """Draw what is told, each in its context, until it ends for a reason; remember the place of each."""
    async with aclosing(changes):
        async for each in changes:
            if isinstance(each, Ending):
                raise Ended(each)
            answer = draw(each.change)
            asked.event_id = answer.cursor
            yield Told(each.context, answer)


@strawberry.type
class LiveSubscriptions:
    @strawberry.subscription(
        description="Tells at once how the contact is, and from then on each thing that happens to it, in order, as "
        "long as it is there: whatever any mutation or import changes. What changed in attributes alone that the "
        "asking agent cannot see is not told."
    )
    async def contact_changed(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Of a Contact.")],
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The `cursor` that was received last, after a connection was lost: what happened since is "
                "told once, in order, then what happens; how the contact is, is not told again."
            ),
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[ContactChange, None]:
        asked = asked_of(info)
        place = place_of(asked, given(after))
        found = await live.contact_changes(info.context, asked, local_id(id, "Contact"), place)
        match found:
            case NotFound():
                raise NotThere("There is no such contact: it may have been deleted.")
            case NoPlace():
                raise BadUserInput("Give as `after` a `cursor` of this subscription, as an answer gave it to you.")
            case _:
                # Executed by LiveExecutor, which takes the answers out of their contexts.
                return cast("AsyncGenerator[ContactChange, None]", answers(asked, found, ContactChange.of))
