"""What a plan and a role allow: the whole table, written out."""

from __future__ import annotations

import pytest

from domain.agents import Plan, Role
from domain.capabilities import Barrier, Capability, Forbidden, check, granted

AGENT, ADMIN = Role.AGENT, Role.ADMIN
PLANS = (Plan.PROFESSIONAL, Plan.TEAM, Plan.BUSINESS, Plan.ADVANCED, Plan.ENTERPRISE)
BARRIERS = {"plan": Barrier.PLAN, "role": Barrier.ROLE}

# One column for each plan, smallest first.
TABLE = {
    (Capability.SET_VIP, AGENT): "yes yes yes yes yes",
    (Capability.SET_VIP, ADMIN): "yes yes yes yes yes",
    (Capability.WRITE_NOTES, AGENT): "plan plan yes yes yes",
    (Capability.WRITE_NOTES, ADMIN): "plan plan yes yes yes",
    (Capability.FILL_ATTRIBUTES, AGENT): "plan plan yes yes yes",
    (Capability.FILL_ATTRIBUTES, ADMIN): "plan plan yes yes yes",
    (Capability.EDIT_LOCKED_ATTRIBUTES, AGENT): "plan plan role role role",
    (Capability.EDIT_LOCKED_ATTRIBUTES, ADMIN): "plan plan yes yes yes",
    (Capability.USE_CRM, AGENT): "plan plan plan plan yes",
    (Capability.USE_CRM, ADMIN): "plan plan plan plan yes",
    (Capability.EDIT_CONTACTS, AGENT): "yes yes yes yes yes",
    (Capability.EDIT_CONTACTS, ADMIN): "yes yes yes yes yes",
    (Capability.HANDLE_CONVERSATIONS, AGENT): "yes yes yes yes yes",
    (Capability.HANDLE_CONVERSATIONS, ADMIN): "yes yes yes yes yes",
    (Capability.DELETE_CONTACTS, AGENT): "role role role role role",
    (Capability.DELETE_CONTACTS, ADMIN): "yes yes yes yes yes",
    (Capability.MERGE_CONTACTS, AGENT): "role role role role role",
    (Capability.MERGE_CONTACTS, ADMIN): "yes yes yes yes yes",
    (Capability.MANAGE_DEFINITIONS, AGENT): "role role role role role",
    (Capability.MANAGE_DEFINITIONS, ADMIN): "yes yes yes yes yes",
    (Capability.MANAGE_GROUPS, AGENT): "role role role role role",
    (Capability.MANAGE_GROUPS, ADMIN): "yes yes yes yes yes",
    (Capability.MANAGE_TEAMS, AGENT): "role role role role role",
    (Capability.MANAGE_TEAMS, ADMIN): "yes yes yes yes yes",
    (Capability.MANAGE_QUEUE, AGENT): "plan plan plan plan role",
    (Capability.MANAGE_QUEUE, ADMIN): "plan plan plan plan yes",
    (Capability.MANAGE_CRM, AGENT): "plan plan plan plan role",
    (Capability.MANAGE_CRM, ADMIN): "plan plan plan plan yes",
}
FOR_ALL = "EDIT_CONTACTS HANDLE_CONVERSATIONS"
FOR_ADMINS = (
    "EDIT_CONTACTS HANDLE_CONVERSATIONS DELETE_CONTACTS MERGE_CONTACTS MANAGE_DEFINITIONS MANAGE_GROUPS MANAGE_TEAMS"
)
GRANTED = {
    (Plan.PROFESSIONAL, AGENT): f"SET_VIP {FOR_ALL}",
    (Plan.PROFESSIONAL, ADMIN): f"SET_VIP {FOR_ADMINS}",
    (Plan.TEAM, AGENT): f"SET_VIP {FOR_ALL}",
    (Plan.TEAM, ADMIN): f"SET_VIP {FOR_ADMINS}",
    (Plan.BUSINESS, AGENT): f"SET_VIP WRITE_NOTES FILL_ATTRIBUTES {FOR_ALL}",
    (Plan.BUSINESS, ADMIN): f"SET_VIP WRITE_NOTES FILL_ATTRIBUTES EDIT_LOCKED_ATTRIBUTES {FOR_ADMINS}",
    (Plan.ADVANCED, AGENT): f"SET_VIP WRITE_NOTES FILL_ATTRIBUTES {FOR_ALL}",
    (Plan.ADVANCED, ADMIN): f"SET_VIP WRITE_NOTES FILL_ATTRIBUTES EDIT_LOCKED_ATTRIBUTES {FOR_ADMINS}",
    (Plan.ENTERPRISE, AGENT): f"SET_VIP WRITE_NOTES FILL_ATTRIBUTES USE_CRM {FOR_ALL}",
    (
        Plan.ENTERPRISE,
        ADMIN,
    ): f"SET_VIP WRITE_NOTES FILL_ATTRIBUTES EDIT_LOCKED_ATTRIBUTES USE_CRM {FOR_ADMINS} MANAGE_QUEUE MANAGE_CRM",
}


def test_the_tables_have_every_plan_role_and_capability() -> None:
    assert list(PLANS) == list(Plan)
    assert set(TABLE) == {(each, role) for each in Capability for role in Role}
    assert set(GRANTED) == {(plan, role) for plan in Plan for role in Role}


@pytest.mark.parametrize(("capability", "role"), TABLE)
def test_a_capability_is_granted_or_refused_as_the_table_says(capability: Capability, role: Role) -> None:
    words = TABLE[capability, role].split()
    wanted = [None if each == "yes" else Forbidden(capability, BARRIERS[each]) for each in words]
    assert [check(capability, plan, role) for plan in PLANS] == wanted


@pytest.mark.parametrize(("plan", "role"), GRANTED)
def test_what_is_granted_is_listed_in_one_order(plan: Plan, role: Role) -> None:
    assert " ".join(each.value for each in granted(plan, role)) == GRANTED[plan, role]
