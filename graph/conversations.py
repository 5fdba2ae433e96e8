"""Conversations: the type, the connection of a contact's, and one by its ids."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from domain import conversations as model
from domain.contacts import Network
from domain.conversations import ConversationPosition, ConversationState, position
from domain.paging import Page
from domain.queues import score
from graph.agents import Agent, Team
from graph.conversation_notes import ConversationNoteConnection, DeletedConversationNoteConnection
from graph.deleted_notes import deleted_note_position
from graph.identities import SocialIdentity
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.notes import note_position
from graph.paging import (
    After,
    Before,
    First,
    Last,
    PageInfo,
    decode_cursor,
    encode_cursor,
    milliseconds,
    moment,
    page_info,
    page_request,
)
from graph.queue_settings import QueueCriterion, SkillSet, criterion, teams_of
from resolvers import contacts, conversation_notes, conversations, queues
from resolvers.agents import find_agent

if TYPE_CHECKING:
    from graph.contacts import Contact


@strawberry.type(description="What a contact wrote in about, on one network. The panel beside it shows its `contact`.")
class Conversation(Node):
    version: int = strawberry.field(description="Grows with each change; state it when you change the conversation.")
    external_id: str = strawberry.field(description="The id that the integration gave it; no other one has it.")
    network: Network = strawberry.field(description="Where the contact wrote: decides the logo.")
    channel: str | None = strawberry.field(description="The company's own account that was written to.")
    topics: list[str] = strawberry.field(description="What it is about, in the order they were given.")
    state: ConversationState = strawberry.field(description="Whether it waits, is being answered, or is done.")
    received_at: datetime = strawberry.field(description="When it came in: of equal scores, the oldest is first.")
    first_activity_at: datetime = strawberry.field(description="When the contact wrote first.")
    last_activity_at: datetime = strawberry.field(description="When the contact wrote last.")
    record: strawberry.Private[model.Conversation]

    @strawberry.field(
        description="Who wrote, as the panel shows them; null only if the contact was deleted a moment ago."
    )
    async def contact(self, info: Info) -> Annotated["Contact", strawberry.lazy("graph.contacts")] | None:
        from graph.contacts import Contact  # noqa: PLC0415 - the two types hold each other

        found = await contacts.find(info.context, self.record.contact_id)
        return None if found is None else Contact.of(found)

    @strawberry.field(
        description="From which of the contact's identities it was written; null where the contact has it no more."
    )
    async def identity(self, info: Info) -> SocialIdentity | None:
        found = await contacts.find(info.context, self.record.contact_id)
        own = () if found is None else found.identities
        return next((SocialIdentity.of(each) for each in own if each.key == self.record.identity), None)

    @strawberry.field(description="Who is to answer it; null while nobody is.")
    async def assigned_agent(self, info: Info) -> Agent | None:
        agent_id = self.record.agent_id
        return None if agent_id is None else Agent.of(await find_agent(info.context, agent_id))

    @strawberry.field(description="The team that it was given to; null where it was given to none.")
    def assigned_team(self, info: Info) -> Team | None:
        found = info.context.directory.teams.get(self.record.team_id or "")
        return None if found is None else Team.of(found)

    @strawberry.field(
        description="How many of the prioritized rules it meets: the more, the sooner it is to be answered. Of one "
        "that is RESOLVED, as it was then."
    )
    def score(self) -> int:
        return score(self.record)

    @strawberry.field(
        description="The prioritized rules that it meets, one for each of the score; those of groups that the asking "
        "agent may not know of are left out."
    )
    def score_reasons(self, info: Info) -> list[QueueCriterion]:
        return [criterion(info.context, each) for each in queues.reasons(info.context, self.record)]

    @strawberry.field(description="The teams that it waits for: the one that it was given to, else by its skill sets.")
    def teams(self, info: Info) -> list[Team]:
        return teams_of(info.context, self.record.team_ids)

    @strawberry.field(
        description="Why it waits for its teams, where it was given to none: the skill sets that it is of. None where "
        "it fell back."
    )
    def skill_sets(self, info: Info) -> list[SkillSet]:
        return [SkillSet.of(each) for each in queues.skill_sets(info.context, self.record)]

    @strawberry.field(
        description="What agents wrote on it, newest first. The notes about the contact are the contact's."
    )
    async def notes(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ConversationNoteConnection:
        request = page_request(first, after, last, before, note_position)
        page = await conversation_notes.page(info.context, self.record.id, request)
        return ConversationNoteConnection.of(self.record.id, page)

    @strawberry.field(description="Notes on it that were deleted and can still be restored, the last deleted first.")
    async def deleted_notes(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> DeletedConversationNoteConnection:
        request = page_request(first, after, last, before, deleted_note_position)
        page = await conversation_notes.deleted_page(info.context, self.record.id, request)
        return DeletedConversationNoteConnection.of(self.record.id, page)

    @classmethod
    def of(cls, conversation: model.Conversation) -> Self:
        return cls(
            id=encode_id("Conversation", conversation.id),
            version=conversation.version,
            external_id=conversation.external_id,
            network=conversation.identity.network,
            channel=conversation.channel,
            topics=list(conversation.topics),
            state=conversation.state,
            received_at=conversation.received_at,
            first_activity_at=conversation.first_activity_at,
            last_activity_at=conversation.last_activity_at,
            record=conversation,
        )


@strawberry.type(description="A conversation and its place in the list.")
class ConversationEdge:
    node: Conversation = strawberry.field(description="The conversation.")
    cursor: str = strawberry.field(description="Its place: hand it back as `after` or `before`, to the same list.")


@strawberry.type(description="A page of conversations.")
class ConversationConnection:
    edges: list[ConversationEdge] = strawberry.field(description="The conversations with their places.")
    nodes: list[Conversation] = strawberry.field(description="The conversations alone.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")
    counted: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="How many there are in all. Counted only when asked for.")
    async def total_count(self) -> int:
        return await self.counted()

    @classmethod
    def of(
        cls,
        page: Page[model.Conversation],
        cursor: Callable[[model.Conversation], str],
        counted: Callable[[], Awaitable[int]],
    ) -> Self:
        """Make the connection.

        Args:
            page: of a list.
            cursor: spells a conversation's place in that list.
            counted: returns the length of the whole list.
        """
        edges = [ConversationEdge(node=Conversation.of(each), cursor=cursor(each)) for each in page.rows]
        return cls(
            edges=edges,
            nodes=[each.node for each in edges],
            page_info=page_info(page, [each.cursor for each in edges]),
            counted=counted,
        )


def conversation_cursor(conversation: model.Conversation) -> str:
    """Spell the place among the contact's conversations."""
    place = position(conversation)
    return encode_cursor("conversation", milliseconds(place.last_activity_at), place.id)


def conversation_position(cursor: str) -> ConversationPosition:
    at, conversation_id = decode_cursor(cursor, "conversation", int, str)
    return ConversationPosition(moment(int(at)), str(conversation_id))


@strawberry.type
class ConversationQueries:
    @strawberry.field(
        description="One conversation by the id that the integration gave it; null where none has it. By its own id, "
        "ask `node`."
    )
    async def conversation_by_external_id(
        self,
        info: Info,
        external_id: Annotated[str, strawberry.argument(description="As it was received, to the letter.")],
    ) -> Conversation | None:
        found = await conversations.find_by_external_id(info.context, external_id)
        return None if found is None else Conversation.of(found)
