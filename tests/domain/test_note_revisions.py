"""The versions of a note: who made each, and that the author stays through all of them."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.events import NoteVersion
from domain.note_revisions import NoteRevision, edited, restored, revision_of
from tests.builders import MORNING, a_note

NOTE = a_note("c1", "One.", id="n1")


def test_the_first_version_is_its_authors() -> None:
    assert revision_of(NOTE) == NoteRevision("n1", "c1", 1, "One.", "jo", MORNING)
    assert revision_of(NOTE).key == NoteVersion("n1", 1)


def test_a_version_is_of_whoever_made_it() -> None:
    noon, evening, night = (MORNING + timedelta(hours=each) for each in (3, 9, 12))
    second = edited(NOTE, "Two.", agent_id="ada", at=noon)
    third = restored(second, agent_id="bo", at=evening)
    fourth = edited(third, "Four.", agent_id="cy", at=night)
    assert [revision_of(each) for each in (second, third, fourth)] == [
        NoteRevision("n1", "c1", 2, "Two.", "ada", noon),
        NoteRevision("n1", "c1", 3, "Two.", "bo", evening),
        NoteRevision("n1", "c1", 4, "Four.", "cy", night),
    ]
    # Restoring is no edit: who wrote what it says, and when, is still said.
    assert (third.edited_by_id, third.edited_at) == ("ada", noon)
    assert (fourth.restored_by_id, fourth.restored_at) == (None, None)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["ada", "bo", "jo"]), st.text(max_size=3)), max_size=12))
def test_author_and_place_stay_and_versions_count(steps: list[tuple[bool, str, str]]) -> None:
    note = NOTE
    for number, (is_edit, agent_id, body) in enumerate(steps):
        at = MORNING + timedelta(minutes=number + 1)
        before = note
        note = edited(note, body, agent_id=agent_id, at=at) if is_edit else restored(note, agent_id=agent_id, at=at)
        assert (note.id, note.contact_id, note.author_id, note.created_at) == ("n1", "c1", "jo", MORNING)
        assert note.version == before.version + 1
        assert note.body == (body if is_edit else before.body)
        revision = revision_of(note)
        assert (revision.agent_id, revision.at, revision.version) == (agent_id, at, note.version)
