"""What a plan and a role allow: the one table of the product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from domain.agents import Plan, Role


class Capability(Enum):
    SET_VIP = "SET_VIP"
    WRITE_NOTES = "WRITE_NOTES"
    FILL_ATTRIBUTES = "FILL_ATTRIBUTES"
    EDIT_LOCKED_ATTRIBUTES = "EDIT_LOCKED_ATTRIBUTES"
    USE_CRM = "USE_CRM"
    EDIT_CONTACTS = "EDIT_CONTACTS"
    HANDLE_CONVERSATIONS = "HANDLE_CONVERSATIONS"
    DELETE_CONTACTS = "DELETE_CONTACTS"
    MERGE_CONTACTS = "MERGE_CONTACTS"
    MANAGE_DEFINITIONS = "MANAGE_DEFINITIONS"
    MANAGE_GROUPS = "MANAGE_GROUPS"
    MANAGE_TEAMS = "MANAGE_TEAMS"
    MANAGE_QUEUE = "MANAGE_QUEUE"
    MANAGE_CRM = "MANAGE_CRM"


_EVERY_PLAN = frozenset(Plan)
_BUSINESS_AND_UP = frozenset({Plan.BUSINESS, Plan.ADVANCED, Plan.ENTERPRISE})

PLANS_WITH: Mapping[Capability, frozenset[Plan]] = {
    Capability.SET_VIP: _EVERY_PLAN,
    Capability.WRITE_NOTES: _BUSINESS_AND_UP,
    Capability.FILL_ATTRIBUTES: _BUSINESS_AND_UP,
    Capability.EDIT_LOCKED_ATTRIBUTES: _BUSINESS_AND_UP,
    Capability.USE_CRM: frozenset({Plan.ENTERPRISE}),
    Capability.EDIT_CONTACTS: _EVERY_PLAN,
    Capability.HANDLE_CONVERSATIONS: _EVERY_PLAN,
    Capability.DELETE_CONTACTS: _EVERY_PLAN,
    Capability.MERGE_CONTACTS: _EVERY_PLAN,
    Capability.MANAGE_DEFINITIONS: _EVERY_PLAN,
    Capability.MANAGE_GROUPS: _EVERY_PLAN,
    Capability.MANAGE_TEAMS: _EVERY_PLAN,
    Capability.MANAGE_QUEUE: frozenset({Plan.ENTERPRISE}),
    Capability.MANAGE_CRM: frozenset({Plan.ENTERPRISE}),
}

ROLES_WITH: Mapping[Capability, frozenset[Role]] = {
    Capability.SET_VIP: frozenset(Role),
    Capability.WRITE_NOTES: frozenset(Role),
    Capability.FILL_ATTRIBUTES: frozenset(Role),
    Capability.EDIT_LOCKED_ATTRIBUTES: frozenset({Role.ADMIN}),
    Capability.USE_CRM: frozenset(Role),
    Capability.EDIT_CONTACTS: frozenset(Role),
    Capability.HANDLE_CONVERSATIONS: frozenset(Role),
    Capability.DELETE_CONTACTS: frozenset({Role.ADMIN}),
    Capability.MERGE_CONTACTS: frozenset({Role.ADMIN}),
    Capability.MANAGE_DEFINITIONS: frozenset({Role.ADMIN}),
    Capability.MANAGE_GROUPS: frozenset({Role.ADMIN}),
    Capability.MANAGE_TEAMS: frozenset({Role.ADMIN}),
    Capability.MANAGE_QUEUE: frozenset({Role.ADMIN}),
    Capability.MANAGE_CRM: frozenset({Role.ADMIN}),
}


class Barrier(Enum):
    """Which of the two says no."""

    PLAN = "PLAN"
    ROLE = "ROLE"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The plan or the role does not include the capability. Nothing was changed."""

    capability: Capability
    barrier: Barrier


def check(capability: Capability, plan: Plan, role: Role) -> Forbidden | None:
    """Return why the capability is refused, the plan before the role, or None where it is granted."""
    if plan not in PLANS_WITH[capability]:
        return Forbidden(capability, Barrier.PLAN)
    if role not in ROLES_WITH[capability]:
        return Forbidden(capability, Barrier.ROLE)
    return None


def granted(plan: Plan, role: Role) -> tuple[Capability, ...]:
    return tuple(each for each in Capability if check(each, plan, role) is None)
