"""Teams."""

from __future__ import annotations

from tests.builders import a_team
from tests.persistence.explain_cases.case import Case, within

CASES: list[Case] = [
    ("TeamWriter.by_name", "", within(lambda c: c.teams.by_name()), [("find", 2)]),
    ("TeamWriter.is_there", "", within(lambda c: c.teams.is_there("first-line")), [("find", 0)]),
    ("TeamWriter.open_conversations", "", within(lambda c: c.teams.open_conversations("team-1")), [("aggregate", 0)]),
    ("TeamWriter.lock", "", within(lambda c: c.teams.lock()), [("update", 1)]),
    ("TeamWriter.insert", "", within(lambda c: c.teams.insert(a_team("third-line"))), []),
    ("TeamWriter.put", "", within(lambda c: c.teams.put(a_team("first-line", "jo"))), [("update", 1)]),
    ("TeamWriter.remove", "", within(lambda c: c.teams.remove("first-line")), [("delete", 1)]),
]
