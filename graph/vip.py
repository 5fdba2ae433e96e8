"""VIP status."""

from datetime import datetime
from typing import Self

import strawberry

from domain import vip as model
from graph.agents import Agent
from graph.info import Info
from resolvers.agents import find_agent


@strawberry.type(description="That a contact is a VIP: draw the button dark blue. Absent, it offers to promote.")
class VipStatus:
    since: datetime = strawberry.field(description="When it was set.")
    reason: str | None = strawberry.field(description="Why, if somebody said so.")
    expires_at: datetime | None = strawberry.field(description="When it ends by itself, if it does.")
    agent_id: strawberry.Private[str]

    @strawberry.field(description="Who set it.")
    async def set_by(self, info: Info) -> Agent:
        return Agent.of(await find_agent(info.context, self.agent_id))

    @classmethod
    def of(cls, vip: model.VipStatus) -> Self:
        return cls(since=vip.since, reason=vip.reason, expires_at=vip.expires_at, agent_id=vip.agent_id)
