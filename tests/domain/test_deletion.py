"""What the log of deletions keeps of a contact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contacts import Network
from domain.deletion import DeletedContact, DeletionPosition, entry, hint, position
from domain.text import normalised
from tests.builders import MORNING, a_contact, an_identity

HINTS = {
    "Jane Roe": "Ja…",
    "@jane": "ja…",
    "+12022243441": "12…",
    "Bob": "B…",
    "Jo": "J…",
    "J": "…",
    "王小明": "王…",
    "王": "…",
    "  Zoe\u0301  ": "Z…",
    "A bee": "A…",
    "@": "…",
}


@pytest.mark.parametrize(("name", "told"), HINTS.items())
def test_a_hint_is_the_beginning_of_the_name(name: str, told: str) -> None:
    assert hint(name) == told


@given(st.text(min_size=1, max_size=30))
@settings(max_examples=100)
def test_a_hint_tells_two_letters_at_most_and_never_more_than_half(name: str) -> None:
    told = hint(name)
    assert told.endswith("…")
    letters = told[:-1]
    assert letters in normalised(name)
    assert len(letters) <= min(2, len(normalised(name)) // 2)


def test_an_entry_keeps_each_network_once_and_nothing_else_of_the_contact() -> None:
    identities = (an_identity("7"), an_identity("j@x.com", network=Network.EMAIL), an_identity("8"))
    made = entry(
        a_contact("c1", name="Jane Roe", identities=identities),
        entry_id="x1",
        at=MORNING,
        admin_id="ada",
        is_erasure=True,
    )
    assert made == DeletedContact("x1", "c1", "Ja…", (Network.TWITTER, Network.EMAIL), MORNING, "ada", is_erasure=True)
    assert position(made) == DeletionPosition(MORNING, "x1")


def test_an_entry_of_a_contact_without_identities_has_no_network() -> None:
    assert entry(a_contact("c1"), entry_id="x1", at=MORNING, admin_id="ada", is_erasure=False).networks == ()
