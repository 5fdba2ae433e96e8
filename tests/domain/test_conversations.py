"""Conversations: their topics, and where they are after each thing that can be done with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.conversations import (
    MOST_TOPICS,
    ConversationState,
    assigned,
    channel_of,
    external_id_of,
    reopened,
    resolved,
    topics_of,
    written_again,
)
from domain.outcomes import ErrorCode, Invalid
from tests.builders import MORNING, a_conversation

NEW, PENDING, RESOLVED = ConversationState
LATER = MORNING + timedelta(hours=1)
WAITING = a_conversation(id="v1")
ANSWERED = replace(WAITING, agent_id="jo", state=PENDING)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param([], (), id="none"),
        pytest.param(["Delivery", "returns"], ("Delivery", "returns"), id="in the order they were given"),
        pytest.param([" Late \n delivery "], ("Late delivery",), id="white space"),
        pytest.param(["Délivré", "delivre", "Returns", "DELIVRE"], ("Délivré", "Returns"), id="the same twice"),
    ],
)
def test_topics_are_kept_each_once(texts: list[str], expected: tuple[str, ...]) -> None:
    assert topics_of(texts) == expected
    assert topics_of(expected) == expected


@pytest.mark.parametrize(
    ("texts", "code", "path"),
    [
        pytest.param(["a", " "], ErrorCode.BLANK, ("input", "topics", "1"), id="blank"),
        pytest.param(["x" * 61], ErrorCode.TOO_LONG, ("input", "topics", "0"), id="long"),
        pytest.param(["a\0"], ErrorCode.FORBIDDEN_CHARACTER, ("input", "topics", "0"), id="a zero"),
        pytest.param(["x"] * (MOST_TOPICS + 1), ErrorCode.TOO_MANY, ("input", "topics"), id="too many"),
    ],
)
def test_what_is_no_topic_is_refused_where_it_stands(texts: list[str], code: ErrorCode, path: tuple[str, ...]) -> None:
    refused = topics_of(texts)
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, path)


def test_names_that_integrations_give_are_trimmed_and_checked() -> None:
    assert (external_id_of(" x-1 "), channel_of(" @acme ")) == ("x-1", "@acme")
    for refused, field in ((external_id_of(""), "externalId"), (channel_of("x" * 201), "channel")):
        assert isinstance(refused, Invalid)
        assert refused.path == ("input", field)


@pytest.mark.parametrize(
    ("before", "agent_id", "team_id", "state"),
    [
        pytest.param(WAITING, "jo", None, PENDING, id="an agent takes it from the queue"),
        pytest.param(WAITING, None, "t1", NEW, id="a team's queue"),
        pytest.param(ANSWERED, None, None, NEW, id="back into the queue"),
        pytest.param(ANSWERED, "ada", "t1", PENDING, id="from hand to hand"),
        pytest.param(resolved(ANSWERED), None, None, RESOLVED, id="what is done stays done"),
        pytest.param(resolved(WAITING), "jo", None, RESOLVED, id="also with an agent"),
    ],
)
def test_whom_an_agent_answers_waits_no_more(
    before: object, agent_id: str | None, team_id: str | None, state: ConversationState
) -> None:
    assert isinstance(before, type(WAITING))
    expected = replace(before, agent_id=agent_id, team_id=team_id, state=state)
    assert assigned(before, agent_id, team_id) == expected


def test_what_is_done_is_opened_again_for_whoever_had_it() -> None:
    assert resolved(WAITING).state is resolved(ANSWERED).state is RESOLVED
    assert reopened(resolved(WAITING)) == WAITING
    assert reopened(resolved(ANSWERED)) == ANSWERED
    assert (reopened(WAITING), reopened(ANSWERED)) == (WAITING, ANSWERED)


def test_who_writes_later_opens_what_was_done() -> None:
    assert written_again(WAITING, LATER) == replace(WAITING, last_activity_at=LATER)
    assert written_again(resolved(ANSWERED), LATER) == replace(ANSWERED, last_activity_at=LATER)
    # What came late, or twice.
    done = resolved(replace(WAITING, last_activity_at=LATER))
    assert written_again(done, LATER) == done
    assert written_again(done, MORNING) == done


def test_the_team_that_has_it_is_to_answer_it() -> None:
    assert (WAITING.team_ids, replace(WAITING, team_id="t1").team_ids) == ((), ("t1",))
