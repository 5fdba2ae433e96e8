"""Teams: made, changed, deleted."""

from __future__ import annotations

from domain.agents import Role
from graph.nodes import encode_id
from tests.graph.asking_graphql import Answer
from tests.graph.cases.case import MutationCase
from tests.graph.cases.selections import TEAM
from tests.graph.cases.tenancy import Case, Tenant, constant, gid, mutation

SECOND = encode_id("Team", "second-line")


def of_one(name: str, good: Answer, other: Answer, selection: str, late: str, own: str) -> MutationCase:
    return MutationCase(
        name=name,
        good={"teamId": SECOND, **good},
        other=other,
        selection=selection,
        missing=("teamId", "Team"),
        current="Team",
        capability="MANAGE_TEAMS",
        role=Role.ADMIN,
        events=0,
        late=late,
        elsewhere=frozenset({own}),
    )


CASES = [
    MutationCase(
        name="teamCreate",
        good={"name": "Returns"},
        other={"name": "Billing"},
        selection=f"team {{ {TEAM} }}",
        missing=None,
        current=None,
        capability="MANAGE_TEAMS",
        role=Role.ADMIN,
        events=0,
        elsewhere=frozenset({"TeamNameTaken"}),
    ),
    of_one("teamUpdate", {"name": "Returns"}, {"name": "Billing"}, f"team {{ {TEAM} }}", "Conflict", "TeamNameTaken"),
    of_one("teamDelete", {}, {"version": 1}, "deletedTeamId", "NotFound", "TeamInUse"),
]


def their_team(_me: Tenant, them: Tenant) -> str:
    return gid("Team", f"{them.organization}-team")


def their_agents(_me: Tenant, them: Tenant) -> list[str]:
    return [gid("Agent", them.agent)]


STALE = constant(99)
TENANCY: dict[str, Case] = {
    "teamCreate.memberIds": mutation("teamCreate", name=constant("N"), memberIds=their_agents),
    "teamUpdate.teamId": mutation("teamUpdate", teamId=their_team, version=STALE),
    "teamUpdate.memberIds": mutation(
        "teamUpdate",
        teamId=lambda me, _: gid("Team", f"{me.organization}-team"),
        memberIds=their_agents,
        version=STALE,
    ),
    "teamDelete.teamId": mutation("teamDelete", teamId=their_team, version=STALE),
}
FOR_ADMINS = set(TENANCY)
NAMES_NOTHING = {"teamCreate.name", "teamUpdate.name"}
