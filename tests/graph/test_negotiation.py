import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.negotiation import (
    Fit,
    MediaRange,
    MediaType,
    fit,
    media_ranges,
    media_type_and_parameters,
    negotiate,
    prefers_html,
)

G, J = MediaType.GRAPHQL, MediaType.JSON
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, J),
        ("", J),
        ("  ", J),
        ("application/json", J),
        ("application/graphql-response+json", G),
        ("application/graphql-response+json; charset=utf-8", G),
        ("APPLICATION/GraphQL-Response+JSON", G),
        ("application/graphql-response+json,application/json;q=0.9", G),
        ("application/json,application/graphql-response+json;q=0.9", J),
        ("application/json, application/graphql-response+json", G),
        ("application/json;q=0.5, application/graphql-response+json;q=0.5", G),
        ("*/*", J),
        ("application/*", J),
        ("application/graphql-response+json, */*;q=0.1", G),
        ("application/json, */*;q=0.1", J),
        ("application/graphql-response+json;q=0.1, */*", J),
        ("application/graphql-response+json;q=0, */*", J),
        ("application/json;q=0, */*", G),
        ("application/json;q=0, application/graphql-response+json;q=0, */*", None),
        ("application/json, text/event-stream;q=0", J),
        ("text/html", None),
        ("text/*", None),
        ("application/xml", None),
        ("application/json;q=0", None),
        ("application/jsonx", None),
        ("*", None),
        (",,,", None),
        ("application/json;q=NaN", None),
        ("application/json;q=2", None),
        ("application/json;q=-1", None),
        ("application/json;q=0x1", None),
        ("application/json;q=1.000", J),
        ("application/json ; Q = 0.3", J),
        ('text/plain;x="a,application/json;q=1"', None),
        ('text/plain;x="\\",", application/json', J),
        (URQL, G),
        (BROWSER, J),
    ],
)
def test_media_type(accept: str | None, expected: MediaType | None) -> None:
    assert negotiate(accept) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("text/html;q=0.9, application/json", False),
        ("text/html, application/json", False),
        ("text/html, application/json;q=0.9", True),
        ("text/html;q=0, */*", False),
        ("*/*", False),
        ("text/*", False),
        (None, False),
        ("", False),
    ],
)
def test_html_is_served_to_who_names_it(accept: str | None, expected: bool) -> None:
    assert prefers_html(accept) is expected


def test_the_most_exact_range_decides() -> None:
    ranges = media_ranges("*/*;q=1, text/*;q=0.5, text/html;q=0.2")
    assert fit(ranges, "text/html") == Fit(0.2, 3)
    assert fit(ranges, "text/plain") == Fit(0.5, 2)
    assert fit(ranges, "image/png") == Fit(1.0, 1)
    assert fit([MediaRange("text/html", 0.0)], "text/html") == Fit()


def test_of_two_equally_exact_ranges_the_heavier_decides() -> None:
    assert fit(media_ranges("a/b;q=0.1, a/b;q=0.7, a/b;q=0.3"), "a/b") == Fit(0.7, 3)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ("", {})),
        ("Application/JSON", ("application/json", {})),
        ('application/json; Charset="UTF-8"', ("application/json", {"charset": "UTF-8"})),
        ("application/json;charset=utf-8;x", ("application/json", {"charset": "utf-8", "x": ""})),
    ],
)
def test_media_type_and_parameters(header: str, expected: tuple[str, dict[str, str]]) -> None:
    assert media_type_and_parameters(header) == expected


@given(st.text(max_size=200) | st.text('aq=,;"\\*/. 01', max_size=200))
def test_any_header_is_understood_somehow(header: str) -> None:
    assert negotiate(header) in (G, J, None)
    assert prefers_html(header) in (True, False)
    assert isinstance(media_type_and_parameters(header)[0], str)
