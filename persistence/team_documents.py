"""The stored shape of a team."""

from __future__ import annotations

from domain.agents import Team
from persistence.driver import Document


def from_team(team: Team) -> Document:
    return {
        "team": team.id,
        "org": team.organization_id,
        "version": team.version,
        "name": team.name,
        "agents": list(team.agent_ids),
    }


def to_team(document: Document) -> Team:
    return Team(
        id=document["team"],
        organization_id=document["org"],
        name=document["name"],
        agent_ids=tuple(document["agents"]),
        # None of those that were made before teams could be changed says which one it is.
        version=document.get("version", 1),
    )
