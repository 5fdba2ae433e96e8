"""A contact's attributes: the definitions and the values brought together, and who may change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING

from domain.agents import Plan, Role
from domain.capabilities import Barrier, Capability, check
from domain.crm import Field
from domain.definitions import AttributeCategory, AttributeDefinition
from domain.values import Value

if TYPE_CHECKING:
    from domain.contacts import Contact


class Source(Enum):
    """Who or what set a value."""

    AGENT = "AGENT"
    CRM = "CRM"
    NETWORK = "NETWORK"
    IMPORT = "IMPORT"
    API = "API"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Provenance:
    source: Source
    at: datetime
    agent_id: str | None = None


class SyncState(Enum):
    """Where a CRM-managed value stands between us and the CRM."""

    IN_SYNC = "IN_SYNC"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True)
class CrmSync:
    state: SyncState
    synced_at: datetime | None
    """When the CRM held what we hold, or was heard of last before it did not."""
    field: Field | None = None
    """What the CRM held when it was heard of last, as it spells it: what a write expects to find there."""
    message: str | None = None
    """Of REJECTED: the CRM's words."""
    changed_at: datetime | None = None
    """Of CONFLICT: when the CRM's value was changed, or else when that was noticed."""
    overtaken: tuple[Field | None, ...] = ()
    """Of PENDING: what was to be written before, the last one last. It may have been, before a process broke off: to
    find it at the CRM is no conflict."""


@dataclass(frozen=True, slots=True)
class HeldValue:
    """What a contact holds for a definition. A cleared one stays, without value, to keep its version and provenance."""

    definition_id: str
    value: Value | None
    provenance: Provenance
    version: int
    sync: CrmSync | None = None


class LockReason(Enum):
    """Why the asking agent cannot edit an attribute."""

    ROLE = "ROLE"
    PLAN = "PLAN"
    CRM_READ_ONLY = "CRM_READ_ONLY"
    ARCHIVED = "ARCHIVED"


def locked_because(definition: AttributeDefinition, plan: Plan, role: Role) -> LockReason | None:
    """Return why the agent cannot edit the attribute, or None where they can.

    The panel's pencil and the mutations both ask here, so that they cannot disagree.
    """
    if definition.is_archived or not definition.is_enabled:
        return LockReason.ARCHIVED
    is_crm = definition.category is AttributeCategory.CRM
    if is_crm and not definition.is_editable:
        return LockReason.CRM_READ_ONLY
    needed = [Capability.FILL_ATTRIBUTES]
    if is_crm:
        needed.append(Capability.USE_CRM)
    elif not definition.is_editable:
        needed.append(Capability.EDIT_LOCKED_ATTRIBUTES)
    for capability in needed:
        if refused := check(capability, plan, role):
            return LockReason.PLAN if refused.barrier is Barrier.PLAN else LockReason.ROLE
    return None


@dataclass(frozen=True, slots=True)
class ContactAttribute:
    """One line of the panel: the definition, and what the contact holds for it, if anything."""

    contact_id: str
    definition: AttributeDefinition
    held: HeldValue | None
    record_url: str | None = None
    """Of the contact's page in the CRM."""
    heard_at: datetime | None = None
    """When the CRM was last asked for the contact, where it knew them then."""

    @property
    def value(self) -> Value | None:
        return None if self.held is None else self.held.value

    @property
    def version(self) -> int:
        """Return 0 where no value was ever set."""
        return 0 if self.held is None else self.held.version


def line_of(contact: Contact, definition: AttributeDefinition, held: HeldValue | None) -> ContactAttribute:
    """Return the line of a definition, whether the panel shows it or not."""
    known = contact.validation
    return ContactAttribute(
        contact.id, definition, held, known.record_url, known.asked_at if known.has_answered else None
    )


def contact_attribute(contact: Contact, definition: AttributeDefinition) -> ContactAttribute | None:
    """Return the panel's line, or None where the panel has none: a switched-off or archived, empty attribute."""
    line = line_of(contact, definition, contact.held(definition.id))
    return line if _is_shown(definition, line.value) else None


def contact_attributes(
    contact: Contact,
    definitions: Iterable[AttributeDefinition],
    *,
    categories: frozenset[AttributeCategory] | None = None,
    include_empty: bool = True,
) -> list[ContactAttribute]:
    """Return the panel's lines in the order of the definitions; `categories` None means all of them."""
    held: Mapping[str, HeldValue] = {each.definition_id: each for each in contact.values}
    lines = []
    for definition in definitions:
        if categories is not None and definition.category not in categories:
            continue
        line = line_of(contact, definition, held.get(definition.id))
        if _is_shown(definition, line.value) and (include_empty or line.value is not None):
            lines.append(line)
    return lines


def _is_shown(definition: AttributeDefinition, value: Value | None) -> bool:
    """Tell whether the panel shows it: switched off hides it; archived keeps what is already there visible."""
    return definition.is_enabled and not (definition.is_archived and value is None)


@dataclass(frozen=True, slots=True)
class AttributeChanged:
    """The value was set or cleared; `contact` is as it is after the change."""

    contact: Contact
    definition_id: str


@dataclass(frozen=True, slots=True)
class StaleAttribute:
    """The caller saw an older version of the value. Nothing was changed; this is the contact now."""

    current: Contact
    definition_id: str


@dataclass(frozen=True, slots=True)
class Locked:
    """The attribute cannot be edited by this agent."""

    reason: LockReason
