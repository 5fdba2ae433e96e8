"""What the mutations of conversations take."""

from datetime import datetime

import strawberry

from domain.conversations import LONGEST_TOPIC, MOST_TOPICS
from domain.identities import LONGEST_NAME
from domain.outcomes import Invalid
from graph.identity_inputs import CHANNEL, IdentityInput
from graph.inputs import idempotency_key, input_id, version
from graph.paging import given
from resolvers.conversation_receiving import GivenConversation
from resolvers.conversations import Assignment

TOPICS = (
    f"0 to {MOST_TOPICS}, each of 1 to {LONGEST_TOPIC} characters. Two that differ in letter case or accents are one."
)


@strawberry.input(description="A conversation that somebody began, or wrote in again.")
class ConversationReceiveInput:
    external_id: str = strawberry.field(
        description=f"The integration's own id of the conversation, of 1 to {LONGEST_NAME} characters. Receiving it "
        "again makes no second one."
    )
    identity: IdentityInput = strawberry.field(
        description="From which identity. Who has it is the contact; where nobody does, a new contact is made with it."
    )
    contact_name: str | None = strawberry.field(
        description="What to call a new contact; the handle if left out. A known contact keeps their name.",
        default=strawberry.UNSET,
    )
    channel: str | None = strawberry.field(description=CHANNEL, default=strawberry.UNSET)
    topics: list[str] | None = strawberry.field(
        description=f"What it is about: {TOPICS} Of a known conversation they stay as they are.",
        default=strawberry.UNSET,
    )
    first_activity_at: datetime | None = strawberry.field(
        description="When the contact wrote first; as `lastActivityAt` if left out.", default=strawberry.UNSET
    )
    last_activity_at: datetime | None = strawberry.field(
        description="When the contact wrote last; now if left out, and at the latest. What is not later than what is "
        "known changes nothing, so that messages may come twice and in any order.",
        default=strawberry.UNSET,
    )
    idempotency_key: str | None = idempotency_key()

    def model(self) -> GivenConversation:
        return GivenConversation(
            external_id=self.external_id,
            identity=self.identity.model(),
            contact_name=given(self.contact_name),
            channel=given(self.channel),
            topics=tuple(given(self.topics) or ()),
            first_activity_at=given(self.first_activity_at),
            last_activity_at=given(self.last_activity_at),
        )


@strawberry.input(description="Whom to give which conversation.")
class ConversationAssignInput:
    conversation_id: strawberry.ID = strawberry.field(description="Of a Conversation.")
    agent_id: strawberry.ID | None = strawberry.field(
        description="Of an active Agent: the conversation leaves the queue. Left out, it stays; null takes it from its "
        "agent, back into the queue.",
        default=strawberry.UNSET,
    )
    team_id: strawberry.ID | None = strawberry.field(
        description="Of a Team: the conversation waits in the team's queue. Left out, it stays; null takes it from it.",
        default=strawberry.UNSET,
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()

    def assignment(self) -> Assignment | Invalid:
        """Return what the two ids name, or why one of them cannot be one of its type."""
        agent_id = input_id(self.agent_id, "Agent", "agentId") if self.agent_id else None
        if isinstance(agent_id, Invalid):
            return agent_id
        team_id = input_id(self.team_id, "Team", "teamId") if self.team_id else None
        if isinstance(team_id, Invalid):
            return team_id
        return Assignment(
            agent_id=agent_id,
            is_agent_given=self.agent_id is not strawberry.UNSET,
            team_id=team_id,
            is_team_given=self.team_id is not strawberry.UNSET,
        )


@strawberry.input(description="Which conversation is done.")
class ConversationResolveInput:
    conversation_id: strawberry.ID = strawberry.field(description="Of a Conversation.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which conversation is to be answered after all.")
class ConversationReopenInput:
    conversation_id: strawberry.ID = strawberry.field(description="Of a Conversation.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="What which conversation is about.")
class ConversationTopicsSetInput:
    conversation_id: strawberry.ID = strawberry.field(description="Of a Conversation.")
    topics: list[str] = strawberry.field(description=f"All of them, in the place of those before: {TOPICS}")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()
