"""Imports."""

from __future__ import annotations

from domain.values import TextValue
from persistence.derived import unique_key
from tests.builders import MORNING
from tests.persistence.explain_cases.case import Case, within
from tests.persistence.explain_cases.contacts import CONTACT, KEYS
from tests.persistence.noise import UNIQUE, a_noisy_contact

CASES: list[Case] = [
    ("ImportWriter.find", "", within(lambda c: c.imports.find(KEYS, ["k-9", "k-none"])), [("find", 2), ("find", 1)]),
    (
        "ImportWriter.find",
        "ids",
        within(lambda c: c.imports.find([], [], [CONTACT.id, "nobody", "other-001"])),
        [("find", 0), ("find", 0), ("find", 1)],
    ),
    ("ImportWriter.find", "nothing", within(lambda c: c.imports.find([], [])), [("find", 0), ("find", 0)]),
    (
        "ImportWriter.holders",
        "",
        within(lambda c: c.imports.holders([unique_key(UNIQUE.id, TextValue(each)) for each in ("A-3", "A-4", "A-x")])),
        [("find", 2)],
    ),
    (
        "ImportWriter.put",
        "",
        within(lambda c: c.imports.put([], [CONTACT, a_noisy_contact(8)])),
        [("find", 1), ("update", 1), ("update", 1), ("find", 0), ("find", 1)],
    ),
    ("ImportWriter.by_ids", "", within(lambda c: c.imports.by_ids([CONTACT.id, "nobody"])), [("find", 1)]),
    ("ImportWriter.run_line", "", within(lambda c: c.imports.run_line("nothing")), [("find", 0)]),
    ("ImportWriter.keep_run", "", within(lambda c: c.imports.keep_run("k", 7, MORNING)), [("update", 1)]),
    ("ImportWriter.end_run", "", within(lambda c: c.imports.end_run("k")), [("delete", 0)]),
]
