"""Cursors: opaque, whole again when they come back, and nothing else is one."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import clock
from domain.notes import NotePosition
from domain.ordering import BY_NAME, ContactPosition
from graph.errors import BadUserInput
from graph.notes import note_position
from graph.orders import contact_position
from graph.paging import encode_cursor, milliseconds, moment
from tests.builders import a_contact, a_note
from tests.conftest import World
from tests.graph.asking_graphql import contact_gid, refused
from tests.graph.test_paging import OF_CONTACTS, OF_NOTES, page_of

ADVICE = "This is no cursor of this list: take cursors from `pageInfo` or `edges`."
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(clock.to_millisecond)


@given(MOMENTS, TEXTS)
@settings(max_examples=300)
def test_the_cursor_of_a_note_is_its_place(created: datetime, note_id: str) -> None:
    cursor = encode_cursor("note", milliseconds(created), note_id)
    assert note_position(cursor) == NotePosition(created, note_id)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?# ")


@given(TEXTS, TEXTS)
@settings(max_examples=300)
def test_the_cursor_of_a_contact_is_its_place(name_key: str, contact_id: str) -> None:
    place = ContactPosition((name_key,), contact_id)
    assert contact_position(BY_NAME)(encode_cursor("contact", name_key, contact_id)) == place


@pytest.mark.parametrize(
    "each",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
        datetime(2026, 11, 23, 9, 0, 0, 1_000, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC),
    ],
)
def test_the_milliseconds_of_any_year_are_exact(each: datetime) -> None:
    assert moment(milliseconds(each)) == each


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda each: base64.urlsafe_b64encode(each).decode()))
@settings(max_examples=300)
def test_other_text_is_refused_and_never_a_crash(text: str) -> None:
    for position in (note_position, contact_position(BY_NAME)):
        with pytest.raises(BadUserInput, match="This is no cursor of this list"):
            position(text)


def spelled(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


NO_PLACES: list[list[Any]] = [
    *([], ["note"], ["note", 1], ["note", 1, "n1", 2]),
    *(["note", "1", "n1"], ["note", 1, 2], ["note", 1.0, "n1"], ["note", True, "n1"]),
    *(["note", 1, None], ["note", 1, ["n1"]], ["note", 1, {"$gt": ""}], ["note", 1, "\ud800"]),
    *(["note", 10**15, "n1"], ["note", -(10**15), "n1"], ["note", -(10**4_000), "n1"], ["note", 2**63, "n1"]),
    *(["contact", "jane", {"$ne": 1}], ["contact", 1, "c1"], ["contact", "\ud800", "c1"]),
    ["note", 1, "n" * 8_000],
]
NO_CURSORS = [
    *("", "x", "!", "null", "WyJub3RlIiwx", "ü"),
    *map(spelled, [None, {}, "note", 1, *NO_PLACES]),
    base64.urlsafe_b64encode(b"[" * 5_000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
]


async def test_what_is_no_cursor_of_the_list_is_refused(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    for cursor, argument in product(NO_CURSORS, ("after", "before")):
        of_notes = await refused(world, OF_NOTES, {"id": contact_gid("c1"), argument: cursor})
        assert (of_notes.code, of_notes.path, of_notes.message) == ("BAD_USER_INPUT", ("contact", "page"), ADVICE)
        of_contacts = await refused(world, OF_CONTACTS, {argument: cursor})
        assert (of_contacts.code, of_contacts.path, of_contacts.message) == ("BAD_USER_INPUT", ("page",), ADVICE)


async def test_the_cursor_of_one_kind_of_list_is_none_of_another(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    await world.add_notes(a_note("c1"))
    of_a_note = (await page_of(world, "c1"))["pageInfo"]["endCursor"]
    of_a_contact = (await page_of(world, None))["pageInfo"]["endCursor"]
    assert (await refused(world, OF_CONTACTS, {"after": of_a_note})).message == ADVICE
    assert (await refused(world, OF_NOTES, {"id": contact_gid("c1"), "after": of_a_contact})).message == ADVICE


async def test_the_cursor_of_another_contacts_notes_is_a_place_in_time(world: World) -> None:
    """It tells nothing of the other contact: a list begins behind that moment."""
    await world.add_contacts(a_contact("c1"), a_contact("c2"))
    await world.add_notes(a_note("c1", id="n2"), a_note("c2", id="n1"))
    theirs = (await page_of(world, "c1"))["pageInfo"]["endCursor"]
    page = await page_of(world, "c2", after=theirs)
    assert len(page["nodes"]) == 1
    assert page["pageInfo"]["hasPreviousPage"] is False
