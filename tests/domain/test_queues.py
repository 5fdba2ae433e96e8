"""Where a conversation is in the queue, why, and for which teams it waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.conversations import Conversation, ConversationState, Placement
from domain.queue_settings import (
    Criterion,
    OfChannel,
    OfGroup,
    OfTopic,
    QueueMoves,
    QueueSettings,
    SkillMatch,
    SkillSet,
)
from domain.queues import QueuePosition, QueueRules, moves, placed, placed_by, position, score
from domain.vip import VipStatus
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_conversation, a_group

VIP_GROUP = a_group("vips")
JANE = replace(a_contact("c1"), vip=VipStatus(MORNING, "jo", None, None))
ONE = replace(a_conversation("c1", "v1", topics=("Late Delivery", "Caf\u00e9")), channel="@Acme")
TRAITS = ("group:vips", "topic:late delivery", "topic:cafe", "channel:@acme")
G, T, C = OfGroup("vips"), OfTopic("late  delivery"), OfChannel("@ACME")
ELSE = OfTopic("returns")


def rules(settings: QueueSettings, version: int = 7) -> QueueRules:
    return QueueRules(version, settings, (VIP_GROUP,), EVERY_TYPE)


def test_each_prioritized_rule_that_is_met_adds_exactly_one_to_the_score() -> None:
    for prioritized, reasons in (
        ((), ()),
        ((ELSE,), ()),
        ((G,), TRAITS[:1]),
        ((C, ELSE, G), (TRAITS[3], TRAITS[0])),
        ((G, T, C), (TRAITS[0], TRAITS[1], TRAITS[3])),
        ((OfGroup("deleted"), OfTopic("CAFE")), TRAITS[2:3]),
    ):
        found = placed(ONE, JANE, rules(QueueSettings(prioritized=prioritized)))
        assert found == replace(ONE, placement=Placement(TRAITS, reasons))
        assert (score(found), found.placement.rules_version) == (len(reasons), 7)
        assert position(found) == QueuePosition(len(reasons), MORNING, "v1")


def test_vip_alone_moves_nothing_and_counts_until_it_is_ended() -> None:
    without_group = replace(rules(QueueSettings(prioritized=(G,))), groups=())
    assert score(placed(ONE, JANE, without_group)) == 0
    # Its time is over, but nobody ended it so far: when that happens, the place follows.
    past = replace(JANE, vip=VipStatus(MORNING - timedelta(days=9), "jo", None, MORNING - timedelta(days=8)))
    assert score(placed(ONE, past, rules(QueueSettings(prioritized=(G,))))) == 1
    assert score(placed(ONE, replace(JANE, vip=None), rules(QueueSettings(prioritized=(G,))))) == 0


def skill_set(match: SkillMatch, *criteria: Criterion, name: str = "s1", teams: tuple[str, ...] = ("t1",)) -> SkillSet:
    return SkillSet(name, name, match, criteria, teams)


@pytest.mark.parametrize(
    ("match", "criteria", "takes"),
    [
        (SkillMatch.ANY, (ELSE,), False),
        (SkillMatch.ANY, (ELSE, G), True),
        (SkillMatch.ALL, (ELSE, G), False),
        (SkillMatch.ALL, (T, C, G), True),
        (SkillMatch.NONE, (ELSE, G), False),
        (SkillMatch.NONE, (ELSE, OfGroup("deleted")), True),
        (SkillMatch.ALL, (G, OfGroup("deleted")), False),
    ],
)
def test_a_skill_set_takes_what_meets_any_all_or_none_of_its_criteria(
    match: SkillMatch, criteria: tuple[Criterion, ...], takes: bool
) -> None:
    assert skill_set(match, *criteria).takes(TRAITS) is takes
    settings = QueueSettings(skill_sets=(skill_set(match, *criteria),), fallback_team_id="rest")
    found = placed(ONE, JANE, rules(settings))
    assert found.placement.skill_set_ids == (("s1",) if takes else ())
    assert found.team_ids == (("t1",) if takes else ("rest",))


def test_it_waits_for_the_teams_of_all_its_skill_sets_or_for_the_one_that_it_was_given_to() -> None:
    sets = (
        skill_set(SkillMatch.ANY, G, name="s1", teams=("t1", "t2")),
        skill_set(SkillMatch.ANY, ELSE, name="s2", teams=("t9",)),
        skill_set(SkillMatch.ANY, T, name="s3", teams=("t2", "t3")),
    )
    found = placed(ONE, JANE, rules(QueueSettings(skill_sets=sets, fallback_team_id="rest")))
    assert (found.placement.skill_set_ids, found.team_ids) == (("s1", "s3"), ("t1", "t2", "t3"))
    assert replace(found, team_id="t9").team_ids == ("t9",)
    assert placed(ONE, JANE, rules(QueueSettings())).team_ids == ()


def test_other_settings_place_by_the_traits_that_are_known_and_hide_no_older_ones() -> None:
    before = placed(ONE, JANE, rules(QueueSettings(prioritized=(G, T))))
    settings = QueueSettings(prioritized=(T, ELSE), fallback_team_id="rest")
    after = placed_by(before, settings, before=7, version=8)
    assert after == placed(ONE, JANE, rules(settings))
    assert after.placement.rules_version == 8
    assert placed_by(before, settings, before=9, version=10).placement.rules_version == 7


def waiting(name: str, minutes: int, *reasons: str, state: ConversationState = ConversationState.NEW) -> Conversation:
    made = a_conversation("c1", name, received_at=MORNING + timedelta(minutes=minutes), state=state)
    return replace(made, placement=Placement(reasons, reasons))


def test_what_moves_is_counted_with_those_whom_others_pass_by() -> None:
    # In the queue: b, a, c; of one moment the greater id is first.
    before = [waiting("a", 1), waiting("b", 0), waiting("c", 2)]
    assert moves(before, before) == QueueMoves(3, 0, 0)
    assert moves(before, [*before[:2], waiting("c", 2, "x")]) == QueueMoves(3, 1, 3)
    assert moves(before, [waiting("a", 1, "x"), waiting("b", 0, "x"), before[2]]) == QueueMoves(3, 2, 0)
    assert moves(before, [before[0], waiting("b", 0, "x"), before[2]]) == QueueMoves(3, 1, 0)
    same = [waiting("a", 0), waiting("b", 0)]
    assert moves(same, [waiting("a", 0, "x"), same[1]]) == QueueMoves(2, 1, 2)
    done = ConversationState.PENDING
    assert moves([waiting("a", 0, state=done)], [waiting("a", 0, "x", state=done)]) == QueueMoves(0, 0, 0)
