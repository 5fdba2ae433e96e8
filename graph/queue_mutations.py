"""The mutations of the settings of the queue, for admins."""

from typing import Annotated, assert_never

import strawberry

from domain.capabilities import Forbidden as ForbiddenOutcome
from domain.outcomes import Invalid, KeyReused
from domain.outcomes import NotFound as NotFoundOutcome
from domain.queue_settings import (
    PrioritizedRulesChanged,
    PrioritizedRulesForeseen,
    QueueSettingsChanged,
    SkillSetChanged,
    StaleQueueSettings,
)
from graph.errors import Conflict, Forbidden, IdempotencyKeyReused, NotFound, ValidationFailed
from graph.info import Info
from graph.inputs import input_id
from graph.paging import given
from graph.queue_inputs import (
    FallbackTeamSetInput,
    PrioritizedRulesSetInput,
    SkillSetCreateInput,
    SkillSetDeleteInput,
    SkillSetUpdateInput,
    criteria_of,
)
from graph.queue_settings import QueueMoveCounts, QueueSettings, SkillSet
from resolvers import queue_settings
from resolvers.context import Context


@strawberry.type(description="The rules are those; all conversations that are open have their new scores.")
class PrioritizedRulesSetSuccess:
    settings: QueueSettings = strawberry.field(description="As they are now; of a dry run, as they stay.")
    moves: QueueMoveCounts = strawberry.field(description="What it does, or would do, to those that wait.")


@strawberry.type(description="The skill set is there, and conversations are routed by it.")
class SkillSetCreateSuccess:
    skill_set: SkillSet = strawberry.field(description="As it is kept.")
    settings: QueueSettings = strawberry.field(description="As they are now.")


@strawberry.type(description="The skill set is as it was asked for, and conversations are routed by it.")
class SkillSetUpdateSuccess:
    skill_set: SkillSet = strawberry.field(description="As it is now.")
    settings: QueueSettings = strawberry.field(description="As they are now.")


@strawberry.type(description="The skill set is gone, and conversations are routed without it.")
class SkillSetDeleteSuccess:
    deleted_skill_set_id: strawberry.ID = strawberry.field(description="Take the skill set of this id out of caches.")
    settings: QueueSettings = strawberry.field(description="As they are now.")


@strawberry.type(description="Conversations of no skill set wait for that team.")
class FallbackTeamSetSuccess:
    settings: QueueSettings = strawberry.field(description="As they are now.")


PrioritizedRulesSetResult = Annotated[
    PrioritizedRulesSetSuccess | ValidationFailed | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("PrioritizedRulesSetResult", description="How setting the prioritized rules can end."),
]
SkillSetCreateResult = Annotated[
    SkillSetCreateSuccess | ValidationFailed | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("SkillSetCreateResult", description="How making a skill set can end."),
]
SkillSetUpdateResult = Annotated[
    SkillSetUpdateSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("SkillSetUpdateResult", description="How changing a skill set can end."),
]
SkillSetDeleteResult = Annotated[
    SkillSetDeleteSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("SkillSetDeleteResult", description="How deleting a skill set can end."),
]
FallbackTeamSetResult = Annotated[
    FallbackTeamSetSuccess | ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused,
    strawberry.union("FallbackTeamSetResult", description="How setting the fallback team can end."),
]


@strawberry.type
class QueueMutations:
    @strawberry.mutation(
        description="Set which conversations are answered sooner. Those that are open are scored anew at once; with "
        "`dryRun`, what would become of them is only counted."
    )
    async def prioritized_rules_set(
        self, info: Info, input: Annotated[PrioritizedRulesSetInput, strawberry.argument(description="All rules.")]
    ) -> PrioritizedRulesSetResult:
        criteria = criteria_of(input.rules, "rules")
        if isinstance(criteria, Invalid):
            return ValidationFailed.of(criteria)
        result = await queue_settings.set_prioritized(
            info.context,
            prioritized=criteria,
            is_dry_run=input.dry_run,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, PrioritizedRulesChanged | PrioritizedRulesForeseen):
            moves = QueueMoveCounts.of(result.moves)
            return PrioritizedRulesSetSuccess(settings=QueueSettings.of(result.settings, info.context), moves=moves)
        return _refused_at_once(info.context, result)

    @strawberry.mutation(description="Make a skill set: which conversations wait for which teams.")
    async def skill_set_create(
        self, info: Info, input: Annotated[SkillSetCreateInput, strawberry.argument(description="The skill set.")]
    ) -> SkillSetCreateResult:
        patch = input.patch()
        if isinstance(patch, Invalid):
            return ValidationFailed.of(patch)
        result = await queue_settings.create_skill_set(
            info.context, given=patch, version=given(input.version), idempotency_key=given(input.idempotency_key)
        )
        if isinstance(result, SkillSetChanged):
            settings = QueueSettings.of(result.settings, info.context)
            return SkillSetCreateSuccess(skill_set=SkillSet.of(result.skill_set), settings=settings)
        return _refused_at_once(info.context, result)

    @strawberry.mutation(description="Change a skill set.")
    async def skill_set_update(
        self, info: Info, input: Annotated[SkillSetUpdateInput, strawberry.argument(description="The change.")]
    ) -> SkillSetUpdateResult:
        skill_set_id = input_id(input.skill_set_id, "SkillSet", "skillSetId")
        if isinstance(skill_set_id, Invalid):
            return ValidationFailed.of(skill_set_id)
        patch = input.patch()
        if isinstance(patch, Invalid):
            return ValidationFailed.of(patch)
        result = await queue_settings.update_skill_set(
            info.context,
            skill_set_id=skill_set_id,
            patch=patch,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, SkillSetChanged):
            settings = QueueSettings.of(result.settings, info.context)
            return SkillSetUpdateSuccess(skill_set=SkillSet.of(result.skill_set), settings=settings)
        return _refused(info.context, result)

    @strawberry.mutation(description="Delete a skill set. Its conversations wait for the teams of others then.")
    async def skill_set_delete(
        self, info: Info, input: Annotated[SkillSetDeleteInput, strawberry.argument(description="Which one.")]
    ) -> SkillSetDeleteResult:
        skill_set_id = input_id(input.skill_set_id, "SkillSet", "skillSetId")
        if isinstance(skill_set_id, Invalid):
            return ValidationFailed.of(skill_set_id)
        result = await queue_settings.delete_skill_set(
            info.context,
            skill_set_id=skill_set_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, QueueSettingsChanged):
            settings = QueueSettings.of(result.settings, info.context)
            return SkillSetDeleteSuccess(deleted_skill_set_id=input.skill_set_id, settings=settings)
        return _refused(info.context, result)

    @strawberry.mutation(description="Set the team that conversations of no skill set wait for.")
    async def fallback_team_set(
        self, info: Info, input: Annotated[FallbackTeamSetInput, strawberry.argument(description="Which team.")]
    ) -> FallbackTeamSetResult:
        team_id = None if input.team_id is None else input_id(input.team_id, "Team", "teamId")
        if isinstance(team_id, Invalid):
            return ValidationFailed.of(team_id)
        result = await queue_settings.set_fallback_team(
            info.context,
            team_id=team_id,
            version=given(input.version),
            idempotency_key=given(input.idempotency_key),
        )
        if isinstance(result, QueueSettingsChanged):
            return FallbackTeamSetSuccess(settings=QueueSettings.of(result.settings, info.context))
        return _refused(info.context, result)


Refused = ForbiddenOutcome | Invalid | StaleQueueSettings | KeyReused


def _refused(
    context: Context, result: Refused | NotFoundOutcome
) -> ValidationFailed | NotFound | Conflict | Forbidden | IdempotencyKeyReused:
    return NotFound.of(result) if isinstance(result, NotFoundOutcome) else _refused_at_once(context, result)


def _refused_at_once(
    context: Context, result: Refused
) -> ValidationFailed | Conflict | Forbidden | IdempotencyKeyReused:
    match result:
        case StaleQueueSettings(current):
            return Conflict.with_current(QueueSettings.of(current, context))
        case ForbiddenOutcome():
            return Forbidden.of(result)
        case Invalid():
            return ValidationFailed.of(result)
        case KeyReused():
            return IdempotencyKeyReused.of(result)
        case _:
            assert_never(result)
