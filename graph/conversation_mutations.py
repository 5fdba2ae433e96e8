"""The mutations of conversations."""

from typing import Annotated, assert_never

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.conversations import ConversationChanged, StaleConversation
from domain.outcomes import Invalid, KeyReused
from domain.outcomes import NotFound as NotFoundOutcome
from graph.conversation_inputs import (
    ConversationAssignInput,
    ConversationReceiveInput,
    ConversationReopenInput,
    ConversationResolveInput,
    ConversationTopicsSetInput,
)
from graph.conversations import Conversation
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import input_id
from graph.paging import given
from resolvers import conversation_receiving, conversations


@strawberry.type(description="The conversation is there.")
class ConversationReceiveSuccess:
    conversation: Conversation = strawberry.field(description="As it is now: also where it was known already.")


@strawberry.type(description="The conversation is in those hands.")
class ConversationAssignSuccess:
    conversation: Conversation = strawberry.field(description="As it is now.")


@strawberry.type(description="The conversation is done.")
class ConversationResolveSuccess:
    conversation: Conversation = strawberry.field(description="As it is now.")


@strawberry.type(description="The conversation is to be answered.")
class ConversationReopenSuccess:
    conversation: Conversation = strawberry.field(description="As it is now.")


@strawberry.type(description="The conversation has the topics.")
class ConversationTopicsSetSuccess:
    conversation: Conversation = strawberry.field(description="As it is now.")


ConversationReceiveResult = Annotated[
    ConversationReceiveSuccess | ValidationFailed | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationReceiveResult", description="How receiving a conversation can end."),
]
ConversationAssignResult = Annotated[
    ConversationAssignSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationAssignResult", description="How giving a conversation to somebody can end."),
]
ConversationResolveResult = Annotated[
    ConversationResolveSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationResolveResult", description="How finishing a conversation can end."),
]
ConversationReopenResult = Annotated[
    ConversationReopenSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationReopenResult", description="How opening a conversation again can end."),
]
ConversationTopicsSetResult = Annotated[
    ConversationTopicsSetSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("ConversationTopicsSetResult", description="How setting the topics can end."),
]


@strawberry.type
class ConversationMutations:
    @strawberry.mutation(
        description="For integrations: tell of a conversation that came in, and again with each message of the "
        "contact's. Another one of the same external id is never made, however often it is told. One that is done is "
        "opened again when the contact writes later."
    )
    async def conversation_receive(
        self, info: Info, input: Annotated[ConversationReceiveInput, strawberry.argument(description="What came in.")]
    ) -> ConversationReceiveResult:
        result = await conversation_receiving.receive(
            info.context, input.model(), idempotency_key=given(input.idempotency_key)
        )
        match result:
            case ConversationChanged(conversation):
                return ConversationReceiveSuccess(conversation=Conversation.of(conversation))
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case Invalid():
                return ValidationFailed.of(result)
            case KeyReused():
                return IdempotencyKeyReused.of(result)
            case _:
                assert_never(result)

    @strawberry.mutation(
        description="Give a conversation to an agent, to a team, to both, or take it from them. With an agent it is "
        "PENDING, without one NEW; one that is RESOLVED stays so."
    )
    async def conversation_assign(
        self, info: Info, input: Annotated[ConversationAssignInput, strawberry.argument(description="Whom to give it.")]
    ) -> ConversationAssignResult:
        conversation_id = input_id(input.conversation_id, "Conversation", "conversationId")
        if isinstance(conversation_id, Invalid):
            return ValidationFailed.of(conversation_id)
        assignment = input.assignment()
        if isinstance(assignment, Invalid):
            return ValidationFailed.of(assignment)
        result = await conversations.assign(
            info.context,
            conversation_id=conversation_id,
            to=assignment,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, ConversationChanged):
            return ConversationAssignSuccess(conversation=Conversation.of(result.conversation))
        return _refused(result)

    @strawberry.mutation(description="Say that a conversation is done. It keeps its agent and its teams.")
    async def conversation_resolve(
        self, info: Info, input: Annotated[ConversationResolveInput, strawberry.argument(description="Which one.")]
    ) -> ConversationResolveResult:
        conversation_id = input_id(input.conversation_id, "Conversation", "conversationId")
        if isinstance(conversation_id, Invalid):
            return ValidationFailed.of(conversation_id)
        result = await conversations.resolve(
            info.context,
            conversation_id=conversation_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, ConversationChanged):
            return ConversationResolveSuccess(conversation=Conversation.of(result.conversation))
        return _refused(result)

    @strawberry.mutation(
        description="Open a conversation again that is done: PENDING where an agent has it, else NEW. One that is not "
        "done stays as it is."
    )
    async def conversation_reopen(
        self, info: Info, input: Annotated[ConversationReopenInput, strawberry.argument(description="Which one.")]
    ) -> ConversationReopenResult:
        conversation_id = input_id(input.conversation_id, "Conversation", "conversationId")
        if isinstance(conversation_id, Invalid):
            return ValidationFailed.of(conversation_id)
        result = await conversations.reopen(
            info.context,
            conversation_id=conversation_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, ConversationChanged):
            return ConversationReopenSuccess(conversation=Conversation.of(result.conversation))
        return _refused(result)

    @strawberry.mutation(description="Say what a conversation is about, in the place of what was said before.")
    async def conversation_topics_set(
        self, info: Info, input: Annotated[ConversationTopicsSetInput, strawberry.argument(description="The topics.")]
    ) -> ConversationTopicsSetResult:
        conversation_id = input_id(input.conversation_id, "Conversation", "conversationId")
        if isinstance(conversation_id, Invalid):
            return ValidationFailed.of(conversation_id)
        result = await conversations.set_topics(
            info.context,
            conversation_id=conversation_id,
            topics=tuple(input.topics),
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, ConversationChanged):
            return ConversationTopicsSetSuccess(conversation=Conversation.of(result.conversation))
        return _refused(result)


def _refused(
    result: conversations.Refused | KeyReused,
) -> ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused:
    match result:
        case StaleConversation(current):
            return Conflict.with_current(Conversation.of(current))
        case ForbiddenOutcome():
            return Forbidden.of(result)
        case Invalid() | NotFoundOutcome() | KeyReused():
            return refusal(result)
        case _:
            assert_never(result)
