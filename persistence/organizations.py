"""Organizations, their agents and their attribute definitions: read whole, as the directory of an organization."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo import ReplaceOne

from domain.agents import Agent, Directory, Organization, Plan, Role, Team
from domain.definitions import AttributeDefinition
from domain.teams import by_name
from persistence.crm_documents import FIRST_SWEEP, to_crm_settings
from persistence.definition_documents import from_definition, to_definition
from persistence.documents import without_none
from persistence.driver import Document, Driver
from persistence.group_documents import to_group
from persistence.names import (
    AGENTS,
    BY_AGENT,
    BY_EMAIL,
    BY_EXPIRY,
    BY_GROUP_NAME,
    BY_KEY,
    BY_TEAM,
    CONTACTS,
    DEFINITIONS,
    GROUPS,
    ORGANIZATIONS,
    PENDING,
    RESCORING,
    TEAMS,
)
from persistence.queue_documents import to_settings
from persistence.team_documents import from_team, to_team

_TRANSACTION_LIFE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PendingDefinition:
    """A definition after a change of what indexes hold of its values: of contacts up to `behind`, they hold it."""

    organization_id: str
    definition_id: str
    key: str
    version: int
    """Of the definition, when it was changed so."""
    behind: str | None
    """The id of a contact; None before the first."""


class OrganizationStore:
    """Reads and keeps organizations: the one store that is not bound to one of them."""

    def __init__(self, driver: Driver) -> None:
        self._organizations = driver.collection(ORGANIZATIONS)
        self._agents = driver.collection(AGENTS)
        self._teams = driver.collection(TEAMS)
        self._groups = driver.collection(GROUPS)
        self._contacts = driver.collection(CONTACTS)
        self._definitions = driver.collection(DEFINITIONS)

    async def directory(self, organization_id: str) -> Directory | None:
        of_it = {"org": organization_id}
        organization, agents, definitions, teams, groups = await asyncio.gather(
            self._organizations.find_one({"_id": organization_id}),
            self._agents.find(of_it).hint(BY_AGENT).to_list(None),
            self._definitions.find(of_it).hint(BY_KEY).to_list(None),
            self._teams.find(of_it).hint(BY_TEAM).to_list(None),
            self._groups.find(of_it).hint(BY_GROUP_NAME).to_list(None),
        )
        if organization is None:
            return None
        in_order = sorted(map(to_definition, definitions), key=lambda each: (each.position, each.key))
        return Directory(
            organization=_to_organization(organization),
            agents={each.id: each for each in map(_to_agent, agents)},
            definitions=tuple(in_order),
            teams={each.id: each for each in by_name(map(to_team, teams))},
            groups=tuple(sorted(map(to_group, groups), key=lambda each: (each.position, each.id))),
            queue=to_settings(organization.get("queue")),
            crm=to_crm_settings(organization.get("crm")),
        )

    async def agents_by_ids(self, organization_id: str, ids: Sequence[str]) -> Mapping[str, Agent]:
        query = {"org": organization_id, "agent": {"$in": list(ids)}}
        documents = await self._agents.find(query).hint(BY_AGENT).to_list(None)
        return {each["agent"]: _to_agent(each) for each in documents}

    async def agents_by_email(self, email: str) -> Sequence[Agent]:
        """Return every organization's agent of that address: an operator's question, asked by no request."""
        return [_to_agent(each) async for each in self._agents.find({"email": email}).hint(BY_EMAIL)]

    async def pending(self) -> Sequence[PendingDefinition]:
        """Return the definitions of all organizations whose values are not all indexed as they are to be."""
        found = await self._definitions.find({"pending": {"$exists": True}}).hint(PENDING).to_list(None)
        return [
            PendingDefinition(
                each["org"], each["_id"], each["key"], each["pending"]["version"], each["pending"]["behind"]
            )
            for each in found
        ]

    async def keep_pending(self, pending: PendingDefinition) -> None:
        """Keep how far upkeep has come, unless it was asked to begin anew, or is done, since it began."""
        await self._definitions.update_one(_still(pending), {"$set": {"pending.behind": pending.behind}}, hint=BY_KEY)

    async def end_pending(self, pending: PendingDefinition) -> None:
        """Say that upkeep is done, unless it was asked to begin anew since it began."""
        await self._definitions.update_one(_still(pending), {"$unset": {"pending": True}}, hint=BY_KEY)

    async def lapsed_vips(self, at: datetime, size: int) -> Sequence[tuple[str, str]]:
        """Return organization and contact of some VIPs who are none any more at the moment `at`, the first first."""
        lapsed = self._contacts.find({"vip.expires": {"$lte": at}}, {"org": 1}).sort("vip.expires", 1).limit(size)
        return [(each["org"], each["_id"]) for each in await lapsed.hint(BY_EXPIRY).to_list(None)]

    async def rescoring(self) -> Sequence[str]:
        """Return the organizations whose conversations may not all be in their places, since a rule was changed."""
        found = self._organizations.find({"rescoring": {"$exists": True}}, {"_id": 1}).hint(RESCORING)
        return [each["_id"] for each in await found.to_list(None)]

    async def end_rescoring(self, organization_id: str, now: datetime) -> None:
        """Say that they all are, unless a rule was changed so lately that a transaction may have begun before it.

        That one places conversations by the rule as it was; MongoDB ends it after a minute.
        """
        query = {"_id": organization_id, "rescoring": {"$lt": now - 2 * _TRANSACTION_LIFE}}
        await self._organizations.update_one(query, {"$unset": {"rescoring": True}}, hint=RESCORING)

    async def put(
        self,
        organization: Organization,
        agents: Sequence[Agent],
        definitions: Sequence[AttributeDefinition],
        teams: Sequence[Team] = (),
    ) -> None:
        """Create or replace the organization and those of its agents, definitions and teams that are given.

        The organization is written last: until then nobody can ask about it, so that a write that breaks off
        half-way is seen by nobody and can be repeated.
        """
        org = organization.id
        if agents:
            await self._agents.bulk_write(
                [
                    ReplaceOne({"org": org, "agent": each.id}, _from_agent(each), upsert=True, hint=BY_AGENT)
                    for each in agents
                ]
            )
        if definitions:
            await self._definitions.bulk_write(
                [
                    ReplaceOne({"org": org, "key": each.key}, from_definition(each, org), upsert=True, hint=BY_KEY)
                    for each in definitions
                ]
            )
        await self.put_teams(teams)
        # What else is kept of it, such as the settings of its queue, stays.
        written = {name: {"$literal": value} for name, value in _from_organization(organization).items()}
        stages = [{"$set": _rules_of_plan(organization.plan)}, {"$set": written}]
        await self._organizations.update_one({"_id": org}, stages, upsert=True)

    async def put_teams(self, teams: Sequence[Team]) -> None:
        """Create or replace the teams, which may be those of an organization that is not there yet."""
        writes = [
            ReplaceOne({"org": each.organization_id, "team": each.id}, from_team(each), upsert=True, hint=BY_TEAM)
            for each in teams
        ]
        if writes:
            await self._teams.bulk_write(writes)


def _rules_of_plan(plan: Plan) -> Document:
    """Return what becomes of the version of the rules: prioritization and routing are a matter of the plan.

    In the write that changes the plan, so that no process can break off between the two.
    """
    is_other = {"$not": [{"$in": [{"$ifNull": ["$plan", plan.value]}, [plan.value]]}]}
    next_version = {"$add": [{"$ifNull": ["$rulesVersion", 0]}, 1]}
    return {
        "rulesVersion": {"$cond": [is_other, next_version, "$rulesVersion"]},
        "rescoring": {"$cond": [is_other, "$$NOW", "$rescoring"]},
        # And so is the CRM: what was not followed meanwhile is, once the plan includes it again.
        **{name: {"$cond": [is_other, first, f"${name}"]} for name, first in FIRST_SWEEP.items()},
    }


def _still(pending: PendingDefinition) -> Document:
    return {"org": pending.organization_id, "key": pending.key, "pending.version": pending.version}


def _from_organization(organization: Organization) -> Document:
    return {
        "name": organization.name,
        "plan": organization.plan.value,
        "language": organization.language,
        "region": organization.region,
    }


def _to_organization(document: Document) -> Organization:
    return Organization(
        id=document["_id"],
        name=document["name"],
        plan=Plan(document["plan"]),
        language=document["language"],
        region=document["region"],
    )


def _from_agent(agent: Agent) -> Document:
    return without_none(
        {
            # Not the document's own id: one person may be an agent of several organizations.
            "agent": agent.id,
            "org": agent.organization_id,
            "name": agent.name,
            "email": agent.email,
            "role": agent.role.value,
            "isActive": agent.is_active,
            "language": agent.language,
            "avatar": agent.avatar_url,
        }
    )


def _to_agent(document: Document) -> Agent:
    return Agent(
        id=document["agent"],
        organization_id=document["org"],
        name=document["name"],
        email=document["email"],
        role=Role(document["role"]),
        is_active=document["isActive"],
        language=document.get("language"),
        avatar_url=document.get("avatar"),
    )
