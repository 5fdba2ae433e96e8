"""The queue: the conversations that wait, in the order in which they are answered."""

from functools import partial
from typing import Annotated

import strawberry

from domain import conversations as model
from domain.conversations import ConversationState
from domain.queues import QueuePosition, position
from graph.conversations import ConversationConnection
from graph.errors import local_id
from graph.info import Info
from graph.paging import (
    After,
    Before,
    First,
    Last,
    decode_cursor,
    encode_cursor,
    given,
    milliseconds,
    moment,
    page_request,
)
from resolvers import queues


def queue_cursor(conversation: model.Conversation) -> str:
    """Spell the place in the queue."""
    place = position(conversation)
    return encode_cursor("queue", place.score, milliseconds(place.received_at), place.id)


def queue_position(cursor: str) -> QueuePosition:
    score, at, conversation_id = decode_cursor(cursor, "queue", int, int, str)
    return QueuePosition(int(score), moment(int(at)), str(conversation_id))


@strawberry.type
class QueueQueries:
    @strawberry.field(
        description="Conversations in the order in which they are to be answered: the highest score first, of equal "
        "scores the oldest. Whose place changes between two pages may be seen twice, or not: ask for the first page "
        "anew when the queue changes."
    )
    async def queue(
        self,
        info: Info,
        state: Annotated[
            ConversationState, strawberry.argument(description="Those that wait, if left out.")
        ] = ConversationState.NEW,
        team: Annotated[
            strawberry.ID | None, strawberry.argument(description="Of a Team: only those that it is to answer.")
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ConversationConnection:
        wanted = given(team)
        team_id = None if wanted is None else local_id(wanted, "Team")
        request = page_request(first, after, last, before, queue_position)
        page = await queues.page(info.context, request, state, team_id)
        return ConversationConnection.of(page, queue_cursor, partial(queues.count, info.context, state, team_id))
