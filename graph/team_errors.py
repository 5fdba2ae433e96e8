"""What is answered where a team cannot be as it was asked for, beside the errors that all mutations share."""

from collections.abc import Iterator
from typing import Self

import strawberry

from domain import teams as model
from domain.outcomes import ErrorCode
from graph.agents import Team
from graph.errors import UserError
from graph.queue_settings import SkillSet


@strawberry.type(description="Another team has the name. Nothing was changed.")
class TeamNameTaken(UserError):
    team: Team = strawberry.field(description="Which has it.")

    @classmethod
    def of(cls, outcome: model.TeamNameTaken) -> Self:
        message = f"There is a team «{outcome.holder.name}» already: choose another name."
        return cls(code=ErrorCode.NAME_TAKEN, message=message, path=["input", "name"], team=Team.of(outcome.holder))


@strawberry.type(
    description="Conversations are routed or given to the team: see to them first. Nothing was changed. At least one "
    "of the fields says what it is needed for."
)
class TeamInUse(UserError):
    skill_sets: list[SkillSet] = strawberry.field(
        description="Those that route conversations to it: change them with `skillSetUpdate`, or delete them."
    )
    is_fallback: bool = strawberry.field(
        description="Whether conversations of no skill set wait for it: set another one with `fallbackTeamSet`."
    )
    open_conversation_count: int = strawberry.field(
        description="How many conversations were given to it and are not resolved: give them to others with "
        "`conversationAssign`, or resolve them."
    )

    @classmethod
    def of(cls, outcome: model.TeamInUse) -> Self:
        return cls(
            code=ErrorCode.TEAM_IN_USE,
            message=f"«{outcome.team.name}» is needed: first {'; '.join(_advice(outcome))}.",
            path=["input", "teamId"],
            skill_sets=[SkillSet.of(each) for each in outcome.skill_sets],
            is_fallback=outcome.is_fallback,
            open_conversation_count=outcome.open_conversations,
        )


def _advice(outcome: model.TeamInUse) -> Iterator[str]:
    if names := ", ".join(f"«{each.name}»" for each in outcome.skill_sets):
        which = "the skill set" if len(outcome.skill_sets) == 1 else "the skill sets"
        yield f"take it out of {which} {names}"
    if outcome.is_fallback:
        yield "set another fallback team"
    if count := outcome.open_conversations:
        which = "its open conversation" if count == 1 else f"its {count:,} open conversations"
        yield f"resolve or give to others {which}"
