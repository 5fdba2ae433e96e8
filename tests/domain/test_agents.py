"""The directory of an organization, and the agents it no longer knows."""

from __future__ import annotations

from domain.agents import Agent, Directory, Plan, Role, former_agent
from tests.builders import EVERY_TYPE, an_agent, an_organization


def test_the_plans_stand_smallest_first() -> None:
    assert [each.value for each in Plan] == ["PROFESSIONAL", "TEAM", "BUSINESS", "ADVANCED", "ENTERPRISE"]


def test_a_definition_is_found_by_its_key_archived_or_not() -> None:
    directory = Directory(an_organization(), {"jo": an_agent("jo")}, EVERY_TYPE)
    assert directory.definition("bio") == EVERY_TYPE[5]
    assert directory.definition("fax") == EVERY_TYPE[14]
    assert directory.definition("d-bio") is None
    assert directory.definition("Bio") is None


def test_a_former_agent_has_a_name_and_may_do_nothing() -> None:
    wanted = Agent("zed", "acme", "Former agent", "", Role.AGENT, is_active=False, language=None, avatar_url=None)
    assert former_agent("zed", "acme") == wanted
