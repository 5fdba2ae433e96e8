"""Organizations, their agents and definitions."""

from __future__ import annotations

from tests.builders import EVERY_TYPE, an_agent, an_organization
from tests.persistence.explain_cases.case import Case, organizations

CASES: list[Case] = [
    (
        "OrganizationStore.directory",
        "",
        organizations(lambda o: o.directory("acme")),
        [("find", 1), ("find", 30), ("find", 17)],
    ),
    (
        "OrganizationStore.agents_by_ids",
        "",
        organizations(lambda o: o.agents_by_ids("acme", ["acme-a1", "other-a1", "nobody"])),
        [("find", 1)],
    ),
    (
        "OrganizationStore.agents_by_email",
        "",
        organizations(lambda o: o.agents_by_email("acme-a1@acme.example.com")),
        [("find", 1)],
    ),
    (
        "OrganizationStore.put",
        "",
        organizations(lambda o: o.put(an_organization(), [an_agent("acme-a1"), an_agent("acme-a2")], [EVERY_TYPE[0]])),
        [("update", 1)] * 4,
    ),
]
