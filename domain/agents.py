"""The organization (the tenant) and the agents who work for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from domain.crm_settings import NO_CRM, CrmSettings
from domain.definitions import AttributeDefinition
from domain.group_rules import ContactGroup, is_about
from domain.queue_settings import NOTHING_SET, QueueSettings


class Plan(Enum):
    """What the organization pays for, smallest first."""

    PROFESSIONAL = "PROFESSIONAL"
    TEAM = "TEAM"
    BUSINESS = "BUSINESS"
    ADVANCED = "ADVANCED"
    ENTERPRISE = "ENTERPRISE"


class Role(Enum):
    AGENT = "AGENT"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Organization:
    """The tenant. `language` is a BCP 47 tag, `region` an ISO 3166 country for phone numbers without a prefix."""

    id: str
    name: str
    plan: Plan
    language: str
    region: str


@dataclass(frozen=True, slots=True)
class Agent:
    """A member of one organization. An agent is deactivated, never removed: notes keep their author."""

    id: str
    organization_id: str
    name: str
    email: str
    role: Role
    is_active: bool
    language: str | None
    avatar_url: str | None


@dataclass(frozen=True, slots=True)
class Team:
    """Agents of one organization who answer the same conversations. An agent may be in several teams."""

    id: str
    organization_id: str
    name: str
    agent_ids: tuple[str, ...]
    version: int = 1


def former_agent(agent_id: str, organization_id: str) -> Agent:
    """Stand in for an agent whom the database no longer knows: what they wrote still has an author."""
    return Agent(agent_id, organization_id, "Former agent", "", Role.AGENT, False, None, None)


@dataclass(frozen=True, slots=True)
class Directory:
    """What every request of an organization needs: the organization, its agents and its definitions."""

    organization: Organization
    agents: Mapping[str, Agent]
    """By id, deactivated ones included."""
    definitions: tuple[AttributeDefinition, ...]
    """In the order the admins chose, archived ones included."""
    teams: Mapping[str, Team] = field(default_factory=dict)
    """By id, in the order of their names."""
    groups: tuple[ContactGroup, ...] = ()
    """In the order the admins chose."""
    queue: QueueSettings = NOTHING_SET
    crm: CrmSettings = NO_CRM
    hidden_ids: frozenset[str] = frozenset()
    """Of the definitions that are left out, so that what was written about them can be left out too."""

    def seen_by(self, role: Role) -> Directory:
        """Return the directory as the role may know it: what is hidden from it is, for its requests, not there."""
        if role is Role.ADMIN or not any(each.is_admin_only for each in self.definitions):
            return self
        hidden = frozenset(each.id for each in self.definitions if each.is_admin_only)
        visible = tuple(each for each in self.definitions if not each.is_admin_only)
        # Who is in a group would tell what a hidden attribute holds.
        groups = tuple(each for each in self.groups if not is_about(each, hidden))
        return replace(self, definitions=visible, hidden_ids=hidden, groups=groups)

    def definition(self, key: str) -> AttributeDefinition | None:
        return next((each for each in self.definitions if each.key == key), None)
