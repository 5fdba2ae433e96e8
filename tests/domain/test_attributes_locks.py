"""Who may edit which attribute: the whole table, written out."""

from __future__ import annotations

import pytest

from domain.agents import Plan, Role
from domain.attributes import LockReason, locked_because
from domain.definitions import AttributeCategory
from tests.builders import a_definition

COMMON, CRM, CUSTOM = AttributeCategory.COMMON, AttributeCategory.CRM, AttributeCategory.CUSTOM
AGENT, ADMIN = Role.AGENT, Role.ADMIN
PLANS = (Plan.PROFESSIONAL, Plan.TEAM, Plan.BUSINESS, Plan.ADVANCED, Plan.ENTERPRISE)
REASONS = {
    "open": None,
    "plan": LockReason.PLAN,
    "role": LockReason.ROLE,
    "crm": LockReason.CRM_READ_ONLY,
    "archived": LockReason.ARCHIVED,
}

# Of an attribute that is switched on and not archived: one column for each plan, smallest first.
TABLE = {
    (COMMON, "editable", AGENT): "plan plan open open open",
    (COMMON, "editable", ADMIN): "plan plan open open open",
    (COMMON, "locked", AGENT): "plan plan role role role",
    (COMMON, "locked", ADMIN): "plan plan open open open",
    (CRM, "editable", AGENT): "plan plan plan plan open",
    (CRM, "editable", ADMIN): "plan plan plan plan open",
    (CRM, "locked", AGENT): "crm crm crm crm crm",
    (CRM, "locked", ADMIN): "crm crm crm crm crm",
    (CUSTOM, "editable", AGENT): "plan plan open open open",
    (CUSTOM, "editable", ADMIN): "plan plan open open open",
    (CUSTOM, "locked", AGENT): "plan plan role role role",
    (CUSTOM, "locked", ADMIN): "plan plan open open open",
}
# Whatever the plan, the role, the category and the editor.
ARCHIVED = "archived archived archived archived archived"
STATES = {"live": (True, False), "off": (False, False), "archived": (True, True), "off, archived": (False, True)}


def test_the_table_has_every_plan_role_and_category() -> None:
    assert list(PLANS) == list(Plan)
    assert {(category, role) for category, _, role in TABLE} == {
        (each, one) for each in AttributeCategory for one in Role
    }


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("category", "editing", "role"), TABLE)
def test_an_attribute_is_locked_as_the_table_says(
    category: AttributeCategory, editing: str, role: Role, state: str
) -> None:
    is_enabled, is_archived = STATES[state]
    definition = a_definition(
        "a", category=category, is_editable=editing == "editable", is_enabled=is_enabled, is_archived=is_archived
    )
    words = TABLE[category, editing, role] if state == "live" else ARCHIVED
    found = [locked_because(definition, plan, role) for plan in PLANS]
    assert found == [REASONS[each] for each in words.split()]
