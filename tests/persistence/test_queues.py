"""The queue: the oldest first, of all teams or of one, in pages that are what a plain reading gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.conversations import Conversation, ConversationState
from domain.ids import new_id
from domain.paging import PageRequest
from domain.queues import QueuePosition, position
from persistence.conversation_documents import queue_place
from persistence.driver import DriverName
from tests.builders import MORNING, a_conversation
from tests.conftest import World


@pytest.fixture
def driver_name() -> DriverName:
    """One of the two: what is asked for is the same by either, and tests of each store see to how it is answered."""
    return DriverName.PYMONGO


STATES = st.sampled_from(ConversationState)
TEAMS = st.sampled_from([None, "first-line", "second-line"])
WAITING = st.lists(st.tuples(st.integers(0, 2), STATES, TEAMS), max_size=12)


def first_in_the_queue(conversation: Conversation) -> tuple[int, float, str]:
    place = position(conversation)
    return place.score, -place.received_at.timestamp(), place.id


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(waiting=WAITING, state=STATES, team_id=TEAMS, size=st.integers(1, 5), backward=st.booleans())
async def test_a_page_is_what_a_plain_reading_gives(
    world: World,
    waiting: list[tuple[int, ConversationState, str | None]],
    state: ConversationState,
    team_id: str | None,
    size: int,
    backward: bool,
) -> None:
    # The world serves all examples: each has an organization of its own.
    organization_id = new_id()
    made = [
        a_conversation(state=each, team_id=team, received_at=MORNING + timedelta(milliseconds=at))
        for at, each, team in waiting
    ]
    if made:
        await world.add_conversations(*made, organization_id=organization_id)
    shown = [each for each in made if each.state is state and team_id in {None, each.team_id}]
    expected = sorted(shown, key=first_in_the_queue, reverse=True)
    queue = world.stores(organization_id).queue
    assert await queue.count(state, team_id) == len(expected)
    seen: list[Conversation] = []
    place: QueuePosition | None = None
    while True:
        page = await queue.page(PageRequest(size, place, is_backward=backward), state, team_id)
        seen = [*page.rows, *seen] if backward else [*seen, *page.rows]
        assert (page.has_next if backward else page.has_previous) == (place is not None)
        if not (page.has_previous if backward else page.has_next):
            break
        assert len(page.rows) == size
        place = position(page.rows[0 if backward else -1])
    assert seen == expected


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), MORNING, datetime(9999, 12, 31, tzinfo=UTC)])
def test_a_higher_score_goes_before_any_age(moment: datetime) -> None:
    higher, lower = queue_place(QueuePosition(2, moment, "a")), queue_place(QueuePosition(1, MORNING, "b"))
    assert list(higher) == ["score", "age", "id"]
    assert list(higher.values()) > list(lower.values())
    older = queue_place(QueuePosition(1, moment - timedelta(milliseconds=1) if moment.year > 1 else moment, "a"))
    assert list(older.values()) >= list(queue_place(QueuePosition(1, moment, "a")).values())
