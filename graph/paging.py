"""Relay connections: the arguments, the cursors and PageInfo."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import strawberry

from domain.paging import DEFAULT_PAGE, LARGEST_PAGE, Page, PageRequest
from graph.errors import BadUserInput

P = TypeVar("P")
T = TypeVar("T")

NO_CURSOR = "This is no cursor of this list: take cursors from `pageInfo` or `edges`."

# Whole numbers: a float has no room for the milliseconds of a far year.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

First = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many, from the start or after `after`: {DEFAULT_PAGE} if left out, at most {LARGEST_PAGE}."
    ),
]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before. Goes with `first`.")]
Last = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many, from the end or before `before`: at most {LARGEST_PAGE}. Not together with `first`."
    ),
]
Before = Annotated[
    str | None, strawberry.argument(description="The `startCursor` of the page after. Goes with `last`.")
]


@strawberry.type(description="Where a page lies in its list, as Relay defines it. True in both directions, always.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is more after `endCursor`.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before `startCursor`.")
    start_cursor: str | None = strawberry.field(description="The first edge's cursor; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The last edge's cursor; null on an empty page.")


def page_info(page: Page[T], cursors: list[str]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def given(argument: T | None) -> T | None:
    """Return the argument, None where it was left out: only so does the schema print no `= null`."""
    return None if argument is strawberry.UNSET else argument


def page_request(
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    decode: Callable[[str], P],
) -> PageRequest[P]:
    """Return the checked request; raises BadUserInput where the arguments do not fit together.

    Args:
        first: size of a forward page.
        after: cursor that a forward page begins behind.
        last: size of a backward page.
        before: cursor that a backward page ends in front of.
        decode: makes a position of a cursor; raises BadUserInput.
    """
    first, last, after, before = given(first), given(last), given(after), given(before)
    if first is not None and last is not None:
        raise BadUserInput("Give `first` or `last`, not both.")
    is_backward = last is not None or (before is not None and first is None)
    if is_backward and after is not None:
        raise BadUserInput("Give `after` with `first`, and `before` with `last`.")
    if not is_backward and before is not None:
        raise BadUserInput("Give `before` with `last`, and `after` with `first`.")
    size = last if is_backward else first
    if size is None:
        size = DEFAULT_PAGE
    if not 0 <= size <= LARGEST_PAGE:
        raise BadUserInput(f"Ask for 0 to {LARGEST_PAGE} at a time, and page through the rest with cursors.")
    cursor = before if is_backward else after
    return PageRequest(size, None if cursor is None else decode(cursor), is_backward)


def encode_cursor(kind: str, *parts: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps([kind, *parts], separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kind: str, *types: type[str] | type[int]) -> list[str | int]:
    """Return the parts of a cursor of the kind; raises BadUserInput for any other text."""
    refused = BadUserInput(NO_CURSOR)
    if len(cursor) > 8_000:
        raise refused
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        # JSON can spell a lone surrogate, which no database takes.
        json.dumps(found, ensure_ascii=False).encode()
    except (binascii.Error, ValueError, RecursionError):
        raise refused from None
    if not isinstance(found, list) or [type(each) for each in found] != [str, *types] or found[0] != kind:
        raise refused
    return found[1:]


def milliseconds(moment: datetime) -> int:
    """Return the milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def moment(milliseconds: int) -> datetime:
    """Return the moment that many milliseconds after 1970; raises BadUserInput where no calendar has it."""
    try:
        return _EPOCH + milliseconds * _MILLISECOND
    except OverflowError:
        raise BadUserInput(NO_CURSOR) from None
