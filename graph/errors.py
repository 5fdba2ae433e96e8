"""What a mutation answers when it did not happen: one named type for each ending, all of them a UserError."""

from typing import Self, assert_never

import strawberry
from graphql import GraphQLError

from domain import attributes, capabilities, outcomes
from domain.agents import Plan, Role
from domain.capabilities import PLANS_WITH, ROLES_WITH, Barrier, Capability
from domain.outcomes import ErrorCode, Kind
from graph.nodes import Node, decode_id


class BadUserInput(GraphQLError):
    """An argument of a query that cannot be answered; the message says what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_USER_INPUT"})


class NotAllowed(GraphQLError):
    """A query for what the plan or the role of the asking agent does not include."""

    def __init__(self, refused: capabilities.Forbidden) -> None:
        super().__init__(_not_included(refused.barrier), extensions={"code": "FORBIDDEN"})


def _not_included(barrier: Barrier) -> str:
    advice = "Ask for a plan that includes it." if barrier is Barrier.PLAN else "Ask an admin to do it."
    return f"Your {barrier.value.lower()} does not include this. {advice}"


def local_id(given: strawberry.ID, type_name: str) -> str:
    """Return what the id of that type names; raises BadUserInput for any other text."""
    found = decode_id(given)
    if found is None or found.type_name != type_name:
        raise BadUserInput(f"Give the id of a {type_name}, as an answer gave it to you.")
    return found.local_id


@strawberry.interface(
    description="Why a mutation changed nothing. Every error of every mutation has these fields, so that a client "
    "can show one that is newer than itself: put `... on UserError { code message }` last in the selection."
)
class UserError:
    code: ErrorCode = strawberry.field(description="For programs: what to react to. Codes may be added.")
    message: str = strawberry.field(description="For people: what went wrong and what to do, in English.")
    path: list[str] = strawberry.field(
        description="Where in the mutation's arguments, such as `[input, body]`; empty where no argument is at fault."
    )


@strawberry.type(description="An input was refused. Show the message beside the field that `path` names.")
class ValidationFailed(UserError):
    @classmethod
    def of(cls, outcome: outcomes.Invalid) -> Self:
        return cls(code=outcome.code, message=outcome.message, path=list(outcome.path))


_NAMED = {
    Kind.CONTACT: ("There is no such contact: it may have been deleted.", "contactId"),
    Kind.NOTE: ("There is no such note: it may have been deleted.", "noteId"),
    Kind.IDENTITY: ("The contact has no such identity: it may have been removed.", "identityId"),
    Kind.VERSION: ("There is no such version: ask the history for those there are.", "restoreVersion"),
    Kind.MERGE: ("There is no such merge, or it was undone.", "mergeId"),
    Kind.CONVERSATION: ("There is no such conversation: its contact may have been deleted.", "conversationId"),
    Kind.GROUP: ("There is no such group: ask `contactGroups` for those there are.", "groupId"),
    Kind.SKILL_SET: ("There is no such skill set: it may have been deleted.", "skillSetId"),
    Kind.AGENT: ("There is no such agent, or they are not active any more.", "agentId"),
    Kind.TEAM: ("There is no such team: ask `viewer { organization { teams } }` for those there are.", "teamId"),
    Kind.DEFINITION: ("There is no such attribute: ask `attributeDefinitions` for those there are.", "key"),
}


@strawberry.type(description="What an id or a key names is not there, or not in the asking agent's organization.")
class NotFound(UserError):
    @classmethod
    def of(cls, outcome: outcomes.NotFound, argument: str | None = None) -> Self:
        """Make the error; `argument` where the input names the thing otherwise than most inputs do."""
        message, usual = _NAMED[outcome.kind]
        return cls(code=ErrorCode.NOT_FOUND, message=message, path=["input", argument or usual])


@strawberry.type(
    description="The input stated a `version` that is no longer current: somebody was faster. Nothing was changed. "
    "Show `current` beside what the agent typed, and repeat with its version, or drop the edit."
)
class Conflict(UserError):
    current: Node = strawberry.field(description="The object as it is now, whole, to update a cache with.")

    @classmethod
    def with_current(cls, current: Node, argument: str = "version") -> Self:
        message = "It was changed since you read it: look at the current state and repeat your change with its version."
        return cls(code=ErrorCode.CONFLICT, message=message, path=["input", argument], current=current)


@strawberry.type(description="The plan or the role does not allow it.")
class Forbidden(UserError):
    barrier: Barrier = strawberry.field(description="Which of the two refused.")
    capability: Capability = strawberry.field(description="What would have been needed.")
    plans: list[Plan] = strawberry.field(description="The plans that include it.")
    roles: list[Role] = strawberry.field(description="The roles that include it.")

    @classmethod
    def of(cls, outcome: capabilities.Forbidden) -> Self:
        by_plan = outcome.barrier is Barrier.PLAN
        return cls(
            code=ErrorCode.FORBIDDEN_BY_PLAN if by_plan else ErrorCode.FORBIDDEN_BY_ROLE,
            message=_not_included(outcome.barrier),
            path=[],
            barrier=outcome.barrier,
            capability=outcome.capability,
            plans=[each for each in Plan if each in PLANS_WITH[outcome.capability]],
            roles=[each for each in Role if each in ROLES_WITH[outcome.capability]],
        )


_LOCKED = {
    attributes.LockReason.ROLE: "The admins closed this attribute to agents: ask one of them.",
    attributes.LockReason.PLAN: "Your plan does not include filling in this attribute.",
    attributes.LockReason.CRM_READ_ONLY: "The CRM manages this attribute: change it there.",
    attributes.LockReason.ARCHIVED: "This attribute is out of use: its value can be read but not changed.",
}


@strawberry.type(description="The attribute cannot be edited by this agent; `Attribute.lockedBecause` says so before.")
class AttributeLocked(UserError):
    reason: attributes.LockReason = strawberry.field(description="The same as in `Attribute.lockedBecause`.")

    @classmethod
    def of(cls, outcome: attributes.Locked) -> Self:
        message = _LOCKED[outcome.reason]
        return cls(code=ErrorCode.ATTRIBUTE_LOCKED, message=message, path=["input", "key"], reason=outcome.reason)


@strawberry.type(description="The idempotency key came before, with another input. Nothing was changed.")
class IdempotencyKeyReused(UserError):
    @classmethod
    def of(cls, outcome: outcomes.KeyReused) -> Self:
        message = "Make a new key for each new change, and repeat a key only with the very same input."
        return cls(code=ErrorCode.IDEMPOTENCY_KEY_REUSED, message=message, path=["input", "idempotencyKey"])


Refusal = outcomes.Invalid | outcomes.NotFound | outcomes.KeyReused
"""The endings without change that every mutation shares."""


def refusal(outcome: Refusal) -> ValidationFailed | NotFound | IdempotencyKeyReused:
    match outcome:
        case outcomes.Invalid():
            return ValidationFailed.of(outcome)
        case outcomes.NotFound():
            return NotFound.of(outcome)
        case outcomes.KeyReused():
            return IdempotencyKeyReused.of(outcome)
        case _:
            assert_never(outcome)
