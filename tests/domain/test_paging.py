"""Pages cut from the rows that were read: one row more than asked for tells that there are others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.paging import DEFAULT_PAGE, LARGEST_PAGE, Page, PageRequest, cut


def test_the_sizes_are_what_the_schema_promises() -> None:
    assert (DEFAULT_PAGE, LARGEST_PAGE) == (20, 100)


@pytest.mark.parametrize("has_behind", [False, True])
@pytest.mark.parametrize(
    ("read", "rows", "has_more"),
    [([], (), False), ([1], (1,), False), ([1, 2], (1, 2), False), ([1, 2, 3], (1, 2), True)],
)
def test_a_page_has_no_more_than_was_asked_for(
    read: list[int], rows: tuple[int, ...], has_more: bool, has_behind: bool
) -> None:
    forward = cut(read, PageRequest(2, position=0), has_behind=has_behind)
    assert forward == Page(rows, has_previous=has_behind, has_next=has_more)
    backward = cut(read, PageRequest(2, position=9, is_backward=True), has_behind=has_behind)
    assert backward == Page(rows[::-1], has_previous=has_more, has_next=has_behind)


def test_a_page_of_no_rows_tells_whether_there_are_any() -> None:
    assert cut([1], PageRequest(0), has_behind=False) == Page((), has_previous=False, has_next=True)
    assert cut([], PageRequest(0), has_behind=False) == Page((), has_previous=False, has_next=False)


@settings(max_examples=200)
@given(st.lists(st.integers(), unique=True, max_size=30).map(sorted), st.integers(1, 7), st.booleans())
def test_pages_one_after_the_other_show_each_row_once_and_in_order(
    rows: list[int], size: int, is_backward: bool
) -> None:
    seen: list[int] = []
    remaining, has_more = rows, True
    while has_more:
        read = (remaining[::-1] if is_backward else remaining)[: size + 1]
        page = cut(read, PageRequest(size, is_backward=is_backward), has_behind=len(remaining) < len(rows))
        assert (page.has_next if is_backward else page.has_previous) is (len(remaining) < len(rows))
        seen = [*page.rows, *seen] if is_backward else [*seen, *page.rows]
        has_more = page.has_previous if is_backward else page.has_next
        remaining = [each for each in rows if each not in seen]
    assert seen == rows
