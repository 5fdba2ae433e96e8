"""What the inputs of the mutations share."""

from collections.abc import Iterable
from typing import Any

import strawberry

from domain.outcomes import ErrorCode, Invalid
from graph.nodes import decode_id

VERSION = (
    "The version that the agent saw. If it is no longer current, nothing is changed and the answer is a `Conflict`. "
    "Left out, the change is made whatever happened since."
)
IDEMPOTENCY_KEY = (
    "A text of your own, such as a new UUID for each change, of up to 200 characters. Repeat the request with it after "
    "a lost answer: the change happens once, and the repetition gets the first answer. Remembered for 24 hours."
)


def version() -> Any:  # noqa: ANN401 - as strawberry.field itself, which stands for the field's type
    return strawberry.field(description=VERSION, default=strawberry.UNSET)


def idempotency_key() -> Any:  # noqa: ANN401 - as above
    return strawberry.field(description=IDEMPOTENCY_KEY, default=strawberry.UNSET)


def input_id(given: strawberry.ID, type_name: str, argument: str) -> str | Invalid:
    """Return what the id in the mutation's input names, or why it cannot be one of that type."""
    found = decode_id(given)
    if found is None or found.type_name != type_name:
        advice = f"Give the id of a {type_name}, as an answer gave it to you."
        return Invalid(ErrorCode.NOT_AN_ID, advice, ("input", argument))
    return found.local_id


def input_ids(given: Iterable[strawberry.ID], type_name: str, argument: str) -> tuple[str, ...] | Invalid:
    """Return what the ids in the mutation's input name, or which of them cannot be one of that type."""
    found: list[str] = []
    for index, each in enumerate(given):
        local = input_id(each, type_name, argument)
        if isinstance(local, Invalid):
            return local.at("input", argument, str(index))
        found.append(local)
    return tuple(found)
