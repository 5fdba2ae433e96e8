"""Agents: who wrote, edited and decided."""

from __future__ import annotations

from domain.agents import Agent
from resolvers.context import Context


async def find_agent(context: Context, agent_id: str) -> Agent:
    """Return the agent; a stand-in for one whom the database no longer knows."""
    # Known at once nearly always, without waiting a turn of the event loop for a batch.
    if (known := context.directory.agents.get(agent_id)) is not None:
        return known
    return await context.loaders.agent_by_id.load(agent_id)
