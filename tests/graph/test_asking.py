"""The languages that a request asks for, read from whatever a client sends."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.asking import LONGEST_LANGUAGES, accepted_languages

HEADERS: list[tuple[str | None, tuple[str, ...]]] = [
    (None, ()),
    ("", ()),
    (" , ,", ()),
    ("*", ()),
    ("de", ("de",)),
    ("de-CH, fr;q=0.9, en;q=0.8, *;q=0.5", ("de-CH", "fr", "en")),
    ("en;q=0.2,de;q=0.7 , fr", ("fr", "de", "en")),
    ("a;q=0.5, b;q=0.5", ("a", "b")),
    ("en; q = 0.3 , de; q=0.4", ("de", "en")),
    ("en;q=0, de;q=0.1", ("de",)),
    ("en;q=-1, de;q=nan, fr;q=much, es;q=, it", ("it",)),
    ("en;level=1, de;q=0.9", ("en", "de")),
    ("en;", ("en",)),
]


@pytest.mark.parametrize(("header", "tags"), HEADERS, ids=[str(header) for header, _ in HEADERS])
def test_the_most_wanted_language_comes_first(header: str | None, tags: tuple[str, ...]) -> None:
    assert accepted_languages(header) == tags


def test_of_a_long_header_only_its_beginning_is_looked_at() -> None:
    many = [f"x-{number}" for number in range(LONGEST_LANGUAGES + 5)]
    assert accepted_languages(", ".join(many)) == tuple(many[:LONGEST_LANGUAGES])


@settings(max_examples=200)
@given(header=st.text(alphabet="aebf-*;q=,. 019\t", max_size=60) | st.text(max_size=40))
def test_any_header_gives_tags_that_are_in_it(header: str) -> None:
    tags = accepted_languages(header)
    assert len(tags) <= LONGEST_LANGUAGES
    assert all(tag in header and tag == tag.strip() and tag not in {"", "*"} for tag in tags)
