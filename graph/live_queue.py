"""The subscription to the queue."""

from collections.abc import AsyncGenerator
from typing import Annotated, Self, cast

import strawberry

from domain import live as model
from domain.live import NoPlace, QueueChangeKind
from domain.outcomes import NotFound
from graph.conversations import Conversation
from graph.errors import BadUserInput, local_id
from graph.info import Info
from graph.live import answers, asked_of, change_cursor, place_of
from graph.live_errors import NotThere
from graph.nodes import encode_id
from graph.paging import given
from resolvers import live_queue


@strawberry.type(description="What a subscription to the queue answers with, each time.")
class QueueChange:
    cursor: str = strawberry.field(
        description="A place among all that happens: a subscription with it as `after` goes on behind this. Over "
        "server-sent events, it is the event's `id` too."
    )
    kind: QueueChangeKind = strawberry.field(description="What became of the queue.")
    conversation_id: strawberry.ID | None = strawberry.field(
        description="Of the Conversation that came, moved or left; null otherwise."
    )
    conversation: Conversation | None = strawberry.field(
        description="As it is now, with its score and teams; null where `kind` names none, or it is gone."
    )
    contact_id: strawberry.ID | None = strawberry.field(
        description="Of the Contact that was deleted, and all of whose conversations are gone; null otherwise."
    )

    @classmethod
    def of(cls, change: model.QueueChange) -> Self:
        conversation, contact_id = change.conversation_id, change.contact_id
        return cls(
            cursor=change_cursor(change.cursor),
            kind=change.kind,
            conversation_id=None if conversation is None else encode_id("Conversation", conversation),
            conversation=None if change.conversation is None else Conversation.of(change.conversation),
            contact_id=None if contact_id is None else encode_id("Contact", contact_id),
        )


@strawberry.type
class QueueSubscriptions:
    @strawberry.subscription(
        description="Tells which conversations come to wait, move, and leave the queue, from now on. Subscribe first, "
        "then ask `queue`, and merge what is told into it by id; one that LEFT may be one that you never had."
    )
    async def queue_changed(
        self,
        info: Info,
        team: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Of a Team: only its queue. What is in other ones LEFT it."),
        ] = strawberry.UNSET,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The `cursor` that was received last, after a connection was lost: what happened since is "
                "told once, in order, then what happens."
            ),
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[QueueChange, None]:
        asked, wanted = asked_of(info), given(team)
        team_id = None if wanted is None else local_id(wanted, "Team")
        found = await live_queue.queue_changes(info.context, asked, team_id, place_of(asked, given(after)))
        match found:
            case NotFound():
                raise NotThere("There is no such team: ask `viewer { organization { teams } }` for those there are.")
            case NoPlace():
                raise BadUserInput("Give as `after` a `cursor` of this subscription, as an answer gave it to you.")
            case _:
                # Executed by LiveExecutor, which takes the answers out of their contexts.
                return cast("AsyncGenerator[QueueChange, None]", answers(asked, found, QueueChange.of))
