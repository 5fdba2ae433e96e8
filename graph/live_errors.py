"""What a subscription ends with, where it ends for a reason."""

from typing import Final

from graphql import GraphQLError

from domain.live import Ending

_ADVICE: Final = {
    Ending.TOO_SLOW: "More happened than was read: subscribe again with `after`, and read faster.",
    Ending.HISTORY_LOST: "What happened since cannot be told any more: read anew, and subscribe without `after`.",
    Ending.TOKEN_EXPIRED: "The token has expired: get a new one, and subscribe again with `after`.",
    Ending.AGENT_INACTIVE: "Your account is not active any more: ask an admin of the organization.",
}
_CODES: Final = frozenset(each.value for each in Ending)


class Ended(GraphQLError):
    """A subscription could go on no longer; the message says what to do."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(_ADVICE[ending], extensions={"code": ending.value})


class NotThere(GraphQLError):
    """A subscription to what the asking agent's organization does not have."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "NOT_FOUND"})


def is_ending(error: GraphQLError) -> bool:
    """Tell whether the error ends a subscription, and not one answer of it."""
    return error.path is None and (error.extensions or {}).get("code") in _CODES
