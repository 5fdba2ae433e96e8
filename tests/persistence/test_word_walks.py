"""Walking through those who have all words of a search: what is taken is what looking at every one would leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persistence.word_walks import GROWTH, MOST_KEYS, Key, Walk


@dataclass(slots=True)
class ListedKeys:
    """Who has a word, in order."""

    keys: Sequence[Key]
    is_backward: bool = False
    read: list[int] = field(default_factory=list)
    """How many were asked for, each time."""
    given: list[Key] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    """How many this was asked about."""

    async def behind(self, place: Key | None, size: int) -> Sequence[Key]:
        self.read.append(size)
        found = beyond(self.keys, place, is_backward=self.is_backward)[:size]
        self.given += found
        return found

    async def among(self, keys: Sequence[Key]) -> Sequence[Key]:
        assert keys, "There is nothing to ask about."
        self.asked.append(len(keys))
        theirs = set(self.keys)
        return [each for each in keys if each in theirs]


def beyond(keys: Sequence[Key], place: Key | None, *, is_backward: bool) -> list[Key]:
    onward = sorted(keys, reverse=is_backward)
    return [each for each in onward if place is None or (each < place if is_backward else each > place)]


KEYS = [(name, f"{number}") for name in "abc" for number in range(4)]
some_keys = st.lists(st.sampled_from(KEYS), unique=True)


@given(
    st.lists(some_keys, min_size=1, max_size=4),
    st.none() | st.sampled_from(KEYS),
    st.booleans(),
    st.integers(1, 5),
    st.lists(st.integers(1, 4), min_size=13, max_size=13),
)
async def test_who_has_all_words_is_taken_once_and_in_order(
    words: list[list[Key]], place: Key | None, is_backward: bool, size: int, counts: list[int]
) -> None:
    listed = [ListedKeys(each, is_backward) for each in words]
    walk = Walk(listed, place, size)
    left = beyond(list(set[Key](KEYS).intersection(*words)), place, is_backward=is_backward)
    for count in counts:
        assert await walk.take(count) == left[:count]
        left = left[count:]
    assert not left
    assert all(len(each.given) == len(set(each.given)) for each in listed), "Nothing is read twice."


def numbered(numbers: Sequence[int]) -> ListedKeys:
    return ListedKeys([(f"{each:06}", "") for each in numbers])


async def test_more_are_read_each_time_up_to_a_bound() -> None:
    word, other = numbered(range(10_000)), numbered(range(10_000))
    assert len(await Walk([word, other], None, 100).take(7_000)) == 7_000
    assert word.read == [100, 100 * GROWTH, 100 * GROWTH**2, MOST_KEYS, MOST_KEYS, MOST_KEYS]
    # Who is found by one for a page is not asked about again.
    assert other.read == []


@pytest.mark.parametrize("is_rare_first", [True, False])
async def test_a_rare_word_leads_past_those_who_have_a_common_one(is_rare_first: bool) -> None:
    rare, common = numbered([5_000, 9_000, 90_000]), numbered(range(0, 100_000, 3))
    walk = Walk([rare, common] if is_rare_first else [common, rare], None, 100)
    assert await walk.take(21) == [("009000", ""), ("090000", "")]
    assert len(rare.read + common.read) == (1 if is_rare_first else 2)


async def test_words_of_different_parts_of_the_list_lead_past_each_other() -> None:
    first, last = numbered(range(50_000)), numbered(range(50_000, 99_000))
    walk = Walk([first, last], None, 100)
    assert await walk.take(21) == []
    assert (first.read, last.read) == ([100, 1600], [400])


async def test_a_word_that_leads_well_goes_on() -> None:
    good, common = numbered(range(0, 90_000, 100)), numbered(range(0, 90_000, 5))
    walk = Walk([good, common], None, 100)
    assert len(await walk.take(900)) == 900
    assert (good.read, common.read) == ([100, 400, 1600], [])


async def test_a_word_that_all_have_does_not_lead() -> None:
    one, another, common = numbered(range(0, 60_000, 2)), numbered(range(1, 60_000, 2)), numbered(range(60_000))
    assert await Walk([one, another, common], None, 100).take(21) == []
    assert common.read == []
    # After the first times it is not even asked: the other one is before.
    assert len(common.asked) == 1


async def test_a_word_that_was_not_asked_leads_in_its_turn() -> None:
    one, another, nobodys = numbered(range(0, 60_000, 2)), numbered(range(1, 60_000, 2)), numbered([])
    assert await Walk([one, another, nobodys], None, 100).take(21) == []
    assert (one.read, another.read, nobodys.read) == ([100], [400], [1_600])


async def test_nobody_who_lacks_one_word_is_looked_for_by_the_others() -> None:
    one, another, third = numbered([1, 2]), numbered([3]), numbered([1])
    assert await Walk([one, another, third], None, 100).take(21) == []
    assert (one.read, another.asked, third.asked) == ([100], [2], [])
