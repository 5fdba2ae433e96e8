"""First answers."""

from __future__ import annotations

from domain.answers import RecordedAnswer
from domain.notes import NoteEdited
from tests.builders import MORNING
from tests.persistence.explain_cases.case import Case, within
from tests.persistence.explain_cases.notes import NOTE

ANSWER = RecordedAnswer("f", NoteEdited(NOTE))

CASES: list[Case] = [
    ("AnswerWriter.find", "", within(lambda c: c.answers.find("jo", "nothing")), [("find", 0)]),
    ("AnswerWriter.record", "", within(lambda c: c.answers.record("jo", "k", ANSWER, MORNING)), [("update", 1)]),
    (
        "AnswerWriter.share",
        "",
        within(lambda c: c.answers.share("acme-gone-3", "another", MORNING)),
        [("update", 5)],
    ),
]
