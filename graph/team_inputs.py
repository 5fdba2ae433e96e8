"""What the mutations of teams take."""

import strawberry

from domain.outcomes import Invalid
from domain.teams import LONGEST_TEAM_NAME, MOST_MEMBERS
from graph.inputs import idempotency_key, input_ids, version
from graph.paging import given
from resolvers.teams import TeamPatch

NAME = f"1 to {LONGEST_TEAM_NAME} characters. No two teams have the same, letter case and accents aside."
MEMBERS = f"Of Agents who are active, at most {MOST_MEMBERS:,}; who is there twice counts once."
STAYS = "Left out, it stays."


def _patch(name: str | None, member_ids: list[strawberry.ID] | None) -> TeamPatch | Invalid:
    members = None if member_ids is None else input_ids(member_ids, "Agent", "memberIds")
    return members if isinstance(members, Invalid) else TeamPatch(name, members)


@strawberry.input(description="Who are to be a new team.")
class TeamCreateInput:
    name: str = strawberry.field(description=NAME)
    member_ids: list[strawberry.ID] | None = strawberry.field(
        description=f"{MEMBERS} Left out, nobody is in it yet.", default=strawberry.UNSET
    )
    idempotency_key: str | None = idempotency_key()

    def patch(self) -> TeamPatch | Invalid:
        return _patch(self.name, given(self.member_ids))


@strawberry.input(description="What to change of which team.")
class TeamUpdateInput:
    team_id: strawberry.ID = strawberry.field(description="Of a Team.")
    name: str | None = strawberry.field(description=f"{NAME} {STAYS}", default=strawberry.UNSET)
    member_ids: list[strawberry.ID] | None = strawberry.field(
        description=f"All who are to be in it, in the place of those before. {MEMBERS} {STAYS}",
        default=strawberry.UNSET,
    )
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()

    def patch(self) -> TeamPatch | Invalid:
        return _patch(given(self.name), given(self.member_ids))


@strawberry.input(description="Which team to delete.")
class TeamDeleteInput:
    team_id: strawberry.ID = strawberry.field(description="Of a Team.")
    version: int | None = version()
    idempotency_key: str | None = idempotency_key()
