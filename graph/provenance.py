"""Where a value comes from."""

from datetime import datetime

import strawberry

from domain import attributes as model
from domain.attributes import Source
from graph.agents import Agent
from graph.info import Info
from resolvers.agents import find_agent


@strawberry.type(description="Who or what set a value, and when. For a cleared one: who cleared it.")
class Provenance:
    source: Source = strawberry.field(description="The kind of origin.")
    at: datetime = strawberry.field(description="When it was set.")
    agent_id: strawberry.Private[str | None]

    @strawberry.field(description="Who set it; null unless the source is AGENT.")
    async def agent(self, info: Info) -> Agent | None:
        return None if self.agent_id is None else Agent.of(await find_agent(info.context, self.agent_id))

    @classmethod
    def of(cls, provenance: model.Provenance) -> "Provenance":
        return cls(source=provenance.source, at=provenance.at, agent_id=provenance.agent_id)
