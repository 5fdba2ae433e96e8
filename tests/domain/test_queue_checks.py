"""What of the settings of the queue is refused, and where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.outcomes import ErrorCode, Invalid
from domain.queue_checks import MOST_CRITERIA, MOST_TEAMS, checked_criteria, checked_skill_set
from domain.queue_settings import (
    Criterion,
    OfChannel,
    OfGroup,
    OfTopic,
    QueueSettings,
    SkillMatch,
    SkillSet,
    with_skill_set,
    without_skill_set,
)

GROUPS, TEAMS = {"g1"}, {"t1", "t2"}
GOOD = SkillSet("s1", "Returns", SkillMatch.ANY, (OfTopic("Returns"),), ("t1",))


def test_criteria_are_kept_once_and_trimmed() -> None:
    given: list[Criterion] = [OfTopic("  Late   delivery "), OfTopic("LATE DELIVERY"), OfChannel(" @acme ")]
    given += [OfGroup("g1"), OfGroup("g1")]
    assert checked_criteria(given, GROUPS, "x") == (OfTopic("Late delivery"), OfChannel("@acme"), OfGroup("g1"))
    assert checked_criteria([], GROUPS, "x") == ()


@pytest.mark.parametrize(
    ("criterion", "code", "field"),
    [
        (OfTopic(" "), ErrorCode.BLANK, "topic"),
        (OfTopic("x" * 61), ErrorCode.TOO_LONG, "topic"),
        (OfChannel(""), ErrorCode.BLANK, "channel"),
        (OfChannel("x" * 201), ErrorCode.TOO_LONG, "channel"),
        (OfGroup("g2"), ErrorCode.NOT_FOUND, "groupId"),
    ],
)
def test_a_criterion_is_refused_where_it_is_wrong(criterion: Criterion, code: ErrorCode, field: str) -> None:
    found = checked_criteria([OfTopic("fine"), criterion], GROUPS, "input", "rules")
    assert isinstance(found, Invalid)
    assert (found.code, found.path) == (code, ("input", "rules", "1", field))


def test_too_many_are_refused() -> None:
    many = [OfTopic(str(each)) for each in range(MOST_CRITERIA + 1)]
    assert checked_criteria(many[1:], GROUPS, "x") == tuple(many[1:])
    found = checked_criteria(many, GROUPS, "x")
    assert isinstance(found, Invalid)
    assert (found.code, found.path) == (ErrorCode.TOO_MANY, ("x",))


def test_a_skill_set_is_kept_trimmed_with_each_team_once() -> None:
    given = replace(GOOD, name=" Late   returns ", team_ids=("t2", "t1", "t2"))
    assert checked_skill_set(given, GROUPS, TEAMS) == replace(GOOD, name="Late returns", team_ids=("t2", "t1"))


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        (replace(GOOD, name=" "), ErrorCode.BLANK, ("name",)),
        (replace(GOOD, name="x" * 101), ErrorCode.TOO_LONG, ("name",)),
        (replace(GOOD, criteria=()), ErrorCode.TOO_MANY, ("criteria",)),
        (replace(GOOD, criteria=(OfGroup("g2"),)), ErrorCode.NOT_FOUND, ("criteria", "0", "groupId")),
        (replace(GOOD, team_ids=()), ErrorCode.TOO_MANY, ("teamIds",)),
        (replace(GOOD, team_ids=("t1",) * (MOST_TEAMS + 1)), ErrorCode.TOO_MANY, ("teamIds",)),
        (replace(GOOD, team_ids=("t1", "t9")), ErrorCode.NOT_FOUND, ("teamIds", "1")),
    ],
)
def test_a_skill_set_is_refused_where_it_is_wrong(given: SkillSet, code: ErrorCode, path: tuple[str, ...]) -> None:
    found = checked_skill_set(given, GROUPS, TEAMS)
    assert isinstance(found, Invalid)
    assert (found.code, found.path) == (code, ("input", *path))


def test_a_skill_set_takes_the_place_of_the_one_of_its_id() -> None:
    one, two = GOOD, replace(GOOD, id="s2")
    both = with_skill_set(with_skill_set(QueueSettings(), one), two)
    assert both == QueueSettings(skill_sets=(one, two))
    other = replace(one, name="Other")
    assert with_skill_set(both, other).skill_sets == (other, two)
    assert without_skill_set(both, "s1").skill_sets == (two,)
    assert (both.skill_set("s2"), both.skill_set("s3")) == (two, None)
