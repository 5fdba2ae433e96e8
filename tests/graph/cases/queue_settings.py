"""The settings of the queue: what is answered sooner, and by which teams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from domain.agents import Role
from domain.queue_settings import OfTopic, QueueSettings, SkillMatch, SkillSet
from graph.nodes import encode_id
from tests.conftest import World
from tests.graph.asking_graphql import Answer
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import QUEUE_SETTINGS, SKILL_SET
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation

FIRST_LINE = encode_id("Team", "first-line")
RETURNS: list[Answer] = [{"topic": "Returns"}]
ONE = SkillSet("s1", "Returns", SkillMatch.ANY, (OfTopic("Returns"),), ("first-line",))


async def keep(world: World, organization: str, *skill_sets: SkillSet) -> None:
    settings = QueueSettings(skill_sets=skill_sets)
    await world.stores(organization).transact(lambda changes: changes.queue.set_rules(settings))


async def a_skill_set(world: World, organization: str) -> None:
    await keep(world, organization, ONE)


def of(
    name: str,
    good: Answer,
    other: Answer,
    selection: str,
    missing: tuple[str, str] | None = None,
    late: str = "Conflict",
) -> MutationCase:
    return MutationCase(
        name=name,
        good=good,
        other=other,
        selection=f"{selection} settings {{ {QUEUE_SETTINGS} }}",
        missing=missing,
        current="QueueSettings",
        capability="MANAGE_QUEUE",
        role=Role.ADMIN,
        prepare=a_skill_set,
        events=0,
        late=late,
    )


S1 = {"skillSetId": encode_id("SkillSet", "s1")}
THE_SKILL_SET = f"skillSet {{ {SKILL_SET} }}"
CASES = [
    of("prioritizedRulesSet", {"rules": RETURNS}, {"rules": []}, "moves { waiting rescored moved }"),
    of(
        "skillSetCreate",
        {"name": "Billing", "match": "ALL", "criteria": RETURNS, "teamIds": [FIRST_LINE]},
        {"match": "NONE"},
        THE_SKILL_SET,
    ),
    of("skillSetUpdate", {**S1, "name": "Others"}, {"match": "NONE"}, THE_SKILL_SET, ("skillSetId", "SkillSet")),
    of("skillSetDelete", S1, {"version": 1}, "deletedSkillSetId", ("skillSetId", "SkillSet"), "NotFound"),
    of("fallbackTeamSet", {"teamId": FIRST_LINE}, {"teamId": None}, "", ("teamId", "Team")),
]


async def fill_tenant(world: World, tenant: Tenant) -> None:
    org = tenant.organization
    await keep(world, org, replace(ONE, id=f"{org}-s", team_ids=(f"{org}-team",)))


def their_skill_set(_me: Tenant, them: Tenant) -> str:
    return gid("SkillSet", f"{them.organization}-s")


def my_skill_set(me: Tenant, _them: Tenant) -> str:
    return gid("SkillSet", f"{me.organization}-s")


def their_team(_me: Tenant, them: Tenant) -> str:
    return gid("Team", f"{them.organization}-team")


def their_criteria(_me: Tenant, them: Tenant) -> object:
    return [{"groupId": gid("ContactGroup", f"{them.organization}-g")}]


def creating(**given: Callable[[Tenant, Tenant], object]) -> Case:
    usual: dict[str, Callable[[Tenant, Tenant], object]] = {
        "criteria": constant(RETURNS),
        "teamIds": lambda me, _: [gid("Team", f"{me.organization}-team")],
    }
    return mutation("skillSetCreate", name=constant("N"), match=constant("ANY"), version=STALE, **{**usual, **given})


STALE = constant(99)
TENANCY: dict[str, Case] = {
    "prioritizedRulesSet.rules.groupId": mutation("prioritizedRulesSet", rules=their_criteria, version=STALE),
    "skillSetCreate.criteria.groupId": creating(criteria=their_criteria),
    "skillSetCreate.teamIds": creating(teamIds=lambda me, them: [their_team(me, them)]),
    "skillSetUpdate.skillSetId": mutation("skillSetUpdate", skillSetId=their_skill_set, version=STALE),
    "skillSetUpdate.criteria.groupId": mutation(
        "skillSetUpdate", skillSetId=my_skill_set, criteria=their_criteria, version=STALE
    ),
    "skillSetUpdate.teamIds": mutation(
        "skillSetUpdate", skillSetId=my_skill_set, teamIds=lambda me, them: [their_team(me, them)], version=STALE
    ),
    "skillSetDelete.skillSetId": mutation("skillSetDelete", skillSetId=their_skill_set, version=STALE),
    "fallbackTeamSet.teamId": mutation("fallbackTeamSet", teamId=their_team, version=STALE),
}
FOR_ADMINS = set(TENANCY)
NAMES_NOTHING = {
    *(f"prioritizedRulesSet.rules.{each}" for each in ("topic", "channel")),
    *(
        f"{name}.{each}"
        for name in ("skillSetCreate", "skillSetUpdate")
        for each in ("name", "criteria.topic", "criteria.channel")
    ),
}
