"""Teams as admins' front ends see them: what they may be called, who is in them, and what one is still needed for."""

from __future__ import annotations

import pytest

from domain.conversations import ConversationState
from domain.queue_settings import OfTopic, QueueSettings, SkillMatch, SkillSet
from graph.nodes import encode_id
from tests.builders import a_contact, a_conversation
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask
from tests.graph.cases.queue_settings import keep
from tests.graph.test_operations import document

FIRST, SECOND = encode_id("Team", "first-line"), encode_id("Team", "second-line")
JO, ADA = encode_id("Agent", "jo"), encode_id("Agent", "ada")


async def change(world: World, number: str, given: Answer) -> Answer:
    (answer,) = (await ask(world, document(number), {"input": given}, agent="ada")).values()
    found: Answer = answer
    return found


def routing(*names: str) -> list[SkillSet]:
    return [SkillSet(each, each, SkillMatch.ANY, (OfTopic(each),), ("second-line",)) for each in names]


async def test_a_team_is_there_for_everybody_once_it_is_made(world: World) -> None:
    answer = await change(world, "16-team-create", {"name": "Returns", "memberIds": [JO, ADA]})
    team = answer["team"]
    assert (team["version"], team["name"]) == (1, "Returns")
    assert [each["id"] for each in team["agents"]] == [JO, ADA]
    names = "{ viewer { teams { name } organization { teams { id name } } } }"
    found = (await ask(world, names))["viewer"]
    assert [each["name"] for each in found["teams"]] == ["First Line", "Returns"]
    assert {"id": team["id"], "name": "Returns"} in found["organization"]["teams"]


async def test_members_that_are_left_out_stay_and_others_are_replaced(world: World) -> None:
    answer = await change(world, "17-team-update", {"teamId": SECOND, "name": "Back office"})
    assert (answer["team"]["version"], [each["id"] for each in answer["team"]["agents"]]) == (2, [ADA])
    answer = await change(world, "17-team-update", {"teamId": SECOND, "memberIds": [JO], "version": 2})
    assert (answer["team"]["name"], [each["id"] for each in answer["team"]["agents"]]) == ("Back office", [JO])
    answer = await change(world, "17-team-update", {"teamId": SECOND, "memberIds": [], "version": 2})
    assert (answer["__typename"], answer["current"]["version"]) == ("Conflict", 3)


@pytest.mark.parametrize("number", ["16-team-create", "17-team-update"])
async def test_each_member_that_is_none_is_named(world: World, number: str) -> None:
    before, team = await world.snapshot(), {"teamId": SECOND} if "update" in number else {}
    for wrong, code in ((FIRST, "NOT_AN_ID"), (encode_id("Agent", "gone"), "NOT_FOUND")):
        answer = await change(world, number, {**team, "name": "New", "memberIds": [JO, wrong]})
        assert (answer["code"], answer["path"]) == (code, ["input", "memberIds", "1"])
    assert await world.snapshot() == before


async def test_a_name_that_another_team_has_is_refused_with_that_team(world: World) -> None:
    before = await world.snapshot()
    for number, team in (("16-team-create", {}), ("17-team-update", {"teamId": SECOND})):
        answer = await change(world, number, {**team, "name": "first LINE"})
        assert (answer["__typename"], answer["code"]) == ("TeamNameTaken", "NAME_TAKEN")
        assert (answer["path"], answer["team"]) == (["input", "name"], {"id": FIRST, "name": "First Line"})
        assert answer["message"] == "There is a team «First Line» already: choose another name."
    assert await world.snapshot() == before


async def test_what_a_team_is_needed_for_is_said_at_once(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_conversations(*(a_conversation("c1", each, team_id="second-line") for each in ("v1", "v2")))
    settings = QueueSettings(skill_sets=tuple(routing("Returns", "Billing")), fallback_team_id="second-line")
    await world.stores().transact(lambda changes: changes.queue.set_rules(settings))
    answer = await change(world, "18-team-delete", {"teamId": SECOND})
    assert (answer["__typename"], answer["code"], answer["path"]) == ("TeamInUse", "TEAM_IN_USE", ["input", "teamId"])
    assert [each["name"] for each in answer["skillSets"]] == ["Returns", "Billing"]
    assert (answer["isFallback"], answer["openConversationCount"]) == (True, 2)
    assert answer["message"] == (
        "«Second Line» is needed: first take it out of the skill sets «Returns», «Billing»; set another fallback "
        "team; resolve or give to others its 2 open conversations."
    )


async def test_what_it_is_needed_for_alone_is_all_that_is_said(world: World) -> None:
    await keep(world, "acme", *routing("Returns"))
    answer = await change(world, "18-team-delete", {"teamId": SECOND})
    assert answer["message"] == "«Second Line» is needed: first take it out of the skill set «Returns»."
    await keep(world, "acme")
    await world.add_contacts(a_contact("c1"))
    state = ConversationState.PENDING
    await world.add_conversations(a_conversation("c1", "v1", team_id="second-line", state=state))
    answer = await change(world, "18-team-delete", {"teamId": SECOND})
    assert (answer["skillSets"], answer["isFallback"], answer["openConversationCount"]) == ([], False, 1)
    assert answer["message"] == "«Second Line» is needed: first resolve or give to others its open conversation."
