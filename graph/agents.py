"""Agents and their organization."""

from typing import Self

import strawberry

from domain import agents as model
from domain.agents import Plan, Role
from domain.capabilities import Capability, granted
from graph.info import Info
from graph.nodes import Node, encode_id
from graph.scalars import URL, EmailAddress, LanguageTag


@strawberry.type(description="The company whose contacts these are. Nothing is ever visible across organizations.")
class Organization(Node):
    name: str = strawberry.field(description="As the company writes it.")
    plan: Plan = strawberry.field(description="What the company pays for; decides what can be done.")
    language: LanguageTag = strawberry.field(description="The language used where an agent has not chosen one.")

    @strawberry.field(description="All teams, by name.")
    def teams(self, info: Info) -> list["Team"]:
        return [Team.of(each) for each in info.context.directory.teams.values()]

    @classmethod
    def of(cls, organization: model.Organization) -> Self:
        return cls(
            id=encode_id("Organization", organization.id),
            name=organization.name,
            plan=organization.plan,
            language=LanguageTag(organization.language),
        )


@strawberry.type(description="Somebody who works for the organization and answers its contacts.")
class Agent(Node):
    name: str = strawberry.field(description="To be shown beside notes and changes.")
    role: Role = strawberry.field(description="What the agent may do within the plan.")
    is_active: bool = strawberry.field(
        description="False for a former member: what they wrote stays, signed with their name."
    )
    avatar_url: URL | None = strawberry.field(description="A picture, if there is one.")
    record: strawberry.Private[model.Agent]

    @strawberry.field(description="The address they sign in with; null for a former member whose data is gone.")
    def email(self) -> EmailAddress | None:
        return EmailAddress(self.record.email) if self.record.email else None

    @strawberry.field(description="The organization they work for: the asking agent's own.")
    def organization(self, info: Info) -> Organization:
        return Organization.of(info.context.directory.organization)

    @strawberry.field(description="The teams that the agent is in, by name.")
    def teams(self, info: Info) -> list["Team"]:
        every = info.context.directory.teams.values()
        return [Team.of(each) for each in every if self.record.id in each.agent_ids]

    @strawberry.field(
        description="What the agent may do, by plan and role: hide or offer buttons by it. "
        "For attributes, ask each one's `canEdit` instead."
    )
    def capabilities(self, info: Info) -> list[Capability]:
        return list(granted(info.context.plan, self.record.role))

    @classmethod
    def of(cls, agent: model.Agent) -> Self:
        return cls(
            id=encode_id("Agent", agent.id),
            name=agent.name,
            role=agent.role,
            is_active=agent.is_active,
            avatar_url=None if agent.avatar_url is None else URL(agent.avatar_url),
            record=agent,
        )


@strawberry.type(description="Agents who answer the same conversations. An agent may be in several teams.")
class Team(Node):
    version: int = strawberry.field(description="Grows with each change; state it when you change the team.")
    name: str = strawberry.field(description="To be shown beside conversations.")
    agent_ids: strawberry.Private[tuple[str, ...]]

    @strawberry.field(description="Who is in it, former members left out.")
    def agents(self, info: Info) -> list[Agent]:
        known = (info.context.directory.agents.get(each) for each in self.agent_ids)
        return [Agent.of(each) for each in known if each is not None and each.is_active]

    @classmethod
    def of(cls, team: model.Team) -> Self:
        return cls(id=encode_id("Team", team.id), version=team.version, name=team.name, agent_ids=team.agent_ids)
