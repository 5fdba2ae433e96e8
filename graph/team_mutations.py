"""The mutations of teams, for admins."""

from typing import Annotated, assert_never

import strawberry

from domain import teams as model
from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.outcomes import Invalid, KeyReused
from domain.outcomes import NotFound as NotFoundOutcome
from domain.teams import StaleTeam, TeamChanged, TeamDeleted
from graph.agents import Team
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed, refusal
from graph.info import Info
from graph.inputs import input_id
from graph.paging import given
from graph.team_errors import TeamInUse, TeamNameTaken
from graph.team_inputs import TeamCreateInput, TeamDeleteInput, TeamUpdateInput
from resolvers import teams


@strawberry.type(description="The team is there.")
class TeamCreateSuccess:
    team: Team = strawberry.field(description="As it is kept.")


@strawberry.type(description="The team is as it was asked for.")
class TeamUpdateSuccess:
    team: Team = strawberry.field(description="As it is now.")


@strawberry.type(description="The team is gone. Its agents stay as they are.")
class TeamDeleteSuccess:
    deleted_team_id: strawberry.ID = strawberry.field(description="Take the team of this id out of caches.")


TeamCreateResult = Annotated[
    TeamCreateSuccess | ValidationFailed | Forbidden | TeamNameTaken | IdempotencyKeyReused,
    strawberry.union("TeamCreateResult", description="How making a team can end."),
]
TeamUpdateResult = Annotated[
    TeamUpdateSuccess | ValidationFailed | NotFound | Conflict | Forbidden | TeamNameTaken | IdempotencyKeyReused,
    strawberry.union("TeamUpdateResult", description="How changing a team can end."),
]
TeamDeleteResult = Annotated[
    TeamDeleteSuccess | ValidationFailed | NotFound | Conflict | Forbidden | TeamInUse | IdempotencyKeyReused,
    strawberry.union("TeamDeleteResult", description="How deleting a team can end."),
]


@strawberry.type
class TeamMutations:
    @strawberry.mutation(description="Make a team, for conversations to be routed or given to.")
    async def team_create(
        self, info: Info, input: Annotated[TeamCreateInput, strawberry.argument(description="The team.")]
    ) -> TeamCreateResult:
        patch = input.patch()
        if isinstance(patch, Invalid):
            return ValidationFailed.of(patch)
        result = await teams.create(info.context, given=patch, idempotency_key=given(input.idempotency_key))
        match result:
            case TeamChanged(team):
                return TeamCreateSuccess(team=Team.of(team))
            case model.TeamNameTaken():
                return TeamNameTaken.of(result)
            case ForbiddenOutcome():
                return Forbidden.of(result)
            case Invalid():
                return ValidationFailed.of(result)
            case KeyReused():
                return IdempotencyKeyReused.of(result)
            case _:
                assert_never(result)

    @strawberry.mutation(description="Change the name of a team, or who is in it. Its conversations stay its own.")
    async def team_update(
        self, info: Info, input: Annotated[TeamUpdateInput, strawberry.argument(description="The change.")]
    ) -> TeamUpdateResult:
        team_id = input_id(input.team_id, "Team", "teamId")
        if isinstance(team_id, Invalid):
            return ValidationFailed.of(team_id)
        patch = input.patch()
        if isinstance(patch, Invalid):
            return ValidationFailed.of(patch)
        result = await teams.update(
            info.context,
            team_id=team_id,
            patch=patch,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case TeamChanged(team):
                return TeamUpdateSuccess(team=Team.of(team))
            case model.TeamNameTaken():
                return TeamNameTaken.of(result)
            case _:
                return _refused(result)

    @strawberry.mutation(
        description="Delete a team that nothing is routed or given to; its agents stay as they are. Conversations that "
        "were given to it and are resolved are given to none from then on, and routed anew when they are reopened."
    )
    async def team_delete(
        self, info: Info, input: Annotated[TeamDeleteInput, strawberry.argument(description="Which one.")]
    ) -> TeamDeleteResult:
        team_id = input_id(input.team_id, "Team", "teamId")
        if isinstance(team_id, Invalid):
            return ValidationFailed.of(team_id)
        result = await teams.delete(
            info.context,
            team_id=team_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        match result:
            case TeamDeleted():
                return TeamDeleteSuccess(deleted_team_id=input.team_id)
            case model.TeamInUse():
                return TeamInUse.of(result)
            case _:
                return _refused(result)


Refused = ForbiddenOutcome | Invalid | NotFoundOutcome | StaleTeam | KeyReused


def _refused(result: Refused) -> ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused:
    match result:
        case StaleTeam(current):
            return Conflict.with_current(Team.of(current))
        case ForbiddenOutcome():
            return Forbidden.of(result)
        case Invalid() | NotFoundOutcome() | KeyReused():
            return refusal(result)
        case _:
            assert_never(result)
