"""What a request carries: who asks, of which organization, through which stores and loaders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crm.vault import NO_KEYS, Vault
from domain import clock
from domain.agents import Agent, Directory, Plan, Role
from domain.capabilities import Capability, Forbidden, check
from domain.notes import NOTE_RETENTION
from persistence.organizations import OrganizationStore
from persistence.stores import Stores
from resolvers.crm_connections import Connections
from resolvers.loaders import Loaders

if TYPE_CHECKING:
    from resolvers.live import Live


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Made anew for every request: a loader that outlived its request would answer from the past."""

    agent: Agent
    directory: Directory
    """As the agent's role may know it: what is hidden from it is not there."""
    stores: Stores
    loaders: Loaders
    languages: tuple[str, ...]
    """BCP 47 tags in order of preference: the request's, the agent's, the organization's."""
    clock: Callable[[], datetime] = clock.now
    definitions_changed: Callable[[], None] = lambda: None
    """Called after a change of definitions, so that one's own next request sees it."""
    note_retention: timedelta = NOTE_RETENTION
    """How long a note that is deleted now can be restored."""
    connections: Connections = field(default_factory=Connections)
    """The process's, to CRMs."""
    vault: Vault = NO_KEYS
    """Seals the credentials of CRMs."""
    live: Live | None = None
    """Of who is answered more than once."""

    @classmethod
    def of(
        cls,
        agent: Agent,
        directory: Directory,
        organizations: OrganizationStore,
        stores: Stores,
        accepted_languages: tuple[str, ...] = (),
        definitions_changed: Callable[[], None] = lambda: None,
        note_retention: timedelta = NOTE_RETENTION,
        connections: Connections | None = None,
        vault: Vault = NO_KEYS,
    ) -> Context:
        visible = directory.seen_by(agent.role)
        own = () if agent.language is None else (agent.language,)
        return cls(
            agent=agent,
            directory=visible,
            stores=stores,
            loaders=Loaders.over(stores, organizations, visible),
            definitions_changed=definitions_changed,
            note_retention=note_retention,
            connections=connections or Connections(),
            vault=vault,
            languages=(*accepted_languages, *own, directory.organization.language),
        )

    @property
    def plan(self) -> Plan:
        return self.directory.organization.plan

    @property
    def role(self) -> Role:
        return self.agent.role

    def refuses(self, capability: Capability) -> Forbidden | None:
        return check(capability, self.plan, self.role)
