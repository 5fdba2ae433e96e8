"""What the mutations of the settings of the queue take."""

import strawberry

from domain import queue_settings as model
from domain.conversations import LONGEST_TOPIC
from domain.outcomes import Invalid
from domain.queue_checks import LONGEST_SKILL_SET_NAME, MOST_CRITERIA, MOST_TEAMS
from domain.queue_settings import SkillMatch
from graph.inputs import idempotency_key, input_id, input_ids, version
from graph.paging import given
from resolvers.queue_settings import SkillSetPatch

STAYS = "Left out, it stays."
NAME = f"1 to {LONGEST_SKILL_SET_NAME} characters."
CRITERIA = f"1 to {MOST_CRITERIA}; what is there twice counts once."
TEAMS = f"Of Teams, 1 to {MOST_TEAMS}."


@strawberry.input(one_of=True, description="What a conversation can meet: exactly one of the fields.")
class QueueCriterionInput:
    group_id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="Of a ContactGroup: the contact is in it.")
    topic: strawberry.Maybe[str] = strawberry.field(
        description=f"It is about that: 1 to {LONGEST_TOPIC} characters, letter case and accents aside."
    )
    channel: strawberry.Maybe[str] = strawberry.field(
        description="It was written to that account of the company's, letter case aside."
    )


def criteria_of(inputs: list[QueueCriterionInput], argument: str) -> tuple[model.Criterion, ...] | Invalid:
    """Return what the inputs say, or where one of them has no id of a group."""
    found: list[model.Criterion] = []
    for index, each in enumerate(inputs):
        if each.group_id is not None:
            group_id = input_id(each.group_id.value, "ContactGroup", argument)
            if isinstance(group_id, Invalid):
                return Invalid(group_id.code, group_id.message, ("input", argument, str(index), "groupId"))
            found.append(model.OfGroup(group_id))
        elif each.topic is not None:
            found.append(model.OfTopic(each.topic.value))
        elif each.channel is not None:
            found.append(model.OfChannel(each.channel.value))
    return tuple(found)


def _patch(
    name: str | None,
    match: SkillMatch | None,
    criteria: list[QueueCriterionInput] | None,
    team_ids: list[strawberry.ID] | None,
) -> SkillSetPatch | Invalid:
    found = None if criteria is None else criteria_of(criteria, "criteria")
    teams = None if team_ids is None else input_ids(team_ids, "Team", "teamIds")
    if isinstance(found, Invalid):
        return found
    if isinstance(teams, Invalid):
        return teams
    return SkillSetPatch(name, match, found, teams)


@strawberry.input(description="What is to move conversations up.")
class PrioritizedRulesSetInput:
    rules: list[QueueCriterionInput] = strawberry.field(
        description=f"All of them, in the place of those before: at most {MOST_CRITERIA}; what is there twice counts "
        "once."
    )
    dry_run: bool = strawberry.field(
        description="Only count what it would do, and change nothing: to be shown before it is saved.", default=False
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Which conversations a new skill set is to be of.")
class SkillSetCreateInput:
    name: str = strawberry.field(description=NAME)
    match: SkillMatch = strawberry.field(description="How many of the criteria a conversation has to meet.")
    criteria: list[QueueCriterionInput] = strawberry.field(description=CRITERIA)
    team_ids: list[strawberry.ID] = strawberry.field(description=TEAMS)
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()

    def patch(self) -> SkillSetPatch | Invalid:
        return _patch(self.name, self.match, self.criteria, self.team_ids)


@strawberry.input(description="What to change of which skill set. Conversations are routed anew at once.")
class SkillSetUpdateInput:
    skill_set_id: strawberry.ID = strawberry.field(description="Of a SkillSet.")
    name: str | None = strawberry.field(description=f"{NAME} {STAYS}", default=strawberry.UNSET)
    match: SkillMatch | None = strawberry.field(
        description=f"How many of the criteria a conversation has to meet. {STAYS}", default=strawberry.UNSET
    )
    criteria: list[QueueCriterionInput] | None = strawberry.field(
        description=f"All of them, in the place of those before: {CRITERIA} {STAYS}", default=strawberry.UNSET
    )
    team_ids: list[strawberry.ID] | None = strawberry.field(
        description=f"All of them, in the place of those before: {TEAMS} {STAYS}", default=strawberry.UNSET
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()

    def patch(self) -> SkillSetPatch | Invalid:
        return _patch(given(self.name), given(self.match), given(self.criteria), given(self.team_ids))


@strawberry.input(description="Which skill set to delete.")
class SkillSetDeleteInput:
    skill_set_id: strawberry.ID = strawberry.field(description="Of a SkillSet.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()


@strawberry.input(description="Whom conversations of no skill set are to wait for.")
class FallbackTeamSetInput:
    team_id: strawberry.ID | None = strawberry.field(description="Of a Team; null for nobody in particular.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()
