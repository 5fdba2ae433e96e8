"""Contact groups."""

from __future__ import annotations

from tests.builders import a_group
from tests.persistence.explain_cases.case import Case, within

ONE = a_group("acme-g1", position=5)

CASES: list[Case] = [
    ("GroupWriter.in_order", "", within(lambda c: c.groups.in_order()), [("find", 3)]),
    ("GroupWriter.lock", "", within(lambda c: c.groups.lock()), [("update", 1)]),
    ("GroupWriter.insert", "", within(lambda c: c.groups.insert(a_group("acme-g9"))), []),
    ("GroupWriter.put", "", within(lambda c: c.groups.put(ONE)), [("update", 1)]),
    (
        "GroupWriter.place",
        "",
        within(lambda c: c.groups.place([ONE, a_group("other-g1")])),
        [("update", 1), ("update", 0)],
    ),
    ("GroupWriter.remove", "", within(lambda c: c.groups.remove("acme-g1")), [("delete", 1)]),
]
