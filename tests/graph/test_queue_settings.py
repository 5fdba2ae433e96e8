"""The settings of the queue, and what follows from them, as front ends see both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.group_rules import AttributeCondition, GroupOperator
from domain.queue_settings import OfChannel, OfGroup, OfTopic, QueueSettings, SkillMatch, SkillSet
from domain.values import TextValue
from domain.vip import VipStatus
from graph.nodes import encode_id
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_conversation, a_definition, a_group, an_organization, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask
from tests.graph.cases.selections import CRITERION
from tests.graph.mutations import change, failure, unchanged

QUEUE = f"""{{ queue {{ nodes {{
  externalId score scoreReasons {{ {CRITERION} }} teams {{ name }} skillSets {{ name }} assignedTeam {{ name }}
}} }} }}"""
SETTINGS = f"""{{ queueSettings {{ id version prioritizedRules {{ {CRITERION} }} fallbackTeam {{ name }}
  skillSets {{ name match criteria {{ {CRITERION} }} teams {{ name }} }} }} }}"""
VIPS: Answer = {"__typename": "GroupCriterion", "group": {"id": encode_id("ContactGroup", "vips")}}
SECRET: Answer = {"__typename": "GroupCriterion", "group": {"id": encode_id("ContactGroup", "secret")}}
NOT_KNOWN: Answer = {"__typename": "GroupCriterion", "group": None}
RETURNS: Answer = {"__typename": "TopicCriterion", "topic": "Returns"}
ACME: Answer = {"__typename": "ChannelCriterion", "channel": "@acme"}
FIRST_LINE: list[Answer] = [{"name": "First Line"}]


@pytest.fixture(autouse=True)
async def seeded(world: World) -> None:
    """A VIP of a group that agents may not know of, with two conversations; one was given to a team."""
    hidden = replace(a_definition("secret"), is_admin_only=True)
    await world.add_organization(an_organization(), [], [*EVERY_TYPE, hidden])
    secret = a_group("secret", AttributeCondition(hidden.id, GroupOperator.NOT_EMPTY), position=1)
    await world.add_groups(a_group("vips"), secret)
    vip = VipStatus(MORNING, "jo", None, None)
    await world.add_contacts(replace(a_contact("c1", values=(held("secret", TextValue("x")),)), vip=vip))
    one = replace(a_conversation("c1", "v1", external_id="x1", topics=("returns",)), channel="@ACME")
    await world.add_conversations(one, a_conversation("c1", "v2", external_id="x2", team_id="second-line"))
    about = (OfTopic("Returns"), OfGroup("deleted"))
    settings = QueueSettings(
        version=3,
        prioritized=(OfGroup("vips"), OfGroup("secret"), OfTopic("Returns"), OfChannel("@acme"), OfGroup("deleted")),
        skill_sets=(SkillSet("s1", "Returns", SkillMatch.ANY, about, ("first-line", "closed")),),
        fallback_team_id="closed",
    )
    await world.stores().transact(lambda changes: changes.queue.set_rules(settings))
    assert await world.stores().transact(lambda changes: changes.queue.catch_up(10)) == 2


async def test_a_conversation_says_how_far_up_it_is_and_why_and_for_whom_it_waits(world: World) -> None:
    assert (await ask(world, QUEUE, agent="ada"))["queue"]["nodes"] == [
        {
            "externalId": "x1",
            "score": 4,
            "scoreReasons": [VIPS, SECRET, RETURNS, ACME],
            "teams": FIRST_LINE,
            "skillSets": [{"name": "Returns"}],
            "assignedTeam": None,
        },
        {
            "externalId": "x2",
            "score": 2,
            "scoreReasons": [VIPS, SECRET],
            "teams": [{"name": "Second Line"}],
            "skillSets": [],
            "assignedTeam": {"name": "Second Line"},
        },
    ]


async def test_an_agent_sees_the_score_but_no_group_that_they_may_not_know_of(world: World) -> None:
    nodes = (await ask(world, QUEUE, agent="jo"))["queue"]["nodes"]
    assert [(each["score"], each["scoreReasons"]) for each in nodes] == [(4, [VIPS, RETURNS, ACME]), (2, [VIPS])]
    rules = (await ask(world, SETTINGS, agent="jo"))["queueSettings"]["prioritizedRules"]
    assert rules == [VIPS, NOT_KNOWN, RETURNS, ACME, NOT_KNOWN]


async def test_the_settings_are_shown_as_they_are_kept(world: World) -> None:
    assert (await ask(world, SETTINGS, agent="ada"))["queueSettings"] == {
        "id": encode_id("QueueSettings", "acme"),
        "version": 3,
        "prioritizedRules": [VIPS, SECRET, RETURNS, ACME, NOT_KNOWN],
        # A team that is not there any more answers nothing.
        "fallbackTeam": None,
        "skillSets": [
            {"name": "Returns", "match": "ANY", "criteria": [RETURNS, NOT_KNOWN], "teams": FIRST_LINE},
        ],
    }


@pytest.mark.parametrize(
    ("name", "given", "code", "path"),
    [
        ("prioritizedRulesSet", {"rules": [{"groupId": "x"}]}, "NOT_AN_ID", ["rules", "0", "groupId"]),
        ("prioritizedRulesSet", {"rules": [{"topic": " "}]}, "BLANK", ["rules", "0", "topic"]),
        (
            "skillSetUpdate",
            {"criteria": [{"channel": "x"}, {"groupId": "x"}]},
            "NOT_AN_ID",
            ["criteria", "1", "groupId"],
        ),
        ("skillSetUpdate", {"teamIds": [encode_id("Agent", "jo")]}, "NOT_AN_ID", ["teamIds", "0"]),
        ("skillSetUpdate", {"teamIds": []}, "TOO_MANY", ["teamIds"]),
        ("skillSetUpdate", {"name": "x" * 101}, "TOO_LONG", ["name"]),
    ],
)
async def test_what_is_wrong_is_said_where_it_is(
    world: World, name: str, given: Answer, code: str, path: list[str]
) -> None:
    more = {"skillSetId": encode_id("SkillSet", "s1")} if name == "skillSetUpdate" else {}
    answer = await unchanged(world, name, {**more, **given}, agent="ada")
    assert failure(answer) == ("ValidationFailed", code, ["input", *path])


async def test_a_dry_run_tells_what_would_move_and_changes_nothing(world: World) -> None:
    answer = await unchanged(world, "prioritizedRulesSet", {"rules": [], "dryRun": True}, agent="ada")
    assert (answer["moves"], answer["settings"]["version"]) == ({"waiting": 2, "rescored": 2, "moved": 2}, 3)
    answer = await change(world, "prioritizedRulesSet", {"rules": [], "version": 3}, agent="ada")
    assert (answer["moves"], answer["settings"]["version"]) == ({"waiting": 2, "rescored": 2, "moved": 2}, 4)
    nodes = (await ask(world, QUEUE, agent="ada"))["queue"]["nodes"]
    # Of one moment: the greater id is first.
    assert [(each["externalId"], each["score"]) for each in nodes] == [("x2", 0), ("x1", 0)]
