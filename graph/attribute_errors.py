"""What is answered where a value cannot be set, beside the errors that all mutations share."""

from dataclasses import replace
from typing import Self, assert_never

import strawberry

from domain import attribute_changes as model
from domain.attribute_changes import ValueProblem
from domain.attributes import Locked, StaleAttribute
from domain.outcomes import ErrorCode, Invalid
from domain.outcomes import NotFound as NotFoundOutcome
from graph.attributes import contact_attribute
from graph.contacts import Contact
from graph.errors import AttributeLocked, Conflict, NotFound, UserError, ValidationFailed
from resolvers import attributes
from resolvers.context import Context


@strawberry.type(
    description="The attribute is unique, and another contact has the value: perhaps both are one person. Nothing was "
    "changed."
)
class ValueTaken(UserError):
    contact: Contact = strawberry.field(description="Who has the value, as they are now: offer to open their panel.")

    @classmethod
    def of(cls, outcome: model.ValueTaken, argument: str = "value") -> Self:
        message = outcome.message or f"Another contact has this value: {outcome.holder.name}."
        path = ["input", argument]
        return cls(code=ErrorCode.VALUE_TAKEN, message=message, path=path, contact=Contact.of(outcome.holder))


@strawberry.type(
    description="Some of the values that were given together cannot be set, so that none was: all or nothing."
)
class ValuesRefused(UserError):
    errors: list[UserError] = strawberry.field(
        description="Everything that is wrong, in the order of the values: `ValidationFailed`, `AttributeLocked`, "
        "`Conflict`, `NotFound` and `ValueTaken`, each with the `path` of its value, such as "
        "`[input, values, 2, value]`. Show each beside its field."
    )

    @classmethod
    def of(cls, context: Context, outcome: model.ValuesRefused) -> Self:
        errors = [_error(context, each) for each in outcome.problems]
        some = "One of the values was" if len(errors) == 1 else f"{len(errors)} of the values were"
        message = f"{some} refused, so that none was set: see what is wrong with each."
        return cls(code=ErrorCode.VALUES_REFUSED, message=message, path=["input", "values"], errors=errors)


def conflict(context: Context, stale: StaleAttribute) -> Conflict:
    line = attributes.line(context, stale.current, stale.definition_id)
    return Conflict.with_current(contact_attribute(context, line))


def _error(context: Context, each: ValueProblem) -> UserError:
    """Say what is wrong with one of the values: as of one that is set alone, at its own place."""
    error = _alone(context, each.problem)
    return replace(error, path=["input", "values", str(each.index), *error.path[1:]])


def _alone(context: Context, problem: model.Problem) -> UserError:
    match problem:
        case Invalid():
            return ValidationFailed.of(problem)
        case Locked():
            return AttributeLocked.of(problem)
        case NotFoundOutcome():
            return NotFound.of(problem)
        case StaleAttribute():
            return conflict(context, problem)
        case model.ValueTaken():
            return ValueTaken.of(problem)
        case _:
            assert_never(problem)
