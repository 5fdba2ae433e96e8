"""Conversations and the queue."""

from __future__ import annotations

from dataclasses import replace

from domain.conversations import ConversationPosition, ConversationState, position
from domain.paging import PageRequest
from domain.queue_settings import NOTHING_SET
from domain.queues import QueuePosition
from domain.queues import position as queue_position
from tests.builders import a_contact, a_conversation
from tests.persistence.explain_cases.case import Act, Case, within
from tests.persistence.noise_conversations import (
    EACH,
    OWNERS,
    a_noisy_conversation,
    conversation_id,
    owner_id,
    owners_key,
)

ONE = a_noisy_conversation(1, 30)
TWO = [owner_id(1), owner_id(2)]
NEW = ConversationState.NEW
OWNER = a_contact(owner_id(1))
OPEN_OF_EACH = EACH * 2 // 3
OPEN = OWNERS * OPEN_OF_EACH
RULES = [("find", 1), ("find", 3), ("find", 17)]
"""The organization, its groups and its definitions."""


def pages(place: ConversationPosition | None = None) -> Act:
    return lambda s: s.conversations.pages(TWO, PageRequest(20, place))


def queue(place: QueuePosition | None = None, team_id: str | None = None, *, backward: bool = False) -> Act:
    return lambda s: s.queue.page(PageRequest(10, place, is_backward=backward), NEW, team_id)


CASES: list[Case] = [
    (
        "ConversationStore.by_ids",
        "",
        lambda s: s.conversations.by_ids([ONE.id, conversation_id(2, 1), conversation_id(1, 1, "other"), "nothing"]),
        [("find", 2)],
    ),
    ("ConversationStore.by_external_id", "", lambda s: s.conversations.by_external_id(ONE.external_id), [("find", 1)]),
    ("ConversationStore.pages", "first", pages(), [("aggregate", 42), *[("aggregate", 21)] * 2]),
    (
        "ConversationStore.pages",
        "after",
        pages(position(ONE)),
        [("aggregate", 42), *[("aggregate", 21)] * 2, *[("aggregate", 0)] * 2],
    ),
    ("ConversationStore.counts", "", lambda s: s.conversations.counts(TWO), [("aggregate", 0)] * 3),
    ("ConversationWriter.find", "", within(lambda c: c.conversations.find(ONE.id)), [("find", 1)]),
    (
        "ConversationWriter.find_by_external_id",
        "",
        within(lambda c: c.conversations.find_by_external_id(ONE.external_id)),
        [("find", 1)],
    ),
    ("ConversationWriter.insert", "", within(lambda c: c.conversations.insert(a_conversation())), []),
    ("ConversationWriter.put", "", within(lambda c: c.conversations.put(replace(ONE, version=2))), [("update", 1)]),
    ("ConversationWriter.remove", "", within(lambda c: c.conversations.remove(ONE.id)), [("delete", 1)]),
    (
        "ConversationWriter.hand_over",
        "",
        within(lambda c: c.conversations.hand_over(owner_id(1), owner_id(2), [owners_key(1)])),
        [("update", EACH)],
    ),
    ("QueueStore.page", "first", queue(), [("find", 11)]),
    ("QueueStore.page", "last", queue(backward=True), [("find", 11)]),
    ("QueueStore.page", "after", queue(queue_position(ONE)), [("find", 11), ("find", 0)]),
    ("QueueStore.page", "first of a team", queue(team_id="team-1"), [("find", 11)]),
    ("QueueStore.page", "after of a team", queue(queue_position(ONE), "team-1"), [("find", 10), ("find", 0)]),
    ("QueueStore.count", "", lambda s: s.queue.count(NEW), [("aggregate", 0)]),
    ("QueueStore.count", "of a team", lambda s: s.queue.count(NEW, "team-1"), [("aggregate", 0)]),
    ("QueueWriter.rules", "", within(lambda c: c.queue.rules()), RULES),
    (
        "QueueWriter.follow",
        "",
        within(lambda c: c.queue.follow([OWNER, a_contact("nobody")])),
        [("find", OPEN_OF_EACH), *RULES, *[("update", 1)] * OPEN_OF_EACH],
    ),
    ("QueueWriter.follow", "who wrote nothing", within(lambda c: c.queue.follow([a_contact("nobody")])), [("find", 0)]),
    ("QueueWriter.open", "", within(lambda c: c.queue.open()), [("find", OPEN)]),
    (
        "QueueWriter.set_rules",
        "",
        within(lambda c: c.queue.set_rules(NOTHING_SET)),
        [*RULES, ("update", 1), ("find", OPEN), *[("update", 1)] * OPEN],
    ),
    (
        "QueueWriter.catch_up",
        "",
        within(lambda c: c.queue.catch_up(10)),
        [*RULES, ("find", 10), ("find", 0), ("find", 2)],
    ),
    ("QueueWriter.settings", "", within(lambda c: c.queue.settings()), [("find", 1)]),
    ("QueueWriter.keep", "", within(lambda c: c.queue.keep(NOTHING_SET)), [("update", 1)]),
]
