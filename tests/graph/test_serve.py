"""What whoever starts the server is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph import serve
from graph.demo import demo_tokens
from graph.serve import announcement
from graph.settings import Demo, Settings

PLAIN = Settings(secret="x" * 32, data=Path("/somewhere/.data"))


def test_it_says_where_it_is_and_where_the_data_lies() -> None:
    assert announcement(PLAIN, 8123) == (
        "\n"
        "  Contact Graph is at http://127.0.0.1:8123/graphql\n"
        "  The data lies in the embedded MongoDB in /somewhere/.data\n"
    )


def test_an_address_of_ipv6_is_written_as_browsers_take_it() -> None:
    told = announcement(Settings(secret="x" * 32, host="::1"), 80)
    assert "  Contact Graph is at http://[::1]:80/graphql\n" in told


def test_a_mongodb_of_ones_own_is_named_by_its_setting_and_not_by_its_password() -> None:
    told = announcement(Settings(secret="x" * 32, mongodb_uri="mongodb://jo:swordfish@host/"), 80)
    assert "  The data lies in the MongoDB at MONGODB_URI\n" in told
    assert "swordfish" not in told


@pytest.mark.parametrize(
    ("is_built", "where"),
    [(True, "the page built from npm"), (False, "loaded from a CDN: Node.js was not there to build it")],
)
def test_graphiql_is_told_with_where_it_comes_from(is_built: bool, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "bundle_is_built", lambda: is_built)
    told = announcement(Settings(secret="x" * 32, graphiql=True), 80)
    assert f"  GraphiQL, in a browser, is at the same address ({where})\n" in told
    assert "eyJ" not in told


def test_the_demos_tokens_are_told_each_on_a_line(tmp_path: Path) -> None:
    settings = Settings(secret="x" * 32, demo=Demo.ON, data=tmp_path)
    lines = announcement(settings, 80).split("\n")
    start = lines.index("  Tokens, for the header `Authorization: Bearer …`:") + 1
    assert [each.strip() for each in lines[start:-1:2]] == [each.label for each in demo_tokens(settings)]
    tokens = [each.strip() for each in lines[start + 1 : -1 : 2]]
    assert (len(tokens), all(each.startswith("eyJ") and each.count(".") == 2 for each in tokens)) == (6, True)
    assert lines[-1] == ""
