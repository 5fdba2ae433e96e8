"""Organizations, their agents and definitions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.builders import EVERY_TYPE, MORNING, a_team, an_agent, an_organization
from tests.persistence.explain_cases.case import Case, organizations

AGENTS = [an_agent("acme-a1"), an_agent("acme-a2")]

CASES: list[Case] = [
    (
        "OrganizationStore.directory",
        "",
        organizations(lambda o: o.directory("acme")),
        [("find", 1), ("find", 30), ("find", 17), ("find", 2), ("find", 3)],
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
        "OrganizationStore.lapsed_vips",
        "",
        organizations(lambda o: o.lapsed_vips(MORNING + timedelta(hours=4), 5)),
        [("find", 5)],
    ),
    ("OrganizationStore.rescoring", "", organizations(lambda o: o.rescoring()), [("find", 3)]),
    (
        "OrganizationStore.end_rescoring",
        "",
        organizations(lambda o: o.end_rescoring("acme", datetime.now(UTC))),
        [("update", 0)],
    ),
    (
        "OrganizationStore.put",
        "",
        organizations(lambda o: o.put(an_organization(), AGENTS, [EVERY_TYPE[0]], [a_team("first-line")])),
        [("update", 1)] * 5,
    ),
    (
        "OrganizationStore.put_teams",
        "",
        organizations(lambda o: o.put_teams([a_team("first-line"), a_team("second-line")])),
        [("update", 1)] * 2,
    ),
]
