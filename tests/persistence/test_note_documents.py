"""Contact notes in and out of their stored shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import bson
from hypothesis import given, settings

from domain.notes import ContactNote, NotePosition, position
from persistence.note_documents import from_note, place, to_note
from tests.builders import MORNING, a_note
from tests.persistence.strategies import notes, through_bson

LATER = MORNING + timedelta(hours=1)


def test_a_note_that_was_never_edited_stores_no_editor() -> None:
    assert from_note(a_note("c1", "Hi", id="n1"), "acme") == {
        "_id": "n1",
        "org": "acme",
        "contact": "c1",
        "isLive": True,
        "version": 1,
        "body": "Hi",
        "author": "jo",
        "created": MORNING,
        "place": {"created": MORNING, "id": "n1"},
    }


def test_an_edited_note_stores_the_editor_beside_the_author() -> None:
    edited = replace(a_note("c1", id="n1", version=2), edited_at=LATER, edited_by_id="ada")
    document = from_note(edited, "acme")
    assert (document["author"], document["editor"], document["edited"]) == ("jo", "ada", LATER)
    assert to_note(document) == edited


@settings(max_examples=200)
@given(notes)
def test_every_note_comes_back_as_it_went(note: ContactNote) -> None:
    assert to_note(through_bson(from_note(note, "acme"))) == note


@settings(max_examples=100)
@given(notes)
def test_the_place_of_a_note_is_the_place_of_its_position(note: ContactNote) -> None:
    assert from_note(note, "acme")["place"] == place(position(note))


def test_a_place_is_compared_by_time_before_id() -> None:
    # Documents compare field by field in their stored order, so the order is part of the shape.
    stored = bson.encode(place(NotePosition(MORNING, "n1")))
    assert list(bson.decode(stored)) == ["created", "id"]
